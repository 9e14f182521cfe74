"""Groups and channels as such: made, changed, linked, and upgraded to supergroups.

Guards: a group that was upgraded stays, so that whoever still uses its old id is told the new one.
"""

import re

from .calls import tell_message
from .errors import ActError, bad_act
from .members import tell_membership
from .seed import GROUP_BOT
from .shapes import Json, picked
from .state import Chat, Post, World

MAX_GROUP_TITLE = 128
# The lowest ids that Telegram gives to each kind of chat.
_FIRST_GROUP, _FIRST_SUPERGROUP = 4_000_000_000, 1_001_000_000_000
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")


def made(world: World, given: Json, title: str, members: list[int]) -> Chat:
    """A new group, supergroup or channel; the first member owns it."""
    bot, kind = given.get("bot", "administrator"), given.get("type", "supergroup")
    title = title.strip()[:MAX_GROUP_TITLE]
    if not title or not members or bot not in ("administrator", "member", None):
        raise bad_act("A group has a title, members, and the bot as administrator, member or null.")
    if kind not in ("group", "supergroup", "channel"):
        raise bad_act("type is group, supergroup or channel.")
    places = {world.person(number).id: "member" for number in members} | {members[0]: "creator"}
    if bot:
        places[world.bot_id] = bot
    chat = Chat(_next_id(world, kind), kind, title, places)
    chat.traits |= _traits(world, chat, given)
    world.keep_chat(chat)
    if bot:
        outside = {"status": "left", "user": world.bot}
        tell_membership(world, chat, members[0], world.bot_id, outside)
    world.events.tell("chat", chat.id, world.readers(chat))
    return chat


def _next_id(world: World, kind: str) -> int:
    if kind == "group":
        return -(_FIRST_GROUP + world.count("basic_group"))
    return -(_FIRST_SUPERGROUP + world.count("group", 2))


def _traits(world: World, chat: Chat, given: Json) -> Json:
    """What only some chats have, out of a request."""
    traits: Json = {name: True for name in ("is_forum", "signed") if given.get(name) is True}
    if traits.get("is_forum") and chat.type != "supergroup":
        raise bad_act("Only a supergroup is a forum.")
    if traits.get("is_forum"):
        # Message 1 is the general topic, so that no other topic gets its number.
        world.count(f"chat{chat.id}")
    username = given.get("username")
    if username is not None:
        free = all(other.traits.get("username") != username or other is chat for other in world.chats.values())
        if not isinstance(username, str) or not _USERNAME.fullmatch(username) or chat.type == "group" or not free:
            raise bad_act("A username has 4 to 32 of A-Z a-z 0-9 _, and belongs to one supergroup or channel.")
        traits["username"] = username
    if "linked_chat_id" in given:
        wanted = given["linked_chat_id"]
        group = world.chats.get(wanted) if isinstance(wanted, int) else None
        if chat.type != "channel" or group is None or group.type != "supergroup":
            raise bad_act("linked_chat_id is the supergroup in which a channel is talked about.")
        traits["linked_chat_id"] = group.id
        group.traits["linked_chat_id"] = chat.id
        world.keep_chat(group)
    return traits


def changed(world: World, chat: Chat, given: Json, title: str, actor: int) -> None:
    """Change the title, or what only some chats have."""
    chat.traits |= _traits(world, chat, given)
    for name in ("is_forum", "signed"):
        if given.get(name) is False:
            chat.traits.pop(name, None)
    title = title.strip()[:MAX_GROUP_TITLE]
    world.keep_chat(chat)
    if title and title != chat.title:
        chat.title = title
        world.keep_chat(chat)
        tell_message(world, chat, world.post(chat, actor, {"new_chat_title": chat.title}).message)
    world.events.tell("chat", chat.id, world.readers(chat))


def migrated(world: World, old: Chat, actor: int) -> Chat:
    """Upgrade a basic group; both chats say so, and the old one takes no more calls."""
    if old.type != "group":
        raise bad_act("Only a basic group can be upgraded to a supergroup.")
    if "migrated_to" in old.traits:
        raise ActError(409, "conflict", "This group was upgraded before.")
    new = Chat(_next_id(world, "supergroup"), "supergroup", old.title, dict(old.members))
    new.places = {who: dict(place) for who, place in old.places.items()}
    new.traits |= picked(old.traits, ("description",))
    world.keep_chat(new)
    said = world.post(old, actor, {"migrate_to_chat_id": new.id})
    old.traits["migrated_to"] = new.id
    old.keyboards, old.force_replies = {}, {}
    world.keep_chat(old)
    tell_message(world, old, said.message)
    tell_message(world, new, _arrival(world, old, new, actor).message)
    for person in world.readers(old):
        world.unread.pop((person, old.id), None)
    world.events.tell("chat_removed", old.id, world.readers(old))
    world.events.tell("chat", new.id, world.readers(new))
    return new


def _arrival(world: World, old: Chat, new: Chat, actor: int) -> Post:
    """The first message of the new chat, which Telegram says in the name of the group."""
    author = {"from": GROUP_BOT, "sender_chat": world.chat_object(new)}
    return world.post(new, actor, {"migrate_from_chat_id": old.id}, author=author)
