// The topics of a forum: a bar to go from one to another, and the messages of the one that is open.
// Guards: what is written goes into the topic that is open; where all are shown together, into the general one, or to
// where the answered message stands.

import { menu, textForm } from "./dialogs.js";
import { el, fill, icon, iconButton } from "./dom.js";
import { leads } from "./menu.js";
import { MessageThread } from "./store.js";
import { say } from "./words.js";

export const GENERAL = 1;
export const ALL = 0;
const FEW = 20;

const open = new Map();
const placeOf = (person, chat) => `${person}/${chat}`;
export const numberOf = (message) => message.message_thread_id ?? GENERAL;

/** Topics of a chat, in the language of the page where nobody has named the general one. */
export function topicsOf(chat) {
  const named = (topic) => (topic.message_thread_id === GENERAL && topic.name === "General" ? { ...topic, name: say("topic.general") } : topic);
  return chat.is_forum ? (chat.local.topics ?? []).map(named) : [];
}

export const topicOf = (chat, number) => topicsOf(chat).find((topic) => topic.message_thread_id === number);

/** The topic that this person had open in a chat last; all of them at first. */
export const lastTopic = (person, chat) => open.get(placeOf(person, chat)) ?? ALL;

/** The same in a room; all of them as well when it is gone. */
export function openTopic(room) {
  const number = lastTopic(room.me, room.chatId);
  return topicOf(room.chat, number) ? number : ALL;
}

export const keepTopic = (person, chat, number) => open.set(placeOf(person, chat), number);

/** Where a message is written while this topic is open. */
export const whereIn = (number) => (number > GENERAL ? { message_thread_id: number } : {});

/** The messages of one topic, kept in step with those of its chat. */
export class TopicThread extends MessageThread {
  constructor(number, whole) {
    super(whole.messages.filter((message) => numberOf(message) === number), whole.more);
    this.number = number;
  }

  /** What changes here when this changed in the whole chat. */
  follow(changes) {
    return changes.flatMap(({ kind, key, message, edited }) => {
      const isUncovered = kind === "replaced" && message.local.replaces !== key;
      const gone = kind === "removed" || isUncovered ? this.drop(key) : [];
      const isHere = message && !isUncovered && numberOf(message) === this.number;
      return isHere ? [...gone, ...this.put(message, edited)] : gone;
    });
  }

  get isShort() {
    return this.more && this.messages.length < FEW;
  }
}

/** A dot in the colour of the topic, with the first letter of its name. */
function topicMark({ message_thread_id: number, name, icon_color: color, is_closed: isClosed }) {
  if (isClosed) return icon("lock", "small");
  if (number === GENERAL) return icon("topic", "small");
  const mark = el("span", { class: "topic-dot", "aria-hidden": "true" }, [...name][0]?.toLocaleUpperCase() ?? "");
  mark.style.setProperty("--topic", `#${(color ?? 7322096).toString(16).padStart(6, "0")}`);
  return mark;
}

/** Draw the bar into its place; nothing in a chat that is no forum. */
export function drawTopics(room, bar) {
  const topics = topicsOf(room.chat).filter((topic) => !topic.is_hidden);
  bar.hidden = !room.chat.is_forum;
  if (bar.hidden) return;
  const hadFocus = bar.contains(document.activeElement);
  const tab = (number, label, mark) => el("button", {
    class: `topic-tab ${room.newIn.has(number) ? "news" : ""}`, role: "tab", tabIndex: number === room.topic ? 0 : -1, "aria-selected": String(number === room.topic), data: { testid: `topic-${number}` },
    onclick: () => room.openTopic(number),
    oncontextmenu: (event) => number !== ALL && mayChange(room, topicOf(room.chat, number)) && showTopicMenu(room, topicOf(room.chat, number), event),
  }, mark, el("bdi", {}, label), room.newIn.has(number) ? el("span", { class: "unseen" }, say("new.messages")) : null);
  fill(bar,
    el("div", { class: "topic-tabs", role: "tablist", "aria-label": say("topics"), onkeydown: onTabKey },
      tab(ALL, say("topic.all"), null), topics.map((topic) => tab(topic.message_thread_id, topic.name, topicMark(topic)))),
    room.topic > ALL && mayChange(room, topicOf(room.chat, room.topic)) ? iconButton("more", say("topic.menu"), (event) => showTopicMenu(room, topicOf(room.chat, room.topic), event), { "aria-haspopup": "menu", data: { testid: "topic-menu" } }) : null,
    room.chat.local.can_write ? iconButton("add", say("topic.new"), () => newTopic(room), { data: { testid: "topic-new" } }) : null);
  const chosen = bar.querySelector('[aria-selected="true"]');
  if (hadFocus) chosen?.focus();
  chosen?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The arrow keys go from topic to topic, as between any tabs. */
function onTabKey(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const tabs = [...event.currentTarget.children];
  tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length).focus();
}

async function newTopic(room) {
  const name = await textForm({ title: say("topic.new"), label: say("topic.name"), yes: say("add"), most: 128 });
  if (!name) return;
  const made = await room.attempt("topic", { chat_id: room.chatId, name });
  if (made) room.openTopic(made.topic.message_thread_id);
}

const mayChange = (room, topic) => leads(room.chat, room.me) || topic?.creator === room.me;

function showTopicMenu(room, topic, event) {
  event.preventDefault();
  const number = topic.message_thread_id;
  const change = (what) => room.attempt("topic", { chat_id: room.chatId, message_thread_id: number, ...what });
  const rename = async () => {
    const name = await textForm({ title: say("topic.rename"), label: say("topic.name"), yes: say("save"), most: 128, value: topic.name });
    if (name) await change({ name });
  };
  menu([
    { icon: "pencil", text: say("topic.rename"), act: rename, testid: "topic-rename" },
    { icon: "lock", text: say(topic.is_closed ? "topic.reopen" : "topic.close"), act: () => change({ is_closed: !topic.is_closed }), testid: "topic-close" },
    ...(number > GENERAL ? [{ icon: "bin", text: say("topic.delete"), danger: true, act: () => change({ deleted: true }), testid: "topic-delete" }] : []),
  ], event.currentTarget, say("topic.menu"));
}

/** Whether this person may not write in the open topic. */
export function isShut(room) {
  const topic = topicOf(room.chat, room.topic || GENERAL);
  return Boolean(topic?.is_closed) && room.topic !== ALL && !leads(room.chat, room.me);
}
