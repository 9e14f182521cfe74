// What a message says in one line: for the list of chats, for quotes, and for reading aloud.
// Guards: what a spoiler covers stays covered here too.

import { fileOf } from "./kinds.js";
import { amountOf } from "./money.js";
import { nameOf } from "./people.js";
import { plainOfRich } from "./rich.js";
import { say } from "./words.js";

export function summaryOf(message, limit = 160) {
  const cut = (text) => text.replace(/\s+/g, " ").trim().slice(0, limit);
  if (message.text !== undefined) return cut(masked(message.text, message.entities));
  const caption = message.caption ? ` ${masked(message.caption, message.caption_entities)}` : "";
  if (message.photo) return cut(message.caption ? caption : say("photo"));
  const file = fileOf(message);
  if (file) return cut(`${file.file.file_name ?? say(file.kind)}${caption}`);
  if (message.contact) return cut(`${say("contact")}: ${nameOf(message.contact)}`);
  if (message.venue) return cut(`${say("location")}: ${message.venue.title}`);
  if (message.location) return say("location");
  if (message.dice) return `${message.dice.emoji} ${message.dice.value}`;
  if (message.invoice) return cut(`${message.invoice.title} · ${amountOf(message.invoice.total_amount, message.invoice.currency)}`);
  if (message.rich_message) return cut(plainOfRich(message.rich_message));
  return "";
}

/** Spoilers stay covered wherever a message is quoted. */
function masked(text, entities) {
  let result = text;
  for (const { type, offset, length } of entities ?? []) {
    if (type !== "spoiler") continue;
    const cover = "▒".repeat(Math.max(0, Math.min(length, text.length - offset)));
    result = result.slice(0, offset) + cover + result.slice(offset + length);
  }
  return result;
}
