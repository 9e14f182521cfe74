"""What people do: say, press, tap, share, open, block, join.

Guards: the bot hears of an act exactly what Telegram would tell it, once; an act a real client wouldn't offer is
refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import files, rich, seed
from .calls import inline_id, quote_of, tell_keyboard, tell_message
from .entities import formatted, utf16, utf16_slice
from .errors import bad_act, no_such, not_allowed
from .members import let_in_again, may, member_object, place, tell_membership
from .profile import commands_for
from .rich_text import plain
from .sending import forwarded
from .shapes import Json, picked
from .state import Chat, Person, Post, Press, World
from .threads import is_closed, placed, without_reply
from .views import can_write

ALBUM = re.compile(r"[1-9][0-9]{0,17}")
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
MAX_SAID = 4096
MAX_CAPTION = 1024
GUEST_LIFE = 60
SOMEWHERE = {"latitude": 31.2304, "longitude": 121.4737}
IN_ALBUMS = ("photo", "video", "document", "audio")
UPLOADED = ("photo", "document", "animation", "audio", "video", "voice")


@dataclass(frozen=True, slots=True)
class Manner:
    """How something is said: what it answers, in which topic, in whose name, when, and through which bot."""

    reply_to: str | None = None
    thread: int | None = None
    as_chat: int | None = None
    date: int | None = None
    quote: str | None = None


PLAIN = Manner()


# ---------------------------------------------------------------- what every act needs


def own_chat(world: World, person: int, chat_id: int | None) -> Chat:
    """The chat this person acts in: one of their own, by default the private one with the bot."""
    world.person(person)
    chat = world.chat_of(person if chat_id is None else chat_id)
    if chat is None or (chat.private and chat.id != person) or "migrated_to" in chat.traits:
        raise no_such("chat")
    let_in_again(world, chat)
    return chat


def writing_chat(world: World, person: int, chat_id: int | None) -> Chat:
    chat = own_chat(world, person, chat_id)
    if not can_write(world, chat, person):
        raise not_allowed("Press Start first." if chat.private else "This person may not write here.")
    return chat


def seen_post(chat: Chat, person: int, key: str) -> Post:
    post = chat.posts.get(key)
    if post is None or not post.seen_by(person):
        raise no_such("message")
    return post


def _heard(world: World, chat: Chat, message: Json) -> bool:
    """Whether a bot in a group hears a message there; in privacy mode only what is meant for it."""
    return chat.private or world.reads_all or chat.leads(world.bot_id) or _meant(world, message)


def _meant(world: World, message: Json) -> bool:
    if message.get("via_bot", {}).get("id") == world.bot_id:
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == world.bot_id:
        return True
    text: str = message.get("text", "")
    for entity in message.get("entities", []):
        part = utf16_slice(text, entity["offset"], entity["length"])
        if entity["type"] == "bot_command" and part.partition("@")[2].lower() in ("", world.bot["username"]):
            return True
        if entity["type"] == "mention" and part[1:].lower() == world.bot["username"]:
            return True
    return False


def _call_guest(world: World, chat: Chat, post: Post) -> None:
    """Tell the bot of a message that calls it by name where it is no member, if its owner allows that."""
    told, message = world.settings.get("botfather", {}), post.message
    if chat.private or not told.get("guest") or f"@{world.bot['username']}" not in message.get("text", "").lower():
        return
    question = world.ask("guest", post.sender, chat.id, {"key": post.key}, GUEST_LIFE)
    world.updates.put("guest_message", {**message, "guest_query_id": question.id})


def write(
    world: World, chat: Chat, person: int, content: Json, manner: Manner = PLAIN, facts: Json | None = None
) -> Post:
    """Put a person's message into a chat and tell the bot, which may also be called from outside."""
    receiver, replied = None, None
    if manner.reply_to is not None:
        replied = seen_post(chat, person, manner.reply_to)
        quoted = {"quote": quote_of(replied.message, manner.quote, [])} if manner.quote else {}
        content = {"reply_to_message": without_reply(replied.message), **quoted, **content}
        receiver = world.bot_id if replied.receiver is not None else None
    where = _thread(chat, person, manner.thread, replied)
    author = world.signed(chat, person, _as_chat(world, chat, person, manner.as_chat))
    if receiver is None and _ephemeral_command(world, chat, person, content):
        receiver = world.bot_id
    date = manner.date
    post = world.post(chat, person, {**where, **content}, receiver=receiver, date=date, author=author, facts=facts)
    if not chat.inside(world.bot_id):
        _call_guest(world, chat, post)
    elif receiver is not None or _heard(world, chat, post.message):
        tell_message(world, chat, post.message)
    if chat.type == "channel":
        _into_group(world, chat, post)
    if chat.force_replies.pop(person, None) is not None:
        tell_keyboard(world, chat, person)
        world.keep_chat(chat)
    return post


def _thread(chat: Chat, person: int, thread: int | None, replied: Post | None) -> Json:
    where = placed(chat, thread, replied)
    if where is None:
        raise no_such("topic")
    if is_closed(chat, where) and not may(chat, person, "can_manage_topics"):
        raise not_allowed("This topic is closed.")
    return where


def _as_chat(world: World, chat: Chat, person: int, as_chat: int | None) -> int | None:
    """The channel in whose name somebody speaks in a group; it must be theirs."""
    if as_chat is None or as_chat == chat.id:
        if as_chat is not None and not chat.places.get(person, {}).get("is_anonymous"):
            raise not_allowed("Only an anonymous administrator speaks for the group.")
        return None
    channel = world.chats.get(as_chat)
    if channel is None or channel.type != "channel" or chat.type != "supergroup":
        raise no_such("channel")
    if channel.members.get(person) != "creator":
        raise not_allowed("Only the owner of a channel speaks in its name.")
    return as_chat


def _into_group(world: World, channel: Chat, post: Post) -> None:
    """Forward what a channel says into the group that is linked to it."""
    group = world.chats.get(channel.traits.get("linked_chat_id", 0))
    if group is None:
        return
    author: Json = {"from": seed.TELEGRAM, "sender_chat": world.chat_object(channel), "is_automatic_forward": True}
    author |= picked(post.message, ("author_signature",))
    copy = world.post(group, post.sender, forwarded(world, post), author=author)
    if _heard(world, group, copy.message):
        tell_message(world, group, copy.message)


def _ephemeral_command(world: World, chat: Chat, person: int, content: Json) -> bool:
    """Whether a group message is a command that the bot declared to be between the two of them."""
    first = next(iter(content.get("entities", [])), None)
    if chat.private or first is None or first["type"] != "bot_command" or first["offset"] != 0:
        return False
    word, _, bot = content["text"][1 : first["length"]].partition("@")
    named = bot.lower() in ("", world.bot["username"])
    return named and any(c["command"] == word and c.get("is_ephemeral") for c in commands_for(world, chat, person))


# ---------------------------------------------------------------- saying


def _spoken(world: World, text: str, entities: list[Json] | None, parse_mode: str | None) -> Json:
    said, found = formatted(text, parse_mode, entities, world.user, of_a_person=True)
    if not said:
        raise bad_act("There is nothing to say.")
    if utf16(said) > MAX_SAID:
        raise bad_act(f"A message has at most {MAX_SAID} characters.")
    return {"text": said, **({"entities": found} if found else {})}


def say(
    world: World,
    person: int,
    chat_id: int | None,
    text: str,
    *,
    entities: list[Json] | None = None,
    parse_mode: str | None = None,
    reply_to: str | None = None,
    date: int | None = None,
    thread: int | None = None,
    as_chat: int | None = None,
    quote: str | None = None,
) -> Post:
    chat = own_chat(world, person, chat_id)
    content = _spoken(world, text, entities, parse_mode)
    if chat.private and re.match(r"/start(\s|@|$)", content["text"]):
        start(world, person)
    manner = Manner(reply_to, thread, as_chat, date, quote)
    return write(world, writing_chat(world, person, chat_id), person, content, manner)


def start(world: World, person_id: int) -> None:
    """Press Start: the bot may write from now on, and hears of it if it had been stopped."""
    person = world.person(person_id)
    if person.blocked:
        block(world, person_id, blocked=False)
    if not person.started:
        person.started = True
        _person_changed(world, person)


def edit(
    world: World, person: int, chat_id: int | None, key: str, text: str, entities: list[Json] | None, mode: str | None
) -> Post:
    """Change the text of one's own message, or the caption of one's own picture."""
    chat = writing_chat(world, person, chat_id)
    post = seen_post(chat, person, key)
    captioned = any(name in post.message for name in UPLOADED)
    if post.sender != person or not (captioned or "text" in post.message) or "forward_origin" in post.message:
        raise not_allowed("Only one's own texts and captions can be edited.")
    words = ("caption", "caption_entities") if captioned else ("text", "entities")
    kept = {name: value for name, value in post.message.items() if name not in words}
    said = _captioned(world, text, entities, mode) if captioned else _spoken(world, text, entities, mode)
    changed = world.change(post, {**kept, **said, "edit_date": world.now()})
    if changed.receiver is not None or _heard(world, chat, changed.message):
        tell_message(world, chat, changed.message, edited=True)
    return changed


def _captioned(world: World, caption: str, entities: list[Json] | None = None, mode: str | None = None) -> Json:
    if not caption:
        return {}
    said = _spoken(world, caption, entities, mode)
    if utf16(said["text"]) > MAX_CAPTION:
        raise bad_act(f"A caption has at most {MAX_CAPTION} characters.")
    found = {"caption_entities": said["entities"]} if "entities" in said else {}
    return {"caption": said["text"], **found}


def delete(world: World, person: int, chat_id: int | None, key: str) -> None:
    """Take a message away. Bots are not told."""
    chat = own_chat(world, person, chat_id)
    post = seen_post(chat, person, key)
    may_delete = post.sender == person or chat.private or may(chat, person, "can_delete_messages")
    if not may_delete and post.receiver is None:
        raise not_allowed("Only one's own messages can be deleted.")
    world.remove(chat, [post.key])


def forward(
    world: World, person: int, from_chat_id: int | None, key: str, chat_id: int | None, manner: Manner = PLAIN
) -> Post:
    source = seen_post(own_chat(world, person, from_chat_id), person, key)
    if source.message.get("has_protected_content"):
        raise not_allowed("This message is protected from forwarding.")
    return write(world, writing_chat(world, person, chat_id), person, forwarded(world, source), manner)


# ---------------------------------------------------------------- buttons


def _buttons(post: Post) -> list[tuple[int, int, Json]]:
    rows = post.message.get("reply_markup", {}).get("inline_keyboard", [])
    under = [(row, column, button) for row, buttons in enumerate(rows) for column, button in enumerate(buttons)]
    return under + [(-1, index, button) for index, button in enumerate(rich.buttons_in(post.message))]


def button_of(post: Post, wanted: Json) -> Json:
    """The button somebody means by its data, its label, or its place."""
    for row, column, button in _buttons(post):
        by_data = "data" in wanted and button.get("callback_data") == wanted["data"]
        by_text = "text" in wanted and plain(button["text"]) == wanted["text"]
        by_place = "row" in wanted and (row, column) == (wanted["row"], wanted.get("column", 0))
        if by_data or by_text or by_place:
            return button
    if wanted.get("forge") and "data" in wanted:
        return {"text": "", "callback_data": str(wanted["data"])}
    raise no_such("button")


_OPENED: dict[str, Callable[[Any], Json]] = {
    "url": lambda value: {"kind": "url", "url": value},
    "copy_text": lambda value: {"kind": "copy", "text": value["text"]},
    "login_url": lambda value: {"kind": "url", "url": value["url"]},
    "switch_inline_query": lambda value: {"kind": "switch_inline", "query": value},
    "switch_inline_query_current_chat": lambda value: {"kind": "switch_inline", "query": value, "here": True},
    "switch_inline_query_chosen_chat": lambda value: {"kind": "switch_inline", "query": value.get("query", "")},
}


def press(world: World, person: int, chat_id: int | None, key: str, wanted: Json) -> Press | Json:
    """Press a button under a message: a callback for the bot, or what the client itself does."""
    chat = own_chat(world, person, chat_id)
    if not chat.private and not chat.inside(person):
        raise not_allowed("Only members press buttons here.")
    post = seen_post(chat, person, key)
    button = button_of(post, wanted)
    for name, opened in _OPENED.items():
        if name in button:
            return opened(button[name])
    if "web_app" in button:
        return {"kind": "web_app", "url": button["web_app"]["url"]}
    if button.get("pay"):
        return {"kind": "pay", "key": post.key, **picked(post.facts or {}, ("invoice", "paid_by"))}
    if "callback_data" not in button:
        return {"kind": "disabled"}
    made = world.press(person, chat.id, post.key, button["callback_data"])
    query: Json = {"id": made.id, "from": world.user(person), "chat_instance": str(-chat.id), "data": made.data}
    if post.facts and "inline" in post.facts:
        world.updates.put("callback_query", {**query, "inline_message_id": inline_id(post)})
    elif chat.inside(world.bot_id):
        world.updates.put("callback_query", {**query, "message": post.message})
    return made


def tap(world: World, person: int, chat_id: int | None, wanted: Json) -> Post | Json:
    """Use a button of the reply keyboard: something is sent, or a Mini App is to be opened."""
    chat = writing_chat(world, person, chat_id)
    shown = chat.keyboards.get(person)
    rows = shown["markup"]["keyboard"] if shown else []
    for row, buttons in enumerate(rows):
        for column, button in enumerate(buttons):
            if button["text"] == wanted.get("text") or (row, column) == (wanted.get("row"), wanted.get("column", 0)):
                if "web_app" in button:
                    return {"kind": "web_app", "button": button}
                post = _tapped(world, chat, person, button, wanted)
                if shown and shown["markup"].get("one_time_keyboard") and chat.keyboards.pop(person, None):
                    tell_keyboard(world, chat, person)
                    world.keep_chat(chat)
                return post
    raise no_such("button")


def _tapped(world: World, chat: Chat, person: int, button: Json, wanted: Json) -> Post:
    if button.get("request_contact"):
        return share_contact(world, person, chat.id, {"person_id": person}, Manner(chat.keyboards[person]["key"]))
    if button.get("request_users"):
        return _share_users(world, chat, person, button["request_users"], wanted.get("user_ids", []))
    if button.get("request_location"):
        return share_location(world, person, chat.id, {**SOMEWHERE, **picked(wanted, SOMEWHERE)})
    if button.get("request_chat"):
        return _share_chat(world, chat, person, button["request_chat"], wanted.get("shared_chat_id"))
    return write(world, chat, person, _spoken(world, button["text"], None, None))


def _share_users(world: World, chat: Chat, person: int, asked: Json, chosen: list[int]) -> Post:
    if not 1 <= len(chosen) <= asked.get("max_quantity", 1):
        raise bad_act(f"Choose 1 to {asked.get('max_quantity', 1)} people.")
    shared = []
    for number in chosen:
        user = world.person(number).user
        names = ["first_name", "last_name"] if asked.get("request_name") else []
        names += ["username"] if asked.get("request_username") else []
        shared.append({"user_id": number, **picked(user, names)})
    content = {"users_shared": {"request_id": asked["request_id"], "users": shared, "user_ids": chosen}}
    return write(world, chat, person, content)


def _share_chat(world: World, chat: Chat, person: int, asked: Json, chosen: object) -> Post:
    """Share a group or channel that one is in, of the kind that was asked for."""
    shared = world.chats.get(chosen) if isinstance(chosen, int) else None
    if shared is None or shared.private or not shared.inside(person):
        raise no_such("chat")
    if asked["chat_is_channel"] != (shared.type == "channel"):
        raise bad_act("Choose a channel." if asked["chat_is_channel"] else "Choose a group.")
    if asked.get("bot_is_member") and not shared.inside(world.bot_id):
        raise bad_act("Choose a group with the bot.")
    content: Json = {"request_id": asked["request_id"], "chat_id": shared.id}
    content |= {"title": shared.title} if asked.get("request_title") else {}
    content |= picked(shared.traits, ("username",)) if asked.get("request_username") else {}
    return write(world, chat, person, {"chat_shared": content})


# ---------------------------------------------------------------- sharing


def share_contact(world: World, person: int, chat_id: int | None, given: Json, manner: Manner = PLAIN) -> Post:
    """Share one's own contact (the phone number of the account), somebody else's, or a typed one."""
    chat = writing_chat(world, person, chat_id)
    if "phone_number" in given:
        if not given.get("first_name"):
            raise bad_act("A contact has a first_name.")
        contact = {
            name: given[name] for name in ("phone_number", "first_name", "last_name", "user_id") if given.get(name)
        }
    else:
        other = world.person(given.get("person_id", person))
        if other.phone is None:
            raise bad_act("This person has no phone number.")
        contact = {"phone_number": other.phone, **picked(other.user, ("first_name", "last_name")), "user_id": other.id}
    return write(world, chat, person, {"contact": contact}, manner)


def share_location(world: World, person: int, chat_id: int | None, where: Json, manner: Manner = PLAIN) -> Post:
    if not (-90 <= where["latitude"] <= 90 and -180 <= where["longitude"] <= 180):
        raise bad_act("There is no such place on Earth.")
    return write(world, writing_chat(world, person, chat_id), person, {"location": where}, manner)


def upload(
    world: World,
    person: int,
    chat_id: int | None,
    kind: str,
    name: str,
    content: bytes,
    caption: str,
    manner: Manner = PLAIN,
    album: str = "",
) -> Post:
    """Send a file. What carries the same album, a number that the sender made up, was sent as one."""
    if kind not in UPLOADED:
        raise bad_act("kind is photo, document, animation, audio, video or voice.")
    if album and (kind not in IN_ALBUMS or not ALBUM.fullmatch(album)):
        raise bad_act("An album has photos, videos, documents or audio, and a number of at most 18 digits.")
    chat = writing_chat(world, person, chat_id)
    words = _captioned(world, caption)
    shown = files.shown(world.files.add(kind, name, content), kind)
    group = {"media_group_id": album} if album else {}
    return write(world, chat, person, group | shown | words, manner)


# ---------------------------------------------------------------- starting and stopping the bot


def payload_of(world: World, link: str) -> str:
    """The start payload of a deep link to the bot."""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:
        raise bad_act("This is no link.") from None
    query = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme == "tg":
        name = query.get("domain", [""])[0]
    else:
        name = parts.path.strip("/") if parts.hostname in ("t.me", "telegram.me") else ""
    if name.lower() != world.bot["username"]:
        raise bad_act("This link does not lead to the bot.")
    if "startapp" in query:
        raise bad_act("This link opens a Mini App.")
    return query.get("start", query.get("startgroup", [""]))[0]


def open_bot(world: World, person: int, payload: str) -> Post:
    if not PAYLOAD.fullmatch(payload):
        raise bad_act("A start payload has at most 64 of A-Z a-z 0-9 _ -")
    return say(world, person, None, f"/start {payload}".strip())


def add_bot(world: World, person: int, chat_id: int, payload: str) -> Post:
    """Follow a `startgroup` link: the bot comes into a group of one's own and is told what for."""
    chat = own_chat(world, person, chat_id)
    if chat.private or chat.type == "channel" or not may(chat, person, "can_invite_users"):
        raise not_allowed("Only administrators add the bot to their groups.")
    if not PAYLOAD.fullmatch(payload):
        raise bad_act("A start payload has at most 64 of A-Z a-z 0-9 _ -")
    if not chat.inside(world.bot_id):
        place(world, chat, world.bot_id, "member", person)
    return say(world, person, chat_id, f"/start@{world.bot['username']} {payload}".strip())


def block(world: World, person_id: int, *, blocked: bool) -> None:
    person = world.person(person_id)
    if person.blocked == blocked:
        return
    chat = own_chat(world, person_id, None)
    chat.members[world.bot_id] = "kicked" if person.blocked else "member"
    before = member_object(world, chat, world.bot_id)
    person.blocked = blocked
    chat.members[world.bot_id] = "kicked" if blocked else "member"
    world.keep_chat(chat)
    _person_changed(world, person)
    tell_membership(world, chat, person_id, world.bot_id, before)


def _person_changed(world: World, person: Person) -> None:
    world.keep_person(person)
    world.events.tell("people")
    world.events.tell("chat", person.id, frozenset({person.id}))


def mark_read(world: World, person: int, chat_id: int | None) -> None:
    chat = own_chat(world, person, chat_id)
    if world.unread.pop((person, chat.id), 0):
        world.tell_unread([person], chat.id)
