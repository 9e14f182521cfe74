// What is about to be sent: pictures as they will look, files by name, and the words that go along.
// Guards: nothing leaves before its sender saw it and said so.

import { button, modal } from "./dialogs.js";
import { el, icon } from "./dom.js";
import { say, sizeOf } from "./words.js";

const PICTURES = ["image/png", "image/jpeg", "image/webp"];
const KINDS = [["image/gif", "animation"], ["video/mp4", "video"], ["video/webm", "video"], ["audio/mpeg", "audio"], ["audio/mp4", "audio"]];
const LARGEST_PHOTO = 10 * 1024 * 1024;

/** What a file is sent as, unless somebody wants the file itself. */
function kindOf(file) {
  if (PICTURES.includes(file.type) && file.size <= LARGEST_PHOTO) return "photo";
  return KINDS.find(([type]) => type === file.type)?.[1] ?? "document";
}

function preview(file, url) {
  if (file.type.startsWith("image/")) return el("img", { class: "send-picture", src: url, alt: file.name });
  if (kindOf(file) === "video") return el("video", { class: "send-picture", src: url, muted: true, playsInline: true, preload: "metadata", "aria-label": file.name });
  const ending = /\.([a-z0-9]{1,5})$/i.exec(file.name)?.[1] ?? "";
  return el("div", { class: "file" }, el("span", { class: "file-mark" }, ending ? ending.toUpperCase() : icon("file")),
    el("span", { class: "file-words" }, el("bdi", {}, file.name), el("small", {}, sizeOf(file.size))));
}

/** Several pictures and films are sent as one, and so are several files of one kind. */
function inAlbums(files) {
  const families = new Map();
  const familyOf = ({ kind }) => (kind === "video" ? "photo" : kind);
  for (const sent of files) families.set(familyOf(sent), (families.get(familyOf(sent)) ?? 0) + 1);
  const now = Date.now() * 1000 + Math.floor(Math.random() * 990);
  const albums = new Map(["photo", "document", "audio"].filter((family) => families.get(family) > 1).map((family, index) => [family, now + index]));
  return files.map((sent) => ({ ...sent, album: albums.get(familyOf(sent)) }));
}

/** Show the files; `{files: [{file, kind, album}], caption}`, or null. */
export async function offerFiles({ files, caption, asFiles }) {
  const urls = files.map((file) => URL.createObjectURL(file));
  const isChoice = files.some((file) => kindOf(file) !== "document");
  const asFile = el("input", { type: "checkbox", checked: asFiles, data: { testid: "send-as-file" } });
  const words = el("input", { type: "text", value: caption, maxLength: 1024, autocomplete: "off", dir: "auto", autofocus: true, placeholder: say("caption"), "aria-label": say("caption"), data: { testid: "send-caption" } });
  const form = el("form", { method: "dialog" },
    el("div", { class: "send-files" }, files.map((file, index) => preview(file, urls[index]))),
    isChoice ? el("label", { class: "tick-line" }, asFile, say("send.as.file")) : null,
    el("label", { class: "form-field" }, words),
    el("div", { class: "sheet-buttons" }, button("plain-button", say("cancel"), () => dialog.finish(null), { data: { testid: "send-no" } }),
      el("button", { class: "main-button", type: "submit", data: { testid: "send-yes" } }, say("send"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.finish({ caption: words.value.trim(), files: inAlbums(files.map((file) => ({ file, kind: asFile.checked ? "document" : kindOf(file) }))) });
  });
  const title = say(files.every((file) => PICTURES.includes(file.type)) ? "send.pictures" : "send.files");
  const dialog = el("dialog", { class: "sheet", "aria-label": title, data: { testid: "send-sheet" } }, el("h2", {}, title), form);
  const wanted = await modal(dialog);
  urls.forEach((url) => URL.revokeObjectURL(url));
  return wanted;
}
