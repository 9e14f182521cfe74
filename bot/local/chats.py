"""The methods about chats and who is in them.

The invariant: a bot learns about a chat only what a bot in that place would learn.
"""

from aiogram.types import AcceptedGiftTypes, ChatAdministratorRights, ChatPermissions

from .calls import Call, Handler, Result
from .errors import bad_request, forbidden
from .shapes import Json
from .state import Chat, World

# The names of rights come from the generated models, so that a new one isn't missing here.
RIGHTS = tuple(name for name, info in ChatAdministratorRights.model_fields.items() if info.is_required())
_GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics")
_NO_RIGHTS = {"is_anonymous", "can_post_stories", "can_edit_stories", "can_delete_stories"}
_PERMISSIONS = tuple(ChatPermissions.model_fields)
_GIFTS = tuple(AcceptedGiftTypes.model_fields)


def get_chat(call: Call) -> Result:
    world = call.world
    chat = world.found(call.values["chat_id"])
    found = world.chat_object(chat) | {"accent_color_id": chat.id % 7 if chat.id > 0 else 0, "max_reaction_count": 11}
    found["accepted_gift_types"] = dict.fromkeys(_GIFTS, False)
    if not chat.private:
        _need_membership(world, chat)
        found["permissions"] = dict.fromkeys(_PERMISSIONS, True)
        if chat.pinned and chat.pinned in chat.posts:
            found["pinned_message"] = chat.posts[chat.pinned].message
    return found


def _need_membership(world: World, chat: Chat) -> None:
    if not chat.inside(world.bot_id):
        raise forbidden("bot is not a member of the supergroup chat")


def _group(call: Call) -> Chat:
    chat = call.world.found(call.values["chat_id"])
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    _need_membership(call.world, chat)
    return chat


def member_object(world: World, person: int, status: str) -> Json:
    """A ChatMember by the status that somebody has in a chat."""
    member: Json = {"status": status, "user": world.user(person)}
    if status == "creator":
        member["is_anonymous"] = False
    elif status == "administrator":
        member |= {"can_be_edited": False, **{name: name not in _NO_RIGHTS for name in (*RIGHTS, *_GROUP_RIGHTS)}}
    elif status == "kicked":
        member["until_date"] = 0
    return member


def get_chat_member(call: Call) -> Result:
    world, person = call.world, call.values["user_id"]
    chat = world.found(call.values["chat_id"])
    if not chat.private:
        _need_membership(world, chat)
    if world.user(person) is None or (chat.private and person not in chat.members):
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member_object(world, person, chat.members.get(person, "left"))


def get_chat_member_count(call: Call) -> Result:
    chat = call.world.found(call.values["chat_id"])
    return sum(1 for person in chat.members if chat.inside(person))


def get_chat_administrators(call: Call) -> Result:
    chat = _group(call)
    places = chat.members.items()
    return [member_object(call.world, who, status) for who, status in places if status in ("creator", "administrator")]


def leave_chat(call: Call) -> Result:
    chat = _group(call)
    chat.members[call.world.bot_id] = "left"
    call.world.keep_chat(chat)
    call.world.events.tell("chat", chat.id, call.world.readers(chat))
    return True


def set_chat_title(call: Call) -> Result:
    chat, title = _group(call), call.values["title"].strip()
    if not 1 <= len(title) <= 128:
        raise bad_request("chat title must be non-empty" if not title else "chat title is too long")
    _need_rights(call.world, chat, "change chat title")
    chat.title = title
    call.world.keep_chat(chat)
    call.world.events.tell("chat", chat.id, call.world.readers(chat))
    call.world.post(chat, call.world.bot_id, {"new_chat_title": title})
    return True


def _need_rights(world: World, chat: Chat, what: str) -> None:
    if chat.members.get(world.bot_id) != "administrator":
        raise bad_request(f"not enough rights to {what}")


def pin_chat_message(call: Call) -> Result:
    world, chat = call.world, call.world.found(call.values["chat_id"])
    if not chat.private:
        _need_rights(world, chat, "manage pinned messages in the chat")
    post = chat.posts.get(f"m{call.values['message_id']}")
    if post is None:
        raise bad_request("message to pin not found")
    chat.pinned = post.key
    world.keep_chat(chat)
    world.post(
        chat, world.bot_id, {"pinned_message": {k: v for k, v in post.message.items() if k != "reply_to_message"}}
    )
    return True


def unpin_chat_message(call: Call) -> Result:
    chat = call.world.found(call.values["chat_id"])
    if chat.pinned is None:
        raise bad_request("message to unpin not found")
    chat.pinned = None
    call.world.keep_chat(chat)
    return True


PLAYED: dict[str, Handler] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "setChatTitle": set_chat_title,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
}
