// A Mini App in its frame, and the bridge it speaks through: messages of the kind that Telegram's own web clients and
// `telegram-web-app.js` exchange (`{eventType, eventData}` as JSON text).
// Guards: only the frame that was opened is heard, it never runs as a page of this server, and what it wants to
// know of a person is asked of that person first.

import { button, chooseChat, modal, question } from "./dialogs.js";
import { el, fill, icon, iconButton } from "./dom.js";
import { nameNode, nameOf } from "./people.js";
import { openSheet } from "./press.js";
import { say } from "./words.js";

const MOST_BUTTONS = 3;
const COLOR = /^#[0-9a-f]{6}$/i;
const THEME = {
  bg_color: "--surface", text_color: "--ink", hint_color: "--ink-2", link_color: "--accent-ink", button_color: "--accent", button_text_color: "--on-accent",
  secondary_bg_color: "--surface-2", header_bg_color: "--surface", bottom_bar_bg_color: "--surface", accent_text_color: "--accent-ink",
  section_bg_color: "--surface", section_header_text_color: "--accent-ink", subtitle_text_color: "--ink-2", destructive_text_color: "--danger", section_separator_color: "--line",
};

/** The colours of this page under the names that an app knows. */
function themeNow() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(Object.entries(THEME).map(([name, ours]) => [name, style.getPropertyValue(ours).trim()]));
}

/** Open what the server said (`launch_url`, `button_text` …), until it is closed. */
export function openMiniApp(room, opened) {
  return new MiniApp(room, opened).open();
}

class MiniApp {
  constructor(room, opened) {
    Object.assign(this, { room, opened, needsQuestion: false });
    this.origin = new URL(opened.url).origin;
  }

  open() {
    const isOurs = this.origin === location.origin;
    // A page of our own server that kept its origin could reach out of any sandbox, so it loses it.
    const rights = ["allow-scripts", "allow-forms", "allow-popups", ...(isOurs ? [] : ["allow-same-origin"])];
    const name = nameOf(this.room.store.bot);
    this.frame = el("iframe", { title: name, allow: "clipboard-write", referrerPolicy: "no-referrer", sandbox: rights.join(" "), data: { testid: "app-frame" } });
    this.frame.src = this.opened.launch_url.replace(/tgWebAppThemeParams=[^&]*/, `tgWebAppThemeParams=${encodeURIComponent(JSON.stringify(themeNow()))}`);
    this.wait = el("div", { class: "app-wait", "aria-hidden": "true" }, icon("wait", "spin"));
    // Before it is loaded the frame is blank, and of another origin than the app that is to be told.
    const sizes = new ResizeObserver(() => this.tellSize());
    this.frame.addEventListener("load", () => {
      this.wait.remove();
      sizes.observe(this.frame);
    });
    this.back = iconButton("back", say("app.back"), () => this.tell("back_button_pressed"), { hidden: true, data: { testid: "app-back" } });
    this.keys = { main: this.appKey("main_button_pressed", "app-main"), secondary: this.appKey("secondary_button_pressed", "app-second") };
    this.dialog = el("dialog", { class: "mini-app", "aria-label": name, data: { testid: "mini-app" } },
      el("header", { class: "app-head" }, this.back, el("span", { class: "app-name" }, el("b", {}, nameNode(name)), el("small", { dir: "ltr" }, new URL(this.opened.url).host)),
        iconButton("close", say("close"), () => this.close(), { data: { testid: "app-close" } })),
      el("div", { class: "app-body" }, this.frame, this.wait), el("footer", { class: "app-keys" }, this.keys.secondary, this.keys.main));
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    const over = new AbortController();
    const { signal } = over;
    addEventListener("message", (event) => event.source === this.frame.contentWindow && this.hear(event.data), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.tell("theme_changed", { theme_params: themeNow() }), { signal });
    return modal(this.dialog, { isLasting: true }).finally(() => over.abort());
  }

  appKey(event, testid) {
    return el("button", { class: "main-button", hidden: true, data: { testid }, onclick: () => this.tell(event) });
  }

  async close() {
    if (this.needsQuestion && !(await question({ title: say("app.leave"), text: say("app.leave.text"), yes: say("close"), danger: true }))) return;
    this.dialog.finish(true);
  }

  // The bridge

  tell(eventType, eventData = {}) {
    const goal = this.frame.sandbox.contains("allow-same-origin") ? this.origin : "*";
    this.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), goal);
  }

  tellSize() {
    this.tell("viewport_changed", { width: this.frame.clientWidth, height: this.frame.clientHeight, is_expanded: true, is_state_stable: true });
  }

  hear(data) {
    let said;
    try {
      said = JSON.parse(data);
    } catch {
      return;
    }
    const name = String(said?.eventType ?? "").replace(/^web_app_/, "");
    if (Object.hasOwn(HEARD, name)) HEARD[name](this, typeof said.eventData === "object" && said.eventData !== null ? said.eventData : {});
  }

  setKey(key, { is_visible: isVisible, is_active: isActive = true, is_progress_visible: isBusy, text, color, text_color: textColor }) {
    if (text !== undefined) key.dataset.text = String(text).slice(0, 64);
    key.hidden = !isVisible || !key.dataset.text;
    key.disabled = !isActive || Boolean(isBusy);
    fill(key, isBusy ? icon("wait", "small spin") : null, key.dataset.text ?? "");
    if (COLOR.test(color)) key.style.setProperty("background", color);
    if (COLOR.test(textColor)) key.style.setProperty("color", textColor);
  }

  /** Data for the bot: only an app that a key of the keyboard opened may send some, and it is over then. */
  async sendData(data) {
    if (this.opened.button_text === undefined) return;
    const isSent = await this.room.attempt("web_app_data", { data: String(data ?? ""), button_text: this.opened.button_text }, "not.sent");
    if (isSent) this.dialog.finish(true);
  }

  /** One question at a time, however many an app would like to ask. */
  async alone(act) {
    if (this.isAsking) return;
    this.isAsking = true;
    await act().finally(() => {
      this.isAsking = false;
    });
  }

  async ask(title, text, event, act) {
    const isGranted = Boolean(await question({ title, text, yes: say("allow") })) && (await act());
    this.tell(event, { status: isGranted ? (event === "phone_requested" ? "sent" : "allowed") : "cancelled" });
  }

  async popup({ title, message, buttons = [] }) {
    const words = { ok: say("ok"), close: say("close"), cancel: say("cancel") };
    const dialog = el("dialog", { class: "sheet", role: "alertdialog", data: { testid: "app-popup" } },
      title ? el("h2", { dir: "auto" }, String(title)) : null, el("p", { dir: "auto" }, String(message ?? "")),
      el("div", { class: "sheet-buttons" }, buttons.slice(0, MOST_BUTTONS).map(({ id, type, text }) => button(type === "destructive" ? "plain-button danger" : "plain-button", words[type] ?? String(text ?? id), () => dialog.finish(String(id ?? ""))))));
    const id = await modal(dialog);
    this.tell("popup_closed", id === null ? {} : { button_id: id });
  }

  /** A message that the bot prepared, sent on by its user to a chat of their choice. */
  async sendPrepared(id) {
    const { store } = this.room;
    const chats = [...store.chats.values()].filter((chat) => chat.local.can_write);
    const chosen = await chooseChat({ title: say("pick.chat"), chats, store });
    const isSent = chosen && (await this.room.attempt("choose", { chat_id: chosen, query_id: String(id) }, "not.sent"));
    this.tell(isSent ? "prepared_message_sent" : "prepared_message_failed", isSent ? {} : { error: "USER_DECLINED" });
  }

  async invoice(slug) {
    const isPaid = await openSheet(this.room, { link: `https://t.me/${String(slug).startsWith("$") ? "" : "$"}${slug}` });
    this.tell("invoice_closed", { slug, status: isPaid ? "paid" : "cancelled" });
  }
}

/** What an app may say; whatever else it says is not answered. */
const HEARD = {
  ready: (app) => app.wait.remove(),
  iframe_ready: (app) => app.tellSize(),
  close: (app) => app.dialog.finish(true),
  expand: (app) => app.tellSize(),
  request_viewport: (app) => app.tellSize(),
  request_theme: (app) => app.tell("theme_changed", { theme_params: themeNow() }),
  setup_main_button: (app, said) => app.setKey(app.keys.main, said),
  setup_secondary_button: (app, said) => app.setKey(app.keys.secondary, said),
  setup_back_button: (app, { is_visible: isVisible }) => { app.back.hidden = !isVisible; },
  setup_closing_behavior: (app, { need_confirmation: isNeeded }) => { app.needsQuestion = Boolean(isNeeded); },
  data_send: (app, { data }) => app.sendData(data),
  open_popup: (app, said) => app.alone(() => app.popup(said)),
  open_link: (app, { url }) => app.alone(() => app.room.acts.follow(String(url))),
  open_tg_link: (app, { path_full: path }) => {
    app.dialog.finish(true);
    app.room.acts.follow(`https://t.me${path}`);
  },
  send_prepared_message: (app, { id }) => app.alone(() => app.sendPrepared(id)),
  open_invoice: (app, { slug }) => app.alone(() => app.invoice(slug)),
  switch_inline_query: (app, { query = "" }) => {
    app.dialog.finish(true);
    app.room.acts.ask(app.room.store.bot, String(query));
  },
  request_write_access: (app) => app.alone(() => app.ask(say("app.write"), say("app.write.text"), "write_access_requested", () => app.room.attempt("write_access", {}))),
  request_phone: (app) => app.alone(() => app.ask(say("ask.phone"), say("ask.phone.text", { phone: app.room.store.myself?.local.phone_number ?? "—" }), "phone_requested", () => app.room.attempt("contact", {}))),
};
