// The place to write: text, replies, edits, attachments, the command menu, suggestions, and the bot's reply keyboard.
// Guards: what was typed is never lost; a refused message comes back into the field, and drafts stay with their chat.

import { el, fill, icon, iconButton } from "./dom.js";
import { menu } from "./dialogs.js";
import { authorOf, avatarOf, nameNode, nameOf } from "./people.js";
import { summaryOf } from "./summary.js";
import { say } from "./words.js";

const MOST_TEXT = 4096;
const MOST_CAPTION = 1024;
const MOST_FILES = 10;
const MOST_SUGGESTIONS = 40;
const drafts = new Map();
let composers = 0;

/** The draft of a chat, for the list of chats; empty when there is none. */
export const draftOf = (me, chatId) => drafts.get(`${me}/${chatId}/0`)?.text ?? "";

/** What shall stand in the field of a chat when it is opened. */
export const keepDraft = (me, chatId, text) => drafts.set(`${me}/${chatId}/0`, { text, replyTo: null, mentions: new Map() });

export class Composer {
  /** `room`: {me, chatId, store, acts, isGroup, topic, voice, voices}; acts: say, edit, tap, upload, contact, location, command, toThread, inline, choose, app. */
  constructor(room) {
    this.room = room;
    this.replyTo = null;
    this.editing = null;
    this.mentions = new Map();
    this.isKeyboardHidden = false;
    this.isOnline = true;
    this.chosen = -1;
    this.build();
    this.restore();
    this.keyboardKey = this.chat?.local.keyboard?.key;
    this.showKeyboard();
    this.refresh();
  }

  get chat() {
    return this.room.store.chats.get(this.room.chatId);
  }

  build() {
    // There may be a composer in every pane.
    composers += 1;
    this.listId = `suggestions-${composers}`;
    this.field = el("textarea", { class: "field", rows: 1, maxLength: MOST_TEXT, dir: "auto", autocomplete: "off", spellcheck: true, enterKeyHint: "send", role: "combobox",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.listId, data: { testid: "composer" } });
    this.field.addEventListener("input", () => this.onInput());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.field.addEventListener("paste", (event) => this.onPaste(event));
    this.field.addEventListener("blur", () => setTimeout(() => this.isLeft() && this.hideSuggestions(), 120));
    this.sendButton = iconButton("send", say("send"), () => this.send(), { class: "send-button", data: { testid: "send" } });
    this.menuButton = el("button", { class: "menu-button", "aria-label": say("bot.commands"), data: { testid: "menu-button" }, onclick: () => this.toggleCommands() }, icon("menu"), el("span", {}, say("menu")));
    this.attachButton = iconButton("clip", say("attach"), () => this.attach(), { "aria-haspopup": "menu", data: { testid: "attach" } });
    this.keysButton = iconButton("keys", say("hide.keyboard"), () => this.toggleKeyboard(), { data: { testid: "keyboard-toggle" } });
    this.voiceButton = el("button", { class: "voice", "aria-haspopup": "menu", data: { testid: "voice" }, onclick: () => this.chooseVoice() });
    this.strip = el("div", { class: "strip", hidden: true });
    this.left = el("span", { class: "chars-left", hidden: true });
    this.suggestions = el("div", { class: "suggestions", id: this.listId, role: "listbox", hidden: true, "aria-label": say("bot.commands"), data: { testid: "suggestions" } });
    this.keyboard = el("div", { class: "reply-keys", role: "group", hidden: true, data: { testid: "reply-keyboard" } });
    this.line = el("div", { class: "line" }, this.menuButton, this.voiceButton, el("div", { class: "field-box" }, this.field, this.left, this.keysButton, this.attachButton), this.sendButton);
    this.node = el("form", { class: "composer", onsubmit: (event) => event.preventDefault() }, this.suggestions, this.strip, this.line, this.keyboard);
  }

  // Drafts

  restore() {
    const draft = drafts.get(this.name());
    if (!draft) return;
    this.field.value = draft.text;
    this.replyTo = draft.replyTo;
    this.mentions = draft.mentions;
  }

  name() {
    return `${this.room.me}/${this.room.chatId}/${this.room.topic}`;
  }

  /** Another topic is open now, with a draft of its own. */
  switched() {
    Object.assign(this, { replyTo: null, editing: null, mentions: new Map() });
    this.field.value = "";
    this.restore();
    this.refresh();
    this.suggest();
  }

  leave() {
    if (this.editing) return;
    if (this.field.value || this.replyTo) drafts.set(this.name(), { text: this.field.value, replyTo: this.replyTo, mentions: this.mentions });
    else drafts.delete(this.name());
  }

  put(text) {
    this.stopEditing();
    this.field.value = text;
    this.onInput();
    this.hideSuggestions();
    this.focus();
    this.field.setSelectionRange(text.length, text.length);
  }

  /** Begin to ask a bot in inline mode. */
  ask(bot, query) {
    this.put(`@${bot.username} ${query}`);
    this.suggest();
  }

  insert(text) {
    const { value, selectionStart: from, selectionEnd: to } = this.field;
    const space = from > 0 && !/\s$/.test(value.slice(0, from)) ? " " : "";
    this.field.setRangeText(space + text, from, to, "end");
    this.onInput();
    this.focus();
  }

  /** Mention somebody: by @name, or, without one, by their name with an entity that points at them. */
  mention(user) {
    this.insert(`${this.mentionText(user)} `);
  }

  mentionText(user) {
    if (user.username) return `@${user.username}`;
    this.mentions.set(nameOf(user), user.id);
    return nameOf(user);
  }

  /** Whether the focus is elsewhere, and has not come back meanwhile. */
  isLeft() {
    return document.activeElement !== this.field && !this.suggestions.contains(document.activeElement);
  }

  focus() {
    if (!this.field.disabled) this.field.focus({ preventScroll: true });
  }

  // State

  setOnline(isOnline) {
    this.isOnline = isOnline;
    this.refresh();
  }

  /** Make buttons, placeholder and disabled state fit what is going on. */
  refresh() {
    const { chat } = this;
    if (!chat) return;
    const canWrite = this.isOnline && chat.local.can_write;
    this.field.disabled = !canWrite;
    this.attachButton.disabled = !canWrite;
    this.sendButton.disabled = !canWrite || !this.canSend();
    this.field.maxLength = this.isCaption() ? MOST_CAPTION : MOST_TEXT;
    this.field.placeholder = this.placeholder();
    this.field.setAttribute("aria-label", this.field.placeholder);
    const app = this.menuApp();
    this.menuButton.hidden = !app && chat.local.commands.length === 0;
    this.menuButton.replaceChildren(icon(app ? "app" : "menu"), el("span", {}, app ?? say("menu")));
    this.menuButton.setAttribute("aria-label", app ?? say("bot.commands"));
    this.showVoice();
    this.showStrip();
    this.grow();
  }

  // In whose name

  showVoice() {
    const { room } = this;
    const speaker = room.voice ?? room.store.myself;
    this.voiceButton.hidden = room.voices().length === 0;
    if (this.voiceButton.hidden) return;
    this.voiceButton.setAttribute("aria-label", say("voice.as", { name: nameOf(speaker) }));
    fill(this.voiceButton, avatarOf(speaker, "size-34"));
  }

  chooseVoice() {
    const { room } = this;
    const item = (channel, name) => ({ icon: channel ? "people" : "person", text: name, act: () => room.acts.speakAs(channel), testid: `voice-${channel?.id ?? room.me}` });
    menu([item(null, nameOf(room.store.myself)), ...room.voices().map((channel) => item(channel, channel.title))], this.voiceButton, say("voice.choose"));
  }

  /** What the menu button is called where it opens a Mini App. */
  menuApp() {
    const { menu_button: button } = this.chat.local;
    return this.chat.type === "private" && button?.type === "web_app" ? button.text : null;
  }

  /** Words make a message; the caption of a picture may also be taken away. */
  canSend() {
    return Boolean(this.field.value.trim()) || this.isCaption();
  }

  isCaption() {
    return Boolean(this.editing) && this.editing.text === undefined;
  }

  placeholder() {
    if (this.isCaption()) return say("caption");
    if (!this.isOnline) return say("banner.lost");
    const force = this.chat.local.force_reply?.input_field_placeholder;
    const keyboard = this.isKeyboardHidden ? null : this.chat.local.keyboard?.markup.input_field_placeholder;
    return force || keyboard || say("write.here");
  }

  grow() {
    const style = this.field.style;
    style.height = "auto";
    style.height = `${Math.min(this.field.scrollHeight, 180)}px`;
    const left = this.field.maxLength - this.field.value.length;
    this.left.hidden = left > 300;
    this.left.textContent = String(left);
    this.left.title = say("chars.left", { n: left });
  }

  onInput() {
    this.sendButton.disabled = this.field.disabled || !this.canSend();
    this.grow();
    this.suggest();
    this.leave();
  }

  // Sending

  send() {
    const text = this.field.value.trim();
    if (!this.canSend() || this.field.disabled) return;
    this.hideSuggestions();
    if (this.editing) {
      const message = this.editing;
      const entities = this.mentionEntities(text);
      this.stopEditing();
      this.room.acts.edit(message.local.key, text, entities).then((isDone) => !isDone && !this.field.value && this.edit(message, text));
      return;
    }
    const replyTo = this.replyTo?.local.key;
    const entities = this.mentionEntities(text);
    const before = { text: this.field.value, replyTo: this.replyTo, mentions: new Map(this.mentions) };
    this.clear();
    this.room.acts.say(text, replyTo, entities).then((isSent) => !isSent && this.giveBack(before));
  }

  clear() {
    this.field.value = "";
    this.replyTo = null;
    this.mentions.clear();
    drafts.delete(this.name());
    this.refresh();
  }

  giveBack(before) {
    if (this.field.value) return;
    Object.assign(this, { replyTo: before.replyTo, mentions: before.mentions });
    this.field.value = before.text;
    this.leave();
    this.refresh();
  }

  mentionEntities(text) {
    const entities = [];
    for (const [name, id] of this.mentions) {
      const offset = text.indexOf(name);
      if (offset >= 0) entities.push({ type: "text_mention", offset, length: name.length, user: { id } });
    }
    return entities.length ? entities : undefined;
  }

  // Reply and edit

  reply(message) {
    this.stopEditing();
    this.replyTo = message;
    this.refresh();
    this.focus();
    this.leave();
  }

  edit(message, text) {
    this.leave();
    this.replyTo = null;
    this.editing = message;
    this.field.value = text;
    const entities = message.entities ?? message.caption_entities ?? [];
    this.mentions = new Map(entities.filter(({ type }) => type === "text_mention").map(({ offset, length, user }) => [text.slice(offset, offset + length), user.id]));
    this.refresh();
    this.focus();
  }

  stopEditing() {
    if (!this.editing) return;
    this.editing = null;
    this.field.value = "";
    this.mentions = new Map();
    this.restore();
    this.refresh();
  }

  dropReply() {
    if (this.editing) this.stopEditing();
    else this.replyTo = null;
    this.leave();
    this.refresh();
    this.focus();
  }

  /** A message that was taken away can't be replied to. */
  forget(keys) {
    if (this.replyTo && keys.includes(this.replyTo.local.key)) this.dropReply();
    if (this.editing && keys.includes(this.editing.local.key)) this.stopEditing();
  }

  showStrip() {
    const message = this.editing ?? this.replyTo;
    this.strip.hidden = !message;
    if (!message) return;
    fill(this.strip, icon(this.editing ? "pencil" : "reply"),
      el("span", { class: "quote-words" }, el("b", {}, this.editing ? say("editing") : say("reply.to", { name: nameOf(authorOf(message)) })), el("span", { dir: "auto" }, summaryOf(message, 120) || say("message"))),
      iconButton("close", say(this.editing ? "edit.stop" : "reply.stop"), () => this.dropReply()));
  }

  // Keys

  onKey(event) {
    // While an input method is composing, Enter chooses a word and must not send.
    if (event.isComposing || event.keyCode === 229) return;
    if (!this.suggestions.hidden && this.onSuggestionKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && (this.replyTo || this.editing)) {
      event.preventDefault();
      event.stopPropagation();
      this.dropReply();
    } else if (event.key === "ArrowUp" && !this.field.value && !event.altKey) {
      event.preventDefault();
      this.room.acts.toThread();
    }
  }

  onSuggestionKey(event) {
    const items = [...this.suggestions.children];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = this.chosen < 0 && step < 0 ? 0 : this.chosen;
      this.choose(items, (from + step + items.length) % items.length);
      return true;
    }
    if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      this.suggested[Math.max(this.chosen, 0)].complete();
      return true;
    }
    if (event.key === "Enter" && this.chosen >= 0) {
      event.preventDefault();
      this.suggested[this.chosen].take();
      return true;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.hideSuggestions();
      return true;
    }
    return false;
  }

  choose(items, index) {
    this.chosen = index;
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    items[index]?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", items[index]?.id ?? "");
  }

  // Suggestions: commands after a slash, members after an @

  suggest() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const slash = /^\/(\w{0,32})$/.exec(before);
    const at = this.room.isGroup ? /(?:^|\s)@([\p{L}\p{N}_]{0,32})$/u.exec(before) : null;
    const inline = this.inlineQuery();
    if (inline === null) this.inline?.stop();
    if (inline !== null) this.askInline(inline);
    else if (slash) this.suggestCommands(slash[1].toLowerCase());
    else if (at) this.suggestMembers(at[1].toLowerCase());
    else this.hideSuggestions();
  }

  /** What the bot is asked when the field begins with its name, or null. */
  inlineQuery() {
    const { bot } = this.room.store;
    const [, name, query] = /^@(\w{3,32})\s([\s\S]{0,256})$/.exec(this.field.value) ?? [];
    const isAsked = bot?.supports_inline_queries && !this.editing && name?.toLowerCase() === bot.username.toLowerCase();
    return isAsked ? query.trim() : null;
  }

  async askInline(query) {
    if (!this.inline) {
      const { InlineMode } = await import("./inline.js");
      this.inline ??= new InlineMode(this);
      if (this.inlineQuery() !== query) return;
    }
    this.inline.ask(query);
  }

  suggestCommands(start) {
    const fitting = this.chat.local.commands.filter(({ command }) => command.startsWith(start));
    this.show(fitting.map(({ command, description }) => ({
      node: [el("b", {}, `/${command}`), el("span", { dir: "auto" }, description)],
      testid: `command-${command}`,
      take: () => this.takeCommand(`/${command}`),
      complete: () => this.put(`/${command} `),
    })));
  }

  takeCommand(command) {
    this.put("");
    this.room.acts.command(command);
  }

  suggestMembers(start) {
    const members = this.chat.local.members.map(({ person_id: id }) => this.room.store.user(id)).filter((user) => user && user.id !== this.room.me);
    const fitting = members.filter((user) => `${user.username ?? ""} ${nameOf(user)}`.toLowerCase().split(/\s+/).some((word) => word.startsWith(start)));
    this.show(fitting.map((user) => {
      const complete = () => this.completeMember(user);
      return { node: [avatarOf(user, "size-28"), el("b", {}, nameNode(nameOf(user))), el("span", {}, user.username ? `@${user.username}` : "")], testid: `member-${user.id}`, take: complete, complete };
    }));
  }

  completeMember(user) {
    const at = this.field.value.lastIndexOf("@", this.field.selectionStart - 1);
    this.field.setRangeText(`${this.mentionText(user)} `, at, this.field.selectionStart, "end");
    this.onInput();
    this.focus();
  }

  show(items, kind = "") {
    this.suggested = items.slice(0, MOST_SUGGESTIONS);
    if (!this.suggested.length) {
      this.hideSuggestions();
      return;
    }
    this.suggestions.className = `suggestions ${kind}`;
    fill(this.suggestions, this.suggested.map((item, index) => el("button", {
      class: "suggestion", id: `${this.listId}-${index}`, role: "option", tabIndex: -1, "aria-selected": "false", data: { testid: item.testid },
      // The field keeps the focus, so a press must not take it away first.
      onmousedown: (event) => event.preventDefault(),
      onclick: () => item.take(),
    }, item.node)));
    this.suggestions.hidden = false;
    this.chosen = -1;
    this.field.setAttribute("aria-expanded", "true");
    this.field.removeAttribute("aria-activedescendant");
  }

  hideSuggestions() {
    this.suggestions.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  toggleCommands() {
    if (this.menuApp()) this.room.acts.app("web_app", { chat_id: this.room.chatId });
    else if (this.suggestions.hidden) {
      this.suggestCommands("");
      this.focus();
    } else this.hideSuggestions();
  }

  // The bot's keyboard

  /** The bot wants an answer to one of its messages: reply to it, unless the person is already writing. */
  forceReply(message) {
    if (!message || this.editing || this.replyTo) return;
    this.replyTo = message;
    this.refresh();
    this.focus();
  }

  showKeyboard() {
    const rows = this.chat?.local.keyboard?.markup.keyboard ?? [];
    const visible = rows.length > 0 && !this.isKeyboardHidden;
    this.keysButton.hidden = rows.length === 0;
    const label = say(visible ? "hide.keyboard" : "show.keyboard");
    this.keysButton.setAttribute("aria-label", label);
    this.keysButton.title = label;
    this.keysButton.setAttribute("aria-pressed", String(visible));
    this.keyboard.hidden = !visible;
    this.keyboard.classList.toggle("tall", visible && !this.chat.local.keyboard.markup.resize_keyboard);
    fill(this.keyboard, rows.map((row) => el("div", { class: "keys-row" }, row.map((button) => this.replyKey(button)))));
  }

  replyKey(button) {
    const kind = [["request_contact", "call"], ["request_location", "pin"], ["request_users", "people"], ["request_chat", "people"], ["web_app", "app"]].find(([name]) => button[name])?.[1];
    return el("button", {
      class: `reply-key ${["danger", "success", "primary"].includes(button.style) ? button.style : ""}`, data: { testid: "reply-button" },
      onclick: () => this.room.acts.tap(button),
    }, kind && !/^\p{Extended_Pictographic}/u.test(button.text) ? icon(kind, "small") : null, el("span", { dir: "auto" }, button.text));
  }

  keyboardChanged() {
    const key = this.chat?.local.keyboard?.key;
    if (key !== this.keyboardKey) this.isKeyboardHidden = false;
    this.keyboardKey = key;
    this.showKeyboard();
    this.refresh();
  }

  toggleKeyboard() {
    this.isKeyboardHidden = !this.isKeyboardHidden;
    this.showKeyboard();
    this.refresh();
  }

  // Attachments

  attach() {
    const { acts } = this.room;
    menu([
      { icon: "image", text: say("attach.photo"), act: () => this.pickFile("photo"), testid: "attach-photo" },
      { icon: "file", text: say("attach.file"), act: () => this.pickFile("document"), testid: "attach-file" },
      { icon: "person", text: say("attach.contact"), act: () => acts.contact(), testid: "attach-contact" },
      { icon: "pin", text: say("attach.location"), act: () => acts.location(), testid: "attach-location" },
    ], this.attachButton, say("attach"));
  }

  pickFile(kind) {
    const input = el("input", { type: "file", multiple: true, accept: kind === "photo" ? "image/png,image/jpeg,image/webp,image/gif,video/mp4,video/webm" : "" });
    input.addEventListener("change", () => this.offerFiles([...input.files], kind === "document"));
    input.click();
  }

  onPaste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.offerFiles(files);
  }

  /** Show what would be sent; what is typed goes along as the caption. */
  async offerFiles(files, asFiles = false) {
    if (this.field.disabled || !files.length || this.editing) return;
    const before = { text: this.field.value, replyTo: this.replyTo, mentions: new Map(this.mentions) };
    const { offerFiles } = await import("./sending.js");
    const wanted = await offerFiles({ files: files.slice(0, MOST_FILES), caption: before.text.trim().slice(0, MOST_CAPTION), asFiles });
    if (!wanted) return;
    this.clear();
    let isSent = true;
    for (const [index, { file, kind, album }] of wanted.files.entries()) {
      const first = index === 0 ? { caption: wanted.caption, reply_to: before.replyTo?.local.key } : {};
      isSent = (await this.room.acts.upload(kind, file, { ...first, album })) && isSent;
    }
    if (!isSent) this.giveBack({ ...before, text: wanted.caption });
    this.focus();
  }
}
