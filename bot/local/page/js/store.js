// What the page knows: people, chats and messages as one person sees them. It is changed by events of the server only,
// and tells its listeners the smallest change. Guards: a thread's messages are in order, each key once.

import { recall, remember } from "./words.js";

const NEWEST = 50;
const OLDER = 50;
const MOST_AT_ONCE = 200;
const MOST_PAGES = 60;
// As many as the server keeps of a chat.
const KEPT_PER_CHAT = 12000;
const DISMISSED = 300;

export class Store {
  constructor() {
    this.listeners = new Map();
    this.me = null;
    this.bot = null;
    this.brand = "";
    this.people = new Map();
    this.chats = new Map();
    this.threads = new Map();
    this.skew = 0;
    this.dismissed = (recall("dismissed") ?? "").split(" ").filter(Boolean);
  }

  /** An ephemeral message is put away for good; its key is never used again. */
  dismiss(chatId, key) {
    this.dismissed = [...this.dismissed, `${chatId}/${key}`].slice(-DISMISSED);
    remember("dismissed", this.dismissed.join(" "));
    this.on_deleted({ chat_id: chatId, keys: [key] });
  }

  isDismissed(chatId, message) {
    return message.ephemeral_message_id !== undefined && this.dismissed.includes(`${chatId}/${message.local.key}`);
  }

  on(what, listener) {
    if (!this.listeners.has(what)) this.listeners.set(what, []);
    this.listeners.get(what).push(listener);
  }

  tell(what, ...facts) {
    for (const listener of this.listeners.get(what) ?? []) listener(...facts);
  }

  get myself() {
    return this.people.get(this.me);
  }

  /** A person or the bot, by id. */
  user(id) {
    return id === this.bot?.id ? this.bot : this.people.get(id);
  }

  userNamed(username) {
    const wanted = username.replace(/^@/, "").toLowerCase();
    const everybody = [this.bot, ...this.people.values()];
    return everybody.find((user) => user?.username?.toLowerCase() === wanted);
  }

  thread(chatId) {
    if (!this.threads.has(chatId)) this.threads.set(chatId, new MessageThread());
    return this.threads.get(chatId);
  }

  apply(event) {
    const handler = this[`on_${event.type}`];
    if (handler) handler.call(this, event);
  }

  on_hello(event) {
    this.me = event.me;
    this.bot = event.bot;
    this.brand = event.brand || event.bot.first_name;
    this.skew = event.now - Date.now() / 1000;
    this.people = new Map(event.people.map((person) => [person.id, person]));
    this.chats = new Map(event.chats.map((chat) => [chat.id, chat]));
    this.threads = new Map();
    for (const chat of event.chats) {
      const messages = event.messages[chat.id] ?? [];
      const shown = messages.filter((message) => !this.isDismissed(chat.id, message));
      this.threads.set(chat.id, new MessageThread(shown, messages.length >= NEWEST));
    }
    this.tell("hello");
  }

  on_message({ chat_id: chatId, message }) {
    if (this.isDismissed(chatId, message)) return;
    const thread = this.thread(chatId);
    const chat = this.chats.get(chatId);
    const changes = thread.put(message);
    if (chat) {
      chat.local.last = message;
      if (message.from?.is_bot) chat.local.typing = null;
    }
    this.tell("thread", chatId, changes, message);
    this.tell("chats", chatId);
  }

  on_edited({ chat_id: chatId, message }) {
    const changes = this.thread(chatId).put(message, true);
    const chat = this.chats.get(chatId);
    if (chat?.local.last?.local?.key === message.local.key) chat.local.last = message;
    this.tell("thread", chatId, changes);
    this.tell("chats", chatId);
  }

  on_deleted({ chat_id: chatId, keys }) {
    const thread = this.thread(chatId);
    const changes = keys.flatMap((key) => thread.drop(key));
    const chat = this.chats.get(chatId);
    if (chat && keys.includes(chat.local.last?.local?.key)) chat.local.last = thread.messages.at(-1) ?? null;
    this.tell("thread", chatId, changes);
    this.tell("chats", chatId);
  }

  on_callback_answered(event) {
    this.tell("answered", event);
  }

  on_typing({ chat_id: chatId, action, until }) {
    const chat = this.chats.get(chatId);
    if (!chat) return;
    chat.local.typing = action;
    clearTimeout(chat.typingTimer);
    const left = Math.min(Math.max((until - this.skew) * 1000 - Date.now(), 500), 8000);
    chat.typingTimer = setTimeout(() => {
      chat.local.typing = null;
      this.tell("chat", chatId);
      this.tell("chats", chatId);
    }, left);
    this.tell("chat", chatId);
    this.tell("chats", chatId);
  }

  on_keyboard({ chat_id: chatId, keyboard, force_reply: forceReply }) {
    const chat = this.chats.get(chatId);
    if (!chat) return;
    chat.local.keyboard = keyboard;
    chat.local.force_reply = forceReply;
    this.tell("keyboard", chatId);
  }

  on_chat({ chat_id: chatId, chat }) {
    this.chats.set(chatId, chat);
    this.tell("chat", chatId);
    this.tell("keyboard", chatId);
    this.tell("chats", chatId);
  }

  on_chat_removed({ chat_id: chatId }) {
    this.chats.delete(chatId);
    this.threads.delete(chatId);
    this.tell("removed", chatId);
    this.tell("chats", chatId);
  }

  on_people({ people }) {
    this.people = new Map(people.map((person) => [person.id, person]));
    this.tell("people");
    this.tell("chats");
  }

  on_commands({ commands }) {
    for (const [chatId, list] of Object.entries(commands)) {
      const chat = this.chats.get(Number(chatId));
      if (chat) chat.local.commands = list;
    }
    this.tell("commands");
  }

  on_bot({ bot }) {
    this.bot = bot;
    this.tell("bot");
    this.tell("chats");
  }

  on_unread({ chat_id: chatId, counts }) {
    for (const { person_id: personId, unread, total } of counts) {
      const person = this.people.get(personId);
      if (person) person.local.unread = total;
      if (personId === this.me && this.chats.has(chatId)) this.chats.get(chatId).local.unread = unread;
    }
    this.tell("people");
    if (!counts.some((count) => count.person_id === this.me)) return;
    this.tell("unread", chatId);
    this.tell("chats", chatId);
  }
}

/** The messages of one chat, oldest first. An ephemeral message may cover another one while it exists. */
export class MessageThread {
  constructor(messages = [], more = false) {
    this.messages = [];
    this.byKey = new Map();
    this.covered = new Map();
    this.more = more;
    this.loading = null;
    for (const message of messages) this.put(message);
  }

  /** Where a message stands, or -1. */
  at(key) {
    const message = this.byKey.get(key);
    return message ? this.firstFrom(this.placeOf(message)) : -1;
  }

  get(key) {
    return this.byKey.get(key) ?? [...this.covered.values()].find((message) => message.local.key === key);
  }

  /** Where the first message stands whose place is at least this one. */
  firstFrom(place) {
    let [low, high] = [0, this.messages.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.placeOf(this.messages[middle]) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Put a message where it belongs, or in place of its older self; returns what changed on the page. */
  put(message, edited = false) {
    const key = message.local.key;
    for (const [cover, original] of this.covered) {
      if (original.local.key !== key) continue;
      this.covered.set(cover, message);
      return [];
    }
    const index = this.at(key);
    if (index >= 0) {
      this.show(index, message);
      return [{ kind: "changed", key, message, edited }];
    }
    if (edited) return [];
    const hidden = message.local.replaces ? this.at(message.local.replaces) : -1;
    if (hidden >= 0) {
      const original = this.messages[hidden];
      this.covered.set(key, original);
      this.byKey.delete(original.local.key);
      this.show(hidden, message);
      return [{ kind: "replaced", key: original.local.key, message, edited: true }];
    }
    this.messages.splice(this.firstFrom(message.local.n), 0, message);
    this.byKey.set(key, message);
    if (this.messages.length > KEPT_PER_CHAT) {
      for (const old of this.messages.splice(0, this.messages.length - KEPT_PER_CHAT)) this.byKey.delete(old.local.key);
      this.more = true;
    }
    return [{ kind: "added", key, message }];
  }

  show(index, message) {
    this.messages[index] = message;
    this.byKey.set(message.local.key, message);
  }

  placeOf(message) {
    return (this.covered.get(message.local.key) ?? message).local.n;
  }

  drop(key) {
    const index = this.at(key);
    if (index < 0) {
      for (const [cover, original] of this.covered) if (original.local.key === key) this.covered.delete(cover);
      return [];
    }
    const original = this.covered.get(key);
    this.covered.delete(key);
    this.byKey.delete(key);
    if (original) {
      this.show(index, original);
      return [{ kind: "replaced", key, message: original, edited: false }];
    }
    this.messages.splice(index, 1);
    return [{ kind: "removed", key }];
  }

  /** Read one page of older messages; says how many came. Two callers share one question. */
  loadOlder(read, count = OLDER) {
    if (!this.more) return Promise.resolve(0);
    this.loading ??= this.readOlder(read, count).finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  async readOlder(read, count) {
    const oldest = this.messages[0];
    const page = await read(count, (this.covered.get(oldest?.local.key) ?? oldest)?.local.key);
    this.more = page.more && page.messages.length > 0;
    const known = new Set([...this.covered.values()].map((message) => message.local.key));
    const fresh = page.messages.filter(({ local }) => !this.byKey.has(local.key) && !known.has(local.key));
    for (const message of fresh) this.byKey.set(message.local.key, message);
    this.messages.unshift(...fresh);
    return fresh.length;
  }

  /** Read back to one message, in large pages; whether it is there. */
  async loadUntil(key, read) {
    for (let page = 0; page < MOST_PAGES && !this.byKey.has(key) && this.more; page += 1) {
      if (!(await this.loadOlder(read, MOST_AT_ONCE))) break;
    }
    return this.byKey.has(key);
  }
}
