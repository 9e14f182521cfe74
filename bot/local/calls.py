"""What the Bot API methods share: the call, its texts, its files, whom it answers, and who will see it.

Guards: nothing is written into the world before everything about the call has been checked.
"""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from . import files, rich, rules, threads
from .entities import formatted, utf16
from .errors import bad_request
from .shapes import Json
from .state import Chat, Post, World
from .threads import without_reply

EPHEMERAL_REPLY = 15
MAX_QUOTE = 1024
QUOTABLE = {"bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji", "date_time"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    content: bytes
    mime_type: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot, read and typed. `gone` tells whether the caller has hung up."""

    world: World
    values: Json
    uploads: dict[str, Upload] = field(default_factory=dict)
    gone: Callable[[], bool] = lambda: False


Result = Json | list[Json] | bool | str | int
Handler = Callable[[Call], Result] | Callable[[Call], Awaitable[Result]]


# ---------------------------------------------------------------- texts


def text_of(call: Call, text: str, *, entities: str = "entities", caption: bool = False) -> tuple[str, list[Json]]:
    values = call.values
    found = formatted(text, values.get("parse_mode"), values.get(entities), call.world.user)
    if caption:
        rules.check_caption(found[0])
    else:
        rules.check_text(found[0])
    return found


def caption_of(call: Call) -> Json:
    """The caption fields of a message with media."""
    text, entities = text_of(call, call.values.get("caption", ""), entities="caption_entities", caption=True)
    content: Json = {"caption": text} if text else {}
    if text and entities:
        content["caption_entities"] = entities
    if text and call.values.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def rich_of(call: Call) -> Json:
    given = call.values["rich_message"]
    named = {media["id"]: media["media"].get("media") for media in given.get("media", [])}

    def media(kind: str, reference: str) -> Json:
        source = reference.split("?id=", 1)[1] if reference.startswith("tg://") and "?id=" in reference else None
        wanted = named.get(source) if source is not None else reference
        if not isinstance(wanted, str):
            raise bad_request("rich message media not found")
        return files.shown(file_of(call, kind, wanted), kind)

    made = rich.rich_message(given, call.world.user, media)
    for button in rich.buttons_in({"rich_message": made}):
        rules.check_rich_button(button)
    return made


# ---------------------------------------------------------------- files


def file_of(call: Call, kind: str, reference: str) -> files.File:
    """The file behind an upload, a file_id, or a URL (which is refused: the local chat reads no network)."""
    if reference.startswith("attach://"):
        upload = call.uploads.get(reference.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f'file "{reference}" was not found in the request')
        return call.world.files.add(kind, upload.name, upload.content, upload.mime_type)
    known = call.world.files.get(reference)
    if known is not None:
        if (known.kind == "photo") != (kind == "photo"):
            raise bad_request(f"can't use file of type {known.kind.capitalize()} as {kind.capitalize()}")
        return known
    if reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    raise bad_request("wrong file identifier/HTTP URL specified")


# ---------------------------------------------------------------- where a message goes


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes, what it answers, and, when it is ephemeral, who receives it."""

    chat: Chat
    reply: Json
    markup: Json | None
    receiver: int | None = None
    replaces: str | None = None
    reply_author: int | None = None

    def with_markup(self, markup: Json) -> "Target":
        return replace(self, markup=markup)


def target_of(call: Call) -> Target:
    values, world = call.values, call.world
    chat = world.writable(values["chat_id"])
    ephemeral = values.get("ephemeral_message_parameters") or _older_ephemeral(values)
    replied = _replied(call, chat)
    if ephemeral is None:
        if replied is not None and replied.receiver is not None:
            raise bad_request("a reply to an ephemeral message must be ephemeral")
        receiver, replaces = None, None
    else:
        receiver, replaces = _receiver(world, chat, ephemeral, replied)
    markup = rules.checked_markup(values.get("reply_markup"), private=chat.private)
    if ephemeral is not None and markup is not None and "inline_keyboard" not in markup and "force_reply" not in markup:
        raise bad_request("reply keyboards can't be used in ephemeral messages")
    where = thread_of(world, chat, values.get("message_thread_id"), replied)
    reply = where | ({"reply_to_message": without_reply(replied.message), **_quoted(call, replied)} if replied else {})
    return Target(chat, reply, markup, receiver, replaces, replied.sender if replied else None)


def thread_of(world: World, chat: Chat, thread: int | None, replied: Post | None) -> Json:
    """The thread in which the bot wants to write."""
    where = threads.placed(chat, thread or None, replied)
    if where is None:
        raise bad_request("message thread not found")
    if threads.is_closed(chat, where) and not chat.leads(world.bot_id):
        raise bad_request("TOPIC_CLOSED")
    return where


def tell_message(world: World, chat: Chat, message: Json, *, edited: bool = False) -> None:
    """Queue a message for the bot, if it is in this chat at all."""
    kind = "channel_post" if chat.type == "channel" else "message"
    if chat.inside(world.bot_id):
        world.updates.put(f"edited_{kind}" if edited else kind, message)


def _older_ephemeral(values: Json) -> Json | None:
    """The parameters of Bot API 10.2, which still work beside those of 10.3."""
    if "receiver_user_id" not in values:
        return None
    return {"receiver_user_id": values["receiver_user_id"], "callback_query_id": values.get("callback_query_id")}


def _replied(call: Call, chat: Chat) -> Post | None:
    given = call.values.get("reply_parameters") or {}
    if not given and "reply_to_message_id" in call.values:
        given = {"message_id": call.values["reply_to_message_id"]}
        given["allow_sending_without_reply"] = call.values.get("allow_sending_without_reply", False)
    if not given:
        return None
    if given.get("chat_id", chat.id) not in (chat.id, str(chat.id)):
        raise bad_request("replies to messages of other chats are not supported by the local chat")
    if given.get("ephemeral_message_id"):
        post = chat.posts.get(f"e{given['ephemeral_message_id']}")
    else:
        post = chat.posts.get(f"m{given.get('message_id')}")
    if post is None and not given.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return post


def _quoted(call: Call, replied: Post) -> Json:
    """The part of the answered message that is quoted, as the bot gives it."""
    given = call.values.get("reply_parameters") or {}
    if not given.get("quote"):
        return {}
    text, entities = formatted(
        given["quote"], given.get("quote_parse_mode"), given.get("quote_entities"), call.world.user
    )
    return {"quote": quote_of(replied.message, text, entities)}


def quote_of(message: Json, text: str, entities: list[Json]) -> Json:
    """A quotation as it is shown; it must stand in the message word by word."""
    source: str = message.get("text") or message.get("caption") or ""
    position = source.find(text)
    if not text or position < 0 or utf16(text) > MAX_QUOTE:
        raise bad_request("QUOTE_TEXT_INVALID")
    kept = [entity for entity in entities if entity["type"] in QUOTABLE]
    quote: Json = {"text": text, "position": utf16(source[:position]), "is_manual": True}
    return quote | ({"entities": kept} if kept else {})


def _receiver(world: World, chat: Chat, given: Json, replied: Post | None) -> tuple[int, str | None]:
    """Who receives an ephemeral message; a bot without rights needs a fresh reason to send it."""
    receiver = given["receiver_user_id"]
    if chat.private:
        raise bad_request("ephemeral messages can be sent only in groups and supergroups")
    if receiver not in world.people or not chat.inside(receiver):
        raise bad_request("PARTICIPANT_ID_INVALID")
    horizon = world.clock() - EPHEMERAL_REPLY
    press = world.presses.get(given.get("callback_query_id") or "")
    fresh_press = press is not None and press.person == receiver and press.chat_id == chat.id and press.time >= horizon
    fresh_reply = (
        replied is not None
        and replied.receiver is not None
        and replied.sender == receiver
        and replied.message["date"] >= horizon
    )
    if given.get("callback_query_id") and not fresh_press:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if not chat.leads(world.bot_id) and not (fresh_press or fresh_reply):
        raise bad_request("not enough rights to send ephemeral messages to the user")
    if not given.get("replace_callback_query_message"):
        return receiver, None
    if press is None or press.key.startswith("e"):
        raise bad_request("the message of the callback query can't be replaced")
    return receiver, press.key


def sent(call: Call, target: Target, content: Json, facts: Json | None = None) -> Json:
    """Write the message and give it back as the bot sees it."""
    world, chat = call.world, target.chat
    message = {**target.reply, **content}
    rules.check_pay_buttons(target.markup, is_invoice="invoice" in content)
    if call.values.get("message_effect_id") and chat.private:
        message["effect_id"] = call.values["message_effect_id"]
    if call.values.get("protect_content"):
        message["has_protected_content"] = True
    if target.markup and "inline_keyboard" in target.markup:
        message["reply_markup"] = target.markup
    post = world.post(chat, world.bot_id, message, receiver=target.receiver, replaces=target.replaces, facts=facts)
    if target.markup and "inline_keyboard" not in target.markup:
        _show_keyboard(world, target, post)
    return post.message


def _show_keyboard(world: World, target: Target, post: Post) -> None:
    """Give or take a reply keyboard: to everyone in the chat, or with `selective` to whom the message is about."""
    chat, markup = target.chat, target.markup or {}
    people = world.readers(chat) if target.receiver is None else frozenset({target.receiver})
    if markup.get("selective"):
        named = {target.reply_author}
        for entity in post.message.get("entities", []):
            if entity["type"] == "text_mention":
                named.add(entity["user"]["id"])
        people = frozenset(person for person in people if person in named)
    for person in people:
        chat.force_replies.pop(person, None)
        if "keyboard" in markup:
            chat.keyboards[person] = {"key": post.key, "markup": markup}
        elif "remove_keyboard" in markup:
            chat.keyboards.pop(person, None)
        elif "force_reply" in markup:
            placeholder = markup.get("input_field_placeholder")
            chat.force_replies[person] = {
                "key": post.key,
                **({"input_field_placeholder": placeholder} if placeholder else {}),
            }
        tell_keyboard(world, chat, person)
    world.keep_chat(chat)


def tell_keyboard(world: World, chat: Chat, person: int) -> None:
    keyboard, force_reply = chat.keyboards.get(person), chat.force_replies.get(person)
    world.events.tell("keyboard", chat.id, frozenset({person}), keyboard=keyboard, force_reply=force_reply)


# ---------------------------------------------------------------- messages that are there already


def own_post(call: Call) -> Post:
    """The message of the bot that the call wants to edit."""
    values, world = call.values, call.world
    if "inline_message_id" in values:
        return _inline_post(world, values["inline_message_id"])
    if "chat_id" not in values:
        raise bad_request("chat_id is empty")
    if "message_id" not in values:
        raise bad_request("message identifier is not specified")
    post = world.found(values["chat_id"]).posts.get(f"m{values['message_id']}")
    return _editable(world, post)


def inline_id(post: Post) -> str:
    """The inline_message_id under which a bot edits what somebody sent through it."""
    return base64.urlsafe_b64encode(f"{post.chat_id}.{post.key}".encode()).decode().rstrip("=")


def _inline_post(world: World, number: str) -> Post:
    try:
        chat_id, _, key = base64.urlsafe_b64decode(number.encode() + b"==").decode().partition(".")
        post = world.chats[int(chat_id)].posts.get(key)
    except (ValueError, KeyError):
        post = None
    if post is None or not post.facts or "inline" not in post.facts:
        raise bad_request("MESSAGE_ID_INVALID")
    return post


def own_ephemeral(call: Call) -> Post:
    values, world = call.values, call.world
    post = world.found(values["chat_id"]).posts.get(f"e{values['ephemeral_message_id']}")
    if post is not None and post.receiver != values["receiver_user_id"]:
        post = None
    return _editable(world, post)


def _editable(world: World, post: Post | None) -> Post:
    if post is None:
        raise bad_request("message to edit not found")
    if post.sender != world.bot_id or "forward_origin" in post.message:
        raise bad_request("message can't be edited")
    return post
