"""Who is in a group or channel, as what, and with which rights: read by bots, changed by bots and people.

Guards: every change of a place goes through `place`, which leaves the service message, and tells the bot exactly the
membership updates that Telegram would tell it.
"""

from aiogram.types import ChatAdministratorRights, ChatPermissions

from .calls import Call, Handler, Result, tell_message
from .errors import bad_act, bad_request, no_such
from .shapes import Json, picked
from .state import Chat, Post, World

# The names of rights come from the generated models, so that a new one isn't missing here.
RIGHTS = tuple(name for name, info in ChatAdministratorRights.model_fields.items() if info.is_required())
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics", "can_manage_tags")
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_manage_direct_messages")
# What an administrator who was made without a word about rights does not have.
_UNUSUAL = {"is_anonymous", "can_post_stories", "can_edit_stories", "can_delete_stories"}
ALL_RIGHTS = (*RIGHTS, *GROUP_RIGHTS, *CHANNEL_RIGHTS)
_RESTRICTED = tuple(name for name in ChatPermissions.model_fields if name != "can_manage_tags")
STATUSES = ("creator", "administrator", "member", "restricted", "left", "kicked")
MAX_TITLE = 16


def rights_of(chat: Chat, who: int) -> Json:
    """Every right of an administrator; who was made one without a word about rights has the usual ones."""
    given = chat.places.get(who, {}).get("rights")
    names = (*RIGHTS, *(CHANNEL_RIGHTS if chat.type == "channel" else GROUP_RIGHTS))
    rights = {name: (name not in _UNUSUAL if given is None else bool(given.get(name))) for name in names}
    return rights | {"is_anonymous": bool(chat.places.get(who, {}).get("is_anonymous"))}


def may(chat: Chat, who: int, right: str) -> bool:
    status = chat.members.get(who)
    return status == "creator" or (status == "administrator" and bool(rights_of(chat, who).get(right)))


def need_right(world: World, chat: Chat, right: str, what: str) -> None:
    """Refuse what the bot may not do here."""
    if not may(chat, world.bot_id, right):
        raise bad_request(f"not enough rights to {what}")


def member_object(world: World, chat: Chat, who: int) -> Json:
    """A ChatMember: the place that somebody has in a chat."""
    status, place = chat.members.get(who, "left"), chat.places.get(who, {})
    member: Json = {"status": status, "user": world.user(who)}
    titled = picked(place, ("custom_title",))
    if status == "creator":
        member |= {"is_anonymous": bool(place.get("is_anonymous")), **titled}
    elif status == "administrator":
        member |= {"can_be_edited": False, **rights_of(chat, who), **titled}
    elif status == "kicked":
        member["until_date"] = place.get("until_date", 0)
    elif status == "restricted":
        member |= dict.fromkeys(_RESTRICTED, False) | place["permissions"]
        member |= {"is_member": place["is_member"], "until_date": place.get("until_date", 0)}
    elif place.get("until_date"):
        member["until_date"] = place["until_date"]
    return member


# ---------------------------------------------------------------- changing a place


def place(world: World, chat: Chat, who: int, status: str, actor: int, facts: Json | None = None) -> Post | None:
    """Give somebody a place in a group or channel; coming and going leaves a service message in a group."""
    if chat.private or world.user(who) is None:
        raise no_such("group or person")
    if status not in STATUSES:
        raise bad_act("status is creator, administrator, member, restricted, left or kicked.")
    before, was_inside = member_object(world, chat, who), chat.inside(who)
    chat.members[who] = status
    chat.places.pop(who, None)
    kept = _facts(chat, status, facts or {}, was_inside)
    if kept:
        chat.places[who] = kept
    world.keep_chat(chat)
    post = _came_or_went(world, chat, who, actor, was_inside)
    if was_inside and not chat.inside(who):
        chat.keyboards.pop(who, None)
        world.events.tell("chat_removed", chat.id, frozenset({who}))
    tell_membership(world, chat, actor, who, before)
    world.events.tell("chat", chat.id, world.readers(chat))
    return post


def _facts(chat: Chat, status: str, given: Json, was_inside: bool) -> Json:
    """What is kept beside a status, as far as it belongs to that status."""
    kept: Json = {}
    if status in ("creator", "administrator"):
        kept = {name: given[name] for name in ("custom_title", "is_anonymous", "rights") if given.get(name) is not None}
        if status == "creator":
            kept.pop("rights", None)
    elif status == "restricted":
        permissions = {name: bool(value) for name, value in given.get("permissions", {}).items() if name in _RESTRICTED}
        kept = {"permissions": permissions, "is_member": bool(given.get("is_member", was_inside))}
    if status in ("restricted", "kicked", "member") and given.get("until_date"):
        kept["until_date"] = given["until_date"]
    return kept


def _came_or_went(world: World, chat: Chat, who: int, actor: int, was_inside: bool) -> Post | None:
    if chat.inside(who) == was_inside or chat.type == "channel":
        return None
    user = world.user(who)
    content: Json = {"left_chat_member": user} if was_inside else {"new_chat_members": [user]}
    post = world.post(chat, actor, content)
    if actor != world.bot_id:
        tell_message(world, chat, post.message)
    return post


def tell_membership(world: World, chat: Chat, actor: int, who: int, before: Json) -> None:
    """Tell the bot of its own place at any time, and of others' where it is an administrator."""
    after = member_object(world, chat, who)
    if after == before:
        return
    change: Json = {"chat": world.chat_object(chat), "from": world.user(actor), "date": world.now()}
    change |= {"old_chat_member": before, "new_chat_member": after}
    if who == world.bot_id:
        world.updates.put("my_chat_member", change)
    elif chat.leads(world.bot_id):
        world.updates.put("chat_member", change)


def let_in_again(world: World, chat: Chat) -> None:
    """End bans and restrictions whose time is up; nobody is told, as on Telegram."""
    over = [who for who, place in chat.places.items() if 0 < place.get("until_date", 0) <= world.clock()]
    for who in over:
        del chat.places[who]
        chat.members[who] = "member" if chat.members[who] == "restricted" else "left"
    if over:
        world.keep_chat(chat)


# ---------------------------------------------------------------- methods


def chat_of(call: Call, refusal: str = "method is available only for groups and channels") -> Chat:
    """The group or channel that a call is about, in which the bot must be."""
    chat = call.world.found(call.values["chat_id"])
    if chat.private:
        raise bad_request(refusal)
    call.world.need_bot(chat)
    return chat


def get_chat_member(call: Call) -> Result:
    world, person = call.world, call.values["user_id"]
    chat = world.found(call.values["chat_id"])
    world.need_bot(chat)
    let_in_again(world, chat)
    if world.user(person) is None or (chat.private and person not in chat.members):
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member_object(world, chat, person)


def get_chat_member_count(call: Call) -> Result:
    chat = call.world.found(call.values["chat_id"])
    call.world.need_bot(chat)
    return sum(1 for person in chat.members if chat.inside(person))


def get_chat_administrators(call: Call) -> Result:
    chat = chat_of(call, "there are no administrators in the private chat")
    found = [member_object(call.world, chat, who) for who in chat.members if chat.leads(who)]
    others = (m for m in found if not m["user"]["is_bot"] or m["user"]["id"] == call.world.bot_id)
    return list(others)


def leave_chat(call: Call) -> Result:
    chat = chat_of(call, "chat member status can't be changed in private chats")
    place(call.world, chat, call.world.bot_id, "left", call.world.bot_id)
    return True


def _other(call: Call, right: str) -> tuple[Chat, int]:
    """Somebody in a group whom the bot wants to move, and may."""
    world, who = call.world, call.values["user_id"]
    chat = chat_of(call, "chat member status can't be changed in private chats")
    need_right(world, chat, right, "restrict/unrestrict chat member" if "restrict" in right else "promote chat member")
    if world.user(who) is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    if who == world.bot_id:
        raise bad_request("can't restrict self" if "restrict" in right else "can't promote self")
    if chat.members.get(who) == "creator":
        raise bad_request("can't remove chat owner")
    return chat, who


def _until(call: Call) -> Json:
    """Until when; less than 30 seconds or more than 366 days ahead means for ever."""
    until = call.values.get("until_date", 0)
    return {"until_date": until} if 30 <= until - call.world.clock() <= 366 * 86_400 else {}


def ban_chat_member(call: Call) -> Result:
    chat, who = _other(call, "can_restrict_members")
    if chat.members.get(who) == "administrator":
        raise bad_request("user is an administrator of the chat")
    place(call.world, chat, who, "kicked", call.world.bot_id, _until(call))
    if call.values.get("revoke_messages"):
        call.world.remove(chat, [post.key for post in chat.posts.values() if post.sender == who])
    return True


def unban_chat_member(call: Call) -> Result:
    chat, who = _other(call, "can_restrict_members")
    only_banned = call.values.get("only_if_banned")
    if chat.members.get(who, "left") != "left" and (chat.members[who] == "kicked" or not only_banned):
        place(call.world, chat, who, "left", call.world.bot_id)
    return True


def restrict_chat_member(call: Call) -> Result:
    chat, who = _other(call, "can_restrict_members")
    if chat.type != "supergroup":
        raise bad_request("method is available only for supergroups")
    if chat.members.get(who) == "administrator":
        raise bad_request("user is an administrator of the chat")
    permissions = call.values["permissions"]
    if all(permissions.get(name) for name in _RESTRICTED if name.startswith("can_send")):
        status = "member" if chat.inside(who) else "left"
        place(call.world, chat, who, status, call.world.bot_id)
        return True
    place(call.world, chat, who, "restricted", call.world.bot_id, {"permissions": permissions, **_until(call)})
    return True


def promote_chat_member(call: Call) -> Result:
    chat, who = _other(call, "can_promote_members")
    if not chat.inside(who):
        raise bad_request("USER_NOT_MUTUAL_CONTACT")
    rights = {name: bool(call.values.get(name)) for name in ALL_RIGHTS if name != "is_anonymous"}
    anonymous = bool(call.values.get("is_anonymous"))
    if not anonymous and not any(rights.values()):
        place(call.world, chat, who, "member", call.world.bot_id)
        return True
    own = rights_of(chat, call.world.bot_id)
    if any(given and not own.get(name) for name, given in rights.items()):
        raise bad_request("RIGHT_FORBIDDEN")
    facts = {"rights": rights | {"can_manage_chat": True}, "is_anonymous": anonymous}
    place(call.world, chat, who, "administrator", call.world.bot_id, facts)
    return True


def set_custom_title(call: Call) -> Result:
    chat, who = _other(call, "can_promote_members")
    title = call.values["custom_title"].strip()
    if chat.members.get(who) != "administrator":
        raise bad_request("user is not an administrator")
    if len(title) > MAX_TITLE:
        raise bad_request("custom title is too long")
    facts = {**chat.places.get(who, {}), "custom_title": title or None}
    place(call.world, chat, who, "administrator", call.world.bot_id, facts)
    return True


PLAYED: dict[str, Handler] = {
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "banChatMember": ban_chat_member,
    "unbanChatMember": unban_chat_member,
    "restrictChatMember": restrict_chat_member,
    "promoteChatMember": promote_chat_member,
    "setChatAdministratorCustomTitle": set_custom_title,
}
