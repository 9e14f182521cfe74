"""Forum topics: made, named, closed, hidden and taken away, by the bot and by people alike.

Guards: a topic is its first message (the ids are the same), and every change of it is a service message in it.
"""

from typing import NoReturn

from .calls import Call, Handler, Result, tell_message
from .errors import bad_act, bad_request, no_such, not_allowed
from .members import chat_of, may, need_right
from .shapes import Json, picked
from .state import Chat, Post, World
from .threads import GENERAL, general

MAX_TOPICS = 1_000
MAX_NAME = 128
COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)


# ---------------------------------------------------------------- what bots and people do alike


def made(world: World, chat: Chat, actor: int, name: str, facts: Json) -> Json:
    """A new topic. Its number is that of its first message."""
    if len(chat.topics) >= MAX_TOPICS:
        raise bad_request("too many topics")
    topic: Json = {"name": name, "icon_color": facts.get("icon_color", COLORS[world.count("topic") % len(COLORS)])}
    topic |= picked(facts, ("icon_custom_emoji_id",))
    post = world.post(chat, actor, {"forum_topic_created": topic}, opens_topic=True)
    number = post.message["message_id"]
    _keep(world, chat, number, {**topic, "is_closed": False, "creator": actor})
    _tell(world, chat, actor, post)
    return {"message_thread_id": number, **topic}


def _keep(world: World, chat: Chat, number: int, topic: Json | None) -> None:
    if topic is None:
        chat.topics.pop(number, None)
    else:
        chat.topics[number] = topic
    world.keep_chat(chat)
    world.events.tell("chat", chat.id, world.readers(chat))


def _tell(world: World, chat: Chat, actor: int, post: Post) -> None:
    """A bot is not told what it did itself."""
    if actor != world.bot_id:
        tell_message(world, chat, post.message)


def _change(world: World, chat: Chat, actor: int, number: int, change: Json, said: Json) -> None:
    topic = general(chat) if number == GENERAL else chat.topics[number]
    _keep(world, chat, number, {**topic, **change})
    where = {} if number == GENERAL else {"message_thread_id": number, "is_topic_message": True}
    _tell(world, chat, actor, world.post(chat, actor, {**where, **said}))


def named(world: World, chat: Chat, actor: int, number: int, facts: Json) -> None:
    new = {name: value for name, value in facts.items() if value}
    _change(world, chat, actor, number, new, {"forum_topic_edited": new})


def closed(world: World, chat: Chat, actor: int, number: int, *, is_closed: bool) -> None:
    said = "forum_topic_closed" if is_closed else "forum_topic_reopened"
    _change(world, chat, actor, number, {"is_closed": is_closed}, {said: {}})


def hidden(world: World, chat: Chat, actor: int, *, is_hidden: bool) -> None:
    """Hide the general topic, which closes it as well, or show it again."""
    said = "general_forum_topic_hidden" if is_hidden else "general_forum_topic_unhidden"
    change = {"is_hidden": is_hidden, **({"is_closed": True} if is_hidden else {})}
    _change(world, chat, actor, GENERAL, change, {said: {}})


def deleted(world: World, chat: Chat, number: int) -> None:
    """Take a topic away with everything in it."""
    world.remove(chat, [key for key, post in chat.posts.items() if post.message.get("message_thread_id") == number])
    _keep(world, chat, number, None)


def by_person(world: World, chat: Chat, person: int, given: Json) -> Json:
    """What the control API lets a person do with topics."""
    if not chat.forum:
        raise bad_act("This chat is no forum.")
    number, name = given.get("message_thread_id"), str(given.get("name") or "").strip()[:MAX_NAME]
    if number is None:
        if not name:
            raise bad_act("A topic has a name.")
        if not chat.inside(person):
            raise not_allowed("Only members open topics.")
        return {"topic": made(world, chat, person, name, {})}
    topic = general(chat) if number == GENERAL else chat.topics.get(number)
    if topic is None:
        raise no_such("topic")
    if topic.get("creator") != person and not may(chat, person, "can_manage_topics"):
        raise not_allowed("Only administrators and who opened it change a topic.")
    if given.get("deleted") is True and number != GENERAL:
        deleted(world, chat, number)
        return {}
    if name and name != topic["name"]:
        named(world, chat, person, number, {"name": name})
    if isinstance(given.get("is_closed"), bool) and given["is_closed"] != topic["is_closed"]:
        closed(world, chat, person, number, is_closed=given["is_closed"])
    return {"topic": {"message_thread_id": number, **(chat.topics.get(number) or general(chat))}}


# ---------------------------------------------------------------- methods


def _forum(call: Call, what: str, number: int | None = None) -> Chat:
    """The forum that a call is about, and the right to change this topic."""
    chat = chat_of(call, "the chat is not a forum")
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    own = number is not None and chat.topics.get(number, {}).get("creator") == call.world.bot_id
    if not own:
        need_right(call.world, chat, "can_manage_topics", what)
    return chat


def _topic(call: Call, what: str) -> tuple[Chat, int, Json]:
    number = call.values["message_thread_id"]
    chat = _forum(call, what, number)
    if number not in chat.topics or number == GENERAL:
        raise bad_request("TOPIC_ID_INVALID")
    return chat, number, chat.topics[number]


def _name(call: Call) -> str:
    name = str(call.values.get("name", "")).strip()
    if not name:
        raise bad_request("TOPIC_TITLE_EMPTY")
    if len(name) > MAX_NAME:
        raise bad_request("topic name is too long")
    return name


def create_forum_topic(call: Call) -> Result:
    chat, facts = _forum(call, "create a topic"), picked(call.values, ("icon_color", "icon_custom_emoji_id"))
    if facts.get("icon_color", COLORS[0]) not in COLORS:
        raise bad_request("invalid icon color specified")
    return made(call.world, chat, call.world.bot_id, _name(call), facts)


def edit_forum_topic(call: Call) -> Result:
    chat, number, topic = _topic(call, "edit the topic")
    facts = {"name": _name(call)} if "name" in call.values else {}
    facts |= picked(call.values, ("icon_custom_emoji_id",))
    if not facts or facts == picked(topic, facts):
        raise bad_request("TOPIC_NOT_MODIFIED")
    named(call.world, chat, call.world.bot_id, number, facts)
    return True


def delete_forum_topic(call: Call) -> Result:
    chat, number, _ = _topic(call, "delete the topic")
    need_right(call.world, chat, "can_delete_messages", "delete the topic")
    deleted(call.world, chat, number)
    return True


def _not_modified() -> NoReturn:
    raise bad_request("TOPIC_NOT_MODIFIED")


def _closer(*, is_closed: bool) -> Handler:
    def close(call: Call) -> Result:
        chat, number, topic = _topic(call, "close the topic" if is_closed else "reopen the topic")
        if topic["is_closed"] == is_closed:
            _not_modified()
        closed(call.world, chat, call.world.bot_id, number, is_closed=is_closed)
        return True

    return close


def edit_general_forum_topic(call: Call) -> Result:
    chat, name = _forum(call, "edit the topic"), _name(call)
    if name == general(chat)["name"]:
        _not_modified()
    named(call.world, chat, call.world.bot_id, GENERAL, {"name": name})
    return True


def _general_closer(*, is_closed: bool) -> Handler:
    def close(call: Call) -> Result:
        chat = _forum(call, "close the topic" if is_closed else "reopen the topic")
        if general(chat)["is_closed"] == is_closed:
            _not_modified()
        closed(call.world, chat, call.world.bot_id, GENERAL, is_closed=is_closed)
        return True

    return close


def _general_hider(*, is_hidden: bool) -> Handler:
    def hide(call: Call) -> Result:
        chat = _forum(call, "hide the topic" if is_hidden else "unhide the topic")
        if general(chat).get("is_hidden", False) == is_hidden:
            _not_modified()
        hidden(call.world, chat, call.world.bot_id, is_hidden=is_hidden)
        return True

    return hide


def _unpinner(call: Call, number: int) -> Result:
    chat = _forum(call, "manage pinned messages in the chat", number)
    if number != GENERAL and number not in chat.topics:
        raise bad_request("TOPIC_ID_INVALID")
    pinned = chat.posts.get(chat.pinned or "")
    if pinned is not None and pinned.message.get("message_thread_id", GENERAL) == number:
        chat.pinned = None
        call.world.keep_chat(chat)
    return True


def unpin_all_forum_topic_messages(call: Call) -> Result:
    return _unpinner(call, call.values["message_thread_id"])


def unpin_all_general_forum_topic_messages(call: Call) -> Result:
    return _unpinner(call, GENERAL)


def get_forum_topic_icon_stickers(call: Call) -> Result:
    """There are no custom emoji here, so none can be an icon."""
    return list[Json]()


PLAYED: dict[str, Handler] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": _closer(is_closed=True),
    "reopenForumTopic": _closer(is_closed=False),
    "deleteForumTopic": delete_forum_topic,
    "unpinAllForumTopicMessages": unpin_all_forum_topic_messages,
    "editGeneralForumTopic": edit_general_forum_topic,
    "closeGeneralForumTopic": _general_closer(is_closed=True),
    "reopenGeneralForumTopic": _general_closer(is_closed=False),
    "hideGeneralForumTopic": _general_hider(is_hidden=True),
    "unhideGeneralForumTopic": _general_hider(is_hidden=False),
    "unpinAllGeneralForumTopicMessages": unpin_all_general_forum_topic_messages,
    "getForumTopicIconStickers": get_forum_topic_icon_stickers,
}
