// What a message can hold besides words: pictures, albums, sound, files, contacts, places, dice, invoices.
// Guards: sizes that are known keep their place free, so nothing jumps when the bytes arrive; nothing is asked of
// anybody but this server, so places are drawn and not fetched.

import { el, icon, svg } from "./dom.js";
import { fileUrl } from "./link.js";
import { amountOf } from "./money.js";
import { avatarOf, nameNode, nameOf } from "./people.js";
import { say, sizeOf } from "./words.js";

const WIDEST = 340;
const TALLEST = 460;
const NARROWEST = 120;
const MOST_IN_ALBUM = 10;
const PLAYED = { video: /^video\/(mp4|webm)$/, audio: /^audio\/(mpeg|mp4|ogg|x-wav|webm)$/, picture: /^image\/(png|jpeg|gif|webp)$/ };

// Pictures

/** How wide something is shown, so that it is neither a stamp nor a wall. */
function shownWidth({ width = WIDEST, height = 180 }) {
  const scale = Math.min(WIDEST / width, TALLEST / height, 1);
  return Math.max(Math.round(width * scale), NARROWEST);
}

export const photoWidth = (sizes) => shownWidth(sizes.at(-1));

/** The width that what a message shows gives to its bubble, or null when the words decide. */
export function widthOf(message, album) {
  if (album?.length > 1) return album.some(isVisual) ? WIDEST : null;
  if (message.photo) return photoWidth(message.photo);
  const moving = message.video ?? message.animation;
  if (moving && isPlayed(moving)) return shownWidth(moving);
  return message.location || message.venue ? MAP.width : null;
}

const isPlayed = (file) => PLAYED.video.test(file.mime_type ?? "") || PLAYED.picture.test(file.mime_type ?? "");
const isVisual = (message) => Boolean(message.photo || message.video || message.animation);

export function photoNode(sizes, acts) {
  const best = sizes?.at(-1);
  if (!best) return el("span", {}, say("photo.gone"));
  const image = el("img", { alt: say("photo"), loading: "lazy", decoding: "async" });
  image.width = photoWidth(sizes);
  image.height = Math.round((image.width * best.height) / best.width);
  image.src = fileUrl(best.file_id);
  const button = el("button", { class: "photo", "aria-label": say("photo.open") }, image);
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    acts.view(fileUrl(best.file_id), best);
  });
  image.addEventListener("error", () => button.classList.add("gone"));
  return button;
}

/** A picture under a cover, which the first press takes away. */
function covered(node) {
  const cover = el("button", { class: "cover", "aria-label": say("hidden.media") }, icon("eye"));
  cover.addEventListener("click", (event) => {
    event.stopPropagation();
    cover.replaceWith(node);
  });
  cover.style.setProperty("--cover-height", `${node.querySelector("img")?.height || 180}px`);
  return cover;
}

function movingNode(file, kind) {
  if (PLAYED.picture.test(file.mime_type ?? "")) return el("img", { class: "moving", src: fileUrl(file.file_id), alt: say(kind), width: shownWidth(file) });
  const isQuiet = kind === "animation" && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const video = el("video", { class: "moving", src: fileUrl(file.file_id), playsInline: true, preload: "metadata", controls: kind === "video" || !isQuiet, loop: isQuiet, muted: isQuiet, autoplay: isQuiet, "aria-label": file.file_name ?? say(kind) });
  video.addEventListener("error", () => video.replaceWith(fileNode(file, kind)));
  return video;
}

function mediaNode(message, acts) {
  const node = message.photo ? photoNode(message.photo, acts) : fileOf(message) && fileContent(fileOf(message));
  return node && message.has_media_spoiler && isVisual(message) ? covered(node) : node;
}

/** Several messages that were sent as one: pictures side by side, files one under the other. */
function albumNode(album, acts) {
  const parts = album.slice(0, MOST_IN_ALBUM).map((message) => mediaNode(message, acts));
  const isMosaic = album.every(isVisual);
  return el("div", { class: `album ${isMosaic ? `mosaic of-${parts.length}` : "listed"}` }, parts.map((part) => el("div", { class: "album-part" }, part)));
}

// Files and sound

export function fileOf(message) {
  for (const kind of ["animation", "document", "video", "audio", "voice"]) {
    if (message[kind]) return { kind: kind === "document" ? "file" : kind, file: message[kind] };
  }
  return null;
}

function fileContent({ file, kind }) {
  if ((kind === "video" || kind === "animation") && isPlayed(file)) return movingNode(file, kind);
  if ((kind === "audio" || kind === "voice") && PLAYED.audio.test(file.mime_type ?? "")) return soundNode(file, kind);
  return fileNode(file, kind);
}

export function fileNode(file, kind) {
  const name = file?.file_name ?? say(kind);
  const size = file?.file_size ? sizeOf(file.file_size) : "";
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? "";
  return el("a", { class: "file", href: fileUrl(file?.file_id ?? ""), download: name, "aria-label": `${say("download")}: ${name}` },
    el("span", { class: "file-mark", "aria-hidden": "true" }, ending ? ending.toUpperCase() : icon("file")),
    el("span", { class: "file-words" }, el("bdi", { dir: "auto" }, name), el("small", {}, [size, say("download")].filter(Boolean).join(" · "))),
    icon("download", "small"));
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const BARS = 32;

/** Bars of a voice message. They follow from its id and not from the sound, which this page does not listen to. */
function bars(id) {
  let state = [...String(id)].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65521, 7);
  return Array.from({ length: BARS }, () => {
    state = (state * 171 + 11213) % 65521;
    const bar = el("i");
    bar.style.setProperty("--tall", `${20 + (state % 80)}%`);
    return bar;
  });
}

function soundNode(file, kind) {
  const title = kind === "voice" ? say("voice") : [file.performer, file.title].filter(Boolean).join(" – ") || file.file_name || say("audio");
  const sound = el("audio", { src: fileUrl(file.file_id), preload: "none" });
  const time = el("small", {}, file.duration ? clock(file.duration) : sizeOf(file.file_size ?? 0));
  const track = el("span", { class: kind === "voice" ? "track waves" : "track", "aria-hidden": "true" }, kind === "voice" ? bars(file.file_unique_id) : null);
  const play = el("button", { class: "play", "aria-label": `${say("play")}: ${title}`, onclick: (event) => {
    event.stopPropagation();
    if (sound.paused) sound.play().catch(() => node.replaceWith(fileNode(file, kind)));
    else sound.pause();
  } }, icon("play"));
  const node = el("div", { class: "sound", role: "group", "aria-label": title }, play,
    el("span", { class: "sound-words" }, kind === "voice" ? null : el("bdi", { dir: "auto" }, title), track, time), sound);
  for (const kindOf of ["play", "pause", "ended"]) sound.addEventListener(kindOf, () => play.replaceChildren(icon(sound.paused ? "play" : "pause")));
  sound.addEventListener("timeupdate", () => {
    node.style.setProperty("--done", String(sound.duration ? sound.currentTime / sound.duration : 0));
    time.textContent = clock(sound.currentTime);
  });
  return node;
}

// Contacts, places, dice

function contactNode(contact, room) {
  const known = contact.user_id ? room.store.user(contact.user_id) : undefined;
  const shown = known ?? { id: contact.user_id ?? 7, first_name: contact.first_name, last_name: contact.last_name };
  const words = el("span", {}, el("b", {}, nameNode(nameOf({ first_name: contact.first_name, last_name: contact.last_name }))), el("small", { dir: "ltr" }, contact.phone_number));
  if (!known) return el("div", { class: "contact-card", role: "group", "aria-label": say("contact") }, avatarOf(shown, "size-40"), words);
  return el("button", { class: "contact-card", "aria-label": `${say("contact")}: ${nameOf(shown)}`, onclick: () => room.acts.person(known) }, avatarOf(shown, "size-40"), words);
}

const MAP = { width: 300, height: 150 };
const STREETS = 7;

/** A drawn map of nowhere in particular: streets, a park and a river that follow from the place alone. */
export function mapNode(place) {
  let state = Math.abs(Math.round(place.latitude * 1000) * 7919 + Math.round(place.longitude * 1000) * 104729) % 2147483646 || 7;
  const next = (most) => {
    state = (state * 48271) % 2147483647;
    return state % most;
  };
  const { width, height } = MAP;
  const streets = Array.from({ length: STREETS }, (_, index) => {
    const across = (index * width) / (STREETS - 1) + next(24) - 12;
    const down = (index * height) / (STREETS - 1) + next(16) - 8;
    return `M${across} -10L${across + next(60) - 30} ${height + 10}M-10 ${down}L${width + 10} ${down + next(36) - 18}`;
  });
  const river = `M-10 ${next(height)}C${width / 4} ${next(height)} ${width / 2} ${next(height)} ${width + 10} ${next(height)}`;
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "map", "aria-hidden": "true", preserveAspectRatio: "xMidYMid slice" },
    svg("rect", { class: "land", width, height }),
    svg("rect", { class: "park", x: next(width - 90), y: next(height - 60), width: 60 + next(40), height: 40 + next(30), rx: 8 }),
    svg("path", { class: "river", d: river }),
    svg("path", { class: "street", d: streets.join("") }),
    svg("path", { class: "avenue", d: `M-10 ${height * 0.62}L${width + 10} ${height * (0.3 + next(30) / 100)}` }));
}

/** A place: the drawn map with a pin in its middle, and what is known of it below. */
export function placeNode(place, venue) {
  const text = `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`;
  return el("div", { class: "place", role: "img", "aria-label": `${venue?.title ?? say("location")}, ${text}` },
    el("div", { class: "map-frame" }, mapNode(place), icon("pin")),
    el("span", { class: "place-words" }, el("b", { dir: "auto" }, venue?.title ?? say("location")), el("small", { dir: "auto" }, venue?.address ?? text)));
}

const PIPS = { 1: [4], 2: [0, 8], 3: [0, 4, 8], 4: [0, 2, 6, 8], 5: [0, 2, 4, 6, 8], 6: [0, 2, 3, 5, 6, 8] };
const REELS = ["🍫", "🍇", "🍋", "7️⃣"];

/** A throw. A die shows its face, a slot machine its three reels, everything else its number. */
function diceNode({ emoji, value }) {
  const label = `${emoji} ${value}`;
  if (emoji === "🎲") {
    return el("div", { class: "dice", role: "img", "aria-label": label }, el("div", { class: "die" }, Array.from({ length: 9 }, (_, spot) => el("i", { class: PIPS[value]?.includes(spot) ? "pip" : "" }))));
  }
  const shown = emoji === "🎰" ? [0, 1, 2].map((reel) => REELS[Math.floor((value - 1) / 4 ** reel) % 4]).join(" ") : emoji;
  return el("div", { class: "dice", role: "img", "aria-label": label }, el("span", { class: "thrown" }, shown), el("b", {}, String(value)));
}

// Invoices

function invoiceNode(invoice) {
  return el("div", { class: "invoice" },
    el("div", { class: "invoice-head" }, icon("card"), el("b", { dir: "auto" }, invoice.title)),
    el("p", { dir: "auto" }, invoice.description),
    el("div", { class: "invoice-total" }, el("span", {}, say("pay.total")), el("strong", {}, amountOf(invoice.total_amount, invoice.currency))));
}

/** What a message holds besides its words, as nodes; null when it holds nothing this page knows. */
export function kindNode(message, room, album) {
  if (album?.length > 1) return albumNode(album, room.acts);
  if (isVisual(message) || fileOf(message)) return mediaNode(message, room.acts);
  if (message.contact) return contactNode(message.contact, room);
  if (message.venue) return placeNode(message.venue.location, message.venue);
  if (message.location) return placeNode(message.location);
  if (message.dice) return diceNode(message.dice);
  if (message.invoice) return invoiceNode(message.invoice);
  return null;
}
