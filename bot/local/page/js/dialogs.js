// Everything that lies over the page: toasts, alerts, questions and menus.
// Guards: a dialog gives focus back to where it came from, and Escape always means "no".

import { el, icon } from "./dom.js";
import { avatarOf, groupAvatar, nameNode, nameOf } from "./people.js";
import { say } from "./words.js";

const MOST_PEOPLE = 100;

/** A short answer that goes by itself. The newest takes the place of the one before: many answers come while a PIN is entered. */
export function toast(text) {
  const node = el("div", { class: "toast", dir: "auto", data: { testid: "toast" } }, text);
  document.getElementById("toasts").replaceChildren(node);
  const stay = Math.min(9000, 2800 + text.length * 45);
  setTimeout(() => node.classList.add("leaving"), stay);
  setTimeout(() => node.remove(), stay + 260);
}

/** Show a modal dialog; the promise is what it was closed with, `null` for Escape and, unless it is lasting, for a press outside. */
export function modal(dialog, { isLasting = false } = {}) {
  document.body.append(dialog);
  return new Promise((resolve) => {
    let result = null;
    dialog.finish = (value) => {
      result = value;
      dialog.close();
    };
    dialog.addEventListener("click", (event) => event.target === dialog && !isLasting && dialog.finish(null));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    dialog.showModal();
  });
}

export const button = (kind, text, onclick, props = {}) => el("button", { class: kind, onclick, ...props }, text);

/** The modal answer of a callback query. */
export function alertBox(text) {
  const dialog = el("dialog", { class: "sheet", role: "alertdialog", "aria-describedby": "alert-text", data: { testid: "alert" } },
    el("p", { id: "alert-text", dir: "auto" }, text),
    el("div", { class: "sheet-buttons" }, button("main-button", say("ok"), () => dialog.finish(true), { autofocus: true, data: { testid: "alert-ok" } })));
  return modal(dialog);
}

/** A question with two answers; true only for the pressed "yes". */
export function question({ title, text, address, yes, danger = false }) {
  const dialog = el("dialog", { class: "sheet", role: "alertdialog", "aria-label": title, data: { testid: "question" } },
    el("h2", { dir: "auto" }, title),
    text ? el("p", { class: "soft", dir: "auto" }, text) : null,
    address ? el("p", { class: "web-address", dir: "ltr" }, address) : null,
    el("div", { class: "sheet-buttons" },
      button("plain-button", say("cancel"), () => dialog.finish(null), { data: { testid: "question-no" } }),
      button(danger ? "plain-button danger" : "main-button", yes, () => dialog.finish(true), { autofocus: true, data: { testid: "question-yes" } })));
  return modal(dialog);
}

/** Choose up to `most` people; their ids, or null. */
export function choosePeople({ title, people, most = 1 }) {
  const chosen = new Set();
  const share = button("main-button", say("share"), () => dialog.finish([...chosen]), { disabled: true, data: { testid: "pick-done" } });
  const rows = people.slice(0, MOST_PEOPLE).map((person) => {
    const check = el("span", { class: "check" });
    const row = el("button", { class: "popup-item person", role: "checkbox", "aria-checked": "false", data: { testid: `pick-${person.id}` } },
      avatarOf(person, "size-40"), el("span", { class: "person-words" }, el("b", {}, nameNode(nameOf(person))), el("small", {}, person.username ? `@${person.username}` : "")), check);
    row.addEventListener("click", () => {
      if (chosen.has(person.id)) chosen.delete(person.id);
      else if (most === 1) chosen.clear();
      if (chosen.size < most && row.getAttribute("aria-checked") === "false") chosen.add(person.id);
      redraw();
    });
    return { person, row, check };
  });
  const redraw = () => {
    for (const { person, row, check } of rows) {
      row.setAttribute("aria-checked", String(chosen.has(person.id)));
      check.replaceChildren(...(chosen.has(person.id) ? [icon("check")] : []));
    }
    share.disabled = chosen.size === 0;
  };
  const dialog = el("dialog", { class: "sheet", "aria-label": title, data: { testid: "pick" } },
    el("h2", {}, title),
    el("p", { class: "soft" }, most > 1 ? say("pick.up.to", { n: most }) : say("pick.one")),
    el("div", { class: "pick-list" }, rows.map(({ row }) => row)),
    el("div", { class: "sheet-buttons" }, button("plain-button", say("cancel"), () => dialog.finish(null)), share));
  return modal(dialog);
}

/** Choose one of these chats; its id, or null. */
export function chooseChat({ title, chats, store }) {
  const rows = chats.slice(0, MOST_PEOPLE).map((chat) => {
    const isPrivate = chat.type === "private";
    const name = isPrivate ? nameOf(store.bot) : chat.title;
    const note = isPrivate ? say("bot") : say(chat.type === "channel" ? "subscribers" : "members", { n: chat.local.members.length });
    return el("button", { class: "popup-item person", data: { testid: `pick-${chat.id}` }, onclick: () => dialog.finish(chat.id) },
      isPrivate ? avatarOf(store.bot, "size-40") : groupAvatar(chat, "size-40"), el("span", { class: "person-words" }, el("b", {}, nameNode(name)), el("small", {}, note)));
  });
  const dialog = el("dialog", { class: "sheet", "aria-label": title, data: { testid: "pick-chat" } },
    el("h2", {}, title),
    el("div", { class: "pick-list" }, rows.length ? rows : el("p", { class: "soft" }, say("pick.none"))),
    el("div", { class: "sheet-buttons" }, button("plain-button", say("cancel"), () => dialog.finish(null))));
  return modal(dialog);
}

/** Ask for one line of text; what was typed, or null. */
export function textForm({ title, label, yes, most, value = "" }) {
  const input = el("input", { type: "text", autocomplete: "off", required: true, maxLength: most, value, data: { testid: "text-form" } });
  const form = el("form", { method: "dialog" }, el("label", { class: "form-field" }, label, input),
    el("div", { class: "sheet-buttons" }, button("plain-button", say("cancel"), () => dialog.finish(null)),
      el("button", { class: "main-button", type: "submit", data: { testid: "text-done" } }, yes)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.finish(input.value.trim() || null);
  });
  const dialog = el("dialog", { class: "sheet", "aria-label": title }, el("h2", {}, title), form);
  return modal(dialog);
}

/** Who is in a chat, or one person: a sheet with a row each and what one may do with them. */
export function peopleSheet({ title, rows }) {
  const dialog = el("dialog", { class: "sheet", "aria-label": title, data: { testid: "people-sheet" } },
    el("h2", { dir: "auto" }, title),
    el("div", { class: "pick-list" }, rows.slice(0, MOST_PEOPLE).map(({ user, note, act }) => el("button", { class: "popup-item person", onclick: () => dialog.finish(act) },
      avatarOf(user, "size-40"), el("span", { class: "person-words" }, el("b", {}, nameNode(nameOf(user))), el("small", {}, note))))),
    el("div", { class: "sheet-buttons" }, button("plain-button", say("close"), () => dialog.finish(null))));
  return modal(dialog);
}

export function personSheet({ user, note, acts }) {
  const dialog = el("dialog", { class: "sheet", "aria-label": nameOf(user), data: { testid: "person-sheet" } },
    el("div", { class: "person-card" }, avatarOf(user, "size-72"), el("h2", {}, nameNode(nameOf(user))), el("p", { class: "soft" }, note)),
    el("div", { class: "sheet-buttons" }, button("plain-button", say("close"), () => dialog.finish(null)),
      acts.map(({ text, act }, index) => button(index ? "plain-button" : "main-button", text, () => dialog.finish(act)))));
  return modal(dialog);
}

/** Asks for a new person; the fields of POST /local/people, or null. */
export function newPersonForm() {
  const field = (key, props) => {
    const input = el("input", { type: "text", autocomplete: "off", ...props });
    return { input, node: el("label", { class: "form-field" }, say(key), input) };
  };
  const name = field("first.name", { required: true, maxLength: 64, data: { testid: "new-name" } });
  const username = field("user.name", { maxLength: 32, pattern: "[A-Za-z][A-Za-z0-9_]{4,31}", title: say("user.name.bad"), data: { testid: "new-username" } });
  const speech = el("select", {}, el("option", { value: "en" }, "English"), el("option", { value: "zh-hans" }, "中文"));
  const form = el("form", { method: "dialog" }, name.node, username.node, el("label", { class: "form-field" }, say("their.language"), speech),
    el("div", { class: "sheet-buttons" }, button("plain-button", say("cancel"), () => dialog.finish(null)),
      el("button", { class: "main-button", type: "submit", data: { testid: "new-done" } }, say("add"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [firstName, userName] = [name.input.value.trim(), username.input.value.trim()];
    if (firstName) dialog.finish({ first_name: firstName, language_code: speech.value, ...(userName && { username: userName }) });
  });
  const dialog = el("dialog", { class: "sheet", "aria-label": say("add.person") }, el("h2", {}, say("add.person")), el("p", { class: "soft" }, say("add.person.text")), form);
  return modal(dialog);
}

/** Put a popup beside its opener (or at a point), inside the window. It goes away at a press elsewhere, at Escape and
 *  when the window changes. The browser's own light dismissal is not used: it would close a menu that a long press
 *  opened as soon as the finger lifts. */
export function showPopup(popup, where) {
  const opener = where instanceof Element ? where : null;
  const before = document.activeElement;
  const gone = new AbortController();
  popup.finish = () => {
    if (gone.signal.aborted) return;
    gone.abort();
    opener?.setAttribute("aria-expanded", "false");
    if (popup.contains(document.activeElement)) before?.focus({ preventScroll: true });
    popup.remove();
  };
  const { signal } = gone;
  popup.setAttribute("popover", "manual");
  popup.addEventListener("keydown", (event) => onPopupKey(popup, event));
  document.addEventListener("pointerdown", (event) => {
    if (popup.contains(event.target)) return;
    popup.finish();
    // A second press on the opener closes, and must not open again.
    if (opener?.contains(event.target)) opener.addEventListener("click", (click) => click.stopImmediatePropagation(), { capture: true, once: true });
  }, { capture: true, signal });
  addEventListener("resize", popup.finish, { signal });
  opener?.setAttribute("aria-expanded", "true");
  document.body.append(popup);
  popup.showPopover();
  place(popup, opener ? opener.getBoundingClientRect() : new DOMRect(where.x, where.y, 0, 0));
  (popup.querySelector('[aria-checked="true"]') ?? popup.querySelector("button, a"))?.focus({ preventScroll: true });
}

function place(popup, spot) {
  // Not the rectangle that is seen: the popup grows to its size while it opens.
  const box = { width: popup.offsetWidth, height: popup.offsetHeight };
  const margin = 8;
  const roomBelow = innerHeight - spot.bottom - margin;
  const top = roomBelow >= box.height || roomBelow >= spot.top ? spot.bottom + 4 : spot.top - box.height - 4;
  const left = spot.left + box.width + margin > innerWidth ? spot.right - box.width : spot.left;
  popup.style.top = `${Math.max(margin, Math.min(top, innerHeight - box.height - margin))}px`;
  popup.style.left = `${Math.max(margin, Math.min(left, innerWidth - box.width - margin))}px`;
}

function onPopupKey(popup, event) {
  const items = [...popup.querySelectorAll("button:not(:disabled), a[href]")];
  const at = items.indexOf(document.activeElement);
  const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") popup.finish();
  else if (goal !== undefined) items.at(goal % items.length)?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** A menu of acts: `[{icon, text, act, danger}]`, null for a line between them. */
export function menu(items, where, label) {
  const popup = el("div", { class: "popup", role: "menu", "aria-label": label, data: { testid: "menu" } });
  for (const item of items) {
    if (!item) {
      popup.append(el("div", { class: "popup-rule", role: "separator" }));
      continue;
    }
    const row = el("button", { class: `popup-item ${item.danger ? "danger" : ""}`, role: "menuitem", data: { testid: item.testid ?? "menu-item" } }, icon(item.icon), item.text);
    row.addEventListener("click", () => {
      popup.finish();
      item.act();
    });
    popup.append(row);
  }
  showPopup(popup, where);
}
