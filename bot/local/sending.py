"""The methods that put a message into a chat.

Guards: every one of them checks its own content first and then takes the same way, `sent`.
"""

from . import files
from .calls import Call, Handler, Result, caption_of, file_of, rich_of, sent, target_of, text_of, thread_of
from .errors import bad_request
from .shapes import Json, picked
from .state import Post, World, full_name

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
TYPING_LASTS = 5
_MEDIA = ("photo", "document", "animation", "audio", "video", "voice")
# Of a copied or forwarded message, this is the content.
CONTENT = (
    "text",
    "entities",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "contact",
    "location",
    "venue",
    "dice",
    "rich_message",
    "link_preview_options",
    *_MEDIA,
)


def send_message(call: Call) -> Result:
    text, entities = text_of(call, call.values["text"])
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return sent(call, target_of(call), content | preview_of(call))


def preview_of(call: Call) -> Json:
    """How a link in the text is previewed."""
    preview = call.values.get("link_preview_options")
    if call.values.get("disable_web_page_preview"):
        preview = {"is_disabled": True}
    return {"link_preview_options": preview} if preview else {}


def send_rich_message(call: Call) -> Result:
    content = {"rich_message": rich_of(call)}
    return sent(call, target_of(call), content)


_TOLD = {
    "audio": ("duration", "performer", "title"),
    "video": ("duration", "width", "height"),
    "animation": ("duration", "width", "height"),
    "voice": ("duration",),
}


def _described(call: Call, kind: str, reference: str) -> Json:
    """A file as a message shows it, with what the bot says of it."""
    content = files.shown(file_of(call, kind, reference), kind)
    if kind in _TOLD:
        content[kind] |= picked(call.values, _TOLD[kind])
    return content


def _sender(kind: str) -> Handler:
    def send_media(call: Call) -> Result:
        caption, target = caption_of(call), target_of(call)
        content = _described(call, kind, call.values[kind]) | caption
        if call.values.get("has_spoiler"):
            content["has_media_spoiler"] = True
        return sent(call, target, content)

    return send_media


def send_media_group(call: Call) -> Result:
    media = call.values["media"]
    if not 2 <= len(media) <= 10:
        raise bad_request("group send failed: an album has 2 to 10 files")
    target, messages = target_of(call), list[Json]()
    group = {"media_group_id": str(call.world.count("media_group", 10_000_000))}
    made = [_album_part(call, part) for part in media]
    for content in made:
        messages.append(sent(call, target, content | group))
    return messages


def _album_part(call: Call, part: Json) -> Json:
    kind = part["type"]
    if kind not in _MEDIA:
        raise bad_request(f"media type {kind} is not supported by the local chat")
    captioned = Call(
        call.world, {name: part[name] for name in ("caption", "parse_mode", "caption_entities") if name in part}
    )
    return files.shown(file_of(call, kind, part["media"]), kind) | caption_of(captioned)


def contact_of(values: Json) -> Json:
    if not values["phone_number"].strip() or not values["first_name"].strip():
        raise bad_request("contact phone number and first name must be non-empty")
    return {"contact": picked(values, ("phone_number", "first_name", "last_name", "vcard"))}


def send_contact(call: Call) -> Result:
    return sent(call, target_of(call), contact_of(call.values))


def _location(values: Json) -> Json:
    if not (-90 <= values["latitude"] <= 90 and -180 <= values["longitude"] <= 180):
        raise bad_request("wrong latitude or longitude specified")
    return picked(values, ("latitude", "longitude", "horizontal_accuracy"))


_VENUE = ("title", "address", "foursquare_id", "foursquare_type", "google_place_id", "google_place_type")


def venue_of(values: Json) -> Json:
    """A place, which with a name and an address is a venue."""
    location = _location(values)
    if "address" not in values:
        return {"location": location}
    venue = {"location": location, **picked(values, _VENUE)}
    return {"venue": venue, "location": location}


def send_location(call: Call) -> Result:
    if "live_period" in call.values:
        raise bad_request("live locations are not supported by the local chat")
    return sent(call, target_of(call), {"location": _location(call.values)})


def send_venue(call: Call) -> Result:
    return sent(call, target_of(call), venue_of(call.values))


def send_dice(call: Call) -> Result:
    emoji = call.values.get("emoji", "🎲")
    sides = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
    if emoji not in sides:
        raise bad_request("wrong dice emoji specified")
    target = target_of(call)
    # The value follows from the number of throws, so a test that throws dice can be repeated.
    value = call.world.count("dice") * 7 % sides[emoji] + 1
    return sent(call, target, {"dice": {"emoji": emoji, "value": value}})


def _source(call: Call) -> Post:
    chat = call.world.found(call.values["from_chat_id"])
    call.world.need_bot(chat)
    return _forwardable(chat.posts.get(f"m{call.values['message_id']}"))


def _forwardable(post: Post | None) -> Post:
    if post is None:
        raise bad_request("message to forward not found")
    if post.message.get("has_protected_content") or not any(name in post.message for name in CONTENT):
        raise bad_request("message can't be forwarded")
    return post


def _copied(source: Json) -> Json:
    return {name: source[name] for name in CONTENT if name in source}


def copy_message(call: Call) -> Result:
    content = _copied(_source(call).message)
    if "caption" in call.values:
        content = {name: value for name, value in content.items() if not name.startswith("caption")} | caption_of(call)
    return {"message_id": sent(call, target_of(call), content)["message_id"]}


def forward_message(call: Call) -> Result:
    return sent(call, target_of(call), forwarded(call.world, _source(call)))


def _several(call: Call) -> list[Post]:
    """Those of many messages that can go elsewhere; the others are left out without a word."""
    chat, wanted = call.world.found(call.values["from_chat_id"]), call.values["message_ids"]
    call.world.need_bot(chat)
    if not 1 <= len(wanted) <= 100:
        raise bad_request("message identifiers are not specified" if not wanted else "too many messages specified")
    if sorted(set(wanted)) != wanted:
        raise bad_request("message identifiers must be in a strictly increasing order")
    found = [post for number in wanted if (post := chat.posts.get(f"m{number}")) is not None]
    posts = [
        post
        for post in found
        if not post.message.get("has_protected_content") and any(name in post.message for name in CONTENT)
    ]
    if not posts:
        raise bad_request("there are no messages to forward")
    return posts


def forward_messages(call: Call) -> Result:
    posts, target = _several(call), target_of(call)
    return [{"message_id": sent(call, target, forwarded(call.world, post))["message_id"]} for post in posts]


def copy_messages(call: Call) -> Result:
    posts, target = _several(call), target_of(call)
    contents = [_copied(post.message) for post in posts]
    if call.values.get("remove_caption"):
        contents = [{k: v for k, v in content.items() if "caption" not in k} for content in contents]
    return [{"message_id": sent(call, target, content)["message_id"]} for content in contents]


def forwarded(world: World, post: Post) -> Json:
    """The content of a forwarded message: what it said, and where it comes from."""
    source = post.message
    origin = source.get("forward_origin") or _origin(world, post)
    return {"forward_origin": origin, **picked(source, ("via_bot",)), **_copied(source)}


def _origin(world: World, post: Post) -> Json:
    """Where a message comes from, as far as its author lets anybody know."""
    source, person = post.message, world.people.get(post.sender)
    signed = picked(source, ("author_signature",))
    if source["chat"]["type"] == "channel":
        channel = {"chat": source["sender_chat"], "message_id": source["message_id"]}
        return {"type": "channel", "date": source["date"], **channel, **signed}
    if "sender_chat" in source:
        return {"type": "chat", "date": source["date"], "sender_chat": source["sender_chat"], **signed}
    if person is not None and person.hides_forwards:
        return {"type": "hidden_user", "date": source["date"], "sender_user_name": full_name(person.user)}
    return {"type": "user", "date": source["date"], "sender_user": source["from"]}


def send_chat_action(call: Call) -> Result:
    world, action = call.world, call.values["action"]
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = world.writable(call.values["chat_id"])
    thread_of(world, chat, call.values.get("message_thread_id"), None)
    chat.typing = (action, world.clock() + TYPING_LASTS)
    world.events.tell("typing", chat.id, world.readers(chat), action=action, until=world.now() + TYPING_LASTS)
    return True


PLAYED: dict[str, Handler] = {
    "sendMessage": send_message,
    "sendRichMessage": send_rich_message,
    **{f"send{kind.capitalize()}": _sender(kind) for kind in _MEDIA},
    "sendMediaGroup": send_media_group,
    "sendContact": send_contact,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendDice": send_dice,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
    "sendChatAction": send_chat_action,
}
