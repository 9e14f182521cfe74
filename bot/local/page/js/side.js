// The column of chats with the switch "I am …" above it.

import { el, fill, icon, iconButton, paced } from "./dom.js";
import { spoken } from "./bubble.js";
import { draftOf } from "./composer.js";
import { showPopup } from "./dialogs.js";
import { authorOf, avatarOf, groupAvatar, isMine, nameNode, nameOf } from "./people.js";
import { isService } from "./service.js";
import { summaryOf } from "./summary.js";
import { briefTime, language, say, setLanguage } from "./words.js";

const MOST_PEERS = 2;
const MOST_PEOPLE = 100;
const MOST_KEYS = 9;

export const typingWords = (action) => say(action === "typing" ? "typing" : action?.includes("photo") ? "sending.photo" : action?.includes("document") ? "sending.file" : "busy");

export class Side {
  /** acts: become, openChat, show, addPerson, isReading, ideas; of the page: tools, openBeside, closePane, paneOf, isAmongOthers, activate. */
  constructor(head, node, store, acts) {
    Object.assign(this, { head, store, acts, open: null, items: new Map(), changed: new Set(), peerNodes: new Map() });
    this.finder = el("div", { class: "finder" });
    this.bars = el("div", { class: "bars", role: "status" });
    this.list = el("nav", { class: "chat-list", "aria-label": say("chats") });
    this.found = el("div", { class: "chat-list found", hidden: true, data: { testid: "found" } });
    this.foot = el("footer", { class: "side-foot" });
    this.wantHead = paced(() => this.drawHead());
    this.wantList = paced(() => this.drawList());
    fill(node, this.finder, this.bars, this.list, this.found, this.foot);
  }

  draw() {
    this.list.setAttribute("aria-label", say("chats"));
    this.items.clear();
    this.changed.clear();
    this.list.replaceChildren();
    this.ideas = null;
    this.me = null;
    fill(this.foot, el("img", { src: "img/coin.svg", alt: "" }), say("play.money"));
    this.stopSearch();
    this.drawHead();
    this.drawFinder();
    this.drawList();
  }

  // The head: who I am, who else waits, and the tools

  drawHead() {
    const me = this.store.myself;
    if (!me) return;
    if (!this.me || this.me.dataset.me !== String(me.id) || this.myName !== nameOf(me)) this.drawMe(me);
    this.drawPeers();
    this.closer.hidden = !this.acts.isAmongOthers();
  }

  drawMe(me) {
    const hadFocus = this.me && document.activeElement === this.me;
    this.myName = nameOf(me);
    this.me = el("button", { class: "me", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": say("switch.person", { name: nameOf(me) }), data: { testid: "me-switch", me: String(me.id) }, onclick: (event) => this.showPeople(event) },
      avatarOf(me, "size-40"), el("span", { class: "me-words" }, el("small", {}, say("i.am")), el("strong", {}, nameNode(nameOf(me)))), icon("chevron"));
    this.peers = el("div", { class: "peers" });
    this.peerNodes.clear();
    const tools = iconButton("menu", say("tools"), (event) => this.acts.tools(event.currentTarget), { "aria-haspopup": "menu", data: { testid: "tools" } });
    this.closer = iconButton("close", say("pane.close"), () => this.acts.closePane(), { hidden: true, data: { testid: "pane-close" } });
    fill(this.head, this.me, this.peers, tools, this.closer);
    if (hadFocus) this.me.focus();
  }

  /** Others who have something unread, one press away. Their buttons stay the same ones, so that a press finds them. */
  drawPeers() {
    const waiting = [...this.store.people.values()].filter((person) => person.id !== this.store.me && person.local.unread > 0 && this.acts.paneOf(person.id)?.node.hidden !== false).slice(0, MOST_PEERS);
    const ids = new Set(waiting.map((person) => person.id));
    for (const [id, node] of this.peerNodes) {
      if (ids.has(id)) continue;
      node.remove();
      this.peerNodes.delete(id);
    }
    waiting.forEach((person, index) => {
      const node = this.peerNode(person);
      const label = say("act.as.unread", { name: nameOf(person), n: person.local.unread });
      node.title = label;
      node.setAttribute("aria-label", label);
      node.lastChild.textContent = person.local.unread > 9 ? "9+" : String(person.local.unread);
      if (this.peers.children[index] !== node) this.peers.insertBefore(node, this.peers.children[index] ?? null);
    });
  }

  /** Become somebody, or turn to their pane where it is there without being seen. */
  turnTo(person) {
    const pane = this.acts.paneOf(person);
    if (pane?.node.hidden) this.acts.activate(pane);
    else this.acts.become(person);
  }

  peerNode(person) {
    if (!this.peerNodes.has(person.id)) {
      this.peerNodes.set(person.id, el("button", { class: "peer", data: { testid: `peer-${person.id}` }, onclick: () => this.turnTo(person.id) }, avatarOf(person, "size-34"), el("span", { class: "badge", "aria-hidden": "true" })));
    }
    return this.peerNodes.get(person.id);
  }

  showPeople(event) {
    const popup = this.peoplePopup(say("whose.eyes"), this.store.people.values(), (person) => this.turnTo(person));
    popup.append(
      el("button", { class: "popup-item", role: "menuitem", data: { testid: "add-person" }, onclick: popup.closing(() => this.acts.addPerson()) }, icon("add"), say("add.person")),
      el("div", { class: "popup-rule" }),
      this.languagePicker());
    showPopup(popup, this.me);
    event?.preventDefault();
  }

  showBeside(opener) {
    const others = [...this.store.people.values()].filter((person) => person.id !== this.store.me && !this.acts.paneOf(person.id));
    showPopup(this.peoplePopup(say("pane.beside"), others, (person) => this.acts.openBeside(person), false), opener);
  }

  /** A list of people to choose from; `hasKeys` when Alt and a digit would do the same. */
  peoplePopup(title, people, choose, hasKeys = true) {
    const popup = el("div", { class: "popup people", role: "menu", "aria-label": title, data: { testid: "people" } });
    popup.closing = (act) => () => {
      popup.finish();
      act();
    };
    popup.append(el("div", { class: "people-title" }, title));
    [...people].slice(0, MOST_PEOPLE).forEach((person, index) => popup.append(this.personItem(person, hasKeys ? index : MOST_KEYS, popup.closing(() => choose(person.id)))));
    return popup;
  }

  // Search: the module for it comes with the first word

  drawFinder() {
    this.field = el("input", { type: "search", placeholder: say("search"), "aria-label": say("search"), autocomplete: "off", spellcheck: false, enterKeyHint: "search", maxLength: 100, data: { testid: "search" } });
    this.field.addEventListener("input", () => this.lookFor());
    this.field.addEventListener("keydown", (event) => this.onSearchKey(event));
    fill(this.finder, el("label", { class: "search-box" }, icon("search", "small"), this.field),
      iconButton("beside", say("pane.beside"), (event) => this.showBeside(event.currentTarget), { "aria-haspopup": "menu", class: "icon-button beside", data: { testid: "beside" } }));
  }

  async lookFor() {
    const { Search } = await import("./search.js");
    this.search ??= new Search(this.found, this.store, {
      openChat: (chat) => this.acts.openChat(chat),
      show: (chat, key) => this.acts.show(chat, key),
      become: (person) => this.acts.become(person),
      changed: () => this.lookFor(),
    });
    this.search.ask(this.field.value);
    const isSearching = this.search.isBusy;
    this.found.hidden = !isSearching;
    this.list.hidden = isSearching;
  }

  onSearchKey(event) {
    if (event.key === "ArrowDown") (this.found.hidden ? this.list : this.found).querySelector("button")?.focus();
    else if (event.key === "Enter") this.found.querySelector(".found-row")?.click();
    else if (event.key === "Escape" && (this.field.value || this.search?.isBusy)) this.stopSearch();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  stopSearch() {
    if (this.field) this.field.value = "";
    this.search?.stop();
    this.found.hidden = true;
    this.list.hidden = false;
  }

  /** Put the cursor into the field; with a chat only that one is searched. */
  async startSearch(chat) {
    if (chat) {
      await this.lookFor();
      this.search.within(chat);
      await this.lookFor();
    }
    this.field.focus();
    this.field.select();
  }

  personItem(person, index, onclick) {
    const isMe = person.id === this.store.me;
    const speech = say((person.language_code ?? "en").startsWith("zh") ? "lang.zh" : "lang.en");
    const unread = !isMe && person.local.unread > 0 ? el("span", { class: "badge" }, String(person.local.unread)) : null;
    const hint = index < MOST_KEYS ? el("kbd", {}, `Alt ${index + 1}`) : null;
    return el("button", { class: "popup-item person", role: "menuitemradio", "aria-checked": String(isMe), data: { testid: `person-${person.id}` }, onclick },
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

  /** A chat has changed; without one, all may have. */
  wantItem(chatId) {
    for (const id of chatId === undefined ? this.store.chats.keys() : [chatId]) this.changed.add(id);
    this.wantList();
  }

  drawList() {
    const chats = [...this.store.chats.values()].sort((a, b) => (b.local.last?.date ?? 0) - (a.local.last?.date ?? 0));
    const shown = new Set(chats.map((chat) => chat.id));
    for (const [id, item] of this.items) {
      if (shown.has(id)) continue;
      item.remove();
      this.items.delete(id);
    }
    chats.forEach((chat, index) => {
      const isNew = !this.items.has(chat.id);
      const item = this.itemOf(chat);
      if (isNew || this.changed.has(chat.id)) this.drawItem(item, chat);
      if (this.list.children[index] !== item) this.list.insertBefore(item, this.list.children[index] ?? null);
    });
    this.changed.clear();
    if (this.ideas) return;
    this.ideas = el("div", { class: "side-ideas" }, this.acts.ideas());
    this.list.append(this.ideas);
  }

  /** The chat above or below one in the list. */
  neighbour(chatId, step) {
    const ids = [...this.list.querySelectorAll(".chat-item")].map((item) => Number(item.dataset.chatId));
    return ids[ids.indexOf(chatId) + step];
  }

  itemOf(chat) {
    if (!this.items.has(chat.id)) {
      this.items.set(chat.id, el("button", { class: "chat-item", data: { testid: `chat-${chat.id}`, chatId: String(chat.id) }, onclick: () => this.acts.openChat(chat.id) }));
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
    const who = isMine(last, this.store.me) ? say("you") : ["private", "channel"].includes(chat.type) ? null : (authorOf(last)?.first_name ?? authorOf(last)?.title);
    const words = el("bdi", { dir: "auto" }, summaryOf(last, 120) || say("message"));
    return who ? [el("b", {}, nameNode(who), language() === "zh" ? "：" : ": "), words] : words;
  }

  select(chatId) {
    this.open = chatId;
    for (const [id, item] of this.items) item.setAttribute("aria-current", String(id === chatId));
  }

  /** What hinders just now, above the list. */
  showBar(text, kind) {
    fill(this.bars, text ? el("div", { class: "notice-bar" }, icon(kind === "wait" ? "wait" : "offline", kind === "wait" ? "spin" : ""), el("span", {}, text)) : null);
  }
}
