// How people and chats are named and drawn. Names come from strangers: they are isolated text, and bounded by layout.

import { el } from "./dom.js";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const graphemes = (text) => Array.from(segmenter.segment(text), (part) => part.segment);

export function nameOf(user) {
  if (!user) return "?";
  const name = [user.first_name, user.last_name].filter(Boolean).join(" ").trim();
  return name || user.title || (user.username ? `@${user.username}` : String(user.id));
}

/** The name as a node that can't disturb the direction of what stands around it. */
export function nameNode(text, className = "") {
  return el("bdi", { class: `name-of ${className}`, dir: "auto" }, text);
}

export function hueOf(user) {
  if (!user || user.is_bot) return "hue-0";
  return `hue-${Math.abs(Number(user.id) || 0) % 8}`;
}

/** Two letters at most: the last two of a Chinese name, else the first of the first and the last word. */
function initials(name) {
  if (/^\p{Script=Han}+$/u.test(name)) return graphemes(name).slice(-2).join("");
  const words = name.split(/[\s·・/|-]+/u).filter((word) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word));
  if (!words.length) return "?";
  const firstOf = (word) => graphemes(word.replace(/^[^\p{L}\p{N}\p{Extended_Pictographic}]+/u, ""))[0] ?? "";
  if (/^\p{Script=Han}/u.test(words[0])) return firstOf(words[0]);
  const letters = words.length > 1 ? firstOf(words[0]) + firstOf(words[words.length - 1]) : firstOf(words[0]);
  return letters.toLocaleUpperCase();
}

/** Who stands at a message: a person, or the group or channel for which somebody speaks. */
export const authorOf = (message) => message.sender_chat ?? message.from;

/** Whether somebody wrote a message themselves, whatever name stands at it. */
export const isMine = (message, me) => Boolean(message.local?.mine) || (!message.sender_chat && message.from?.id === me);

export function avatarOf(user, size = "") {
  if (user?.title) return groupAvatar(user, size);
  if (user?.is_bot) return el("span", { class: `avatar of-bot ${size}`, "aria-hidden": "true" });
  const letters = initials(nameOf(user));
  const kind = letters.length > 1 ? "wide-letters" : "";
  return el("span", { class: `avatar ${hueOf(user)} ${kind} ${size}`, "aria-hidden": "true" }, letters);
}

export function groupAvatar(chat, size = "") {
  const letters = initials(chat.title ?? "?");
  return el("span", { class: `avatar of-group hue-${(Math.abs(chat.id) + 4) % 8} ${size}`, "aria-hidden": "true" }, letters);
}
