// One open chat: its head, its messages and its composer, and every act a person can do in it.
// Invariant: an act is done as the person whose eyes the room has, and its answer is shown to that person only.

import { textOf } from "./bubble.js";
import { Composer } from "./composer.js";
import { alertBox, choosePeople, menu, peopleSheet, personSheet, question, toast, viewPhoto } from "./dialogs.js";
import { copyText, el, fill, icon, iconButton } from "./dom.js";
import { get, post, upload } from "./link.js";
import { avatarOf, groupAvatar, nameNode, nameOf } from "./people.js";
import { typingWords } from "./side.js";
import { ThreadView } from "./thread.js";
import { say } from "./words.js";

const PRESS_PATIENCE = 12;
const LARGEST_PHOTO = 10;
const LARGEST_FILE = 50;
const SOMEWHERE = { latitude: 31.2304, longitude: 121.4737 };
const OPENABLE = new Set(["http:", "https:", "mailto:", "tel:"]);

// Presses outlive the room they were made in, so that coming back shows the button still waiting.
const pending = new Set();
const late = new Map();

export class Room {
  /** app: {store, openChat, close, become, isOnline, announce, ideaNode}. */
  constructor(chatId, app) {
    this.app = app;
    this.store = app.store;
    this.chatId = chatId;
    this.me = app.store.me;
    this.chat = app.store.chats.get(chatId);
    this.isGroup = this.chat.type !== "private";
    this.sending = Promise.resolve();
    this.acts = this.makeActs();
    this.readOlder = (limit, before) => get(`chats/${chatId}/messages?as=${this.me}&limit=${limit}${before ? `&before=${before}` : ""}`);
    this.build();
  }

  build() {
    this.head = el("header", { class: "room-head" });
    this.bars = el("div", { class: "bars", role: "status" });
    this.foot = el("footer", { class: "room-foot" });
    this.view = new ThreadView(this.store.thread(this.chatId), this, this.chat.local.unread);
    this.composer = new Composer({ me: this.me, chatId: this.chatId, store: this.store, acts: this.acts, isGroup: this.isGroup });
    this.node = el("div", { class: "room", data: { testid: "room", chatId: String(this.chatId) } }, this.head, this.bars, this.view.node, this.foot);
    this.drawHead();
    this.drawFoot();
    this.drawBar();
    this.drop = this.makeDropPlace();
    this.node.append(this.drop);
  }

  shown() {
    this.composer.setOnline(this.app.isOnline());
    this.view.shown();
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
      el("button", { class: "room-name", onclick: () => (this.isGroup ? this.showMembers() : this.showPerson(this.store.bot)) },
        this.isGroup ? groupAvatar(chat, "size-40") : avatarOf(this.store.bot, "size-40"),
        el("span", { class: "room-words" }, el("h1", {}, nameNode(title)), this.subtitle)),
      iconButton("more", say("chat.menu"), (event) => this.showMenu(event.currentTarget), { "aria-haspopup": "menu", data: { testid: "chat-menu" } }));
    this.drawSubtitle();
  }

  drawSubtitle() {
    const { typing } = this.chat.local;
    if (typing) fill(this.subtitle, el("span", { class: "doing dots" }, typingWords(typing)));
    else if (this.isGroup) fill(this.subtitle, say("members", { n: this.chat.local.members.length }));
    else fill(this.subtitle, say(this.store.bot.local.online ? "bot" : "bot.offline"));
  }

  drawFoot() {
    const { chat } = this;
    if (chat.local.can_write) fill(this.foot, this.composer.node);
    else {
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
      if (event.dataTransfer.files[0]) this.composer.sendFile(event.dataTransfer.files[0]);
    });
    return place;
  }

  // What happened

  threadChanged(changes, fresh) {
    this.view.apply(changes, fresh);
    const gone = changes.filter((change) => change.kind === "removed").map((change) => change.key);
    if (gone.length) this.composer.forget(gone);
    if (fresh) {
      this.showTyping();
      this.markRead();
    }
  }

  chatChanged() {
    const before = this.chat.local.can_write;
    this.chat = this.store.chats.get(this.chatId);
    this.drawHead();
    this.showTyping();
    if (before !== this.chat.local.can_write) {
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
    return document.visibilityState === "visible" && this.view.stuck;
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

  isPending(key, data) {
    return pending.has(`${this.me} ${this.chatId} ${key} ${data}`);
  }

  // Acts

  makeActs() {
    return {
      press: (message, button) => this.press(message, button),
      follow: (url) => this.follow(url),
      openable: (url) => isOpenable(url),
      command: (command) => this.say(command),
      copy: (text) => this.copy(text),
      mention: (username) => this.showMention(username),
      person: (user) => this.showPerson(this.store.user(user?.id) ?? user),
      view: viewPhoto,
      jump: async (key) => (await this.view.jump(key)) || toast(say("not.here")),
      dismiss: (message) => this.store.dismiss(this.chatId, message.local.key),
      menu: (message, where) => this.showMessageMenu(message, where),
      say: (text, replyTo, entities) => this.say(text, replyTo, entities),
      edit: (key, text) => this.attempt("edit", { chat_id: this.chatId, key, text }),
      tap: (button) => this.tap(button),
      upload: (kind, file, caption, replyTo) => this.upload(kind, file, caption, replyTo),
      contact: () => this.sendContact(),
      location: () => this.sendLocation(),
      toThread: () => this.view.focusLast(),
    };
  }

  /** Do an act; a refusal becomes a toast. True when it was done. */
  async attempt(path, body, sentence = "failed") {
    try {
      await post(path, { as: this.me, ...body });
      return true;
    } catch (refused) {
      toast(say(sentence, { why: refused.code === "no_server" ? say("no.server") : refused.message || refused.code }));
      return false;
    }
  }

  /** One after the other, so that two quick messages keep their order. */
  say(text, replyTo, entities) {
    const body = { chat_id: this.chatId, text, ...(replyTo && { reply_to: replyTo }), ...(entities && { entities }) };
    this.sending = this.sending.then(() => this.attempt("say", body, "not.sent"));
    return this.sending;
  }

  async upload(kind, file, caption, replyTo) {
    const most = kind === "photo" ? LARGEST_PHOTO : LARGEST_FILE;
    if (file.size > most * 1024 * 1024) {
      toast(say("attach.too.large", { n: most }));
      return false;
    }
    try {
      await upload({ as: this.me, chat_id: this.chatId, kind, caption, reply_to: replyTo }, file);
      return true;
    } catch (refused) {
      toast(say("not.sent", { why: refused.code === "no_server" ? say("no.server") : refused.message }));
      return false;
    }
  }

  async tap(button) {
    const body = { chat_id: this.chatId, text: button.text };
    if (button.request_contact) {
      const phone = this.store.myself?.local.phone_number ?? "—";
      if (!(await question({ title: say("ask.phone"), text: say("ask.phone.text", { phone }), yes: say("share") }))) return;
    } else if (button.request_location) {
      if (!(await question({ title: say("ask.location"), text: say("ask.location.text"), yes: say("share") }))) return;
    } else if (button.request_users) {
      const most = button.request_users.max_quantity ?? 1;
      body.user_ids = await choosePeople({ title: say("pick.people"), people: this.others(), most });
      if (!body.user_ids?.length) return;
    }
    await this.attempt("tap", body, "not.sent");
  }

  others() {
    return [...this.store.people.values()].filter((person) => person.id !== this.me);
  }

  async sendContact() {
    const chosen = await choosePeople({ title: say("pick.contact"), people: [...this.store.people.values()] });
    if (chosen?.length) await this.attempt("contact", { chat_id: this.chatId, person_id: chosen[0] }, "not.sent");
  }

  async sendLocation() {
    const isSure = await question({ title: say("ask.location"), text: say("ask.location.text"), yes: say("share") });
    if (isSure) await this.attempt("location", { chat_id: this.chatId, ...SOMEWHERE }, "not.sent");
  }

  async copy(text) {
    toast(say((await copyText(text)) ? "copied" : "not.copied"));
  }

  // Inline buttons

  async press(message, button) {
    const key = message.local.key;
    if (button.url) return this.follow(button.url);
    if (button.web_app) return this.follow(button.web_app.url);
    if (button.copy_text) return this.copy(button.copy_text.text);
    if (button.switch_inline_query_current_chat !== undefined) return this.composer.put(`@${this.store.bot.username} ${button.switch_inline_query_current_chat}`);
    if (button.callback_data === undefined || this.isPending(key, button.callback_data)) return undefined;
    const name = `${this.me} ${this.chatId} ${key} ${button.callback_data}`;
    this.setBusy(name, key, button.callback_data, true);
    try {
      const body = { as: this.me, chat_id: this.chatId, key, data: button.callback_data, timeout: PRESS_PATIENCE };
      const answer = await post("press", body, (PRESS_PATIENCE + 5) * 1000);
      if (answer.answered) this.hearAnswer(answer);
      else {
        late.set(answer.callback_query_id, this.me);
        if (this.isCurrent()) toast(say("no.answer"));
      }
    } catch (refused) {
      toast(say("failed", { why: refused.code === "no_server" ? say("no.server") : refused.message }));
    }
    this.setBusy(name, key, button.callback_data, false);
    return undefined;
  }

  setBusy(name, key, data, isBusy) {
    if (isBusy) pending.add(name);
    else pending.delete(name);
    const row = this.view.rows.get(key);
    for (const node of row?.querySelectorAll(".key[data-callback]") ?? []) {
      if (node.dataset.callback === data) node.toggleAttribute("aria-busy", isBusy);
      if (node.dataset.callback === data && isBusy) node.setAttribute("aria-busy", "true");
    }
  }

  isCurrent() {
    return this.store.me === this.me;
  }

  hearAnswer({ text, show_alert: isAlert, url }) {
    if (!this.isCurrent()) return;
    if (text && isAlert) alertBox(text);
    else if (text) toast(text);
    if (url) this.follow(url);
  }

  /** An answer that came after we stopped waiting for it. */
  hearLate(event) {
    if (late.get(event.callback_query_id) !== this.me) return;
    late.delete(event.callback_query_id);
    this.hearAnswer(event);
  }

  // Links

  async follow(url) {
    const inside = this.insideLink(url);
    if (inside) return this.followInside(inside, url);
    if (!isOpenable(url)) return toast(say("link.unsafe"));
    const address = new URL(url);
    // Our own pages open at once; everything else is shown in full first, with a host nobody can disguise.
    const isOurs = address.origin === location.origin;
    if (isOurs || (await question({ title: say("open.link"), text: say("open.link.text"), address: address.href, yes: say("open") }))) {
      window.open(address.href, "_blank", "noopener,noreferrer");
    }
    return undefined;
  }

  /** Links of the messenger itself: a user name with what follows it, or a user's id. */
  insideLink(url) {
    let address;
    try {
      address = new URL(/^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`);
    } catch {
      return null;
    }
    const query = address.searchParams;
    if (address.protocol === "tg:" && (address.host || address.pathname.replace(/\//g, "")) === "user") return { id: Number(query.get("id")) };
    if (address.protocol === "tg:") return { username: query.get("domain") ?? "", start: query.get("start") };
    if (!["t.me", "telegram.me"].includes(address.hostname) || !["http:", "https:"].includes(address.protocol)) return null;
    return { username: address.pathname.split("/")[1] ?? "", start: query.get("start") };
  }

  async followInside({ id, username, start }, url) {
    const user = id ? this.store.user(id) : this.store.userNamed(username);
    if (!user) return toast(say("link.unknown", { name: username || String(id) }));
    if (user.id !== this.store.bot.id) return this.showPerson(user);
    if (start !== null) await this.attempt("open", { link: url });
    return this.app.openChat(this.me);
  }

  // Sheets and menus

  async showMention(username) {
    const user = this.store.userNamed(username);
    if (!user) toast(say("link.unknown", { name: username.replace(/^@/, "") }));
    else await this.showPerson(user);
  }

  async showPerson(user) {
    if (!user) return;
    const isBot = user.id === this.store.bot.id;
    const acts = [];
    if (isBot && this.chatId !== this.me) acts.push({ text: say("message"), act: () => this.app.openChat(this.me) });
    if (!isBot && user.id !== this.me && this.store.people.has(user.id)) acts.push({ text: say("act.as", { name: nameOf(user) }), act: () => this.app.become(user.id) });
    if (this.isGroup && user.id !== this.me) acts.push({ text: say("mention"), act: () => this.composer.mention(user) });
    const note = isBot ? [`@${user.username}`, this.store.bot.local.short_description].filter(Boolean).join("\n") : [user.username && `@${user.username}`, user.local?.phone_number].filter(Boolean).join(" · ");
    const act = await personSheet({ user, note, acts });
    act?.();
  }

  async showMembers() {
    const rows = this.chat.local.members.map(({ person_id: id, status }) => {
      const user = this.store.user(id) ?? { id, first_name: String(id) };
      const role = ["creator", "administrator"].includes(status) ? say(status) : null;
      return { user, note: [user.username && `@${user.username}`, role, id === this.me ? say("you") : null].filter(Boolean).join(" · "), act: () => this.showPerson(user) };
    });
    const act = await peopleSheet({ title: this.chat.title, rows });
    act?.();
  }

  showMenu(opener) {
    const isBlocked = this.store.myself?.local.blocked;
    const items = this.isGroup
      ? [{ icon: "people", text: say("show.members"), act: () => this.showMembers() }, this.chat.local.can_write && { icon: "leave", text: say("leave.group"), danger: true, act: () => this.leaveGroup() }]
      : [{ icon: "person", text: nameOf(this.store.bot), act: () => this.showPerson(this.store.bot) }, this.chat.local.can_write && !isBlocked && { icon: "stop", text: say("stop.bot"), danger: true, act: () => this.stopBot(), testid: "stop-bot" }];
    menu(items.filter(Boolean), opener, say("chat.menu"));
  }

  async leaveGroup() {
    if (await question({ title: say("leave.group"), text: say("leave.group.ask"), yes: say("leave.group"), danger: true })) await this.attempt("leave", { chat_id: this.chatId });
  }

  async stopBot() {
    if (await question({ title: say("stop.bot"), text: say("stop.bot.ask"), yes: say("stop.bot"), danger: true })) await this.attempt("block", { blocked: true });
  }

  showMessageMenu(message, where) {
    const isMine = message.from?.id === this.me;
    const isEphemeral = message.ephemeral_message_id !== undefined;
    const text = textOf(message);
    const items = [];
    if (this.chat.local.can_write) items.push({ icon: "reply", text: say("reply"), act: () => this.composer.reply(message), testid: "menu-reply" });
    if (text) items.push({ icon: "copy", text: say("copy.text"), act: () => this.copy(text), testid: "menu-copy" });
    if (isMine && message.text !== undefined && !isEphemeral) items.push({ icon: "pencil", text: say("edit"), act: () => this.composer.edit(message, text), testid: "menu-edit" });
    if (isEphemeral) items.push({ icon: "close", text: say("dismiss"), act: () => this.store.dismiss(this.chatId, message.local.key), testid: "menu-dismiss" });
    else if (isMine || !this.isGroup) items.push({ icon: "bin", text: say("delete"), danger: true, act: () => this.attempt("delete", { chat_id: this.chatId, key: message.local.key }), testid: "menu-delete" });
    menu(items, where, say("message.actions"));
  }
}

/** An address that a browser may be sent to. */
function isOpenable(url) {
  try {
    return OPENABLE.has(new URL(url).protocol);
  } catch {
    return false;
  }
}
