"""The methods about chats and who is in them.

Guards: a bot learns about a chat only what a bot in that place would learn.
"""

from aiogram.types import AcceptedGiftTypes, ChatPermissions

from .calls import Call, Handler, Result
from .errors import bad_request
from .members import chat_of, need_right
from .shapes import picked
from .state import Chat
from .threads import without_reply

_PERMISSIONS = tuple(ChatPermissions.model_fields)
_GIFTS = tuple(AcceptedGiftTypes.model_fields)


def get_chat(call: Call) -> Result:
    world = call.world
    chat = world.found(call.values["chat_id"])
    found = world.chat_object(chat) | {"accent_color_id": chat.id % 7 if chat.id > 0 else 0, "max_reaction_count": 11}
    found["accepted_gift_types"] = dict.fromkeys(_GIFTS, False)
    if not chat.private:
        world.need_bot(chat)
        found |= picked(chat.traits, ("description", "linked_chat_id"))
        if chat.type != "channel":
            found["permissions"] = dict.fromkeys(_PERMISSIONS, True)
        if chat.pinned and chat.pinned in chat.posts:
            found["pinned_message"] = chat.posts[chat.pinned].message
    return found


def set_chat_title(call: Call) -> Result:
    chat, title = chat_of(call, "can't change title of a private chat"), call.values["title"].strip()
    if not 1 <= len(title) <= 128:
        raise bad_request("chat title must be non-empty" if not title else "chat title is too long")
    need_right(call.world, chat, "can_change_info", "change chat title")
    if title == chat.title:
        raise bad_request("chat title is not modified")
    chat.title = title
    call.world.keep_chat(chat)
    call.world.events.tell("chat", chat.id, call.world.readers(chat))
    call.world.post(chat, call.world.bot_id, {"new_chat_title": title})
    return True


def set_chat_description(call: Call) -> Result:
    chat = chat_of(call, "can't change description of a private chat")
    need_right(call.world, chat, "can_change_info", "set chat description")
    description = call.values.get("description", "").strip()
    if len(description) > 255:
        raise bad_request("chat description is too long")
    if description == chat.traits.get("description", ""):
        raise bad_request("chat description is not modified")
    chat.traits.pop("description", None)
    chat.traits |= {"description": description} if description else {}
    call.world.keep_chat(chat)
    return True


def pin_chat_message(call: Call) -> Result:
    world, chat = call.world, call.world.found(call.values["chat_id"])
    _need_pin_right(call, chat)
    post = chat.posts.get(f"m{call.values['message_id']}")
    if post is None:
        raise bad_request("message to pin not found")
    if chat.pinned == post.key:
        raise bad_request("CHAT_NOT_MODIFIED")
    chat.pinned = post.key
    world.keep_chat(chat)
    world.post(chat, world.bot_id, {"pinned_message": without_reply(post.message)})
    return True


def _need_pin_right(call: Call, chat: Chat) -> None:
    if not chat.private:
        call.world.need_bot(chat)
        right = "can_edit_messages" if chat.type == "channel" else "can_pin_messages"
        need_right(call.world, chat, right, "manage pinned messages in the chat")


def unpin_chat_message(call: Call) -> Result:
    chat = call.world.found(call.values["chat_id"])
    _need_pin_right(call, chat)
    number = call.values.get("message_id")
    if chat.pinned is None or (number is not None and chat.pinned != f"m{number}"):
        raise bad_request("message to unpin not found")
    return _unpinned(call, chat)


def unpin_all_chat_messages(call: Call) -> Result:
    chat = call.world.found(call.values["chat_id"])
    _need_pin_right(call, chat)
    return _unpinned(call, chat)


def _unpinned(call: Call, chat: Chat) -> Result:
    chat.pinned = None
    call.world.keep_chat(chat)
    return True


PLAYED: dict[str, Handler] = {
    "getChat": get_chat,
    "setChatTitle": set_chat_title,
    "pinChatMessage": pin_chat_message,
    "setChatDescription": set_chat_description,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
}
