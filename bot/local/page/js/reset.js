// Starting over: every chat is emptied, after a question that says what goes and what stays.

import { button, modal, toast } from "./dialogs.js";
import { el } from "./dom.js";
import { post } from "./link.js";
import { say, sayWhy } from "./words.js";

export async function askForReset() {
  const people = el("input", { type: "checkbox", data: { testid: "reset-people" } });
  const dialog = el("dialog", { class: "sheet", role: "alertdialog", "aria-label": say("reset.title"), data: { testid: "reset" } },
    el("h2", {}, say("reset.title")),
    el("p", { class: "soft" }, say("reset.text")),
    el("label", { class: "choice-line" }, people, el("span", {}, say("reset.people"))),
    el("div", { class: "sheet-buttons" },
      button("plain-button", say("cancel"), () => dialog.finish(null), { autofocus: true, data: { testid: "reset-no" } }),
      button("plain-button danger", say("reset.yes"), () => dialog.finish(true), { data: { testid: "reset-yes" } })));
  if (!(await modal(dialog))) return;
  try {
    await post("reset", { people: people.checked });
    toast(say("reset.done"));
  } catch (refused) {
    toast(say("failed", { why: sayWhy(refused) }));
  }
}
