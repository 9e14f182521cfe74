// Draws one message. A row is drawn anew when its message changes; nothing here keeps state of its own.

import { el, icon, iconButton } from "./dom.js";
import { avatarOf, hueOf, nameNode, nameOf } from "./people.js";
import { emojiCount, fileNode, fileOf, formatted, photoNode, photoWidth, placeNode, plainOf, plainOfRich, richNode, summaryOf } from "./rich.js";
import { fullTimeOf, language, say, timeOf } from "./words.js";

const SERVICE = ["new_chat_members", "left_chat_member", "new_chat_title", "users_shared", "pinned_message", "write_access_allowed"];

export const isService = (message) => SERVICE.some((kind) => message[kind] !== undefined);

/** The words of a message as its author meant them, for copying. */
export function textOf(message) {
  if (message.text !== undefined) return message.text;
  if (message.caption !== undefined) return message.caption;
  return message.rich_message ? plainOfRich(message.rich_message) : "";
}

/** `room` tells whose eyes these are: {me, isGroup, store, acts, isPending}. */
export function rowOf(message, room) {
  const mine = message.from?.id === room.me;
  const row = el("article", {
    class: `row ${isService(message) ? "service" : mine ? "mine" : "theirs"}`,
    tabIndex: -1,
    data: { testid: "message", messageId: String(message.message_id), key: message.local.key },
  });
  if (message.ephemeral_message_id !== undefined) row.dataset.ephemeralId = String(message.ephemeral_message_id);
  dress(row, message, room);
  return row;
}

/** Fill a row with its message. */
export function dress(row, message, room) {
  if (isService(message)) {
    row.replaceChildren(el("div", { class: "service-pill" }, serviceText(message, room)));
    return;
  }
  const mine = message.from?.id === room.me;
  row.setAttribute("aria-label", `${nameOf(message.from)}, ${timeOf(message.date)}`);
  const stack = el("div", { class: "stack" }, bubbleNode(message, mine, room), keyboardNode(message, room));
  const more = iconButton("more", say("message.actions"), (event) => room.acts.menu(message, event.currentTarget), { tabIndex: -1, class: "icon-button row-more", "aria-haspopup": "menu" });
  row.replaceChildren(...(room.isGroup && !mine ? [avatarButton(message.from, room)] : []), stack, more);
}

function avatarButton(user, room) {
  const button = el("button", { class: "row-avatar", tabIndex: -1, "aria-hidden": "true", onclick: () => room.acts.person(user) }, avatarOf(user, "size-34"));
  return button;
}

function bubbleNode(message, mine, room) {
  const emoji = message.text && !message.reply_to_message && !message.ephemeral_message_id ? emojiCount(message.text) : 0;
  const kinds = ["bubble"];
  if (emoji) kinds.push("big-emoji", `of-${emoji}`);
  if (message.photo && !message.caption) kinds.push("picture");
  if (message.rich_message) kinds.push("of-rich");
  if (message.ephemeral_message_id !== undefined) kinds.push("ephemeral");
  if (message.reply_markup?.inline_keyboard?.length) kinds.push("with-keys");
  const bubble = el("div", { class: kinds.join(" ") },
    message.ephemeral_message_id !== undefined ? ephemeralHead(message, room) : null,
    room.isGroup && !mine ? el("button", { class: `sender ${hueOf(message.from)}`, tabIndex: -1, onclick: () => room.acts.person(message.from) }, nameNode(nameOf(message.from)), message.from?.is_bot ? el("span", { class: "bot-mark" }, say("bot")) : null) : null,
    message.reply_to_message ? quoteStrip(message.reply_to_message, room) : null,
    contentOf(message, room),
    metaNode(message));
  if (message.photo) wrapPhoto(bubble, message.photo);
  return bubble;
}

/** A captioned photo sets the width of its bubble; the caption wraps below it. */
function wrapPhoto(bubble, sizes) {
  bubble.classList.add("with-photo");
  bubble.style.setProperty("--photo-width", `${photoWidth(sizes)}px`);
}

function ephemeralHead(message, room) {
  return el("div", { class: "ephemeral-head" }, icon("eye", "small"), el("span", {}, say("only.you")),
    el("button", { class: "ephemeral-close", "aria-label": say("dismiss"), title: say("dismiss"), onclick: () => room.acts.dismiss(message) }, icon("close", "small")));
}

function quoteStrip(quoted, room) {
  const key = quoted.ephemeral_message_id !== undefined ? `e${quoted.ephemeral_message_id}` : `m${quoted.message_id}`;
  const small = quoted.photo?.[0];
  return el("button", { class: `quote ${hueOf(quoted.from)}`, onclick: () => room.acts.jump(key) },
    small ? el("span", { class: "quote-mark" }, icon("image", "small")) : null,
    el("span", { class: "quote-words" }, el("b", {}, nameNode(nameOf(quoted.from))), el("span", { dir: "auto" }, summaryOf(quoted, 120) || say("message"))));
}

function contentOf(message, room) {
  const { acts } = room;
  const words = (text, entities) => (text ? el("div", { class: "words", dir: "auto" }, formatted(text, entities, acts)) : null);
  if (message.text !== undefined) return words(message.text, message.entities);
  if (message.rich_message) return richNode(message.rich_message, acts, (button, label) => inlineButton(button, label, message, room));
  const caption = words(message.caption, message.caption_entities);
  if (message.photo) return [photoNode(message.photo, acts), caption];
  const file = fileOf(message);
  if (file) return [fileNode(file.file, file.kind), caption];
  if (message.contact) return contactCard(message.contact, room);
  if (message.venue) return el("div", { class: "words" }, placeNode(message.venue.location), el("b", {}, message.venue.title), el("br"), message.venue.address);
  if (message.location) return placeNode(message.location);
  if (message.dice) return el("div", { class: "words" }, `${message.dice.emoji} ${message.dice.value}`);
  return el("div", { class: "words soft" }, say("unknown"));
}

function contactCard(contact, room) {
  const known = contact.user_id ? room.store.user(contact.user_id) : undefined;
  const shown = known ?? { id: contact.user_id ?? 7, first_name: contact.first_name, last_name: contact.last_name };
  return el("div", { class: "contact-card", role: "group", "aria-label": say("contact") }, avatarOf(shown, "size-40"),
    el("span", {}, el("b", {}, nameNode(nameOf({ first_name: contact.first_name, last_name: contact.last_name }))), el("small", { dir: "ltr" }, contact.phone_number)));
}

function metaNode(message) {
  const edited = message.edit_date ? el("span", {}, say("edited")) : null;
  return el("span", { class: "meta", title: fullTimeOf(message.date) }, edited, el("time", { dateTime: new Date(message.date * 1000).toISOString() }, timeOf(message.date)));
}

// Keyboards

function keyboardNode(message, room) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const hasMany = rows.some((row) => row.length > 4);
  return el("div", { class: `keys ${hasMany ? "dense" : ""}`, role: "group" },
    rows.map((row) => el("div", { class: "keys-row" }, row.map((button) => inlineButton(button, button.text, message, room)))));
}

function inlineButton(button, label, message, room) {
  const kind = button.url || button.web_app ? "out" : button.copy_text ? "copy" : button.switch_inline_query_current_chat !== undefined ? "insert" : null;
  const node = el("button", {
    class: `key ${["danger", "success", "primary", "link"].includes(button.style) ? button.style : ""}`,
    disabled: button.disabled !== undefined,
    data: { testid: "button" },
    onclick: (event) => {
      event.stopPropagation();
      room.acts.press(message, button);
    },
  }, el("span", { class: "key-text", dir: "auto" }, label), kind ? icon(kind, "key-kind") : null);
  if (button.callback_data !== undefined && room.isPending(message.local.key, button.callback_data)) node.setAttribute("aria-busy", "true");
  if (button.callback_data !== undefined) node.dataset.callback = button.callback_data;
  return node;
}

// Service messages

function serviceText(message, room) {
  const by = nameOf(message.from);
  const list = (users) => users.map(nameOf).join(language() === "zh" ? "、" : ", ");
  if (message.new_chat_members) {
    const self = message.new_chat_members.length === 1 && message.new_chat_members[0].id === message.from?.id;
    return self ? say("joined", { name: by }) : say("added", { by, name: list(message.new_chat_members) });
  }
  if (message.left_chat_member) {
    return message.left_chat_member.id === message.from?.id ? say("left", { name: by }) : say("removed", { by, name: nameOf(message.left_chat_member) });
  }
  if (message.new_chat_title) return say("renamed", { by, title: message.new_chat_title });
  if (message.users_shared) {
    const users = (message.users_shared.users ?? []).map((shared) => room.store.user(shared.user_id) ?? { id: shared.user_id, ...shared });
    return say("shared", { names: list(users) });
  }
  if (message.pinned_message) return say("pinned", { by, text: summaryOf(message.pinned_message, 60) });
  return say("allowed");
}

/** The whole message in one line for a screen reader. */
export function spoken(message, room) {
  if (isService(message)) return serviceText(message, room);
  const buttons = message.reply_markup?.inline_keyboard?.flat().map((button) => plainOf(button.text)) ?? [];
  return `${nameOf(message.from)}: ${summaryOf(message, 400)}${buttons.length ? `. ${buttons.join(", ")}` : ""}`;
}
