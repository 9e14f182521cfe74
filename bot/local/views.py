"""The world as one person sees it: what pages and tests are shown.

Guards: nothing that the Bot API or Telegram would hide from this person is in it, above all no ephemeral message of
somebody else.
"""

from . import profile, receiving
from .events import Event
from .members import may
from .shapes import Json, picked
from .state import Chat, Person, Post, World
from .threads import GENERAL, general

NEWEST = 50


def person_view(world: World, person: Person) -> Json:
    local: Json = {"phone_number": person.phone} if person.phone else {}
    local |= {name: True for name in ("hides_forwards", "deactivated") if getattr(person, name)}
    total = sum(number for (who, _), number in world.unread.items() if who == person.id)
    return {**person.user, "local": {**local, "started": person.started, "blocked": person.blocked, "unread": total}}


def people_view(world: World) -> list[Json]:
    return [person_view(world, world.people[number]) for number in sorted(world.people)]


def bot_view(world: World, person: int) -> Json:
    """The bot, with what it says about itself in the language of this person."""
    language = str(world.people[person].user.get("language_code", "")) if person in world.people else ""
    told = picked(world.settings.get("botfather", {}), ("main_web_app", "inline_feedback"))
    words = {name: profile.text_for(world, name, language) for name in ("description", "short_description")}
    return {**receiving.me(world), "local": {"online": world.updates.online, **words, **told}}


def visible(
    chat: Chat, person: int, *, before: int | None = None, limit: int = NEWEST, topic: int | None = None
) -> tuple[list[Post], bool]:
    """The newest posts that this person sees, oldest first, and whether there are more before them."""
    found = list[Post]()
    for post in reversed(chat.posts.values()):
        there = topic is None or post.message.get("message_thread_id", GENERAL) == topic
        if there and (before is None or post.n < before) and post.seen_by(person):
            if len(found) == limit:
                return found[::-1], True
            found.append(post)
    return found[::-1], False


def can_write(world: World, chat: Chat, person: int) -> bool:
    if chat.private:
        return world.people[person].started and not world.people[person].blocked
    if chat.type == "channel":
        return chat.members.get(person) == "creator" or may(chat, person, "can_post_messages")
    allowed = chat.places.get(person, {}).get("permissions", {"can_send_messages": True})
    return chat.inside(person) and bool(allowed.get("can_send_messages"))


def chat_view(world: World, chat: Chat, person: int) -> Json:
    last, _ = visible(chat, person, limit=1)
    typing = chat.typing[0] if chat.typing and chat.typing[1] > world.clock() else None
    local: Json = {
        "members": [_member_view(chat, who) for who in chat.members if chat.inside(who)],
        "last": world.shown(last[0], person) if last else None,
        "unread": world.unread.get((person, chat.id), 0),
        "keyboard": chat.keyboards.get(person),
        "force_reply": chat.force_replies.get(person),
        "commands": profile.commands_for(world, chat, person),
        "menu_button": profile.menu_button(world, chat.id),
        "typing": typing,
        "can_write": can_write(world, chat, person),
        **_traits_view(chat),
    }
    return {**world.chat_object(chat), "local": local}


def _traits_view(chat: Chat) -> Json:
    """What only some chats have: the topics of a forum, the group or channel that belongs to a chat."""
    shown = picked(chat.traits, ("linked_chat_id", "description"))
    if chat.forum:
        topics = {GENERAL: general(chat), **chat.topics}
        shown["topics"] = [{"message_thread_id": number, **topic} for number, topic in sorted(topics.items())]
    return shown


def _member_view(chat: Chat, who: int) -> Json:
    place = picked(chat.places.get(who, {}), ("is_anonymous", "custom_title"))
    return {"person_id": who, "status": chat.members[who], **place}


def chats_of(world: World, person: int) -> list[Chat]:
    """The chats of a person: the private one first, then the groups."""
    private = world.chat_of(person)
    assert private is not None
    return [private, *(chat for chat in world.chats.values() if _listed(chat, person))]


def _listed(chat: Chat, person: int) -> bool:
    return not chat.private and chat.inside(person) and "migrated_to" not in chat.traits


def state(world: World, person: int) -> Json:
    """Everything a page needs to begin with."""
    chats = chats_of(world, person)
    messages = {str(chat.id): [world.shown(post, person) for post in visible(chat, person)[0]] for chat in chats}
    return {
        "cursor": world.events.cursor,
        "brand": world.brand,
        "me": person,
        "now": world.now(),
        "bot": bot_view(world, person),
        "people": people_view(world),
        "chats": [chat_view(world, chat, person) for chat in chats],
        "messages": messages,
    }


def counts_view(event: Event) -> Json:
    """Who has how much unread. In a large group that is everybody, so it is one frame for all of them."""
    counts = [{"person_id": who, "unread": number, "total": total} for who, number, total in event.facts["counts"]]
    return {"cursor": event.cursor, "type": "unread", "chat_id": event.chat_id, "counts": counts}


def event_view(world: World, event: Event, person: int) -> Json | None:
    """An event as this person is told it; some look different to each, and some are over by the time."""
    if not event.seen_by(person):
        return None
    shown: Json = {"cursor": event.cursor, "type": event.type}
    if event.chat_id is not None:
        shown["chat_id"] = event.chat_id
    if event.type == "unread":
        return counts_view(event)
    if event.type == "chat":
        chat = world.chats.get(event.chat_id or 0)
        return {**shown, "chat": chat_view(world, chat, person)} if chat is not None and person else shown
    if event.type == "people":
        return {**shown, "people": people_view(world)}
    if event.type == "bot":
        return {**shown, "bot": bot_view(world, person)}
    if event.type == "commands" and person:
        every = {str(chat.id): profile.commands_for(world, chat, person) for chat in chats_of(world, person)}
        return {**shown, "commands": every}
    facts = {name: value for name, value in event.facts.items() if name != "author"}
    if event.facts.get("author") == person:
        message = facts["message"]
        facts["message"] = {**message, "local": {**message["local"], "mine": True}}
    return {**shown, **facts}
