// Pictures in full size: all that are known of a chat, one at a time, by keys, by the edges, or by a swipe.
// Guards: Escape always leads back to the message it was opened from.

import { modal } from "./dialogs.js";
import { el, fill, icon, iconButton } from "./dom.js";
import { fileUrl } from "./link.js";
import { authorOf, nameNode, nameOf } from "./people.js";
import { fullTimeOf, say } from "./words.js";

const MOST_DEEP = 8;
const SWIPE = 60;

/** Every picture that a message shows, in its order: its own, and those inside a rich message. */
function picturesOf(message) {
  const own = message.photo ? [message.photo.at(-1)] : [];
  return [...own, ...inBlocks(message.rich_message?.blocks, MOST_DEEP)].filter(Boolean).map((picture) => ({ ...picture, message, url: fileUrl(picture.file_id) }));
}

function inBlocks(blocks, depth) {
  if (!Array.isArray(blocks) || !depth) return [];
  return blocks.flatMap((block) => [...(block.type === "photo" && block.photo ? [block.photo.at(-1)] : []), ...inBlocks(block.blocks, depth - 1), ...inBlocks(block.items, depth - 1)]);
}

/** Show the picture with this address, with those before and after it in the chat. */
export function viewPictures(messages, url) {
  const known = messages.flatMap(picturesOf);
  const at = known.findIndex((picture) => picture.url === url);
  return new Viewer(at < 0 ? [{ url }] : known, Math.max(at, 0)).open();
}

class Viewer {
  constructor(pictures, at) {
    Object.assign(this, { pictures, at });
  }

  open() {
    this.image = el("img", { class: "viewer-picture", alt: say("photo"), draggable: false, data: { testid: "viewer-picture" } });
    this.frame = el("div", { class: "viewer-frame" }, this.image);
    this.words = el("div", { class: "viewer-words" });
    this.save = el("a", { class: "icon-button", "aria-label": say("download"), title: say("download"), data: { testid: "viewer-download" } }, icon("download"));
    this.before = iconButton("back", say("viewer.before"), () => this.go(-1), { class: "icon-button viewer-step before", data: { testid: "viewer-before" } });
    this.after = iconButton("back", say("viewer.after"), () => this.go(1), { class: "icon-button viewer-step after", data: { testid: "viewer-after" } });
    this.dialog = el("dialog", { class: "viewer", "aria-label": say("photo"), data: { testid: "viewer" } },
      el("header", { class: "viewer-bar" }, this.words,
        iconButton("zoom", say("viewer.zoom"), () => this.zoom(), { data: { testid: "viewer-zoom" } }), this.save,
        iconButton("close", say("close"), () => this.dialog.finish(null), { autofocus: true, data: { testid: "viewer-close" } })),
      this.frame, this.before, this.after);
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    this.frame.addEventListener("click", (event) => (event.target === this.image ? this.zoom() : this.dialog.finish(null)));
    this.watchSwipe();
    this.show();
    return modal(this.dialog);
  }

  show() {
    const { url, message, width, height } = this.pictures[this.at];
    this.frame.classList.remove("zoomed");
    Object.assign(this.image, { src: url, width: width ?? 0, height: height ?? 0 });
    if (!width) for (const side of ["width", "height"]) this.image.removeAttribute(side);
    Object.assign(this.save, { href: url, download: message ? `${message.chat.id}-${message.message_id || message.local.key}.png` : "" });
    const count = this.pictures.length > 1 ? say("viewer.of", { n: this.at + 1, all: this.pictures.length }) : null;
    fill(this.words, message ? [el("b", {}, nameNode(nameOf(authorOf(message)))), el("span", {}, [count, fullTimeOf(message.date)].filter(Boolean).join(" · "))] : null);
    this.before.hidden = this.at === 0;
    this.after.hidden = this.at === this.pictures.length - 1;
    // The neighbours are fetched, so that the next key shows them at once.
    for (const near of [this.pictures[this.at + 1], this.pictures[this.at - 1]]) if (near) new Image().src = near.url;
  }

  go(step) {
    const next = Math.min(Math.max(this.at + step, 0), this.pictures.length - 1);
    if (next === this.at) return;
    this.at = next;
    this.show();
  }

  zoom() {
    const isZoomed = this.frame.classList.toggle("zoomed");
    if (isZoomed) this.frame.scrollTo((this.frame.scrollWidth - this.frame.clientWidth) / 2, (this.frame.scrollHeight - this.frame.clientHeight) / 2);
  }

  onKey(event) {
    const acts = { ArrowLeft: () => this.go(-1), ArrowRight: () => this.go(1), Home: () => this.go(-Infinity), End: () => this.go(Infinity), "+": () => this.zoom(), "-": () => this.zoom() };
    if (!acts[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  watchSwipe() {
    let from = null;
    this.frame.addEventListener("touchstart", (event) => {
      from = event.touches.length === 1 && !this.frame.classList.contains("zoomed") ? event.touches[0].clientX : null;
    }, { passive: true });
    this.frame.addEventListener("touchend", (event) => {
      const moved = from === null ? 0 : event.changedTouches[0].clientX - from;
      if (Math.abs(moved) > SWIPE) this.go(moved > 0 ? -1 : 1);
    });
  }
}
