// One open chat: its head, its messages and its composer, and every act a person can do in it.
// Guards: an act is done as the person whose eyes the room has, and its answer is shown to that person only.

import { Composer } from "./composer.js";
import { alertBox, choosePeople, menu, peopleSheet, question, toast } from "./dialogs.js";
import { copyText, el, fill, icon, iconButton } from "./dom.js";
import { get, post, upload } from "./link.js";
import { follow, isOpenable, showPerson } from "./links.js";
import { leads, showMessageMenu } from "./menu.js";
import { avatarOf, groupAvatar, isMine, nameNode, nameOf } from "./people.js";
import { hearLate, isPending, openApp, press, tap } from "./press.js";
import { typingWords } from "./side.js";
import { ThreadView } from "./thread.js";
import { drawTopics, isShut, keepTopic, numberOf, openTopic, topicOf, TopicThread, whereIn } from "./topics.js";
import { say, sayWhy } from "./words.js";

const LARGEST_PHOTO = 10;
const LARGEST_FILE = 50;

export class Room {
  /** app: as `roomApp` of panes.js. */
  constructor(chatId, app) {
    this.app = app;
    this.store = app.store;
    this.chatId = chatId;
    this.me = app.store.me;
    this.chat = app.store.chats.get(chatId);
    this.isGroup = this.chat.type !== "private";
    this.sending = Promise.resolve();
    this.acts = this.makeActs();
    this.topic = openTopic(this);
    this.voice = null;
    // Topics in which something was said while another one was open.
    this.newIn = new Set();
    this.readOlder = (limit, before) => get(`chats/${chatId}/messages?as=${this.me}&limit=${limit}${before ? `&before=${before}` : ""}${this.topic ? `&message_thread_id=${this.topic}` : ""}`);
    this.build();
  }

  build() {
    this.head = el("header", { class: "room-head" });
    this.bars = el("div", { class: "bars", role: "status" });
    this.foot = el("footer", { class: "room-foot" });
    this.topics = el("div", { class: "topics", hidden: true, data: { testid: "topics" } });
    this.thread = this.threadOf();
    this.view = new ThreadView(this.thread, this, this.chat.local.unread);
    this.composer = new Composer(this);
    this.node = el("div", { class: "room", data: { testid: "room", chatId: String(this.chatId) } }, this.head, el("div", { class: "under-head" }, this.topics, this.bars), this.view.node, this.foot);
    this.drawHead();
    drawTopics(this, this.topics);
    this.drawFoot();
    this.drawBar();
    this.drop = this.makeDropPlace();
    this.node.append(this.drop);
  }

  shown() {
    this.composer.setOnline(this.app.isOnline());
    this.composer.suggest();
    this.view.shown();
    this.readShort();
    this.followForce();
    this.showTyping();
    this.markRead();
  }

  leave() {
    if (this.reading) this.tellRead();
    this.composer.leave();
    this.view.leave();
  }

  // Drawing

  drawHead() {
    const { chat } = this;
    const title = this.isGroup ? chat.title : nameOf(this.store.bot);
    this.subtitle = el("span", { data: { testid: "subtitle" } });
    fill(this.head,
      iconButton("back", say("back"), () => this.app.close(), { class: "icon-button back", data: { testid: "back" } }),
      el("button", { class: "room-name", onclick: () => (this.isGroup ? this.showMembers() : showPerson(this, this.store.bot)) },
        this.isGroup ? groupAvatar(chat, "size-40") : avatarOf(this.store.bot, "size-40"),
        el("span", { class: "room-words" }, el("h1", {}, nameNode(title)), this.subtitle)),
      iconButton("more", say("chat.menu"), (event) => this.showMenu(event.currentTarget), { "aria-haspopup": "menu", data: { testid: "chat-menu" } }));
    this.drawSubtitle();
  }

  drawSubtitle() {
    const { typing } = this.chat.local;
    if (typing) fill(this.subtitle, el("span", { class: "doing dots" }, typingWords(typing)));
    else if (this.isGroup) fill(this.subtitle, say(this.chat.type === "channel" ? "subscribers" : "members", { n: this.chat.local.members.length }));
    else fill(this.subtitle, say(this.store.bot.local.online ? "bot" : "bot.offline"));
  }

  drawFoot() {
    const { chat } = this;
    const inside = chat.local.members.some((member) => member.person_id === this.me);
    if (chat.local.can_write && !isShut(this)) fill(this.foot, this.composer.node);
    else if (this.isGroup && inside) {
      const why = chat.type === "channel" ? "mute.channel" : chat.local.can_write ? "mute.topic" : "mute.here";
      fill(this.foot, el("div", { class: "big-act mute", data: { testid: "mute" } }, icon("lock", "small"), say(why)));
    } else {
      const join = () => this.attempt("join", { chat_id: this.chatId });
      const start = () => this.attempt("open", { start: "" });
      fill(this.foot, el("div", { class: "big-act" }, this.isGroup
        ? el("button", { class: "main-button", onclick: join, data: { testid: "join" } }, say("join.group"))
        : el("button", { class: "main-button", onclick: start, data: { testid: "start" } }, say(this.store.myself?.local.blocked ? "restart" : "start"))));
    }
    this.composer.refresh();
  }

  drawBar() {
    const offline = this.app.isOnline() && !this.store.bot.local.online;
    fill(this.bars, offline ? el("div", { class: "notice-bar", data: { testid: "bot-offline" } }, icon("offline"), el("span", {}, say("banner.bot"))) : null);
  }

  emptyNode() {
    if (this.isGroup) return el("div", { class: "empty-card" }, groupAvatar(this.chat, "size-72"), el("p", {}, say("group.empty")), this.app.ideaNodes(this.chatId));
    const { description } = this.store.bot.local;
    return el("div", { class: "empty-card" }, avatarOf(this.store.bot, "size-72"), el("h2", {}, nameNode(nameOf(this.store.bot))),
      description ? [el("h3", {}, say("private.hello")), el("p", { class: "words", dir: "auto" }, description)] : el("p", {}, say("nothing.yet")));
  }

  showTyping() {
    const { typing } = this.chat.local;
    this.view.showTyping(typing ? el("span", { class: "service-pill dots", "aria-hidden": "true" }, typingWords(typing)) : null);
    this.drawSubtitle();
  }

  makeDropPlace() {
    const place = el("div", { class: "drop-place", hidden: true }, icon("clip"), say("attach.drop"));
    const hasFile = (event) => event.dataTransfer?.types.includes("Files") && this.chat.local.can_write;
    this.node.addEventListener("dragover", (event) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      place.hidden = false;
    });
    this.node.addEventListener("dragleave", (event) => !this.node.contains(event.relatedTarget) && (place.hidden = true));
    this.node.addEventListener("drop", (event) => {
      place.hidden = true;
      if (!hasFile(event)) return;
      event.preventDefault();
      this.composer.offerFiles([...event.dataTransfer.files]);
    });
    return place;
  }

  // Topics

  /** The messages that are shown: those of the chat, or of one of its topics. */
  threadOf() {
    const whole = this.store.thread(this.chatId);
    return this.topic ? new TopicThread(this.topic, whole) : whole;
  }

  openTopic(number) {
    if (number === this.topic) return;
    this.composer.leave();
    this.view.leave();
    this.topic = number;
    keepTopic(this.me, this.chatId, number);
    this.app.topicOpened();
    if (number) this.newIn.delete(number);
    else this.newIn.clear();
    const before = this.view.node;
    this.thread = this.threadOf();
    this.view = new ThreadView(this.thread, this, 0);
    before.replaceWith(this.view.node);
    this.composer.switched();
    drawTopics(this, this.topics);
    this.drawFoot();
    this.view.shown();
    this.readShort();
  }

  /** Of a quiet topic hardly anything may be among the newest messages of its chat. */
  async readShort() {
    const { view } = this;
    if (!view.thread.isShort || !(await view.thread.loadOlder(this.readOlder).catch(() => 0)) || view !== this.view) return;
    view.fillWindow();
    view.scrollToBottom();
  }

  /** Where what is said now goes, and in whose name. */
  where() {
    return { ...whereIn(this.topic), ...(this.voice && { as_chat: this.voice.id }) };
  }

  /** Channels of one's own in whose name one may speak here. */
  voices() {
    const isOwn = (chat) => chat.local.members.some((member) => member.person_id === this.me && member.status === "creator");
    return this.chat.type === "supergroup" ? [...this.store.chats.values()].filter((chat) => chat.type === "channel" && isOwn(chat)) : [];
  }

  speakAs(channel) {
    this.voice = channel;
    this.composer.refresh();
    this.composer.focus();
  }

  /** Go to a message; what stands in another topic is shown among all of them. */
  async jump(key) {
    if (await this.view.jump(key)) return;
    if (this.topic) {
      this.openTopic(0);
      if (await this.view.jump(key)) return;
    }
    toast(say("not.here"));
  }

  /** The topic to name at a message: none where only one is shown. */
  topicOf(message) {
    return this.topic || !message.message_thread_id ? undefined : topicOf(this.chat, message.message_thread_id);
  }

  /** The messages that were sent as one with this one. */
  albumOf(message) {
    const { messages } = this.thread;
    const at = this.thread.at(message.local.key);
    const isPart = (index) => messages[index]?.media_group_id === message.media_group_id;
    let [first, last] = [at, at];
    while (isPart(first - 1)) first -= 1;
    while (isPart(last + 1)) last += 1;
    return messages.slice(first, last + 1);
  }

  /** What a group calls this author: a title of their own, or what they are. */
  titleOf(message) {
    if (message.sender_chat) return message.sender_chat.id === this.chatId && this.chat.type !== "channel" && !message.author_signature ? say("administrator") : null;
    const member = this.chat.local.members.find((one) => one.person_id === message.from?.id);
    if (!member || message.from.is_bot) return null;
    return member.custom_title ?? (["creator", "administrator"].includes(member.status) ? say(member.status) : null);
  }

  leads(chat = this.chat) {
    return leads(chat, this.me);
  }

  // What happened

  threadChanged(all, seen) {
    const changes = this.topic ? this.thread.follow(all) : all;
    const fresh = changes.length ? seen : undefined;
    if (this.topic && seen && !fresh && !isMine(seen, this.me)) {
      this.newIn.add(numberOf(seen));
      drawTopics(this, this.topics);
    }
    this.view.apply(changes, fresh);
    const gone = changes.filter((change) => change.kind === "removed").map((change) => change.key);
    if (gone.length) this.composer.forget(gone);
    if (fresh) {
      this.showTyping();
      this.markRead();
    }
  }

  chatChanged() {
    const before = this.chat.local.can_write && !isShut(this);
    this.chat = this.store.chats.get(this.chatId);
    this.drawHead();
    if (this.topic && !topicOf(this.chat, this.topic)) this.openTopic(0);
    else drawTopics(this, this.topics);
    this.showTyping();
    if (before !== (this.chat.local.can_write && !isShut(this))) {
      this.drawFoot();
      if (this.chat.local.can_write) this.composer.focus();
    } else this.composer.refresh();
  }

  keyboardChanged() {
    this.composer.keyboardChanged();
    this.followForce();
  }

  /** The bot asked for an answer to one of its messages, or no longer does. */
  followForce() {
    const wanted = this.chat.local.force_reply?.key;
    if (wanted && wanted !== this.forced) this.composer.forceReply(this.view.thread.get(wanted));
    if (!wanted && this.forced && this.composer.replyTo?.local.key === this.forced) this.composer.dropReply();
    this.forced = wanted;
  }

  onlineChanged() {
    this.composer.setOnline(this.app.isOnline());
    this.drawBar();
  }

  onBottom() {
    this.markRead();
  }

  /** What is on the screen has been read; the server is told once a while. */
  markRead() {
    if (!this.isReading() || !this.chat.local.unread || this.reading) return;
    this.reading = setTimeout(() => this.tellRead(), 150);
  }

  isReading() {
    return document.visibilityState === "visible" && this.app.isShown() && this.view.stuck;
  }

  tellRead() {
    clearTimeout(this.reading);
    this.reading = 0;
    post("read", { as: this.me, chat_id: this.chatId }).catch(() => {});
  }

  announce(text) {
    this.app.announce(text);
  }

  toComposer() {
    this.composer.focus();
  }

  hearLate(event) {
    hearLate(this, event);
  }

  isPending(key, data) {
    return isPending(this, key, data);
  }

  // Acts

  makeActs() {
    return {
      press: (message, button) => press(this, message, button),
      follow: (url) => follow(this, url),
      openable: isOpenable,
      app: (act, body) => openApp(this, act, body),
      command: (command) => this.say(command),
      copy: (text) => this.copy(text),
      mention: (username) => this.showMention(username),
      person: (user) => showPerson(this, this.store.user(user?.id) ?? user),
      view: async (url) => (await import("./viewer.js")).viewPictures(this.view.thread.messages, url),
      jump: (key) => this.jump(key),
      speakAs: (channel) => this.speakAs(channel),
      dismiss: (message) => this.store.dismiss(this.chatId, message.local.key),
      menu: (message, where) => showMessageMenu(this, message, where),
      show: alertBox,
      say: (text, replyTo, entities) => this.say(text, replyTo, entities),
      topic: (number) => this.openTopic(number),
      ask: (bot, query = "") => this.composer.ask(bot, query),
      inline: (query, offset) => post("inline", { as: this.me, chat_id: this.chatId, query, offset }, 15000),
      choose: (queryId, resultId, replyTo) => this.attempt("choose", { chat_id: this.chatId, query_id: queryId, result_id: resultId, ...(replyTo && { reply_to: replyTo }), ...this.where() }, "not.sent"),
      edit: (key, text, entities) => this.attempt("edit", { chat_id: this.chatId, key, text, ...(entities && { entities }) }),
      tap: (button) => tap(this, button),
      upload: (kind, file, more) => this.upload(kind, file, more),
      contact: () => this.sendContact(),
      location: () => this.sendLocation(),
      toThread: () => this.view.focusLast(),
    };
  }

  /** Do an act; a refusal becomes a toast. What came of it when it was done, else false. */
  async attempt(path, body, sentence = "failed") {
    try {
      return await post(path, { as: this.me, ...body });
    } catch (refused) {
      toast(say(sentence, { why: sayWhy(refused) }));
      return false;
    }
  }

  /** One after the other, so that two quick messages keep their order. */
  say(text, replyTo, entities) {
    const body = { chat_id: this.chatId, text, ...this.where(), ...(replyTo && { reply_to: replyTo }), ...(entities && { entities }) };
    this.sending = this.sending.then(() => this.attempt("say", body, "not.sent"));
    return this.sending;
  }

  async upload(kind, file, more) {
    const most = kind === "photo" ? LARGEST_PHOTO : LARGEST_FILE;
    if (file.size > most * 1024 * 1024) {
      toast(say("attach.too.large", { n: most }));
      return false;
    }
    try {
      await upload({ as: this.me, chat_id: this.chatId, kind, ...more, ...this.where() }, file);
      return true;
    } catch (refused) {
      toast(say("not.sent", { why: sayWhy(refused) }));
      return false;
    }
  }

  async sendContact() {
    const chosen = await choosePeople({ title: say("pick.contact"), people: [...this.store.people.values()] });
    if (chosen?.length) await this.attempt("contact", { chat_id: this.chatId, person_id: chosen[0], ...this.where() }, "not.sent");
  }

  async sendLocation() {
    const { choosePlace } = await import("./places.js");
    const place = await choosePlace();
    if (place) await this.attempt("location", { chat_id: this.chatId, ...place, ...this.where() }, "not.sent");
  }

  async copy(text) {
    toast(say((await copyText(text)) ? "copied" : "not.copied"));
  }

  // Sheets and menus

  async showMention(username) {
    const user = this.store.userNamed(username);
    if (!user) toast(say("link.unknown", { name: username.replace(/^@/, "") }));
    else await showPerson(this, user);
  }

  async showMembers() {
    const rows = this.chat.local.members.map(({ person_id: id, status }) => {
      const user = this.store.user(id) ?? { id, first_name: String(id) };
      const role = ["creator", "administrator"].includes(status) ? say(status) : null;
      return { user, note: [user.username && `@${user.username}`, role, id === this.me ? say("you") : null].filter(Boolean).join(" · "), act: () => showPerson(this, user) };
    });
    const act = await peopleSheet({ title: this.chat.title, rows });
    act?.();
  }

  showMenu(opener) {
    const isBlocked = this.store.myself?.local.blocked;
    const here = { icon: "search", text: say("search.here"), act: () => this.app.search(this.chatId), testid: "search-here" };
    const items = this.isGroup
      ? [{ icon: "people", text: say("show.members"), act: () => this.showMembers() }, this.chat.local.can_write && { icon: "leave", text: say("leave.group"), danger: true, act: () => this.leaveGroup() }]
      : [{ icon: "person", text: nameOf(this.store.bot), act: () => showPerson(this, this.store.bot) }, this.chat.local.can_write && !isBlocked && { icon: "stop", text: say("stop.bot"), danger: true, act: () => this.stopBot(), testid: "stop-bot" }];
    menu([here, ...items.filter(Boolean)], opener, say("chat.menu"));
  }

  async leaveGroup() {
    if (await question({ title: say("leave.group"), text: say("leave.group.ask"), yes: say("leave.group"), danger: true })) await this.attempt("leave", { chat_id: this.chatId });
  }

  async stopBot() {
    if (await question({ title: say("stop.bot"), text: say("stop.bot.ask"), yes: say("stop.bot"), danger: true })) await this.attempt("block", { blocked: true });
  }
}
