// Search over what one person can see: chats, people and messages, the old ones too, since the server looks them up.
// Guards: only the newest question's answer is shown, however late an older one comes.

import { el, fill, icon } from "./dom.js";
import { get } from "./link.js";
import { authorOf, avatarOf, groupAvatar, nameNode, nameOf } from "./people.js";
import { summaryOf } from "./summary.js";
import { briefTime, say } from "./words.js";

const WAIT = 120;
const PAGE = 30;
const BEFORE_HIT = 24;
const SNIPPET = 140;

export class Search {
  /** acts: openChat, show(chat, key), become, changed. */
  constructor(node, store, acts) {
    Object.assign(this, { node, store, acts, chat: null, words: "", turn: 0, messages: [] });
  }

  /** Whether there is something to show in place of the chats. */
  get isBusy() {
    return Boolean(this.words || this.chat);
  }

  within(chat) {
    this.chat = chat;
  }

  stop() {
    this.chat = null;
    this.words = "";
    this.turn += 1;
    clearTimeout(this.timer);
    this.node.replaceChildren();
  }

  ask(text) {
    const words = text.trim().slice(0, 100);
    if (words === this.words && this.asked === this.chat) return;
    Object.assign(this, { words, asked: this.chat, messages: [] });
    this.turn += 1;
    clearTimeout(this.timer);
    if (!words) this.draw(null);
    else this.timer = setTimeout(() => this.read(), WAIT);
  }

  async read(before = null) {
    const turn = ++this.turn;
    const query = new URLSearchParams({ as: this.store.me, q: this.words, limit: PAGE });
    if (this.chat) query.set("chat_id", this.chat);
    if (before) query.set("before", before);
    const found = await get(`search?${query}`).catch(() => null);
    if (turn !== this.turn || !found) return;
    this.messages.push(...found.messages);
    if (before) found.chats = this.last.chats;
    if (before) found.people = this.last.people;
    this.last = found;
    this.draw(found);
  }

  draw(found) {
    const nothing = found && !this.messages.length && !found.chats.length && !found.people.length;
    fill(this.node,
      this.chat ? this.scopeNode() : null,
      found?.chats.length ? [heading("search.chats"), found.chats.map((id) => this.chatRow(id))] : null,
      found?.people.length ? [heading("search.people"), found.people.map((id) => this.personRow(id))] : null,
      this.messages.length ? [heading("search.messages"), this.messages.map((message) => this.messageRow(message))] : null,
      found?.more ? el("button", { class: "plain-button found-more", data: { testid: "found-more" }, onclick: () => this.read(this.messages.at(-1).local.n) }, say("search.more")) : null,
      nothing ? el("p", { class: "found-nothing", data: { testid: "found-nothing" } }, say("search.nothing", { words: this.words })) : null);
  }

  scopeNode() {
    const leave = () => {
      this.chat = null;
      this.acts.changed();
    };
    return el("button", { class: "found-scope", "aria-label": say("search.everywhere"), title: say("search.everywhere"), onclick: leave }, say("search.in", { chat: this.titleOf(this.chat) }), icon("close", "small"));
  }

  titleOf(chatId) {
    const chat = this.store.chats.get(chatId);
    return !chat || chat.type === "private" ? nameOf(this.store.bot) : chat.title;
  }

  chatRow(id) {
    const chat = this.store.chats.get(id);
    if (!chat) return null;
    const face = chat.type === "private" ? avatarOf(this.store.bot, "size-40") : groupAvatar(chat, "size-40");
    return row(`found-chat-${id}`, () => this.acts.openChat(id), face, this.marked(this.titleOf(id)));
  }

  personRow(id) {
    const user = this.store.user(id);
    if (!user) return null;
    return row(`found-person-${id}`, () => this.acts.become(id), avatarOf(user, "size-40"), this.marked(nameOf(user)), user.username ? `@${user.username}` : "");
  }

  messageRow(message) {
    const head = el("span", { class: "found-head" }, el("b", {}, nameNode(nameOf(authorOf(message)))), el("span", {}, nameNode(this.titleOf(message.chat.id))), el("time", {}, briefTime(message.date)));
    return row("found-message", () => this.acts.show(message.chat.id, message.local.key), avatarOf(authorOf(message), "size-40"), head, this.marked(this.snippet(message)));
  }

  /** The words around the first hit. */
  snippet(message) {
    const text = summaryOf(message, 10000).replace(/\s+/g, " ");
    const at = Math.max(0, ...this.hits(text).slice(0, 1).map(([from]) => from - BEFORE_HIT));
    return `${at ? "…" : ""}${text.slice(at, at + SNIPPET)}`;
  }

  /** Where the words stand in a text, in order and without overlaps. */
  hits(text) {
    const low = text.toLowerCase();
    const found = [];
    // Where lowering a letter changes its length the places would be wrong; such a text is shown without marks.
    if (low.length !== text.length) return found;
    for (const word of this.words.toLowerCase().split(/\s+/)) {
      const at = word ? low.indexOf(word) : -1;
      if (at >= 0 && !found.some(([from, to]) => at < to && at + word.length > from)) found.push([at, at + word.length]);
    }
    return found.sort(([a], [b]) => a - b);
  }

  marked(text) {
    const parts = [];
    let at = 0;
    for (const [from, to] of this.hits(text)) {
      parts.push(text.slice(at, from), el("mark", {}, text.slice(from, to)));
      at = to;
    }
    return el("bdi", { class: "found-words", dir: "auto" }, parts, text.slice(at));
  }
}

const heading = (key) => el("h2", { class: "found-title" }, say(key));

function row(testid, onclick, face, ...lines) {
  return el("button", { class: "found-row", data: { testid }, onclick }, face, el("span", { class: "found-lines" }, lines.map((line) => (typeof line === "string" ? el("small", {}, line) : line))));
}
