// Starts the page: one connection, one store, the column of chats, and the chat that is open. The address bar says whose
// eyes and which chat (#/person/chat), so a reload, a bookmark and a second window each keep their own.

import { el, fill, icon } from "./dom.js";
import { newPersonForm, toast } from "./dialogs.js";
import { Link, post } from "./link.js";
import { nameOf } from "./people.js";
import { Room } from "./room.js";
import { Side } from "./side.js";
import { Store } from "./store.js";
import { language, onLanguage, recall, remember, say, setLanguage } from "./words.js";

const app = document.getElementById("app");
const stage = document.getElementById("stage");
const pane = document.getElementById("pane");
const announcer = document.getElementById("announcer");

const store = new Store();
const link = new Link((event) => store.apply(event), showState);
const side = new Side(document.getElementById("side"), store, {
  become,
  openChat,
  addPerson,
  toggleFrame,
  isReading,
  isFramed: () => stage.classList.contains("framed"),
  ideas: () => [el("h3", {}, say("welcome.try")), ideaNodes(null, "side-idea")],
});
const roomApp = { store, openChat, close: closeChat, become, announce, ideaNodes, isOnline: () => state === "open" };

let state = "connecting";
let room = null;

// Where we are

function whereNow() {
  const [, person, chat] = /^#\/(\d+)(?:\/(-?\d+))?$/.exec(location.hash) ?? [];
  return { person: person ? Number(person) : null, chat: chat ? Number(chat) : null };
}

function goTo(person, chat, replace = false) {
  const hash = `#/${person}${chat ? `/${chat}` : ""}`;
  if (hash === location.hash) return;
  if (replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
}

function openChat(chatId) {
  if (!store.chats.has(chatId)) return;
  goTo(store.me, chatId);
  if (room?.chatId !== chatId) showRoom(chatId);
  focusComposer();
}

function closeChat() {
  goTo(store.me, null);
  showRoom(null);
}

/** Phones would raise their keyboard; there the person taps the field when they want it. */
function focusComposer() {
  if (matchMedia("(pointer: fine)").matches) room?.composer.focus();
}

function become(person) {
  if (person === store.me) return;
  const inPrivate = room && room.chatId === store.me;
  goTo(person, inPrivate ? person : room?.chatId);
  link.become(person);
}

function showRoom(chatId) {
  const from = room?.chatId;
  room?.leave();
  room = chatId && store.chats.has(chatId) ? new Room(chatId, roomApp) : null;
  app.dataset.view = room ? "chat" : "list";
  fill(pane, room ? room.node : welcomeNode());
  side.select(room?.chatId ?? null);
  if (from && from !== chatId) side.drawList();
  room?.shown();
  setTitle();
}

/** Whether what comes into this chat is on the screen at once. */
function isReading(chatId) {
  return room?.chatId === chatId && room.isReading();
}

function setTitle() {
  const me = store.myself;
  if (!me) return;
  const unread = [...store.chats.values()].reduce((sum, chat) => sum + (isReading(chat.id) ? 0 : chat.local.unread), 0);
  const title = say("page.title", { brand: store.brand }).replace(/[\u2068\u2069]/g, "");
  document.title = `${unread ? `(${unread}) ` : ""}${nameOf(me)} · ${title}`;
}

// The welcome

function ideas() {
  const group = [...store.chats.values()].find((chat) => chat.type !== "private");
  const payee = (...names) => names.map((name) => store.userNamed(name)).find((user) => user && user.id !== store.me)?.username;
  const [western, eastern] = [payee("bob", "alice"), payee("liming", "wangfang")];
  return [
    { chat: store.me, text: "/start", note: say("idea.start", { brand: store.brand }) },
    { chat: store.me, text: "/topup 100", note: say("idea.topup") },
    group && western && { chat: group.id, text: `/send @${western} 20 lunch`, note: say("idea.send").replace("Bob", nameOf(store.userNamed(western))) },
    group && eastern && { chat: group.id, text: `转账 @${eastern} 20 午饭`, note: say("idea.send.zh") },
  ].filter(Boolean);
}

function ideaNodes(onlyChat = null, testid = "idea") {
  const fitting = ideas().filter((idea) => !onlyChat || idea.chat === onlyChat);
  return el("div", { class: "ideas" }, fitting.map((idea) => el("button", { class: "idea", data: { testid }, onclick: () => tryIdea(idea) },
    el("span", {}, el("code", {}, idea.text), el("span", {}, idea.note)), icon("insert", "small"))));
}

function tryIdea({ chat, text }) {
  openChat(chat);
  if (!room) return;
  // Before the bot was started there is no field yet: its Start button does what /start would.
  if (text !== "/start" || room.chat.local.can_write) room.composer.put(text);
  room.node.querySelector("[data-testid=start]")?.focus();
}

function welcomeNode() {
  if (!store.me) return el("div", { class: "welcome" });
  return el("div", { class: "welcome", data: { testid: "welcome" } },
    el("img", { class: "coin", src: "img/coin.svg", alt: "" }),
    el("h2", {}, say("welcome.title")),
    el("p", {}, say("welcome.text", { brand: store.brand })),
    el("h3", {}, say("welcome.try")),
    ideaNodes(),
    el("p", { class: "keys-hint" }, el("kbd", {}, "Alt 1"), " … ", el("kbd", {}, `Alt ${Math.min(store.people.size, 9)}`), ` ${say("welcome.keys")}`));
}

// What the side's menu can do

async function addPerson() {
  const person = await newPersonForm();
  if (!person) return;
  const groups = [...store.chats.values()].filter((chat) => chat.type !== "private").map((chat) => chat.id);
  try {
    const made = await post("people", { ...person, chat_ids: groups });
    become((made.person ?? made).id);
  } catch (refused) {
    toast(say("failed", { why: refused.code === "no_server" ? say("no.server") : refused.message }));
  }
}

function toggleFrame() {
  const isFramed = stage.classList.toggle("framed");
  remember("phone.frame", isFramed ? "1" : "0");
}

function announce(text) {
  announcer.textContent = text;
}

function showState(next) {
  state = next;
  const text = { connecting: "banner.connecting", lost: "banner.lost" }[next];
  side.showBar(text ? say(text) : null, "wait");
  app.dataset.state = next;
  room?.onlineChanged();
}

// What the store tells

store.on("hello", () => {
  const { person, chat } = whereNow();
  const wanted = person === store.me ? chat : null;
  if (person !== store.me) goTo(store.me, null, true);
  side.draw();
  showRoom(wanted);
  if (wanted) focusComposer();
});
store.on("thread", (chatId, changes, fresh) => room?.chatId === chatId && room.threadChanged(changes, fresh));
store.on("chat", (chatId) => room?.chatId === chatId && room.chatChanged());
store.on("keyboard", (chatId) => room?.chatId === chatId && room.keyboardChanged());
store.on("commands", () => room?.composer.refresh());
store.on("answered", (event) => room?.hearLate(event));
store.on("unread", (chatId) => room?.chatId === chatId && room.markRead());
store.on("removed", (chatId) => room?.chatId === chatId && closeChat());
store.on("people", () => side.drawHead());
store.on("bot", () => {
  room?.drawBar();
  room?.drawHead();
});
store.on("chats", () => {
  side.drawList();
  setTitle();
});

onLanguage(() => {
  if (!store.me) return;
  side.draw();
  showRoom(room?.chatId ?? null);
  showState(state);
});

// Keys and the window

addEventListener("popstate", () => {
  const { person, chat } = whereNow();
  if (person && person !== store.me && store.people.has(person)) link.become(person);
  else if ((chat ?? null) !== (room?.chatId ?? null)) showRoom(chat);
});

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open], [popover]")) return;
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (event.altKey && !event.ctrlKey && !event.metaKey && digit) {
    event.preventDefault();
    const person = [...store.people.keys()][Number(digit[1]) - 1];
    if (person) become(person);
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    const ids = [...side.list.querySelectorAll(".chat-item")].map((item) => Number(item.dataset.testid.slice(5)));
    const next = ids[ids.indexOf(room?.chatId) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) openChat(next);
  } else if (event.key === "Escape" && room) closeChat();
  else if (event.key === "/" && room && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "")) {
    event.preventDefault();
    room.composer.put("/");
    room.composer.onInput();
  }
});

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && room?.markRead());

// The right button or a long press opens a message's menu. Not every touch screen tells of a long press, so it is timed here.
const LONG_PRESS = 480;
let touch = null;

function menuAt({ target, clientX, clientY }) {
  const row = target.closest?.(".row:not(.service)");
  const message = row && room?.view.thread.get(row.dataset.key);
  if (!message || document.querySelector("[popover]")) return false;
  room.acts.menu(message, { x: clientX, y: clientY });
  return true;
}

pane.addEventListener("contextmenu", (event) => {
  if (event.target.closest("a, img, textarea") || !getSelection()?.isCollapsed) return;
  if (menuAt(event) || event.target.closest(".row")) event.preventDefault();
});
pane.addEventListener("pointerdown", (event) => {
  clearTimeout(touch?.timer);
  if (event.pointerType !== "touch" || event.target.closest(".keys, .reply-keys")) return;
  touch = { x: event.clientX, y: event.clientY, timer: setTimeout(() => menuAt(event) && navigator.vibrate?.(8), LONG_PRESS) };
});
for (const kind of ["pointerup", "pointercancel"]) pane.addEventListener(kind, () => clearTimeout(touch?.timer));
pane.addEventListener("pointermove", (event) => {
  if (touch && Math.hypot(event.clientX - touch.x, event.clientY - touch.y) > 10) clearTimeout(touch.timer);
}, { passive: true });

setLanguage(language());
stage.classList.toggle("framed", recall("phone.frame") === "1");
link.open(whereNow().person);
