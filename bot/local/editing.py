"""The methods that change or take away what is in a chat, and the answer to a button press.

Guards: an edit that changes nothing is refused, as Telegram refuses it; only the bot's own messages are edited.
"""

from . import files, rules
from .calls import Call, Handler, Result, caption_of, file_of, own_ephemeral, own_post, rich_of, text_of
from .entities import is_link
from .errors import bad_request
from .members import may
from .sending import CONTENT, preview_of
from .shapes import Json
from .state import Chat, Post

TWO_DAYS = 48 * 3600
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
_MEDIA_NAMES = ("photo", "document", "animation", "audio", "video", "voice")
_CAPTION_NAMES = ("caption", "caption_entities", "show_caption_above_media")


def _markup(call: Call, post: Post) -> Json:
    chat = call.world.chats[post.chat_id]
    markup = rules.checked_markup(call.values.get("reply_markup"), private=chat.private, inline_only=True)
    return {"reply_markup": markup} if markup else {}


def _changed(call: Call, post: Post, dropped: tuple[str, ...], content: Json) -> Json:
    """The message with some of its fields dropped and others in their place; its keyboard is what the call says."""
    old = {name: value for name, value in post.message.items() if name not in ("edit_date", "reply_markup")}
    new = {name: value for name, value in old.items() if name not in dropped} | content
    markup = _markup(call, post)
    if new == old and markup.get("reply_markup") == post.message.get("reply_markup"):
        raise bad_request(_NOT_MODIFIED)
    return call.world.change(post, {**new, "edit_date": call.world.now(), **markup}).message


def _text(call: Call, post: Post) -> Json:
    if "text" not in post.message and "rich_message" not in post.message:
        raise bad_request("there is no text in the message to edit")
    if "rich_message" in call.values:
        if "text" in call.values:
            raise bad_request("only one of text and rich_message can be specified")
        content: Json = {"rich_message": rich_of(call)}
    else:
        text, entities = text_of(call, call.values.get("text", ""))
        content = {"text": text, **({"entities": entities} if entities else {})}
        content |= preview_of(call)
    return _changed(call, post, ("text", "entities", "rich_message", "link_preview_options"), content)


def _caption(call: Call, post: Post) -> Json:
    if not any(name in post.message for name in _MEDIA_NAMES):
        raise bad_request("there is no caption in the message to edit")
    return _changed(call, post, _CAPTION_NAMES, caption_of(call))


def _reply_markup(call: Call, post: Post) -> Json:
    return _changed(call, post, (), {})


def _media(call: Call, post: Post) -> Json:
    media = call.values["media"]
    if media["type"] not in _MEDIA_NAMES:
        raise bad_request(f"media type {media['type']} is not supported by the local chat")
    if not any(name in post.message for name in (*_MEDIA_NAMES, "text", "rich_message")):
        raise bad_request("there is no media in the message to edit")
    captioned = Call(
        call.world, {name: media[name] for name in ("caption", "parse_mode", "caption_entities") if name in media}
    )
    content = files.shown(file_of(call, media["type"], media["media"]), media["type"]) | caption_of(captioned)
    return _changed(call, post, CONTENT, content)


def _shown(call: Call, message: Json) -> Result:
    """A bot is not shown what others sent through it."""
    return True if "inline_message_id" in call.values else message


def edit_message_text(call: Call) -> Result:
    return _shown(call, _text(call, own_post(call)))


def edit_message_caption(call: Call) -> Result:
    return _shown(call, _caption(call, own_post(call)))


def edit_message_reply_markup(call: Call) -> Result:
    return _shown(call, _reply_markup(call, own_post(call)))


def edit_message_media(call: Call) -> Result:
    return _shown(call, _media(call, own_post(call)))


def edit_ephemeral_message_text(call: Call) -> Result:
    return bool(_text(call, own_ephemeral(call)))


def edit_ephemeral_message_caption(call: Call) -> Result:
    return bool(_caption(call, own_ephemeral(call)))


def edit_ephemeral_message_reply_markup(call: Call) -> Result:
    return bool(_reply_markup(call, own_ephemeral(call)))


def edit_ephemeral_message_media(call: Call) -> Result:
    return bool(_media(call, own_ephemeral(call)))


# ---------------------------------------------------------------- deleting


def _deletable(call: Call, chat: Chat, post: Post) -> bool:
    """Its own and, in groups, as an administrator everybody's; nothing older than 48 hours where that rule holds."""
    world = call.world
    if not chat.private and may(chat, world.bot_id, "can_delete_messages"):
        return True
    young = post.message["date"] >= world.clock() - TWO_DAYS
    return young and (chat.private or post.sender == world.bot_id)


def delete_message(call: Call) -> Result:
    chat = call.world.found(call.values["chat_id"])
    post = chat.posts.get(f"m{call.values['message_id']}")
    if post is None:
        raise bad_request("message to delete not found")
    if not _deletable(call, chat, post):
        raise bad_request("message can't be deleted")
    call.world.remove(chat, [post.key])
    return True


def delete_messages(call: Call) -> Result:
    chat, wanted = call.world.found(call.values["chat_id"]), call.values["message_ids"]
    if not 1 <= len(wanted) <= 100:
        raise bad_request("message identifiers are not specified" if not wanted else "too many messages specified")
    posts = [post for number in wanted if (post := chat.posts.get(f"m{number}")) is not None]
    call.world.remove(chat, [post.key for post in posts if _deletable(call, chat, post)])
    return True


def delete_ephemeral_message(call: Call) -> Result:
    chat = call.world.found(call.values["chat_id"])
    post = chat.posts.get(f"e{call.values['ephemeral_message_id']}")
    if post is None or call.values["receiver_user_id"] not in (post.receiver, post.sender):
        raise bad_request("message to delete not found")
    call.world.remove(chat, [post.key])
    return True


# ---------------------------------------------------------------- button presses


def answer_callback_query(call: Call) -> Result:
    world, values = call.world, call.values
    press = world.live_press(values["callback_query_id"])
    if press is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text, url = values.get("text", ""), values.get("url", "")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    bot_link = url.startswith((f"https://t.me/{world.bot['username']}?start=", f"t.me/{world.bot['username']}?start="))
    if url and not (is_link(url) and bot_link):
        raise bad_request("URL_INVALID")
    answer: Json = {"show_alert": bool(values.get("show_alert"))}
    answer |= {name: value for name, value in (("text", text), ("url", url)) if value}
    if press.answer is None:
        press.answer = answer
        world.keep_press(press)
        facts = {"callback_query_id": press.id, "key": press.key, **answer}
        world.events.tell("callback_answered", press.chat_id, frozenset({press.person}), **facts)
    return True


PLAYED: dict[str, Handler] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageMedia": edit_message_media,
    "editEphemeralMessageText": edit_ephemeral_message_text,
    "editEphemeralMessageCaption": edit_ephemeral_message_caption,
    "editEphemeralMessageReplyMarkup": edit_ephemeral_message_reply_markup,
    "editEphemeralMessageMedia": edit_ephemeral_message_media,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "deleteEphemeralMessage": delete_ephemeral_message,
    "answerCallbackQuery": answer_callback_query,
}
