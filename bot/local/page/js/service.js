// What a group or the bot is told by itself: somebody came, a topic was closed, something was paid. One sentence each.
// Guards: every kind of service message has its sentence here, and only here; the list, the thread and the reader
// aloud all say the same.

import { amountOf } from "./money.js";
import { authorOf, nameOf } from "./people.js";
import { summaryOf } from "./summary.js";
import { language, say } from "./words.js";

const list = (names) => names.join(language() === "zh" ? "、" : ", ");
const isOwn = (message, room) => message.from?.id === room.store.me;

function came(message, { by }) {
  const users = message.new_chat_members;
  const isSelf = users.length === 1 && users[0].id === message.from?.id;
  return isSelf ? say("joined", { name: by }) : say("added", { by, name: list(users.map(nameOf)) });
}

function left(message, { by }) {
  const user = message.left_chat_member;
  return user.id === message.from?.id ? say("left", { name: by }) : say("removed", { by, name: nameOf(user) });
}

function sharedUsers(message, { room }) {
  const users = (message.users_shared.users ?? []).map((shared) => room.store.user(shared.user_id) ?? { id: shared.user_id, ...shared });
  return say("shared", { names: list(users.map(nameOf)) });
}

function sharedChat(message, { room }) {
  const { chat_id: id, title } = message.chat_shared;
  return say("shared", { names: title ?? room.store.chats.get(id)?.title ?? String(id) });
}

function renamedTopic(message, { by }) {
  const { name } = message.forum_topic_edited;
  return name ? say("topic.renamed", { by, name }) : say("topic.changed", { by });
}

/** The name a topic has now; its messages say only its number. */
function topicName(message, room) {
  const number = message.message_thread_id ?? 1;
  const topic = room.store.chats.get(message.chat.id)?.local.topics?.find((one) => one.message_thread_id === number);
  return !topic || (number === 1 && topic.name === "General") ? say("topic.general") : topic.name;
}

function paid(message, { by, room }) {
  const { currency, total_amount: total } = message.successful_payment;
  const facts = { amount: amountOf(total, currency), to: nameOf(room.store.bot), by };
  return isOwn(message, room) ? say("paid.by.you", facts) : say("paid.by", facts);
}

const SENTENCES = {
  new_chat_members: came,
  left_chat_member: left,
  new_chat_title: (message, { by }) => say("renamed", { by, title: message.new_chat_title }),
  users_shared: sharedUsers,
  chat_shared: sharedChat,
  pinned_message: (message, { by }) => say("pinned", { by, text: summaryOf(message.pinned_message, 60) || say("message") }),
  write_access_allowed: () => say("allowed"),
  migrate_to_chat_id: () => say("migrated"),
  migrate_from_chat_id: () => say("migrated"),
  forum_topic_created: (message, { by }) => say("topic.created", { by, name: message.forum_topic_created.name }),
  forum_topic_edited: renamedTopic,
  forum_topic_closed: (message, { by, room }) => say("topic.closed.by", { by, name: topicName(message, room) }),
  forum_topic_reopened: (message, { by, room }) => say("topic.reopened", { by, name: topicName(message, room) }),
  general_forum_topic_hidden: (_, { by }) => say("topic.hidden", { by }),
  general_forum_topic_unhidden: (_, { by }) => say("topic.unhidden", { by }),
  successful_payment: paid,
  web_app_data: (message) => say("app.data", { button: message.web_app_data.button_text }),
};
const KINDS = Object.keys(SENTENCES);

export const isService = (message) => KINDS.some((kind) => message[kind] !== undefined);

/** The sentence of a service message; `room` needs the store only. */
export function serviceText(message, room) {
  const kind = KINDS.find((name) => message[name] !== undefined);
  return SENTENCES[kind](message, { by: nameOf(authorOf(message)), room });
}

/** What a press on it leads to, if anything. */
export function serviceAct(message, room) {
  if (message.pinned_message) return () => room.acts.jump(`m${message.pinned_message.message_id}`);
  if (message.web_app_data) return () => room.acts.show(message.web_app_data.data);
  return null;
}
