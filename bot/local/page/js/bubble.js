// Draws one message. A row is drawn anew when its message changes; nothing here keeps state of its own.

import { el, icon, iconButton } from "./dom.js";
import { kindNode, widthOf } from "./kinds.js";
import { amountOf } from "./money.js";
import { authorOf, avatarOf, hueOf, isMine, nameNode, nameOf } from "./people.js";
import { emojiCount, formatted, plainOf, plainOfRich, richNode } from "./rich.js";
import { isService, serviceAct, serviceText } from "./service.js";
import { summaryOf } from "./summary.js";
import { fullTimeOf, say, timeOf } from "./words.js";

/** The words of a message as its author meant them, for copying. */
export function textOf(message) {
  if (message.text !== undefined) return message.text;
  if (message.caption !== undefined) return message.caption;
  return message.rich_message ? plainOfRich(message.rich_message) : "";
}

/** `room` tells whose eyes these are: {me, isGroup, store, acts, isPending, albumOf, topicOf, titleOf}. */
export function rowOf(message, room) {
  const row = el("article", {
    class: `row ${isService(message) ? "service" : isMine(message, room.me) ? "mine" : "theirs"}`,
    tabIndex: -1,
    data: { testid: "message", messageId: String(message.message_id), key: message.local.key },
  });
  if (message.ephemeral_message_id !== undefined) row.dataset.ephemeralId = String(message.ephemeral_message_id);
  dress(row, message, room);
  return row;
}

/** Fill a row with its message. The first of an album shows all of it, and the others nothing. */
export function dress(row, message, room) {
  if (isService(message)) {
    row.replaceChildren(servicePill(message, room));
    return;
  }
  const album = message.media_group_id ? room.albumOf(message) : null;
  row.hidden = album !== null && album[0] !== message;
  if (album) row.dataset.album = albumMark(album);
  if (row.hidden) {
    row.replaceChildren();
    return;
  }
  const mine = isMine(message, room.me);
  const author = authorOf(message);
  row.setAttribute("aria-label", `${nameOf(author)}, ${timeOf(message.date)}`);
  const stack = el("div", { class: "stack" }, bubbleNode(message, mine, room, album), keyboardNode(message, room));
  const more = iconButton("more", say("message.actions"), (event) => room.acts.menu(message, event.currentTarget), { tabIndex: -1, class: "icon-button row-more", "aria-haspopup": "menu" });
  row.replaceChildren(...(room.isGroup && !mine ? [avatarButton(author, room)] : []), stack, more);
}

/** Of what an album is made just now, to know when it must be drawn again. */
export const albumMark = (album) => album.map((message) => `${message.local.key}.${message.edit_date ?? 0}`).join(" ");

function servicePill(message, room) {
  const act = serviceAct(message, room);
  const words = serviceText(message, room);
  const kind = message.successful_payment ? "check" : message.web_app_data ? "out" : message.forum_topic_created ? "topic" : null;
  const inside = [kind ? icon(kind, "small") : null, el("span", {}, words)];
  return act ? el("button", { class: "service-pill", onclick: act }, inside) : el("div", { class: "service-pill" }, inside);
}

function avatarButton(author, room) {
  return el("button", { class: "row-avatar", tabIndex: -1, "aria-hidden": "true", onclick: () => room.acts.person(author) }, avatarOf(author, "size-34"));
}

function bubbleNode(message, mine, room, album) {
  const isPlain = !message.reply_to_message && !message.forward_origin && message.ephemeral_message_id === undefined;
  const emoji = message.text && isPlain ? emojiCount(message.text) : 0;
  const captioned = album ? (album.find((part) => part.caption) ?? message) : message;
  const width = widthOf(message, album);
  const kinds = ["bubble"];
  if (emoji) kinds.push("big-emoji", `of-${emoji}`);
  if (message.dice && isPlain) kinds.push("big-emoji", "of-dice");
  if (width && !captioned.caption && !message.location) kinds.push("picture");
  if (message.rich_message) kinds.push("of-rich");
  if (message.ephemeral_message_id !== undefined) kinds.push("ephemeral");
  if (message.reply_markup?.inline_keyboard?.length) kinds.push("with-keys");
  const bubble = el("div", { class: kinds.join(" ") },
    message.ephemeral_message_id !== undefined ? ephemeralHead(message, room) : null,
    senderLine(message, mine, room),
    forwardLine(message.forward_origin, room),
    topicLine(message, room),
    message.reply_to_message ? quoteStrip(message, room) : null,
    contentOf(message, room, album, captioned),
    metaNode(message));
  if (width) wrap(bubble, width);
  return bubble;
}

/** Pictures and maps set the width of their bubble; a caption wraps below them. */
function wrap(bubble, width) {
  bubble.classList.add("with-photo");
  bubble.style.setProperty("--photo-width", `${width}px`);
}

// Above the content: who, through which bot, from where, in which topic, in answer to what

function senderLine(message, mine, room) {
  const author = authorOf(message);
  const isNamed = room.isGroup && (!mine || message.sender_chat);
  const via = message.via_bot ? el("button", { class: "via", tabIndex: -1, onclick: () => room.acts.ask(message.via_bot) }, say("via", { name: `@${message.via_bot.username}` })) : null;
  if (!isNamed && !via) return null;
  const title = isNamed && !mine ? room.titleOf(message) : null;
  return el("div", { class: `sender ${hueOf(author)} ${via ? "always" : ""}` },
    isNamed ? el("button", { class: "sender-name", tabIndex: -1, onclick: () => room.acts.person(author) }, nameNode(nameOf(author)), author?.is_bot ? el("span", { class: "bot-mark" }, say("bot")) : null) : null,
    via, title ? el("span", { class: "sender-title" }, title) : null);
}

function forwardLine(origin, room) {
  if (!origin) return null;
  const from = origin.sender_user ?? origin.sender_chat ?? origin.chat ?? { first_name: origin.sender_user_name };
  const words = [el("span", {}, say("forwarded.from")), el("b", {}, nameNode(nameOf(from)), origin.author_signature ? ` (${origin.author_signature})` : "")];
  return origin.sender_user
    ? el("button", { class: "forwarded", tabIndex: -1, onclick: () => room.acts.person(origin.sender_user) }, words)
    : el("div", { class: "forwarded" }, words);
}

/** Where all topics are shown together, each message says in which one it stands. */
function topicLine(message, room) {
  const topic = room.topicOf(message);
  return topic ? el("button", { class: "topic-mark", tabIndex: -1, onclick: () => room.acts.topic(topic.message_thread_id) }, icon("topic", "small"), el("bdi", {}, topic.name)) : null;
}

function ephemeralHead(message, room) {
  return el("div", { class: "ephemeral-head" }, icon("eye", "small"), el("span", {}, say("only.you")),
    el("button", { class: "ephemeral-close", "aria-label": say("dismiss"), title: say("dismiss"), onclick: () => room.acts.dismiss(message) }, icon("close", "small")));
}

function quoteStrip({ reply_to_message: quoted, quote }, room) {
  const key = quoted.ephemeral_message_id !== undefined ? `e${quoted.ephemeral_message_id}` : `m${quoted.message_id}`;
  const author = authorOf(quoted);
  const words = quote?.text ?? (isService(quoted) ? serviceText(quoted, room) : summaryOf(quoted, 120));
  return el("button", { class: `quote ${hueOf(author)}`, onclick: () => room.acts.jump(key) },
    quoted.photo ? el("span", { class: "quote-mark" }, icon("image", "small")) : null,
    el("span", { class: "quote-words" }, el("b", {}, nameNode(nameOf(author))), el("span", { dir: "auto" }, words || say("message"))));
}

function contentOf(message, room, album, captioned) {
  const { acts } = room;
  const words = (text, entities) => (text ? el("div", { class: "words", dir: "auto" }, formatted(text, entities, acts)) : null);
  if (message.text !== undefined) return words(message.text, message.entities);
  if (message.rich_message) return richNode(message.rich_message, acts, (button, label) => inlineButton(button, label, message, room));
  const held = kindNode(message, room, album);
  const caption = words(captioned.caption, captioned.caption_entities);
  if (held) return captioned.show_caption_above_media ? [caption, held] : [held, caption];
  return el("div", { class: "words soft" }, say("unknown"));
}

function metaNode(message) {
  const edited = message.edit_date ? el("span", { class: "edited", title: fullTimeOf(message.edit_date) }, say("edited")) : null;
  const signature = message.author_signature ? el("bdi", { class: "signature" }, message.author_signature) : null;
  return el("span", { class: "meta", title: fullTimeOf(message.date) }, signature, edited, el("time", { dateTime: new Date(message.date * 1000).toISOString() }, timeOf(message.date)));
}

// Keyboards

const KEY_ICONS = [["url", "out"], ["web_app", "app"], ["copy_text", "copy"], ["pay", "card"], ["switch_inline_query", "forward"],
  ["switch_inline_query_chosen_chat", "forward"], ["switch_inline_query_current_chat", "insert"]];

function keyboardNode(message, room) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const hasMany = rows.some((row) => row.length > 4);
  return el("div", { class: `keys ${hasMany ? "dense" : ""}`, role: "group" },
    rows.map((row) => el("div", { class: "keys-row" }, row.map((button) => inlineButton(button, keyLabel(button, message), message, room)))));
}

/** What stands on a button. The key that an invoice has of itself speaks the language of the page. */
function keyLabel({ pay, text }, { invoice, local }) {
  return pay && local.pay_key ? say("pay.amount", { amount: amountOf(invoice.total_amount, invoice.currency) }) : text;
}

function inlineButton(button, label, message, room) {
  const kind = KEY_ICONS.find(([name]) => button[name] !== undefined)?.[1];
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

/** The whole message in one line for a screen reader. */
export function spoken(message, room) {
  if (isService(message)) return serviceText(message, room);
  const buttons = message.reply_markup?.inline_keyboard?.flat().map((button) => plainOf(button.text)) ?? [];
  return `${nameOf(authorOf(message))}: ${summaryOf(message, 400)}${buttons.length ? `. ${buttons.join(", ")}` : ""}`;
}
