// A guided tour with the real thing: a bar below the chats says what to do next, and sees in the chats that it was done.
// Guards: a step is done by what happened in somebody's chats, never by a press on the tour; where it stands outlives
// a reload.

import { el, fill, icon, iconButton, paced } from "./dom.js";
import { nameOf } from "./people.js";
import { language, recall, remember, say } from "./words.js";

// Who plays whom. In each language they are people whose Telegram speaks it.
const CASTS = {
  en: {
    payer: "alice", payee: "bob", stranger: "wangfang", topUp: "/topup 500", pay: "/send @bob 20 lunch", more: "/send @wangfang 5 coffee", large: "/send @bob 250 rent",
    settings: "/settings", incoming: "/send @bob 3 tea", history: "/history", statement: "/statement", agreement: "/agreement",
  },
  zh: {
    payer: "liming", payee: "wangfang", stranger: "alice", topUp: "充值 500", pay: "转账 @wangfang 20 午饭", more: "转账 @alice 5 咖啡", large: "转账 @wangfang 250 房租",
    settings: "设置", incoming: "转账 @wangfang 3 奶茶", history: "账单", statement: "月账单", agreement: "协议",
  },
};
const POINTED = 2600;
// Among so many of the newest messages of a chat the button may stand that comes next.
const RECENT = 6;
const RECEIPT = /^mr:/;
const MENU = /^o:balance/;

// How the buttons begin that one presses on the way: of the agreements, the languages, a draft, a transfer that waits,
// the keypad, and the confirming of what comes in.
const [AGREE, SPEAK, CONFIRM, CLAIM, PAD, INCOMING] = ["a:", "l:", "md:y", "mw:c", "k:", ["o:incoming", "i:"]];
const SEND = "[data-testid=send]";
const DOOR = "[data-testid=start], [data-testid=reply-button]";

/** Every step: whose it is, in which chat, what to type, what to press then, and how one sees that it is done. */
const STEPS = [
  { id: "be", who: "payer", point: "[data-testid=me-switch]", isDone: () => true },
  { id: "start", who: "payer", point: "[data-testid=start]", isDone: ({ privately }) => privately.chat.local.can_write },
  { id: "agree", who: "payer", keys: [AGREE, SPEAK], isDone: ({ privately }) => asksForNumber(privately.chat) || hasWallet(privately) },
  { id: "number", who: "payer", point: DOOR, isDone: ({ privately }) => hasWallet(privately) },
  { id: "topup", who: "payer", text: "topUp", point: SEND, keys: [AGREE], isDone: ({ privately, since }) => hasReceipt(privately, 500, since) },
  { id: "second", who: "payee", point: DOOR, keys: [AGREE, SPEAK], isDone: ({ privately }) => hasWallet(privately) },
  { id: "pay", who: "payer", in: "group", text: "pay", point: SEND, keys: [CONFIRM], isDone: ({ privately, since }) => hasReceipt(privately, 20, since) },
  { id: "look", who: "payee", isDone: ({ privately, since, open }) => open === privately.chat.id && hasReceipt(privately, 20, since) },
  { id: "more", who: "payer", in: "group", text: "more", point: SEND, keys: [CONFIRM], isDone: ({ privately, since }) => hasReceipt(privately, 5, since) },
  { id: "claim", who: "stranger", in: "group", point: DOOR, keys: [AGREE, SPEAK, CLAIM], isDone: ({ privately, since }) => hasReceipt(privately, 5, since) },
  { id: "large", who: "payer", in: "group", text: "large", point: SEND, keys: [PAD, CONFIRM], isDone: ({ privately, since }) => hasReceipt(privately, 250, since) },
  { id: "settings", who: "payee", text: "settings", point: SEND, keys: INCOMING, isDone: ({ privately, since }) => wasChanged(privately, /^(\/settings|设置)/, since) },
  { id: "incoming", who: "payer", in: "group", text: "incoming", point: SEND, keys: [CONFIRM], isDone: ({ privately, since }) => hasReceipt(privately, 3, since) },
  { id: "accept", who: "payee", keys: [AGREE, CLAIM], isDone: ({ privately, since }) => hasReceipt(privately, 3, since) },
  { id: "history", who: "payer", text: "history", point: SEND, isDone: ({ privately, since }) => wasAnswered(privately, /^(\/history|账单)/, since) || hasButton(privately, /^mh:/, since) },
  { id: "statement", who: "payer", text: "statement", point: SEND, isDone: ({ privately, since }) => privately.messages.some((message) => message.photo && isNews(message, since)) },
  { id: "agreement", who: "payer", text: "agreement", point: SEND, isDone: ({ privately, since }) => wasAnswered(privately, /^(\/agreement|协议)/, since) },
];

// What one sees in a chat

const isNews = (message, since) => message.from?.is_bot && message.local.n > since;
const keysOf = (message) => (message.reply_markup?.inline_keyboard ?? []).flat().map((key) => key.callback_data ?? "");
const asksForNumber = (chat) => (chat.local.keyboard?.markup.keyboard ?? []).flat().some((key) => key.request_contact);
const hasButton = ({ messages }, data, since) => messages.some((message) => isNews(message, since) && keysOf(message).some((key) => data.test(key)));
const hasWallet = (place) => hasButton(place, MENU, 0);

/** A message with a receipt to it that names this amount, in whichever currency. */
function hasReceipt({ messages }, amount, since) {
  const named = new RegExp(`(^|[^\\d.,])${amount}(\\.0+)?(?![\\d.,]\\d|\\d)`);
  return messages.some((message) => isNews(message, since) && named.test(message.text ?? "") && keysOf(message).some((key) => RECEIPT.test(key)));
}

/** What the bot said after something was asked of it. */
function answersTo({ messages }, asked, since) {
  const at = messages.findLastIndex((message) => message.local.n > since && !message.from?.is_bot && asked.test(message.text ?? ""));
  return at < 0 ? [] : messages.slice(at + 1).filter((message) => message.from?.is_bot);
}

const wasAnswered = (place, asked, since) => answersTo(place, asked, since).length > 0;

/** Where a choice stood, the bot now says that it was made. */
const wasChanged = (place, asked, since) => answersTo(place, asked, since).some((message) => message.edit_date && /^✅/.test(message.text ?? ""));

export class Tour {
  /** page: {panes, active, activate, openBeside, canAdd, ended}. */
  constructor(page) {
    this.page = page;
    this.look = paced(() => this.check());
    this.node = el("section", { class: "tour", role: "region", "aria-label": say("tour.take"), "aria-live": "polite", data: { testid: "tour" } });
  }

  /** Go on where it was left, or begin. */
  begin() {
    this.state = this.recalled() ?? this.fresh();
    remember("tour", "on");
    document.body.append(this.node);
    this.draw();
    this.check();
  }

  recalled() {
    try {
      const kept = JSON.parse(recall("tour.state") ?? "null");
      return kept && kept.cast in CASTS && kept.step < STEPS.length ? kept : null;
    } catch {
      return null;
    }
  }

  /** What was said before the tour does not count for it. */
  fresh() {
    const seen = this.page.panes().flatMap(({ store }) => [...store.threads.values()]).flatMap((thread) => thread.messages.at(-1)?.local.n ?? 0);
    return { step: 0, since: Math.max(0, ...seen), cast: language() };
  }

  keep() {
    remember("tour.state", JSON.stringify(this.state));
  }

  /** Put it away; it goes on from here when it is taken up again. */
  close() {
    remember("tour", "off");
    this.node.remove();
    this.page.ended();
  }

  restart() {
    this.state = this.fresh();
    this.draw();
    this.check();
  }

  get step() {
    return STEPS[this.state.step];
  }

  // Who and where

  person(role) {
    const { store } = this.page.active();
    return store.userNamed(CASTS[this.state.cast][role]) ?? [...store.people.values()][Object.keys(CASTS.en).indexOf(role)];
  }

  paneOf(person) {
    return this.page.panes().find((pane) => pane.store.me === person?.id) ?? null;
  }

  nameIn(role) {
    return nameOf(this.person(role));
  }

  // What happened

  /** Walk past every step that is done. */
  check() {
    let moved = false;
    while (this.step && this.isDone(this.step)) {
      this.state.step += 1;
      moved = true;
    }
    if (moved) {
      this.keep();
      this.wanted = null;
      this.draw();
    }
    if (this.wanted) this.arrive();
  }

  isDone(step) {
    const pane = this.paneOf(this.person(step.who));
    const chat = pane?.store.chats.get(pane.store.me);
    if (!chat) return false;
    const privately = { chat, messages: pane.store.thread(chat.id).messages };
    return step.isDone({ privately, since: this.state.since, open: pane === this.page.active() ? pane.room?.chatId : null });
  }

  skip() {
    this.state.step += 1;
    this.wanted = null;
    this.keep();
    this.draw();
    this.check();
  }

  // Leading there

  /** Turn to whoever's step it is; beside the others where there is room for one more. */
  lead() {
    const person = this.person(this.step.who);
    const pane = this.paneOf(person);
    this.wanted = this.step;
    if (pane) this.page.activate(pane);
    else if (this.state.step > 0 && this.page.canAdd()) this.page.activate(this.page.openBeside(person.id));
    else this.page.active().become(person.id);
    this.look();
  }

  /** Once they are here: their chat, and a mark at the button that comes next, or the words and a mark at what sends them. */
  arrive() {
    const step = this.wanted;
    const pane = this.paneOf(this.person(step.who));
    if (!pane) return;
    this.wanted = null;
    const group = [...pane.store.chats.values()].find((chat) => chat.type !== "private")?.id;
    const next = this.nextKey(step, pane, group);
    if (next) pane.openChat(next.chat);
    else pane.suggest({ chat: (step.in === "group" && group) || pane.store.me, text: CASTS[this.state.cast][step.text] });
    this.pointAt(next ? `[data-callback="${CSS.escape(next.data)}"]` : step.point, pane);
  }

  /** The newest button that belongs to this step: in private, or else in the group. Of the languages it is one's own. */
  nextKey({ keys = [] }, pane, group) {
    const speak = pane.store.myself?.language_code?.startsWith("zh") ? `${SPEAK}zh_CN` : `${SPEAK}en`;
    const wanted = keys.map((key) => (key === SPEAK ? speak : key));
    for (const chat of [pane.store.me, group].filter(Boolean)) {
      for (const message of pane.store.thread(chat).messages.slice(-RECENT).reverse()) {
        const data = keysOf(message).find((key) => wanted.some((start) => key.startsWith(start)));
        if (data) return { chat, data };
      }
    }
    return null;
  }

  pointAt(selector, pane) {
    const target = selector && [...pane.node.querySelectorAll(selector)].at(-1);
    if (!target) return;
    (target.closest(".keys") ?? target).scrollIntoView({ block: "nearest" });
    target.classList.add("pointed");
    setTimeout(() => target.classList.remove("pointed"), POINTED);
  }

  // Drawing

  draw() {
    const { step } = this;
    const facts = { payer: this.nameIn("payer"), payee: this.nameIn("payee"), stranger: this.nameIn("stranger") };
    const at = Math.min(this.state.step, STEPS.length);
    this.node.dataset.step = step?.id ?? "end";
    const words = step ? [say(`tour.${step.id}`, facts), say(`tour.${step.id}.text`, facts)] : [say("tour.end"), say("tour.end.text")];
    const typed = step && CASTS[this.state.cast][step.text];
    fill(this.node,
      el("progress", { class: "tour-progress", max: STEPS.length, value: at, "aria-label": say("tour.progress", { n: at, all: STEPS.length }) }),
      el("div", { class: "tour-words" },
        el("h2", {}, step ? el("span", { class: "tour-count" }, `${at + 1}/${STEPS.length}`) : icon("check", "small"), words[0]),
        el("p", {}, words[1], typed ? [" ", el("code", {}, typed)] : null)),
      el("div", { class: "tour-acts" },
        step ? el("button", { class: "plain-button", data: { testid: "tour-skip" }, onclick: () => this.skip() }, say("tour.skip")) : null,
        step ? el("button", { class: "main-button", data: { testid: "tour-lead" }, onclick: () => this.lead() }, say("tour.lead"))
          : el("button", { class: "plain-button", data: { testid: "tour-again" }, onclick: () => this.restart() }, say("tour.again")),
        iconButton("close", say("tour.close"), () => this.close(), { data: { testid: "tour-close" } })));
  }
}
