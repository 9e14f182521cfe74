// What can be done with one message, offered at the right button, a long press, its own button, or Enter on it.
// Guards: an act that the server would refuse is not offered.

import { textOf } from "./bubble.js";
import { chooseChat, menu, toast } from "./dialogs.js";
import { fileOf } from "./kinds.js";
import { isMine, nameOf } from "./people.js";
import { say } from "./words.js";

const LEADERS = ["creator", "administrator"];
const KEPT_HERE = ["invoice", "dice"];

/** Whether this person leads a chat. */
export const leads = (chat, me) => chat.local.members.some((member) => member.person_id === me && LEADERS.includes(member.status));

const canBeEdited = (message, mine) => mine && !message.forward_origin && !message.via_bot && (message.text !== undefined || Boolean(message.photo) || fileOf(message) !== null);

export function showMessageMenu(room, message, where) {
  const mine = isMine(message, room.me);
  const isEphemeral = message.ephemeral_message_id !== undefined;
  const text = textOf(message);
  const key = message.local.key;
  const isMovable = !isEphemeral && !message.has_protected_content && !KEPT_HERE.some((kind) => message[kind] !== undefined);
  const mayDelete = mine || !room.isGroup || leads(room.chat, room.me);
  const items = [
    room.chat.local.can_write && { icon: "reply", text: say("reply"), act: () => room.composer.reply(message), testid: "menu-reply" },
    text && { icon: "copy", text: say("copy.text"), act: () => room.copy(text), testid: "menu-copy" },
    canBeEdited(message, mine) && !isEphemeral && { icon: "pencil", text: say("edit"), act: () => room.composer.edit(message, text), testid: "menu-edit" },
    isMovable && { icon: "forward", text: say("forward"), act: () => forward(room, key), testid: "menu-forward" },
    isEphemeral
      ? { icon: "close", text: say("dismiss"), act: () => room.store.dismiss(room.chatId, key), testid: "menu-dismiss" }
      : mayDelete && { icon: "bin", text: say("delete"), danger: true, act: () => room.attempt("delete", { chat_id: room.chatId, key }), testid: "menu-delete" },
  ];
  menu(items.filter(Boolean), where, say("message.actions"));
}

/** Send a message on to another chat, and go there to see it. */
async function forward(room, key) {
  const chats = [...room.store.chats.values()].filter((chat) => chat.local.can_write);
  const chosen = await chooseChat({ title: say("forward.to"), chats, store: room.store });
  if (!chosen || !(await room.attempt("forward", { from_chat_id: room.chatId, key, chat_id: chosen }, "not.sent"))) return;
  const chat = room.store.chats.get(chosen);
  toast(say("forwarded.to", { name: chat?.title ?? nameOf(room.store.bot) }));
  room.app.openChat(chosen);
}
