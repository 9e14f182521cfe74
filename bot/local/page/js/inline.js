// Inline mode: what is typed after the bot's name is asked of the bot, and what it offers is shown above the field.
// Guards: only the answer to what stands in the field now is shown, and a choice is sent once.

import { el, icon } from "./dom.js";
import { fileUrl } from "./link.js";
import { avatarOf } from "./people.js";
import { say, sayWhy } from "./words.js";

const PAUSE = 300;
const NEAR = 80;
const MOST_PAGES = 8;
const ICONS = { photo: "image", document: "file", contact: "person", location: "pin", venue: "pin", audio: "play", voice: "play" };

export class InlineMode {
  /** `composer` owns the field and the list; what is asked goes through its room's acts. */
  constructor(composer) {
    this.composer = composer;
    this.turn = 0;
    this.timer = 0;
    composer.suggestions.addEventListener("scroll", () => this.wantMore(), { passive: true });
  }

  get acts() {
    return this.composer.room.acts;
  }

  stop() {
    clearTimeout(this.timer);
    this.turn += 1;
    this.query = null;
  }

  ask(query) {
    if (query === this.query) return;
    this.stop();
    this.query = query;
    const { turn } = this;
    this.timer = setTimeout(() => this.read(turn), PAUSE);
    // Older results stay until newer ones come; anything else in the list is of no use now.
    const { suggestions } = this.composer;
    if (suggestions.hidden || !suggestions.querySelector(".result-words")) this.note("wait", say("inline.asking"));
  }

  async read(turn, offset = "") {
    try {
      const answer = await this.acts.inline(this.query, offset);
      if (turn !== this.turn) return;
      if (!answer.answered) this.note("offline", say("no.answer"));
      else this.hear(answer, offset);
    } catch (refused) {
      if (turn === this.turn) this.note("offline", sayWhy(refused));
    }
  }

  hear(answer, offset) {
    const fresh = answer.results.map((result) => this.itemOf(answer.query_id, result));
    this.items = offset ? [...this.items, ...fresh] : [...(answer.button ? [this.buttonItem(answer.button, answer.query_id)] : []), ...fresh];
    this.pages = offset ? this.pages + 1 : 1;
    this.next = answer.next_offset;
    this.isReading = false;
    if (this.items.length) this.composer.show(this.items, "results");
    else this.note("close", say("inline.nothing"));
  }

  async wantMore() {
    const list = this.composer.suggestions;
    const isEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
    if (!isEnd || !this.next || this.isReading || this.query === null || this.pages >= MOST_PAGES) return;
    this.isReading = true;
    const top = list.scrollTop;
    await this.read(this.turn, this.next);
    list.scrollTop = top;
  }

  /** One line that can't be chosen. */
  note(iconName, text) {
    this.next = "";
    const stay = () => this.composer.focus();
    this.composer.show([{ node: [icon(iconName, `small ${iconName === "wait" ? "spin" : ""}`), el("span", {}, text)], testid: "inline-note", take: stay, complete: stay }], "results");
  }

  buttonItem(button, queryId) {
    const act = () => (button.web_app ? this.acts.app("web_app", { inline_query_id: queryId }) : this.acts.follow(`https://t.me/${this.composer.room.store.bot.username}?start=${button.start_parameter}`));
    const take = () => {
      this.composer.hideSuggestions();
      act();
    };
    return { node: [icon("out", "small"), el("b", {}, button.text)], testid: "inline-button", take, complete: take };
  }

  itemOf(queryId, result) {
    const title = result.title ?? result.first_name ?? say(result.type === "photo" ? "photo" : "message");
    const note = result.description ?? result.address ?? result.phone_number ?? result.url ?? "";
    const take = () => this.choose(queryId, result.id);
    return { node: [this.markOf(result), el("span", { class: "result-words" }, el("b", { dir: "auto" }, title), note ? el("small", { dir: "auto" }, note) : null)], testid: `result-${result.id}`, take, complete: take };
  }

  markOf(result) {
    if (result.type === "photo" && result.file_id) return el("img", { class: "result-mark", src: fileUrl(result.file_id), alt: "" });
    if (ICONS[result.type]) return el("span", { class: "result-mark" }, icon(ICONS[result.type]));
    return avatarOf(this.composer.room.store.bot, "size-40");
  }

  async choose(queryId, resultId) {
    const { composer } = this;
    const before = { text: composer.field.value, replyTo: composer.replyTo, mentions: new Map() };
    this.stop();
    composer.hideSuggestions();
    composer.clear();
    if (!(await this.acts.choose(queryId, resultId, before.replyTo?.local.key))) composer.giveBack(before);
    composer.focus();
  }
}
