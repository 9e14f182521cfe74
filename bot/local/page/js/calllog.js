// The drawer with the calls that the bot made: what it asked, which checks that met, and what it was told. It is live.
// Guards: what is shown is what the server still keeps; a reset empties it here too.

import { el, fill, icon, iconButton } from "./dom.js";
import { get } from "./link.js";
import { onLanguage, say, sizeOf, timeOf } from "./words.js";

const WAIT = 25;
const MOST_SHOWN = 200;
const MOST_KEPT = 1000;
const AGAIN = 2000;
const LINE = 90;
const POLLING = "getUpdates";

let drawer = null;

/** Open the drawer at the end of the stage, or close it. */
export function toggleCalls(stage) {
  if (drawer) drawer.close();
  else drawer = new Drawer(stage);
}

class Drawer {
  constructor(stage) {
    Object.assign(this, { stage, calls: [], last: 0, method: "", refusedOnly: false, rows: new Map() });
    this.node = el("aside", { class: "calls", "aria-label": say("calls.title"), data: { testid: "calls" } });
    stage.append(this.node);
    stage.classList.add("with-calls");
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && (event.preventDefault(), this.close()));
    onLanguage(() => this.isOpen && this.draw());
    this.isOpen = true;
    this.draw();
    dispatchEvent(new Event("resize"));
    this.title.focus();
    this.watch();
  }

  close() {
    this.isOpen = false;
    drawer = null;
    this.node.remove();
    this.stage.classList.remove("with-calls");
    dispatchEvent(new Event("resize"));
  }

  async watch() {
    while (this.isOpen) {
      try {
        // The first answer comes at once, every later one with the next call.
        const query = `calls?since=${this.last}&limit=${MOST_KEPT}&timeout=${this.started ? WAIT : 0}`;
        this.take(await get(query, (WAIT + 10) * 1000));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }

  take({ calls, first, last }) {
    if (!this.isOpen) return;
    const isNewProcess = last < this.last;
    const kept = isNewProcess ? [] : this.calls.filter((call) => call.id >= first);
    const isShorter = kept.length < this.calls.length;
    this.calls = [...kept, ...calls].slice(-MOST_KEPT);
    this.last = isNewProcess ? 0 : last;
    this.started = !isNewProcess;
    if (isShorter || calls.length > 1) this.drawList();
    else this.addRows(calls);
    this.drawMethods();
  }

  draw() {
    this.title = el("h2", { tabIndex: -1 }, say("calls.title"));
    this.refused = el("button", { class: "chip", "aria-pressed": String(this.refusedOnly), data: { testid: "calls-refused" }, onclick: () => this.filter({ refusedOnly: !this.refusedOnly }) }, say("calls.refused"));
    this.methods = el("select", { class: "chip", "aria-label": say("calls.method"), data: { testid: "calls-method" }, onchange: () => this.filter({ method: this.methods.value }) });
    this.shownMethods = null;
    this.list = el("div", { class: "calls-list", role: "log", "aria-live": "off", data: { testid: "calls-list" } });
    fill(this.node,
      el("header", {}, this.title, iconButton("close", say("close"), () => this.close(), { data: { testid: "calls-close" } })),
      el("div", { class: "calls-filters" }, this.refused, this.methods), this.list);
    this.drawMethods();
    this.drawList();
  }

  filter(changes) {
    Object.assign(this, changes);
    this.refused.setAttribute("aria-pressed", String(this.refusedOnly));
    this.drawList();
  }

  drawMethods() {
    const names = [...new Set(this.calls.map((call) => call.method))].sort();
    if (names.join() === this.shownMethods) return;
    this.shownMethods = names.join();
    if (this.method && !names.includes(this.method)) names.push(this.method);
    fill(this.methods, el("option", { value: "" }, say("calls.every")), names.map((name) => el("option", { value: name }, name)));
    this.methods.value = this.method;
  }

  /** That a bot fetched its updates says little about it: it is shown to whoever chooses it, and when it was refused. */
  isWanted(call) {
    if (this.refusedOnly && call.ok) return false;
    return this.method ? call.method === this.method : call.method !== POLLING || !call.ok;
  }

  drawList() {
    const wanted = this.calls.filter((call) => this.isWanted(call));
    const open = new Set([...this.rows].filter(([, row]) => row.open).map(([id]) => id));
    this.rows.clear();
    this.list.replaceChildren();
    this.addRows(wanted.slice(-MOST_SHOWN));
    for (const [id, row] of this.rows) row.open = open.has(id);
  }

  /** The newest stands on top. */
  addRows(calls) {
    for (const call of calls.filter((one) => this.isWanted(one))) {
      const row = callRow(call);
      this.rows.set(call.id, row);
      this.list.prepend(row);
    }
    for (const [id, row] of [...this.rows].slice(0, Math.max(0, this.rows.size - MOST_SHOWN))) {
      row.remove();
      this.rows.delete(id);
    }
    this.nothing?.remove();
    this.nothing = this.rows.size ? null : el("p", { class: "found-nothing" }, say(this.calls.length ? "calls.none.such" : "calls.none"));
    if (this.nothing) this.list.append(this.nothing);
  }
}

function callRow(call) {
  const failed = call.checks.find((check) => !check.ok);
  const row = el("details", { class: `call ${call.ok ? "" : "refused"}`, data: { testid: "call", method: call.method } },
    el("summary", {},
      el("span", { class: "call-head" }, icon(call.ok ? "check" : "close", "small"), el("code", {}, call.method), el("time", {}, `${timeOf(call.time)}:${String(Math.floor(call.time) % 60).padStart(2, "0")}`)),
      el("span", { class: "call-line" }, oneLine(call.parameters)),
      call.ok ? null : el("span", { class: "call-why" }, el("b", {}, String(call.status)), " ", descriptionOf(call) ?? failed?.why ?? "")));
  row.addEventListener("toggle", () => row.open && row.childElementCount === 1 && row.append(callDetails(call)));
  return row;
}

const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function oneLine(parameters) {
  const text = Object.entries(parameters).map(([name, value]) => `${name}: ${shown(value).replace(/\s+/g, " ").slice(0, 40)}`).join(" · ");
  return text.length > LINE ? `${text.slice(0, LINE)}…` : text;
}

function answerOf(call) {
  try {
    return JSON.parse(call.answer);
  } catch {
    return null;
  }
}

const descriptionOf = (call) => answerOf(call)?.description;

function callDetails(call) {
  const files = Object.entries(call.files ?? {}).map(([name, size]) => [name, sizeOf(size)]);
  const given = [...Object.entries(call.parameters), ...files];
  const answer = answerOf(call);
  return el("div", { class: "call-more" },
    el("p", { class: "call-by" }, [`${call.milliseconds} ms`, call.by === "webhook" ? say("calls.by.webhook") : null].filter(Boolean).join(" · ")),
    el("h3", {}, say("calls.checks")),
    el("ul", { class: "call-checks" }, call.checks.map(checkNode)),
    given.length ? [el("h3", {}, say("calls.parameters")), el("dl", {}, given.map(([name, value]) => [el("dt", {}, name), el("dd", { dir: "auto" }, pretty(value))]))] : null,
    el("h3", {}, say("calls.answer")),
    el("pre", { dir: "auto" }, answer ? JSON.stringify(answer.result ?? answer, null, 1) : call.answer));
}

function checkNode(check) {
  const ignored = check.ignored?.length ? say("calls.ignored", { names: check.ignored.join(", ") }) : null;
  return el("li", { class: check.ok ? "ok" : "refused" }, icon(check.ok ? "check" : "close", "small"),
    el("span", {}, say(`calls.check.${check.check}`), check.why || ignored ? el("small", {}, check.why ?? ignored) : null));
}

/** Objects come as JSON text; they are laid out so that they can be read. */
function pretty(value) {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return shown(value);
  try {
    return JSON.stringify(JSON.parse(value), null, 1);
  } catch {
    return value;
  }
}
