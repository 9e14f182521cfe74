// Starts the page: one pane, or several people side by side. The address bar says whose eyes and which chat, for every
// pane (#/person/chat/topic+/person/chat), so a reload, a bookmark and a second window each keep their own.

import { paced } from "./dom.js";
import { menu, toast } from "./dialogs.js";
import { Pane } from "./panes.js";
import { nameOf } from "./people.js";
import { ALL, lastTopic } from "./topics.js";
import { language, onLanguage, recall, remember, say, setLanguage } from "./words.js";

const MOST_PANES = 3;
const LEAST_WIDTH = 330;
// The log of calls stands beside the panes where the window is wide (css/tools.css).
const DRAWER = 380;
const WIDE_ENOUGH_FOR_IT = 900;

const stage = document.getElementById("stage");
let panes = [];
let active = null;
let tour = null;

const shell = {
  moved: (replace) => writeAddress(replace),
  activate,
  startTour,
  isActive: (pane) => pane === active,
  isShown: (pane) => !pane.node.hidden,
  happened: () => {
    setTitle();
    tour?.look();
  },
  /** Somebody was greeted: others may now be shown beside them. */
  arrived: () => panes.forEach((pane) => pane.side.wantHead()),
  sideActs: (pane) => ({
    tools: (opener) => showTools(pane, opener),
    closePane: () => closePane(pane),
    paneOf: (person) => panes.find((other) => other !== pane && other.store.me === person) ?? null,
    isAmongOthers: () => panes.length > 1,
    openBeside: (person) => openBeside(person),
    activate,
  }),
};

// The address

function readAddress() {
  const places = [...location.hash.slice(1).matchAll(/\/(\d+)(?:\/(-?\d+)(?:\/(\d+))?)?(?=\+|$)/g)].slice(0, MOST_PANES);
  const found = places.map(([, person, chat, topic]) => ({ person: Number(person), chat: chat ? Number(chat) : null, topic: Number(topic ?? ALL) }));
  return found.length ? found : [{ person: null, chat: null, topic: ALL }];
}

function writeAddress(replace = false) {
  const hash = `#${panes.map(({ place: { person, chat, topic } }) => `/${[person, chat, topic].filter(Boolean).join("/")}`).join("+")}`;
  if (hash === location.hash || panes.some(({ place }) => !place.person)) return;
  if (replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
}

// Panes

/** Show these places, in the panes that are there as far as possible. */
function arrange(places) {
  places.forEach((place, index) => (panes[index] ? panes[index].follow(place) : addPane(place)));
  for (const pane of panes.splice(places.length)) pane.leave();
  if (!panes.includes(active)) active = panes[0];
  layOut();
}

function addPane(place) {
  const pane = new Pane(shell, place);
  panes.push(pane);
  stage.append(pane.node);
  return pane;
}

function closePane(pane) {
  if (panes.length < 2) return;
  panes = panes.filter((other) => other !== pane);
  pane.leave();
  if (active === pane) active = panes[0];
  layOut();
  writeAddress();
}

/** Put somebody beside those who are here, at the same chat. */
function openBeside(person) {
  const chat = active.store.chats.get(active.room?.chatId);
  const goal = chat && chat.type !== "private" ? chat.id : person;
  const place = { person, chat: goal, topic: lastTopic(person, goal) };
  if (panes.length >= MOST_PANES) {
    const last = panes.findLast((pane) => pane !== active);
    last.follow(place);
    last.goTo(person, place.chat);
    return last;
  }
  const pane = addPane(place);
  layOut();
  writeAddress();
  return pane;
}

function howManyFit() {
  const drawer = stage.classList.contains("with-calls") && innerWidth >= WIDE_ENOUGH_FOR_IT ? DRAWER : 0;
  return Math.max(1, Math.floor((innerWidth - drawer) / LEAST_WIDTH));
}

/** As many panes as fit stand side by side; the active one is always among them. */
function layOut() {
  const most = howManyFit();
  const inOrder = [active, ...panes.filter((pane) => pane !== active)];
  const shown = new Set(inOrder.slice(0, most));
  for (const pane of panes) {
    pane.node.hidden = !shown.has(pane);
    pane.node.classList.toggle("active", pane === active);
    pane.side.wantHead();
  }
  stage.classList.toggle("many", panes.length > 1);
  stage.style.setProperty("--panes", String(shown.size));
  setTitle();
}

function activate(pane) {
  if (pane === active) return;
  active = pane;
  layOut();
  pane.room?.markRead();
  tour?.look();
}

const setTitle = paced(() => {
  const me = active?.store.myself;
  if (!me) return;
  const unread = panes.reduce((sum, pane) => sum + pane.unread, 0);
  const title = say("page.title", { brand: active.store.brand }).replace(/[\u2068\u2069]/g, "");
  document.title = `${unread ? `(${unread}) ` : ""}${nameOf(me)} · ${title}`;
});

// Tools: what is rarely used is loaded when it is

function showTools(pane, opener) {
  activate(pane);
  const isFramed = stage.classList.contains("framed");
  menu([
    ...(howManyFit() > 1 ? [{ icon: "beside", text: say("pane.beside"), act: () => pane.side.showBeside(opener), testid: "open-beside" }] : []),
    { icon: "tour", text: say("tour.take"), act: startTour, testid: "open-tour" },
    { icon: "calls", text: say("calls.title"), act: () => load("calllog", (module) => module.toggleCalls(stage)), testid: "open-calls" },
    { icon: "mail", text: say("mail.title"), act: () => open("/mail", "_blank", "noopener"), testid: "open-mail" },
    { icon: "phone", text: say(isFramed ? "phone.frame.off" : "phone.frame"), act: toggleFrame, testid: "phone-frame" },
    null,
    { icon: "reset", text: say("reset.title"), danger: true, act: () => load("reset", (module) => module.askForReset()), testid: "open-reset" },
  ], opener, say("tools"));
}

async function load(name, use) {
  try {
    await use(await import(`./${name}.js`));
  } catch (failed) {
    toast(say("failed", { why: failed instanceof TypeError ? say("no.server") : failed.message }));
  }
}

function toggleFrame() {
  remember("phone.frame", stage.classList.toggle("framed") ? "1" : "0");
}

function startTour() {
  return load("tour", (module) => {
    tour ??= new module.Tour({ panes: () => panes, active: () => active, activate, openBeside, canAdd: () => panes.length < Math.min(MOST_PANES, howManyFit()), ended: () => (tour = null) });
    tour.begin();
  });
}

// Keys and the window

addEventListener("popstate", () => arrange(readAddress()));
addEventListener("resize", paced(layOut));

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open], [popover]")) return;
  const { room, side, store } = active;
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (event.altKey && !event.ctrlKey && !event.metaKey && digit) {
    event.preventDefault();
    const person = [...store.people.keys()][Number(digit[1]) - 1];
    if (person) active.become(person);
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    const next = side.neighbour(room?.chatId, event.key === "ArrowDown" ? 1 : -1);
    if (next) active.openChat(next);
  } else if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    active.search(null);
  } else if (event.key === "Escape" && room) active.closeChat();
  else if (event.key === "/" && room && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "")) {
    event.preventDefault();
    room.composer.put("/");
    room.composer.onInput();
  }
});

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && panes.forEach((pane) => pane.room?.markRead()));

onLanguage(() => {
  for (const pane of panes) pane.draw();
  tour?.draw();
});

setLanguage(language());
stage.classList.toggle("framed", recall("phone.frame") === "1");
arrange(readAddress());
if (recall("tour") === "on") startTour();
