// What a press leads to: of a button under a message, and of a key that the bot put below the field.
// Guards: an answer is shown only to the person who pressed, and a button waits until it comes, whatever room is open.

import { keepDraft } from "./composer.js";
import { alertBox, chooseChat, choosePeople, question, toast } from "./dialogs.js";
import { post } from "./link.js";
import { sayWhy, say } from "./words.js";

const PATIENCE = 12;

// Presses outlive the room they were made in, so that coming back shows the button still waiting.
const pending = new Set();
const late = new Map();

const nameOfPress = (room, key, data) => `${room.me} ${room.chatId} ${key} ${data}`;

export const isPending = (room, key, data) => pending.has(nameOfPress(room, key, data));

// Buttons under messages

export async function press(room, message, button) {
  if (button.url) return room.acts.follow(button.url);
  if (button.login_url) return room.acts.follow(button.login_url.url);
  if (button.copy_text) return room.acts.copy(button.copy_text.text);
  if (button.switch_inline_query_current_chat !== undefined) return room.acts.ask(room.store.bot, button.switch_inline_query_current_chat);
  if (button.switch_inline_query !== undefined) return switchInline(room, button.switch_inline_query, {});
  if (button.switch_inline_query_chosen_chat) return switchInline(room, button.switch_inline_query_chosen_chat.query ?? "", button.switch_inline_query_chosen_chat);
  if (button.pay) return openSheet(room, { key: message.local.key });
  if (button.web_app) return openApp(room, "press", { chat_id: room.chatId, key: message.local.key, text: button.text });
  if (button.callback_data === undefined || isPending(room, message.local.key, button.callback_data)) return undefined;
  return callBack(room, message.local.key, button.callback_data);
}

async function callBack(room, key, data) {
  const name = nameOfPress(room, key, data);
  setBusy(room, name, key, data, true);
  try {
    const body = { as: room.me, chat_id: room.chatId, key, data, timeout: PATIENCE };
    const answer = await post("press", body, (PATIENCE + 5) * 1000);
    if (answer.answered) hear(room, answer);
    else {
      late.set(answer.callback_query_id, room.me);
      if (isCurrent(room)) toast(say("no.answer"));
    }
  } catch (refused) {
    toast(say("failed", { why: sayWhy(refused) }));
  }
  setBusy(room, name, key, data, false);
}

function setBusy(room, name, key, data, isBusy) {
  if (isBusy) pending.add(name);
  else pending.delete(name);
  const row = room.view.rows.get(key);
  for (const node of row?.querySelectorAll(".key[data-callback]") ?? []) {
    if (node.dataset.callback !== data) continue;
    if (isBusy) node.setAttribute("aria-busy", "true");
    else node.removeAttribute("aria-busy");
  }
}

const isCurrent = (room) => room.store.me === room.me;

function hear(room, { text, show_alert: isAlert, url }) {
  if (!isCurrent(room)) return;
  if (text && isAlert) alertBox(text);
  else if (text) toast(text);
  if (url) room.acts.follow(url);
}

/** An answer that came after we stopped waiting for it. */
export function hearLate(room, event) {
  if (late.get(event.callback_query_id) !== room.me) return;
  late.delete(event.callback_query_id);
  hear(room, event);
}

/** The bot wants to be asked in a chat that the person chooses. */
async function switchInline(room, query, { allow_user_chats: users, allow_bot_chats: bots, allow_group_chats: groups, allow_channel_chats: channels }) {
  const isAny = !users && !bots && !groups && !channels;
  const fits = { private: bots, group: groups, supergroup: groups, channel: channels };
  const chats = [...room.store.chats.values()].filter((chat) => chat.local.can_write && (isAny || fits[chat.type]));
  const chosen = await chooseChat({ title: say("pick.chat"), chats, store: room.store });
  if (!chosen) return;
  if (chosen === room.chatId) room.acts.ask(room.store.bot, query);
  else {
    keepDraft(room.me, chosen, `@${room.store.bot.username} ${query}`);
    room.app.openChat(chosen);
  }
}

// What opens over the chat; its modules are loaded when they are needed first

export async function openSheet(room, what) {
  const { openPaySheet } = await import("./paysheet.js");
  return openPaySheet({ me: room.me, chatId: room.chatId, store: room.store, ...what });
}

/** Open the Mini App that this act leads to. */
export async function openApp(room, act, body) {
  try {
    const opened = await post(act, { as: room.me, ...body });
    const { openMiniApp } = await import("./miniapp.js");
    await openMiniApp(room, opened);
  } catch (refused) {
    toast(say("failed", { why: sayWhy(refused) }));
  }
}

// Keys below the field

/** What a key asks for before it is used; null when the person would rather not. */
async function gift(room, button) {
  if (button.request_contact) {
    const phone = room.store.myself?.local.phone_number ?? "—";
    return (await question({ title: say("ask.phone"), text: say("ask.phone.text", { phone }), yes: say("share") })) ? {} : null;
  }
  if (button.request_location) {
    const { choosePlace } = await import("./places.js");
    return choosePlace();
  }
  if (button.request_users) {
    const people = [...room.store.people.values()].filter((person) => person.id !== room.me);
    const chosen = await choosePeople({ title: say("pick.people"), people, most: button.request_users.max_quantity ?? 1 });
    return chosen?.length ? { user_ids: chosen } : null;
  }
  if (button.request_chat) {
    const { chat_is_channel: isChannel, bot_is_member: withBot, chat_is_forum: isForum, chat_is_created: isOwn } = button.request_chat;
    const hasBot = (chat) => chat.local.members.some((member) => member.person_id === room.store.bot.id);
    const chats = [...room.store.chats.values()].filter((chat) => chat.type !== "private" && (chat.type === "channel") === Boolean(isChannel)
      && (!withBot || hasBot(chat)) && (isForum === undefined || Boolean(chat.is_forum) === isForum) && (!isOwn || room.leads(chat)));
    const chosen = await chooseChat({ title: say(isChannel ? "pick.channel" : "pick.group"), chats, store: room.store });
    return chosen ? { shared_chat_id: chosen } : null;
  }
  return {};
}

export async function tap(room, button) {
  const body = { chat_id: room.chatId, text: button.text };
  if (button.web_app) return openApp(room, "tap", body);
  const given = await gift(room, button);
  return given ? room.attempt("tap", { ...body, ...given }, "not.sent") : false;
}
