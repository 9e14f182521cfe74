// Turns the Bot API's entities and rich blocks into DOM nodes. Only text nodes carry what others wrote;
// a link is only ever followed through `acts.follow`, which decides by its scheme.

import { el, icon } from "./dom.js";
import { fileNode, photoNode, placeNode } from "./kinds.js";
import { say } from "./words.js";

const DEEPEST = 16;
const BLOCK_ENTITIES = new Set(["blockquote", "expandable_blockquote", "pre"]);
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200d\ufe0f\u20e3]|[#*0-9]\ufe0f?\u20e3|\s)+$/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** 1-3 when the text is nothing but so many emoji, else 0. */
export function emojiCount(text) {
  if (!text || text.length > 40 || !EMOJI.test(text) || /^[\d#*\s]+$/.test(text)) return 0;
  const count = Array.from(segmenter.segment(text.replace(/\s/g, ""))).length;
  return count <= 3 ? count : 0;
}

/** Text with its entities (offsets in UTF-16 units, nested or side by side). */
export function formatted(text, entities, acts) {
  const root = document.createDocumentFragment();
  const sorted = (entities ?? [])
    .filter((entity) => entity.length > 0 && entity.offset >= 0 && entity.offset < text.length)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  compose(root, text, 0, text.length, sorted, acts, 0);
  return root;
}

function compose(parent, text, from, to, entities, acts, depth) {
  let at = from;
  let afterBlock = false;
  const write = (end, beforeBlock) => {
    let piece = text.slice(at, end);
    // A block brings its own line breaks, so the ones around it would count twice.
    if (afterBlock && piece.startsWith("\n")) piece = piece.slice(1);
    if (beforeBlock && piece.endsWith("\n")) piece = piece.slice(0, -1);
    if (piece) parent.append(piece);
    afterBlock = false;
  };
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, to);
    const inner = [];
    index += 1;
    while (index < entities.length && entities[index].offset < end) inner.push(entities[index++]);
    if (entity.offset < at) continue;
    const isBlock = BLOCK_ENTITIES.has(entity.type);
    write(entity.offset, isBlock);
    const piece = text.slice(entity.offset, end);
    const node = entityNode(entity, piece, acts);
    const target = node.querySelector?.("[data-inside]") ?? node;
    if (depth < DEEPEST) compose(target, text, entity.offset, end, inner, acts, depth + 1);
    else target.append(piece);
    parent.append(node);
    at = end;
    afterBlock = isBlock;
  }
  write(to, false);
}

function entityNode(entity, piece, acts) {
  const plain = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" }[entity.type];
  if (plain) return el(plain);
  switch (entity.type) {
    case "code": return codeNode(piece, acts);
    case "pre": return preNode(piece, entity.language, acts);
    case "spoiler": return spoilerNode();
    case "blockquote": return el("blockquote", { class: "quote-block" });
    case "expandable_blockquote": return expandableNode();
    case "text_link": return linkNode(entity.url, acts, piece);
    case "url": return linkNode(/^[a-z][a-z0-9+.-]*:/i.test(piece) ? piece : `https://${piece}`, acts, piece);
    case "email": return copyNode("span", piece, acts);
    case "phone_number": return copyNode("span", piece, acts);
    case "mention": return actNode("mention", () => acts.mention(piece));
    case "text_mention": return actNode("mention", () => acts.person(entity.user));
    case "bot_command": return actNode("command", () => acts.command(piece));
    case "hashtag": case "cashtag": return el("span", { class: "tag" });
    default: return el("span");
  }
}

/** Something inside running text that acts when pressed: a span in looks, a link-like button in behaviour. */
function actNode(kind, act) {
  const node = el("span", { class: `act ${kind}`, role: "button", tabIndex: 0 });
  pressable(node, act);
  return node;
}

function pressable(node, act) {
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    act(event);
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  });
}

function linkNode(url, acts, label) {
  const node = el("a", { class: "act link", rel: "noopener noreferrer nofollow", title: url === label ? "" : url });
  // Only addresses a browser may open get a href; the press is handled by us in every case.
  if (acts.openable(url)) node.href = url;
  else {
    node.setAttribute("role", "button");
    node.tabIndex = 0;
  }
  node.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopPropagation();
    acts.follow(url);
  });
  return node;
}

function copyNode(tag, text, acts) {
  const node = el(tag, { class: "act copyable", role: "button", tabIndex: 0, title: say("copy") });
  pressable(node, () => acts.copy(text));
  return node;
}

function codeNode(text, acts) {
  return copyNode("code", text, acts);
}

function preNode(text, languageName, acts) {
  const button = el("button", { class: "pre-copy", "aria-label": say("copy"), title: say("copy") }, icon("copy", "small"));
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    acts.copy(text);
  });
  return el("div", { class: "pre" },
    el("div", { class: "pre-head" }, el("span", {}, languageName ?? ""), button),
    el("pre", { tabIndex: 0 }, el("code", { data: { inside: "" } })));
}

function spoilerNode() {
  const node = el("span", { class: "spoiler", role: "button", tabIndex: 0, "aria-label": say("hidden.text") });
  const show = () => {
    node.classList.add("shown");
    node.removeAttribute("role");
    node.removeAttribute("aria-label");
    node.removeAttribute("tabindex");
  };
  // In the capture phase, so that a link under the cover is not followed by the press that uncovers it.
  node.addEventListener("click", (event) => {
    if (node.classList.contains("shown")) return;
    event.stopPropagation();
    event.preventDefault();
    show();
  }, true);
  node.addEventListener("keydown", (event) => {
    if (node.classList.contains("shown") || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    show();
  }, true);
  return node;
}

function expandableNode() {
  const toggle = el("button", { class: "expand", "aria-expanded": "false" }, say("show.more"));
  const quote = el("blockquote", { class: "quote-block expandable" }, el("div", { class: "expandable-text", data: { inside: "" } }), toggle);
  toggle.addEventListener("click", (event) => {
    event.stopPropagation();
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = say(open ? "show.less" : "show.more");
  });
  return quote;
}

// Rich messages

/** The blocks of a rich message. `buttonNode` draws a button that stands inside. */
export function richNode(rich, acts, buttonNode) {
  const kit = { acts, buttonNode };
  const node = el("div", { class: "rich", dir: rich.is_rtl ? "rtl" : "auto" });
  for (const block of rich.blocks ?? []) node.append(blockNode(block, kit, 0));
  return node;
}

function blocksIn(parent, blocks, kit, depth) {
  if (depth > DEEPEST) return parent;
  for (const block of blocks ?? []) parent.append(blockNode(block, kit, depth));
  return parent;
}

function blockNode(block, kit, depth) {
  const make = BLOCKS[block.type];
  if (make) return make(block, kit, depth + 1);
  return block.text !== undefined ? el("p", {}, richText(block.text, kit)) : document.createDocumentFragment();
}

const BLOCKS = {
  paragraph: (block, kit) => el("p", {}, richText(block.text, kit)),
  heading: (block, kit) => {
    const size = Math.min(Math.max(block.size ?? 3, 1), 6);
    return el("h3", { class: `rich-h size-h${size}` }, richText(block.text, kit));
  },
  pre: (block, kit) => {
    const node = preNode(plainOf(block.text), block.language, kit.acts);
    node.querySelector("[data-inside]").append(richText(block.text, kit));
    return node;
  },
  footer: (block, kit) => el("p", { class: "rich-footer" }, richText(block.text, kit)),
  divider: () => el("hr", { class: "rich-rule" }),
  anchor: (block) => el("span", { data: { anchor: block.name } }),
  thinking: (block, kit) => el("p", { class: "rich-footer dots" }, richText(block.text, kit)),
  mathematical_expression: (block, kit) => codeBlockOf(block.expression, kit),
  list: listNode,
  blockquote: (block, kit, depth) => el("blockquote", { class: "quote-block" }, blocksIn(el("div"), block.blocks, kit, depth), creditNode(block.credit, kit)),
  expandable_blockquote: (block, kit) => {
    const quote = expandableNode();
    quote.querySelector("[data-inside]").append(richText(block.text, kit), creditNode(block.credit, kit) ?? "");
    return quote;
  },
  pullquote: (block, kit) => el("blockquote", { class: "pullquote" }, el("p", {}, richText(block.text, kit)), creditNode(block.credit, kit)),
  table: tableNode,
  details: (block, kit, depth) => {
    const node = el("details", { class: "rich-details", open: Boolean(block.is_open) });
    node.append(el("summary", {}, icon("chevron", "small"), el("span", {}, richText(block.summary, kit))));
    return blocksIn(node, block.blocks, kit, depth) && node;
  },
  photo: (block, kit) => el("figure", {}, photoNode(block.photo, kit.acts), captionNode(block.caption, kit)),
  document: (block, kit) => el("figure", {}, fileNode(block.document, "file"), captionNode(block.caption, kit)),
  video: (block, kit) => el("figure", {}, fileNode(block.video, "video"), captionNode(block.caption, kit)),
  animation: (block, kit) => el("figure", {}, fileNode(block.animation, "animation"), captionNode(block.caption, kit)),
  audio: (block, kit) => el("figure", {}, fileNode(block.audio, "audio"), captionNode(block.caption, kit)),
  voice_note: (block, kit) => el("figure", {}, fileNode(block.voice_note, "voice"), captionNode(block.caption, kit)),
  collage: (block, kit, depth) => el("figure", { class: "collage" }, blocksIn(el("div", { class: "collage-items" }), block.blocks, kit, depth), captionNode(block.caption, kit)),
  slideshow: (block, kit, depth) => el("figure", { class: "slideshow" }, blocksIn(el("div", { class: "slides", tabIndex: 0 }), block.blocks, kit, depth), captionNode(block.caption, kit)),
  map: (block, kit) => el("figure", {}, placeNode(block.location), captionNode(block.caption, kit)),
  buttons: (block, kit) => el("div", { class: `rich-buttons at-${block.align ?? "center"}` }, (block.buttons ?? []).map((button) => kit.buttonNode(button, plainOf(button.text)))),
};

function codeBlockOf(text, kit) {
  const node = preNode(text, "", kit.acts);
  node.querySelector("[data-inside]").append(text);
  return node;
}

function creditNode(credit, kit) {
  return credit === undefined ? null : el("cite", {}, richText(credit, kit));
}

function captionNode(caption, kit) {
  if (!caption) return null;
  return el("figcaption", {}, richText(caption.text ?? "", kit), creditNode(caption.credit, kit));
}

function listNode(block, kit, depth) {
  const list = el("div", { class: "rich-list", role: "list" });
  for (const item of block.items ?? []) {
    const mark = item.has_checkbox
      ? el("span", { class: `tick ${item.is_checked ? "ticked" : ""}`, role: "img", "aria-label": item.is_checked ? "✓" : "☐" }, item.is_checked ? icon("check", "small") : null)
      : el("span", { class: "label" }, item.label || "•");
    list.append(el("div", { class: "rich-item", role: "listitem" }, mark, blocksIn(el("div", { class: "rich-item-body" }), item.blocks, kit, depth)));
  }
  return list;
}

function tableNode(block, kit) {
  const table = el("table", { class: ["rich-table", block.is_bordered && "bordered", block.is_striped && "striped", block.is_compact && "compact"].filter(Boolean).join(" ") });
  if (block.caption !== undefined) table.append(el("caption", {}, richText(block.caption, kit)));
  const body = el("tbody");
  for (const row of block.cells ?? []) {
    const line = el("tr");
    for (const cell of row) {
      const node = el(cell.is_header ? "th" : "td", { class: `at-${cell.align ?? "left"} on-${cell.valign ?? "top"}` });
      if (cell.colspan > 1) node.colSpan = Math.min(cell.colspan, 50);
      if (cell.rowspan > 1) node.rowSpan = Math.min(cell.rowspan, 200);
      if (cell.text !== undefined) node.append(richText(cell.text, kit));
      line.append(node);
    }
    body.append(line);
  }
  table.append(body);
  return el("div", { class: "rich-table-frame", tabIndex: 0, role: "group" }, table);
}

/** A rich text: a string, an array, or an object that wraps another. */
function richText(rich, kit, depth = 0) {
  const root = document.createDocumentFragment();
  if (rich === undefined || rich === null || depth > DEEPEST * 2) return root;
  if (typeof rich === "string") root.append(rich);
  else if (Array.isArray(rich)) rich.forEach((part) => root.append(richText(part, kit, depth + 1)));
  else root.append(richPart(rich, kit, depth));
  return root;
}

function richPart(part, kit, depth) {
  const { acts } = kit;
  const words = plainOf(part);
  const simple = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", subscript: "sub", superscript: "sup", marked: "mark" }[part.type];
  const node = simple ? el(simple) : richActNode(part, words, acts, kit);
  if (part.type === "mathematical_expression") node.append(part.expression ?? "");
  else if (part.type === "custom_emoji") node.append(part.alternative_text ?? plainOf(part.text));
  else if (part.text !== undefined && part.type !== "button") node.append(richText(part.text, kit, depth + 1));
  return node;
}

function richActNode(part, words, acts, kit) {
  switch (part.type) {
    case "spoiler": return spoilerNode();
    case "code": case "mathematical_expression": return codeNode(words, acts);
    case "url": return linkNode(part.url, acts, words);
    case "email_address": return copyNode("span", part.email_address ?? words, acts);
    case "phone_number": return copyNode("span", part.phone_number ?? words, acts);
    case "bank_card_number": return copyNode("span", part.bank_card_number ?? words, acts);
    case "mention": return actNode("mention", () => acts.mention(part.username ?? words));
    case "text_mention": return actNode("mention", () => acts.person(part.user));
    case "bot_command": return actNode("command", () => acts.command(part.bot_command ?? words));
    case "hashtag": case "cashtag": return el("span", { class: "tag" });
    case "anchor": return el("span", { data: { anchor: part.name } });
    case "reference": return el("span", { data: { anchor: part.name } });
    case "anchor_link": return actNode("link", (event) => toAnchor(event, part.anchor_name));
    case "reference_link": return actNode("link", (event) => toAnchor(event, part.reference_name));
    case "button": return kit.buttonNode(part.button, plainOf(part.button?.text));
    default: return el("span");
  }
}

/** Anchors live inside one message; an empty name is its top. */
function toAnchor(event, name) {
  const message = event.target.closest(".rich");
  const found = name ? [...message.querySelectorAll("[data-anchor]")].find((node) => node.dataset.anchor === name) : message;
  found?.closest("details:not([open])")?.setAttribute("open", "");
  found?.scrollIntoView({ block: "start", behavior: "smooth" });
}

/** The words of a rich text without its looks. */
export function plainOf(rich, depth = 0) {
  if (rich === undefined || rich === null || depth > DEEPEST * 2) return "";
  if (typeof rich === "string") return rich;
  if (Array.isArray(rich)) return rich.map((part) => plainOf(part, depth + 1)).join("");
  return plainOf(rich.text ?? rich.button?.text ?? rich.alternative_text ?? rich.expression, depth + 1);
}

function plainOfBlock(block, depth = 0) {
  if (depth > DEEPEST) return "";
  const lines = [plainOf(block.summary), plainOf(block.text), block.expression ?? ""];
  for (const inner of block.blocks ?? []) lines.push(plainOfBlock(inner, depth + 1));
  for (const item of block.items ?? []) lines.push([item.label, ...(item.blocks ?? []).map((inner) => plainOfBlock(inner, depth + 1))].filter(Boolean).join(" "));
  for (const row of block.cells ?? []) lines.push(row.map((cell) => plainOf(cell.text)).join("\t"));
  return lines.filter(Boolean).join("\n");
}

export function plainOfRich(rich) {
  return (rich.blocks ?? []).map((block) => plainOfBlock(block)).filter(Boolean).join("\n");
}
