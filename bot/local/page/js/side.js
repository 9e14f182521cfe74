// The column of chats with the switch "I am …" above it.

import { el, fill, icon } from "./dom.js";
import { spoken } from "./bubble.js";
import { draftOf } from "./composer.js";
import { showPopup } from "./dialogs.js";
import { authorOf, avatarOf, groupAvatar, isMine, nameNode, nameOf } from "./people.js";
import { isService } from "./service.js";
import { summaryOf } from "./summary.js";
import { briefTime, language, say, setLanguage } from "./words.js";

const MOST_PEERS = 3;
const MOST_PEOPLE = 100;

export const typingWords = (action) => say(action === "typing" ? "typing" : action?.includes("photo") ? "sending.photo" : action?.includes("document") ? "sending.file" : "busy");

export class Side {
  /** acts: become, openChat, addPerson, toggleFrame, isFramed, isReading, ideas. */
  constructor(node, store, acts) {
    Object.assign(this, { node, store, acts, open: null, items: new Map() });
    this.head = el("header", { class: "side-head" });
    this.bars = el("div", { class: "bars", role: "status" });
    this.list = el("nav", { class: "chat-list", "aria-label": say("chats") });
    this.foot = el("footer", { class: "side-foot" });
    fill(node, this.head, this.bars, this.list, this.foot);
  }

  draw() {
    this.list.setAttribute("aria-label", say("chats"));
    this.items.clear();
    this.list.replaceChildren();
    fill(this.foot, el("img", { src: "img/coin.svg", alt: "" }), say("play.money"));
    this.drawHead();
    this.drawList();
  }

  drawHead() {
    const me = this.store.myself;
    if (!me) return;
    const hadFocus = this.me && document.activeElement === this.me;
    this.me = el("button", { class: "me", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": say("switch.person", { name: nameOf(me) }), data: { testid: "me-switch", me: String(me.id) }, onclick: (event) => this.showPeople(event) },
      avatarOf(me, "size-40"), el("span", { class: "me-words" }, el("small", {}, say("i.am")), el("strong", {}, nameNode(nameOf(me)))), icon("chevron"));
    fill(this.head, this.me, this.peers());
    if (hadFocus) this.me.focus();
  }

  /** Others who have something unread, one press away. */
  peers() {
    const waiting = [...this.store.people.values()].filter((person) => person.id !== this.store.me && person.local.unread > 0).slice(0, MOST_PEERS);
    return el("div", { class: "peers" }, waiting.map((person) => {
      const label = say("act.as.unread", { name: nameOf(person), n: person.local.unread });
      return el("button", { class: "peer", "aria-label": label, title: label, data: { testid: `peer-${person.id}` }, onclick: () => this.acts.become(person.id) },
        avatarOf(person, "size-34"), el("span", { class: "badge", "aria-hidden": "true" }, person.local.unread > 9 ? "9+" : String(person.local.unread)));
    }));
  }

  showPeople(event) {
    const popup = el("div", { class: "popup people", role: "menu", "aria-label": say("whose.eyes"), data: { testid: "people" } });
    const close = (act) => () => {
      popup.finish();
      act();
    };
    popup.append(el("div", { class: "people-title" }, say("whose.eyes")));
    [...this.store.people.values()].slice(0, MOST_PEOPLE).forEach((person, index) => popup.append(this.personItem(person, index, close)));
    popup.append(
      el("button", { class: "popup-item", role: "menuitem", data: { testid: "add-person" }, onclick: close(() => this.acts.addPerson()) }, icon("add"), say("add.person")),
      el("div", { class: "popup-rule" }),
      this.languagePicker(),
      el("button", { class: "popup-item frame-toggle", role: "menuitem", data: { testid: "phone-frame" }, onclick: close(() => this.acts.toggleFrame()) }, icon("phone"), say(this.acts.isFramed() ? "phone.frame.off" : "phone.frame")),
    );
    showPopup(popup, this.me);
    event?.preventDefault();
  }

  personItem(person, index, close) {
    const isMe = person.id === this.store.me;
    const speech = say((person.language_code ?? "en").startsWith("zh") ? "lang.zh" : "lang.en");
    const unread = !isMe && person.local.unread > 0 ? el("span", { class: "badge" }, String(person.local.unread)) : null;
    const hint = index < 9 ? el("kbd", {}, `Alt ${index + 1}`) : null;
    return el("button", { class: "popup-item person", role: "menuitemradio", "aria-checked": String(isMe), data: { testid: `person-${person.id}` }, onclick: close(() => this.acts.become(person.id)) },
      avatarOf(person, "size-40"),
      el("span", { class: "person-words" }, el("b", {}, nameNode(nameOf(person))), el("small", {}, [person.username ? `@${person.username}` : say("no.username"), speech].join(" · "))),
      unread, isMe ? el("span", { class: "check" }, icon("check")) : hint);
  }

  languagePicker() {
    const choice = (code, name) => el("button", { class: "segment", role: "menuitemradio", lang: code, "aria-checked": String(language() === code), data: { testid: `language-${code}` }, onclick: (event) => {
      event.target.closest("[popover]").finish();
      setLanguage(code);
      this.me.focus();
    } }, name);
    return el("div", { class: "segments", role: "group", "aria-label": say("page.language") }, choice("en", "English"), choice("zh", "中文"));
  }

  // The list

  drawList() {
    const chats = [...this.store.chats.values()].sort((a, b) => (b.local.last?.date ?? 0) - (a.local.last?.date ?? 0));
    const shown = new Set(chats.map((chat) => chat.id));
    for (const [id, item] of this.items) {
      if (shown.has(id)) continue;
      item.remove();
      this.items.delete(id);
    }
    chats.forEach((chat, index) => {
      const item = this.itemOf(chat);
      this.drawItem(item, chat);
      if (this.list.children[index] !== item) this.list.insertBefore(item, this.list.children[index] ?? null);
    });
    this.ideas ??= el("div", { class: "side-ideas" });
    fill(this.ideas, this.acts.ideas());
    this.list.append(this.ideas);
  }

  itemOf(chat) {
    if (!this.items.has(chat.id)) {
      this.items.set(chat.id, el("button", { class: "chat-item", data: { testid: `chat-${chat.id}` }, onclick: () => this.acts.openChat(chat.id) }));
    }
    return this.items.get(chat.id);
  }

  drawItem(item, chat) {
    const { last } = chat.local;
    const unread = this.acts.isReading(chat.id) ? 0 : chat.local.unread;
    const isPrivate = chat.type === "private";
    const title = isPrivate ? nameOf(this.store.bot) : chat.title;
    item.setAttribute("aria-current", String(chat.id === this.open));
    fill(item, isPrivate ? avatarOf(this.store.bot) : groupAvatar(chat),
      el("span", { class: "chat-title" }, nameNode(title)),
      el("span", { class: "chat-time" }, last ? briefTime(last.date) : ""),
      el("span", { class: "chat-last" }, this.lastLine(chat)),
      unread > 0 ? el("span", { class: "badge", data: { testid: "unread" } }, unread > 999 ? "999+" : String(unread)) : el("span"));
  }

  lastLine(chat) {
    const { last, typing } = chat.local;
    if (typing) return el("span", { class: "dots" }, typingWords(typing));
    const draft = chat.id === this.open ? "" : draftOf(this.store.me, chat.id);
    if (draft) return [el("span", { class: "draft" }, say("draft")), " ", el("bdi", {}, draft.replace(/\s+/g, " ").slice(0, 100))];
    if (!last) return say("nothing.yet");
    if (isService(last)) return spoken(last, { store: this.store });
    const who = isMine(last, this.store.me) ? say("you") : chat.type === "private" ? null : (authorOf(last)?.first_name ?? authorOf(last)?.title);
    const words = el("bdi", { dir: "auto" }, summaryOf(last, 120) || say("message"));
    return who ? [el("b", {}, nameNode(who), language() === "zh" ? "：" : ": "), words] : words;
  }

  select(chatId) {
    this.open = chatId;
    for (const [id, item] of this.items) item.setAttribute("aria-current", String(id === chatId));
  }

  showBar(text, kind) {
    fill(this.bars, text ? el("div", { class: "notice-bar" }, icon(kind === "wait" ? "wait" : "offline", kind === "wait" ? "spin" : ""), el("span", {}, text)) : null);
  }
}
