// Where a link leads: into the messenger itself, or out of it after a question.
// Guards: a browser is only ever sent to an address whose scheme is harmless, and outside only after it was shown.

import { chooseChat, personSheet, question, toast } from "./dialogs.js";
import { openSheet } from "./press.js";
import { nameOf } from "./people.js";
import { say } from "./words.js";

const OPENABLE = new Set(["http:", "https:", "mailto:", "tel:"]);
const HOSTS = ["t.me", "telegram.me"];

/** An address that a browser may be sent to. */
export function isOpenable(url) {
  try {
    return OPENABLE.has(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** Links of the messenger itself: a user name with what follows it, a user's id, or an invoice. */
function insideLink(url) {
  let address;
  try {
    address = new URL(/^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`);
  } catch {
    return null;
  }
  const query = address.searchParams;
  const facts = { start: query.get("start"), startgroup: query.get("startgroup"), startapp: query.get("startapp") };
  if (address.protocol === "tg:" && (address.host || address.pathname.replace(/\//g, "")) === "user") return { id: Number(query.get("id")) };
  if (address.protocol === "tg:") return { username: query.get("domain") ?? "", ...facts };
  if (!HOSTS.includes(address.hostname) || !["http:", "https:"].includes(address.protocol)) return null;
  const name = address.pathname.split("/")[1] ?? "";
  return name.startsWith("$") ? { invoice: true } : { username: name, ...facts };
}

export async function follow(room, url) {
  const inside = insideLink(url);
  if (inside?.invoice) return openSheet(room, { link: url });
  if (inside) return followInside(room, inside, url);
  if (!isOpenable(url)) return toast(say("link.unsafe"));
  const address = new URL(url);
  // Our own pages open at once; everything else is shown in full first, with a host nobody can disguise.
  const isOurs = address.origin === location.origin;
  if (isOurs || (await question({ title: say("open.link"), text: say("open.link.text"), address: address.href, yes: say("open") }))) {
    window.open(address.href, "_blank", "noopener,noreferrer");
  }
  return undefined;
}

async function followInside(room, { id, username, start, startgroup, startapp }, url) {
  const user = id ? room.store.user(id) : room.store.userNamed(username);
  if (!user) return toast(say("link.unknown", { name: username || String(id) }));
  if (user.id !== room.store.bot.id) return showPerson(room, user);
  if (startapp !== null && startapp !== undefined) return room.acts.app("web_app", { link: url, chat_id: room.chatId });
  if (startgroup !== null && startgroup !== undefined) return addToGroup(room, url);
  if (start !== null && start !== undefined) await room.attempt("open", { link: url });
  return room.app.openChat(room.me);
}

/** The bot comes into a group that this person leads. */
async function addToGroup(room, url) {
  const chats = [...room.store.chats.values()].filter((chat) => ["group", "supergroup"].includes(chat.type) && room.leads(chat));
  const chosen = await chooseChat({ title: say("pick.group"), chats, store: room.store });
  if (chosen && (await room.attempt("open", { link: url, chat_id: chosen }))) room.app.openChat(chosen);
}

/** Somebody's card, with what one may do about them. */
export async function showPerson(room, user) {
  if (!user) return;
  if (user.title) return toast(user.title);
  const isBot = user.id === room.store.bot.id;
  const acts = [];
  if (isBot && room.chatId !== room.me) acts.push({ text: say("message"), act: () => room.app.openChat(room.me) });
  if (!isBot && user.id !== room.me && room.store.people.has(user.id)) acts.push({ text: say("act.as", { name: nameOf(user) }), act: () => room.app.become(user.id) });
  if (room.isGroup && user.id !== room.me) acts.push({ text: say("mention"), act: () => room.composer.mention(user) });
  const note = isBot ? [`@${user.username}`, room.store.bot.local.short_description].filter(Boolean).join("\n") : [user.username && `@${user.username}`, user.local?.phone_number].filter(Boolean).join(" · ");
  const act = await personSheet({ user, note, acts });
  act?.();
}
