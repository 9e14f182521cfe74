// The scrolling list of one chat's messages. Only a window of rows is in the document, a few screens around the reader.
// Guards: what the reader looks at never moves by itself, unless they are at the bottom.

import { el, icon } from "./dom.js";
import { albumMark, dress, rowOf, spoken } from "./bubble.js";
import { authorOf, isMine } from "./people.js";
import { isService } from "./service.js";
import { dayKey, dayName, say } from "./words.js";

const PAGE = 60;
const MOST_ROWS = 240;
const NEAR = 900;
const AROUND = 30;
const WOBBLE = 24;
const WOBBLE_IN_HAND = 4;
const JUST_NOW = 600;
const CROWD = 250;
const AT_BOTTOM = 60;
const GROUP_SECONDS = 300;
const DATE_ABOVE = 20;
const AT_REST = 900;
const ANSWERS_WITHIN = 10000;
const TOP_GAP = 8;

const places = new Map();

export class ThreadView {
  /** `room` as in bubble.js, with `chatId`, `readOlder(limit, before)` and `onBottom()`. */
  constructor(thread, room, unread) {
    this.thread = thread;
    this.room = room;
    // The messages from `from` up to `to` (exclusive) have rows.
    this.from = this.to = thread.messages.length;
    this.rows = new Map();
    this.missed = 0;
    this.stuck = true;
    this.top = this.height = this.touched = this.arrived = 0;
    this.pressed = null;
    this.firstNew = this.findFirstNew(unread);
    this.build();
    this.fillWindow();
  }

  build() {
    this.older = el("div", { class: "older", hidden: true }, icon("wait", "spin"), say("older"));
    this.days = el("div", { class: "days" });
    this.typing = el("div", { class: "typing-row", hidden: true });
    this.inner = el("div", { class: "thread-inner" }, this.older, this.days, this.typing);
    this.scroller = el("div", { class: "thread", role: "log", "aria-live": "off", "aria-label": say("messages"), tabIndex: -1, data: { testid: "thread" } }, this.inner);
    this.count = el("span", { class: "badge", hidden: true });
    this.toBottom = el("button", { class: "to-bottom", hidden: true, "aria-label": say("to.bottom"), title: say("to.bottom"), data: { testid: "to-bottom" }, onclick: () => this.scrollToBottom(true) }, icon("down"), this.count);
    this.node = el("div", { class: "thread-frame" }, this.scroller, this.toBottom);
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.onKey(event));
    this.scroller.addEventListener("click", (event) => this.notePress(event), { capture: true });
    for (const kind of ["wheel", "touchmove", "pointerdown", "pointermove", "keydown"]) this.scroller.addEventListener(kind, (event) => this.noteHand(event), { passive: true });
    this.sizes = new ResizeObserver(() => this.stuck && this.scrollToBottom());
    this.sizes.observe(this.scroller);
    this.sizes.observe(this.inner);
  }

  /** Called once the node is in the document: go where this reader was before. */
  shown() {
    const place = places.get(this.placeName());
    const row = place && this.reach(place.key);
    if (this.firstNew) this.showNewLine();
    if (row) {
      this.stuck = false;
      this.scroller.scrollTop += row.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top - place.offset;
      this.onScroll();
    } else if (this.newLine && this.newLine.offsetTop < this.inner.scrollHeight - this.scroller.clientHeight) {
      this.stuck = false;
      this.newLine.scrollIntoView({ block: "start" });
      this.scroller.scrollTop -= 60;
      this.onScroll();
    } else this.scrollToBottom();
  }

  leave() {
    clearTimeout(this.resting);
    this.keepPlace();
    this.sizes.disconnect();
  }

  placeName() {
    return `${this.room.me}/${this.room.chatId}/${this.room.topic}`;
  }

  keepPlace() {
    if (this.stuck || !this.scroller.isConnected) {
      places.delete(this.placeName());
      return;
    }
    const top = this.scroller.getBoundingClientRect().top;
    for (const row of this.days.querySelectorAll(".row")) {
      const box = row.getBoundingClientRect();
      if (box.bottom <= top + 40) continue;
      places.set(this.placeName(), { key: row.dataset.key, offset: box.top - top });
      return;
    }
  }

  // What is in the document

  /** Show the newest messages. */
  fillWindow() {
    this.clear(this.thread.messages.length);
    this.showOlder(PAGE);
    this.showEmpty();
  }

  /** Show the messages around one that is far from the window. */
  fillAround(index) {
    this.clear(Math.min(index + AROUND, this.thread.messages.length));
    this.showOlder(2 * AROUND);
  }

  clear(at) {
    this.days.replaceChildren();
    this.rows.clear();
    this.from = this.to = at;
  }

  /** Put up to `count` older messages above what is shown, without moving what is shown. */
  showOlder(count) {
    const first = Math.max(0, this.from - count);
    const came = this.from - first;
    this.holding(() => {
      for (let index = this.from - 1; index >= first; index -= 1) this.place(index);
      for (let index = first; index <= this.from && index < this.to; index += 1) this.group(index);
      this.from = first;
    });
    if (this.rows.size > MOST_ROWS) this.dropRows([...this.days.querySelectorAll(".row")].slice(MOST_ROWS));
    return came;
  }

  /** Put up to `count` newer messages below what is shown, once the reader came near the end of the window. */
  showNewer(count) {
    const last = Math.min(this.thread.messages.length, this.to + count);
    for (let index = this.to; index < last; index += 1) this.place(index);
    for (let index = Math.max(0, this.to - 1); index < last; index += 1) this.group(index);
    this.to = last;
    if (this.rows.size > MOST_ROWS) this.holding(() => this.dropRows([...this.days.querySelectorAll(".row")].slice(0, this.rows.size - MOST_ROWS)));
  }

  /** Change what lies above a row that the reader sees, and keep that row where it is. */
  holding(change) {
    const rows = this.days.querySelectorAll(".row");
    const top = this.scroller.getBoundingClientRect().top;
    const anchor = [...rows].find((row) => row.getBoundingClientRect().bottom > top) ?? rows[0];
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    this.top = this.scroller.scrollTop;
  }

  /** Where the window begins and ends, read off the document after messages came or went. */
  sync() {
    const first = this.days.querySelector(".row");
    this.from = first ? this.thread.at(first.dataset.key) : this.thread.messages.length;
    this.to = this.from + this.rows.size;
  }

  /** Make the row of the message at `index` and put it between its neighbours. */
  place(index) {
    const message = this.thread.messages[index];
    const row = rowOf(message, this.room);
    this.rows.set(message.local.key, row);
    const day = this.dayOf(message, index);
    const next = this.rows.get(this.thread.messages[index + 1]?.local.key);
    if (next?.parentNode === day) day.insertBefore(row, next.previousSibling?.classList?.contains("new-line") ? next.previousSibling : next);
    else day.append(row);
    return row;
  }

  dayOf(message, index) {
    const name = dayKey(message.date);
    const { messages } = this.thread;
    for (const neighbour of [messages[index + 1], messages[index - 1]]) {
      const row = neighbour && this.rows.get(neighbour.local.key);
      if (row?.parentNode?.dataset.day === name) return row.parentNode;
    }
    const day = el("section", { class: "day", data: { day: name } }, el("h2", { class: "date" }, el("span", {}, dayName(message.date))));
    const next = messages[index + 1] && this.rows.get(messages[index + 1].local.key);
    if (next) this.days.insertBefore(day, next.parentNode);
    else this.days.append(day);
    return day;
  }

  /** Neighbours of one sender within five minutes stand together. */
  group(index) {
    const { messages } = this.thread;
    const message = messages[index];
    const row = message && this.rows.get(message.local.key);
    if (!row) return;
    row.classList.toggle("first", !joined(messages[index - 1], message));
    row.classList.toggle("last", !joined(message, messages[index + 1]));
    if (message.media_group_id) this.groupAlbum(message);
  }

  /** What came to an album, or went, is drawn with its first message. */
  groupAlbum(message) {
    const album = this.room.albumOf(message);
    for (const part of album) {
      const row = this.rows.get(part.local.key);
      if (row && row.dataset.album !== albumMark(album)) this.redraw(row, part);
    }
  }

  regroup(index) {
    for (const at of [index - 1, index, index + 1]) this.group(at);
  }

  showEmpty() {
    const isEmpty = this.thread.messages.length === 0;
    this.scroller.classList.toggle("empty", isEmpty);
    this.empty?.remove();
    this.empty = isEmpty ? this.room.emptyNode() : null;
    if (this.empty) this.inner.append(this.empty);
  }

  // Changes

  apply(changes, fresh) {
    const wasAtBottom = this.stuck;
    const wasEmpty = this.thread.messages.length <= changes.length;
    for (const change of changes) this[`change_${change.kind}`](change);
    this.sync();
    if (wasEmpty || this.thread.messages.length === 0) this.showEmpty();
    if (fresh) this.welcome(fresh, wasAtBottom);
    else if (wasAtBottom) this.scrollToBottom();
    for (const { message, edited } of changes) if (edited && this.isAnswered(message)) this.stopAt(message);
  }

  change_added({ message }) {
    const index = this.thread.at(message.local.key);
    const { messages } = this.thread;
    const isNear = [messages[index - 1], messages[index + 1]].some((next) => next && this.rows.has(next.local.key));
    if (!isNear && messages.length > 1) return;
    // One that comes alone slides in; in a crowd that would keep the whole thread moving.
    const now = performance.now();
    this.place(index).classList.toggle("arriving", now - this.arrived > CROWD);
    this.arrived = now;
    this.regroup(index);
    if (!this.stuck || this.rows.size <= MOST_ROWS) return;
    this.dropRows([...this.days.querySelectorAll(".row")].slice(0, this.rows.size - MOST_ROWS / 2));
    this.scrollToBottom();
  }

  change_changed({ key, message, edited }) {
    const row = this.rows.get(key);
    if (!row) return;
    this.redraw(row, message);
    if (edited) flash(row, "edited-now");
  }

  change_replaced({ key, message, edited }) {
    const row = this.rows.get(key);
    if (!row) return;
    const fresh = rowOf(message, this.room);
    row.replaceWith(fresh);
    this.rows.delete(key);
    this.rows.set(message.local.key, fresh);
    this.regroup(this.thread.at(message.local.key));
    if (edited) flash(fresh, "edited-now");
  }

  change_removed({ key }) {
    const row = this.rows.get(key);
    if (!row) return;
    const near = [row.previousElementSibling, row.nextElementSibling].map((node) => node?.dataset.key);
    this.dropRows([row]);
    for (const other of near) if (other) this.group(this.thread.at(other));
  }

  /** Draw a row again, keeping the focus on the same button when it has one. */
  redraw(row, message) {
    const keys = [...row.querySelectorAll("button")];
    const focused = keys.indexOf(document.activeElement);
    const shown = [...row.querySelectorAll(".spoiler")].map((node) => node.classList.contains("shown"));
    const open = [...row.querySelectorAll("details")].map((node) => node.open);
    dress(row, message, this.room);
    row.querySelectorAll(".spoiler").forEach((node, index) => node.classList.toggle("shown", Boolean(shown[index])));
    row.querySelectorAll("details").forEach((node, index) => open[index] !== undefined && (node.open = open[index]));
    if (focused >= 0) (row.querySelectorAll("button")[focused] ?? row).focus({ preventScroll: true });
  }

  redrawKey(key) {
    const message = this.thread.get(key);
    const row = this.rows.get(key);
    if (message && row) this.redraw(row, message);
  }

  dropRows(rows) {
    for (const row of rows) {
      const day = row.parentNode;
      if (this.newLine && row.previousSibling === this.newLine) this.removeNewLine();
      row.remove();
      this.rows.delete(row.dataset.key);
      if (!day.querySelector(".row")) day.remove();
    }
    this.sync();
  }

  welcome(message, wasAtBottom) {
    const mine = isMine(message, this.room.me);
    const seen = document.visibilityState === "visible";
    if (mine) this.removeNewLine();
    const isWanted = wasAtBottom || this.wasAsked(message);
    if (isWanted && seen && this.isTooTall(message)) this.stopAt(message);
    else if (mine || (isWanted && seen)) this.follow();
    else if (!isService(message)) {
      this.missed += 1;
      this.showCount();
    }
    if (!mine) this.room.announce(spoken(message, this.room));
  }

  /** What the bot says is read from its top, also when its end is out of sight then. */
  isTooTall(message) {
    const row = this.rows.get(message.local.key);
    return Boolean(message.from.is_bot && row && row.offsetHeight > this.scroller.clientHeight + AT_BOTTOM);
  }

  /** Whether a message became what one pressed for, a page to turn perhaps, and is too long to see its end and its top. */
  isAnswered(message) {
    const isTurned = this.isPressed(message.local.key) && this.isTooTall(message);
    if (isTurned) this.pressed = null;
    return isTurned;
  }

  /** Whether the bot answers with this what one pressed in the message before, whose end may be out of sight. */
  wasAsked(message) {
    const before = this.thread.messages[this.thread.at(message.local.key) - 1];
    return Boolean(message.from.is_bot && before && this.isPressed(before.local.key)) && this.touched <= this.pressed.at;
  }

  isPressed(key) {
    return Boolean(this.pressed) && this.rows.get(key) === this.pressed.row && performance.now() - this.pressed.at < ANSWERS_WITHIN;
  }

  stopAt(message) {
    this.stuck = false;
    this.scroller.scrollTop = this.rows.get(message.local.key).offsetTop - TOP_GAP;
    this.onScroll();
  }

  // The line above what is new

  findFirstNew(unread) {
    if (!unread) return null;
    const others = this.thread.messages.filter((message) => !isMine(message, this.room.me));
    return others.at(-unread)?.local.key ?? others[0]?.local.key ?? null;
  }

  showNewLine() {
    const row = this.reach(this.firstNew);
    if (!row) return;
    this.newLine = el("div", { class: "new-line" }, el("span", {}, say("new.messages")));
    row.before(this.newLine);
  }

  removeNewLine() {
    this.newLine?.remove();
    this.newLine = null;
  }

  // Scrolling

  onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const isEnd = this.to >= this.thread.messages.length;
    const distance = scrollHeight - clientHeight - scrollTop;
    // What came since the last frame makes the thread longer before the sizes that are watched tell of it, and rows that
    // come in sliding make it shorter by a little: only the reader lets go of the bottom, by hand, or with no hand to be
    // seen (a search of the browser's, say) where the thread itself stayed as long as it was.
    const inHand = performance.now() - this.touched < JUST_NOW;
    const isMoved = scrollTop < this.top - (inHand ? WOBBLE_IN_HAND : WOBBLE) && (inHand || scrollHeight === this.height);
    this.stuck = (isEnd && distance < AT_BOTTOM) || (this.stuck && !isMoved);
    this.top = scrollTop;
    this.height = scrollHeight;
    this.toBottom.hidden = isEnd && distance < 240 && !(this.missed && !this.stuck);
    if (this.stuck) {
      this.missed = 0;
      this.showCount();
      this.room.onBottom();
    }
    this.markDates();
    if (!isEnd && distance < NEAR) this.showNewer(PAGE);
    if (scrollTop < NEAR) this.wantOlder();
  }

  /** A date that left its place floats over its day, which is only of use to a reader who looks for another one. */
  markDates() {
    const dates = [...this.days.querySelectorAll(".date")];
    const floating = dates.map((date) => date.offsetTop - date.parentNode.offsetTop > DATE_ABOVE);
    dates.forEach((date, index) => date.classList.toggle("floating", floating[index]));
    this.scroller.classList.toggle("scrolling", !this.stuck);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.scroller.classList.remove("scrolling"), AT_REST);
  }

  /** The reader's own hand moves the thread: a wheel, a finger, keys, the bar that is dragged. A press on a button does not. */
  noteHand(event) {
    const isIdle = event.type === "pointermove" ? !event.buttons : event.type === "pointerdown" && event.target !== this.scroller;
    if (!isIdle) this.touched = performance.now();
  }

  notePress(event) {
    const row = event.target.closest(".key")?.closest(".row");
    if (row) this.pressed = { row, at: performance.now() };
  }

  async wantOlder() {
    if (this.from > 0) {
      this.showOlder(PAGE);
      return;
    }
    if (!this.thread.more || this.asking) return;
    this.asking = true;
    this.older.hidden = false;
    try {
      await this.thread.loadOlder(this.room.readOlder);
      this.sync();
      this.showOlder(PAGE);
    } catch {
      this.thread.more = false;
    }
    this.older.hidden = true;
    this.asking = false;
  }

  scrollToBottom(smooth = false) {
    if (this.to < this.thread.messages.length) this.fillWindow();
    const far = this.scroller.scrollHeight - this.scroller.scrollTop > this.scroller.clientHeight * 3;
    this.stuck = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !far ? "smooth" : "instant" });
    this.top = this.scroller.scrollTop;
    this.height = this.scroller.scrollHeight;
    this.missed = 0;
    this.showCount();
  }

  /** Stay with the newest message. The sizes that are watched do the scrolling, once for all that came since the last frame. */
  follow() {
    if (this.to < this.thread.messages.length || !this.stuck) this.scrollToBottom();
  }

  showCount() {
    this.count.hidden = this.missed === 0;
    this.count.textContent = this.missed > 99 ? "99+" : String(this.missed);
    this.toBottom.setAttribute("aria-label", this.missed ? say("to.bottom.n", { n: this.missed }) : say("to.bottom"));
    if (this.missed) this.toBottom.hidden = false;
  }

  /** The row of a message that is known, with the messages around it. */
  reach(key) {
    const index = this.thread.at(key);
    if (index < 0) return null;
    if (index < this.from && this.from - index < MOST_ROWS / 2) this.showOlder(this.from - index + AROUND);
    else if (index < this.from || index >= this.to) this.fillAround(index);
    return this.rows.get(key) ?? null;
  }

  async jump(key) {
    await this.thread.loadUntil(key, this.room.readOlder).catch(() => false);
    this.sync();
    const row = this.reach(key);
    if (!row) return false;
    this.stuck = false;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true, focusVisible: false });
    flash(row, "found");
    return true;
  }

  showTyping(node) {
    this.typing.hidden = !node;
    this.typing.replaceChildren(...(node ? [node] : []));
  }

  // Keys: up and down between messages, Enter for what can be done with one

  onKey(event) {
    const row = event.target.closest?.(".row");
    if (!row) return;
    const rows = [...this.days.querySelectorAll(".row")];
    const at = rows.indexOf(row);
    const goal = { ArrowUp: rows[at - 1], ArrowDown: rows[at + 1], Home: rows[0], End: rows.at(-1) };
    if (event.key in goal && event.target === row) {
      event.preventDefault();
      if (goal[event.key]) this.focusRow(goal[event.key]);
      else if (event.key === "ArrowDown") this.room.toComposer();
    } else if (event.target === row && (event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))) {
      event.preventDefault();
      const message = this.thread.get(row.dataset.key);
      if (message && !isService(message)) this.room.acts.menu(message, row.querySelector(".bubble"));
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.room.toComposer();
    }
  }

  focusRow(row) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  focusLast() {
    const row = [...this.days.querySelectorAll(".row")].at(-1);
    if (row) this.focusRow(row);
  }
}

// In a group without topics a thread is only a row of answers.
const topicNumber = (message) => (message.is_topic_message ? message.message_thread_id : 0);

function joined(before, after) {
  return Boolean(before && after) && authorOf(before)?.id === authorOf(after)?.id && !isService(before) && !isService(after)
    && Math.abs(after.date - before.date) < GROUP_SECONDS && dayKey(before.date) === dayKey(after.date)
    && topicNumber(before) === topicNumber(after) && !after.via_bot
    && (before.ephemeral_message_id === undefined) === (after.ephemeral_message_id === undefined);
}

function flash(row, name) {
  row.classList.remove("edited-now", "found");
  // Reading the width makes the browser begin the animation again.
  void row.offsetWidth;
  row.classList.add(name);
}
