// One person's side of the page: a connection, a column of chats, and the chat that is open. Several stand side by side.
// Guards: a pane knows only what its person may see; panes learn of each other through the server alone.

import { announce, el, fill, icon } from "./dom.js";
import { newPersonForm, toast } from "./dialogs.js";
import { Link, post } from "./link.js";
import { Room } from "./room.js";
import { nameOf } from "./people.js";
import { Side } from "./side.js";
import { Store } from "./store.js";
import { ALL, keepTopic, lastTopic, openTopic } from "./topics.js";
import { language, say, sayWhy } from "./words.js";

// Not every touch screen tells of a long press, so it is timed here.
const LONG_PRESS = 480;

export class Pane {
  /** shell: {moved, activate, close, beside, paneOf, isShown, happened, tools, canHoldMore}. `place` is {person, chat, topic}. */
  constructor(shell, place) {
    this.shell = shell;
    this.setPlace(place);
    this.room = null;
    this.state = "connecting";
    this.store = new Store();
    this.build();
    this.listen();
    this.link = new Link((event) => this.store.apply(event), (state) => this.showState(state));
    this.link.open(place.person);
  }

  build() {
    const head = el("header", { class: "side-head" });
    const column = el("aside", { class: "side" });
    this.main = el("section", { class: "pane" });
    this.node = el("div", { class: "app", data: { view: "list", testid: "pane" } }, head, column, this.main);
    this.side = new Side(head, column, this.store, {
      become: (person) => this.become(person),
      openChat: (chat) => this.openChat(chat),
      show: (chat, key) => this.show(chat, key),
      addPerson: () => this.addPerson(),
      isReading: (chat) => this.isReading(chat),
      ideas: () => [el("h3", {}, say("welcome.try")), this.ideaNodes(null, "side-idea")],
      ...this.shell.sideActs(this),
    });
    for (const kind of ["pointerdown", "focusin"]) this.node.addEventListener(kind, () => this.shell.activate(this));
    this.watchPresses();
  }

  /** What a room needs of its pane. */
  get roomApp() {
    return {
      store: this.store,
      openChat: (chat) => this.openChat(chat),
      close: () => this.closeChat(),
      become: (person) => this.become(person),
      announce,
      ideaNodes: (chat, testid) => this.ideaNodes(chat, testid),
      isOnline: () => this.state === "open",
      isShown: () => this.shell.isShown(this),
      search: (chat) => this.search(chat),
      topicOpened: () => this.goTo(this.store.me, this.room.chatId),
    };
  }

  // Where we are

  openChat(chat) {
    if (!this.store.chats.has(chat)) return;
    this.goTo(this.store.me, chat);
    if (this.room?.chatId !== chat) this.showRoom(chat);
    this.focusComposer();
  }

  closeChat() {
    this.goTo(this.store.me, null);
    this.showRoom(null);
  }

  /** Open a chat at one of its messages. */
  async show(chat, key) {
    this.openChat(chat);
    if (this.room?.chatId !== chat) return;
    if (this.room.topic !== ALL && !this.room.view.thread.get(key)) this.room.openTopic(ALL);
    await this.room.acts.jump(key);
  }

  become(person) {
    if (person === this.store.me) return;
    const inPrivate = this.room && this.room.chatId === this.store.me;
    this.goTo(person, inPrivate ? person : this.room?.chatId ?? null);
    this.link.become(person);
  }

  goTo(person, chat, replace = false) {
    this.place = { person, chat, topic: chat ? lastTopic(person, chat) : ALL };
    this.shell.moved(replace);
  }

  /** Where the address leads, down to the topic. */
  setPlace(place) {
    this.place = place;
    if (place.chat) keepTopic(place.person, place.chat, place.topic);
  }

  /** Follow the address: another person, another chat, or nothing new. */
  follow(place) {
    const { person, chat } = place;
    if (!this.store.me) this.setPlace(place);
    else if (person && person !== this.store.me && this.store.people.has(person)) {
      this.setPlace(place);
      this.link.become(person);
    } else {
      this.setPlace({ ...place, person: this.store.me });
      if ((chat ?? null) !== (this.room?.chatId ?? null)) this.showRoom(chat);
      else this.room?.openTopic(openTopic(this.room));
    }
  }

  /** Phones would raise their keyboard; there the person taps the field when they want it. */
  focusComposer() {
    if (matchMedia("(pointer: fine)").matches && this.shell.isActive(this)) this.room?.composer.focus();
  }

  showRoom(chat) {
    const from = this.room?.chatId;
    this.room?.leave();
    this.room = chat && this.store.chats.has(chat) ? new Room(chat, this.roomApp) : null;
    this.node.dataset.view = this.room ? "chat" : "list";
    fill(this.main, this.room ? this.room.node : this.welcomeNode());
    this.side.select(this.room?.chatId ?? null);
    if (from && from !== chat) this.side.wantItem(from);
    this.room?.shown();
    this.shell.happened(this);
  }

  /** Whether what comes into this chat is on the screen at once. */
  isReading(chat) {
    return this.room?.chatId === chat && this.room.isReading();
  }

  get unread() {
    return [...this.store.chats.values()].reduce((sum, chat) => sum + (this.isReading(chat.id) ? 0 : chat.local.unread), 0);
  }

  /** Draw everything anew, in another language perhaps. */
  draw() {
    if (!this.store.me) return;
    this.side.draw();
    this.showRoom(this.room?.chatId ?? null);
    this.showState(this.state);
  }

  leave() {
    this.room?.leave();
    this.room = null;
    this.link.close();
    this.node.remove();
  }

  async search(chat) {
    if (this.main.clientWidth >= this.node.clientWidth) this.closeChat();
    await this.side.startSearch(chat);
  }

  showState(next) {
    this.state = next;
    const text = { connecting: "banner.connecting", lost: "banner.lost" }[next];
    this.side.showBar(text ? say(text) : null, "wait");
    this.node.dataset.state = next;
    this.room?.onlineChanged();
  }

  // What the store tells

  listen() {
    const { store } = this;
    const inRoom = (act) => (chat, ...facts) => this.room?.chatId === chat && act(this.room, ...facts);
    store.on("hello", () => this.greeted());
    store.on("thread", inRoom((room, changes, fresh) => room.threadChanged(changes, fresh)));
    store.on("chat", inRoom((room) => room.chatChanged()));
    store.on("keyboard", inRoom((room) => room.keyboardChanged()));
    store.on("unread", inRoom((room) => room.markRead()));
    store.on("removed", inRoom(() => this.closeChat()));
    store.on("commands", () => this.room?.composer.refresh());
    store.on("answered", (event) => this.room?.hearLate(event));
    store.on("people", () => this.side.wantHead());
    store.on("bot", () => {
      this.room?.drawBar();
      this.room?.drawHead();
    });
    store.on("chats", (chat) => this.side.wantItem(chat));
    for (const what of ["thread", "keyboard", "chats"]) store.on(what, () => this.shell.happened(this));
  }

  greeted() {
    const { person, chat } = this.place;
    if (person !== this.store.me && this.store.people.has(person)) {
      // They were chosen while the connection was made for somebody else.
      this.link.become(person);
      return;
    }
    const wanted = person === this.store.me ? chat : null;
    if (person !== this.store.me) this.goTo(this.store.me, null, true);
    this.side.draw();
    this.showRoom(wanted);
    if (wanted) this.focusComposer();
    this.shell.arrived();
  }

  // The welcome

  ideas() {
    const group = [...this.store.chats.values()].find((chat) => chat.type !== "private");
    const payee = (...names) => names.map((name) => this.store.userNamed(name)).find((user) => user && user.id !== this.store.me)?.username;
    const [western, eastern] = [payee("bob", "alice"), payee("liming", "wangfang")];
    const isChinese = language() === "zh";
    const english = western && { to: western, text: `/send @${western} 20 lunch` };
    const chinese = eastern && { to: eastern, text: `转账 @${eastern} 20 午饭` };
    const ways = (isChinese ? [chinese, english] : [english, chinese]).filter((way) => group && way);
    return [
      { chat: this.store.me, text: "/start", note: say("idea.start", { brand: this.store.brand }) },
      { chat: this.store.me, text: isChinese ? "充值 100" : "/topup 100", note: say("idea.topup") },
      ...ways.map(({ to, text }, index) => ({ chat: group.id, text, note: index ? say("idea.again") : say("idea.send", { name: nameOf(this.store.userNamed(to)) }) })),
    ];
  }

  ideaNodes(onlyChat = null, testid = "idea") {
    const fitting = this.ideas().filter((idea) => !onlyChat || idea.chat === onlyChat);
    return el("div", { class: "ideas" }, fitting.map((idea) => el("button", { class: "idea", data: { testid }, onclick: () => this.suggest(idea) },
      el("span", {}, el("code", {}, idea.text), el("span", {}, idea.note)), icon("insert", "small"))));
  }

  /** Open a chat with a text ready to be sent. */
  suggest({ chat, text }) {
    this.openChat(chat);
    if (!this.room) return;
    // Before the bot was started there is no field yet: its Start button does what /start would.
    if (text && (text !== "/start" || this.room.chat.local.can_write)) this.room.composer.put(text);
    this.room.node.querySelector("[data-testid=start]")?.focus();
  }

  welcomeNode() {
    if (!this.store.me) return el("div", { class: "welcome" });
    return el("div", { class: "welcome", data: { testid: "welcome" } },
      el("img", { class: "coin", src: "img/coin.svg", alt: "" }),
      el("h2", {}, say("welcome.title")),
      el("p", {}, say("welcome.text", { brand: this.store.brand })),
      el("button", { class: "main-button", data: { testid: "tour-start" }, onclick: () => this.shell.startTour() }, icon("tour", "small"), say("tour.take")),
      el("h3", {}, say("welcome.try")),
      this.ideaNodes(),
      el("p", { class: "keys-hint" }, el("kbd", {}, "Alt 1"), " … ", el("kbd", {}, `Alt ${Math.min(this.store.people.size, 9)}`), ` ${say("welcome.keys")}`));
  }

  async addPerson() {
    const person = await newPersonForm();
    if (!person) return;
    const groups = [...this.store.chats.values()].filter((chat) => chat.type !== "private").map((chat) => chat.id);
    try {
      const made = await post("people", { ...person, chat_ids: groups });
      this.become(made.person.id);
    } catch (refused) {
      toast(say("failed", { why: sayWhy(refused) }));
    }
  }

  // The right button or a long press opens a message's menu

  watchPresses() {
    let touch = null;
    const { main } = this;
    main.addEventListener("contextmenu", (event) => {
      if (event.target.closest("a, img, textarea") || !getSelection()?.isCollapsed) return;
      if (this.menuAt(event) || event.target.closest(".row")) event.preventDefault();
    });
    main.addEventListener("pointerdown", (event) => {
      clearTimeout(touch?.timer);
      if (event.pointerType !== "touch" || event.target.closest(".keys, .reply-keys")) return;
      touch = { x: event.clientX, y: event.clientY, timer: setTimeout(() => this.menuAt(event) && navigator.vibrate?.(8), LONG_PRESS) };
    });
    for (const kind of ["pointerup", "pointercancel"]) main.addEventListener(kind, () => clearTimeout(touch?.timer));
    main.addEventListener("pointermove", (event) => {
      if (touch && Math.hypot(event.clientX - touch.x, event.clientY - touch.y) > 10) clearTimeout(touch.timer);
    }, { passive: true });
  }

  menuAt({ target, clientX, clientY }) {
    const row = target.closest?.(".row:not(.service)");
    const message = row && this.room?.view.thread.get(row.dataset.key);
    if (!message || document.querySelector("[popover]")) return false;
    this.room.acts.menu(message, { x: clientX, y: clientY });
    return true;
  }
}
