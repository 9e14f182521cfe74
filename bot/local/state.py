"""The world of the local chat: people, chats, messages, and what the bot has been told.

Guards: every change goes through a method of `World`, which keeps memory, disk, events and the bot's queue in step;
ids of messages, updates and presses only rise. Stored JSON objects are replaced, never changed in place.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import seed
from .call_log import CallLog
from .errors import ApiError, bad_request, forbidden, no_such
from .events import EventLog
from .files import Files
from .journal import Journal
from .pace import Pace
from .shapes import Json, picked
from .updates import Updates

MAX_POSTS_PER_CHAT = 12_000
MAX_POSTS = 60_000
MAX_PEOPLE = 20_000
MAX_CHATS = 20_000
CALLBACK_LIFE = 150
MAX_QUESTIONS = 10_000
FIRST_UPDATE = 100_000_000
FIRST_CALLBACK = 4_000_000_000_000_000
FIRST_QUESTION = 7_000_000_000_000_000
IN_GROUP = {"creator", "administrator", "member", "restricted"}


@dataclass(slots=True)
class Person:
    """Somebody who is not the bot. `user` is what the bot gets to see."""

    user: Json
    phone: str | None = None
    started: bool = False
    blocked: bool = False
    hides_forwards: bool = False
    deactivated: bool = False

    @property
    def id(self) -> int:
        return int(self.user["id"])


@dataclass(frozen=True, slots=True)
class Post:
    """A message in a chat. A receiver makes it ephemeral: only receiver and sender see it.

    `facts` is what the bot said with it that is no part of a message, such as the payload of an invoice.
    """

    chat_id: int
    key: str
    n: int
    message: Json
    sender: int
    receiver: int | None = None
    replaces: str | None = None
    facts: Json | None = None

    @property
    def masked(self) -> bool:
        """Whether somebody speaks in the name of a group or channel."""
        return "sender_chat" in self.message

    def seen_by(self, person: int) -> bool:
        return person == 0 or self.receiver is None or person in (self.receiver, self.sender)


@dataclass(slots=True)
class Chat:
    """`members` are their statuses, `places` what else is known of a member (rights, a title, until when), `topics` the
    topics of a forum by the id of their thread, `traits` what only some chats have (a username, a linked channel …)."""

    id: int
    type: str
    title: str | None
    members: dict[int, str]
    posts: dict[str, Post] = field(default_factory=dict)
    keyboards: dict[int, Json] = field(default_factory=dict)
    force_replies: dict[int, Json] = field(default_factory=dict)
    typing: tuple[str, float] | None = None
    pinned: str | None = None
    places: dict[int, Json] = field(default_factory=dict)
    topics: dict[int, Json] = field(default_factory=dict)
    traits: Json = field(default_factory=dict)

    @property
    def private(self) -> bool:
        return self.type == "private"

    @property
    def forum(self) -> bool:
        return bool(self.traits.get("is_forum"))

    def inside(self, person: int) -> bool:
        status = self.members.get(person)
        return status in IN_GROUP and (status != "restricted" or bool(self.places[person]["is_member"]))

    def leads(self, person: int) -> bool:
        return self.members.get(person) in ("creator", "administrator")


@dataclass(slots=True)
class Press:
    """A press of a callback button. `answer` is what the bot said to it, once."""

    id: str
    person: int
    chat_id: int
    key: str
    data: str
    time: float
    answer: Json | None = None


@dataclass(slots=True)
class Question:
    """Something that a bot has to answer once and in time: an inline query, a pre-checkout query, a Mini App's …"""

    id: str
    kind: str
    person: int
    chat_id: int
    facts: Json
    time: float
    life: float
    answer: Json | None = None


_BY_NUMBER = ("members", "keyboards", "force_replies", "places", "topics")


def _numbered(kept: Json) -> dict[int, Any]:
    """JSON has only strings for keys; these are people."""
    return {int(name): value for name, value in kept.items()}


def _named(message: Json) -> Json:
    """A message with somebody who wrote it; where bots are told of a channel only, people see it as a person."""
    if "from" in message:
        return message
    sender = message["sender_chat"]
    return {**message, "from": {"id": sender["id"], "is_bot": False, "first_name": sender["title"]}}


def full_name(user: Json) -> str:
    return f"{user.get('first_name', '')} {user.get('last_name', '')}".strip()


class World:
    """Everything there is. `clock` is the only time it knows."""

    def __init__(
        self, token: str, data_dir: Path | None, clock: Callable[[], float] = time.time, brand: str = "ikmPay"
    ) -> None:
        self.token, self.clock, self.brand = token, clock, brand
        self.bot: Json = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": brand,
            "username": seed.BOT_USERNAME,
        }
        self.journal = Journal(data_dir / "local-chat.sqlite" if data_dir else None)
        self.files = Files(data_dir / "local-files" if data_dir else None, self.journal.put)
        self.events = EventLog()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.questions: dict[str, Question] = {}
        self.settings: dict[str, Json] = {}
        self.faults: dict[int, Json] = {}
        self.unread: dict[tuple[int, int], int] = {}
        self.calls = CallLog()
        self.pace = Pace()
        self.inline_cache: dict[tuple[str, str, int], tuple[float, Json]] = {}
        self.pages = 0
        self.reads_all = True
        self._counters: dict[str, int] = {}
        self._ages: deque[tuple[int, str]] = deque()
        self.updates = Updates(self.journal, clock, lambda: self.count("update", FIRST_UPDATE))

    @property
    def bot_id(self) -> int:
        return int(self.bot["id"])

    def now(self) -> int:
        return int(self.clock())

    def count(self, name: str, first: int = 1) -> int:
        """The next number of a series that never goes back."""
        number = self._counters.get(name, first - 1) + 1
        self._counters[name] = number
        self.journal.put("count", name, number)
        return number

    # ------------------------------------------------------------ opening

    def open(self) -> None:
        """Read what was kept; on the very first start make the people and the group of the seed."""
        self.journal.open()
        kept: dict[str, list[tuple[str, Json]]] = {}
        for kind, name, value in self.journal.load():
            if kind == "count":
                assert isinstance(value, int)
                self._counters[name] = value
            else:
                assert isinstance(value, dict)
                kept.setdefault(kind, []).append((name, value))
        self._load(kept)
        self._know_the_bot()
        if not self.people:
            self.sow()

    def _load(self, kept: dict[str, list[tuple[str, Json]]]) -> None:
        for _, row in kept.get("file", []):
            self.files.load(row)
        for _, row in sorted(kept.get("person", []), key=lambda named: int(named[0])):
            self.people[row["user"]["id"]] = Person(**row)
        for _, row in sorted(kept.get("chat", []), key=lambda named: -int(named[0])):
            by_person = {name: _numbered(row.get(name, {})) for name in _BY_NUMBER}
            self.chats[row["id"]] = Chat(**(row | by_person))
        posts = [Post(**row) for _, row in kept.get("post", [])]
        for post in sorted(posts, key=lambda post: post.n):
            if post.chat_id in self.chats:
                self.chats[post.chat_id].posts[post.key] = post
                self._ages.append((post.chat_id, post.key))
        for _, row in kept.get("press", []):
            self.presses[row["id"]] = Press(**row)
        for _, row in sorted(kept.get("question", [])):
            self.questions[row["id"]] = Question(**row)
        for name, row in kept.get("setting", []):
            self.settings[name] = row
        self.updates.load([row for _, row in kept.get("update", [])])
        self.reads_all = self.settings.get("botfather", {}).get("reads_all", True)
        self.pace.on = bool(self.settings.get("botfather", {}).get("limits"))
        polling = self.settings.get("polling", {})
        self.updates.allowed, self.updates.webhook = polling.get("allowed", []), self.settings.get("webhook")

    def _know_the_bot(self) -> None:
        """Bring back the name the bot gave itself; a bot with another token takes the place of the one before."""
        named = self.settings.get("name:")
        if named:
            self.bot = {**self.bot, "first_name": named["value"]}
        before = self.settings.get("bot", {}).get("id", self.bot_id)
        for chat in self.chats.values() if before != self.bot_id else ():
            if before in chat.members:
                chat.members[self.bot_id] = chat.members.pop(before)
                if before in chat.places:
                    chat.places[self.bot_id] = chat.places.pop(before)
                self.keep_chat(chat)
        self.setting("bot", {"id": self.bot_id})

    def sow(self, people: tuple[Json, ...] = seed.PEOPLE, group: int = seed.GROUP_ID,
            title: str = seed.GROUP_TITLE) -> None:
        """People of the seed and their group, unless it is there; the first of them owns it."""
        if group in self.chats:
            return
        for row in people:
            user = {
                "id": row["id"],
                "is_bot": False,
                **{k: v for k, v in row.items() if k not in ("id", "phone_number")},
            }
            self.keep_person(Person(user, row["phone_number"]))
        first, *others = (row["id"] for row in people)
        members = {first: "creator", **dict.fromkeys(others, "member"), self.bot_id: "administrator"}
        self.keep_chat(Chat(group, "supergroup", title, members))

    def setting(self, name: str, value: Json | None) -> None:
        if value is None:
            self.settings.pop(name, None)
        else:
            self.settings[name] = value
        self.journal.put("setting", name, value)

    # ------------------------------------------------------------ people and chats

    def keep_person(self, person: Person) -> None:
        if person.id not in self.people and len(self.people) >= MAX_PEOPLE:
            raise bad_request("too many people")
        self.people[person.id] = person
        row = {name: getattr(person, name) for name in Person.__slots__}
        self.journal.put("person", person.id, row)

    def keep_chat(self, chat: Chat) -> None:
        if chat.id not in self.chats and len(self.chats) >= MAX_CHATS:
            raise bad_request("too many chats")
        self.chats[chat.id] = chat
        row: Json = {"id": chat.id, "type": chat.type, "title": chat.title, "pinned": chat.pinned}
        row |= {name: dict(getattr(chat, name)) for name in _BY_NUMBER}
        self.journal.put("chat", chat.id, {**row, "traits": dict(chat.traits)})

    def person(self, person_id: int) -> Person:
        if person_id not in self.people:
            raise no_such("person")
        return self.people[person_id]

    def user(self, person_id: int) -> Json | None:
        """The User object of a person or of the bot."""
        if person_id == self.bot_id:
            return self.bot
        return self.people[person_id].user if person_id in self.people else None

    def chat_of(self, chat_id: int) -> Chat | None:
        """A group, or the private chat of a person, which is there as soon as somebody looks for it."""
        chat = self.chats.get(chat_id)
        if chat is None and chat_id in self.people:
            chat = Chat(chat_id, "private", None, {chat_id: "member", self.bot_id: "member"})
            self.keep_chat(chat)
        return chat

    def chat_object(self, chat: Chat) -> Json:
        """The Chat object inside messages."""
        if chat.private:
            user = self.people[chat.id].user
            return {"id": chat.id, "type": "private", **picked(user, ("first_name", "last_name", "username"))}
        return {"id": chat.id, "type": chat.type, "title": chat.title, **picked(chat.traits, ("username", "is_forum"))}

    def signed(self, chat: Chat, sender: int, as_chat: int | None = None) -> Json:
        """Whose name stands at a message: a person's, or that of the group or channel for which they speak."""
        place = chat.places.get(sender, {})
        if chat.type == "channel":
            named = {"author_signature": full_name(self.user(sender) or {})} if chat.traits.get("signed") else {}
            return {"sender_chat": self.chat_object(chat), **named}
        if as_chat is not None and as_chat != chat.id:
            return {"from": seed.CHANNEL_BOT, "sender_chat": self.chat_object(self.chats[as_chat])}
        if place.get("is_anonymous"):
            titled = {"author_signature": place["custom_title"]} if place.get("custom_title") else {}
            return {"from": seed.GROUP_BOT, "sender_chat": self.chat_object(chat), **titled}
        return {"from": self.user(sender)}

    def readers(self, chat: Chat) -> frozenset[int]:
        return frozenset(person for person in chat.members if person != self.bot_id and chat.inside(person))

    def writable(self, chat_id: int | str) -> Chat:
        """The chat a bot wants to write to, or Telegram's reason why it may not."""
        chat = self.found(chat_id)
        if chat.private:
            person = self.people[chat.id]
            if person.deactivated:
                raise forbidden("user is deactivated")
            if person.blocked:
                raise forbidden("bot was blocked by the user")
            if not person.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        self.need_bot(chat)
        place = chat.places.get(self.bot_id, {})
        if chat.members[self.bot_id] == "restricted" and not place["permissions"].get("can_send_messages"):
            raise bad_request("not enough rights to send text messages to the chat")
        if chat.type == "channel" and not chat.leads(self.bot_id):
            raise bad_request("need administrator rights in the channel chat")
        return chat

    def need_bot(self, chat: Chat) -> None:
        """Refuse what a bot asks about a chat in which it is not."""
        if not chat.private and not chat.inside(self.bot_id):
            gone = "was kicked from" if chat.members.get(self.bot_id) == "kicked" else "is not a member of"
            raise forbidden(f"bot {gone} the {chat.type} chat")

    def found(self, chat_id: int | str) -> Chat:
        number = int(chat_id) if isinstance(chat_id, int) or chat_id.lstrip("-").isdecimal() else None
        chat = self.chat_of(number) if number is not None else self._named(str(chat_id))
        if chat is None:
            raise bad_request("chat not found")
        if "migrated_to" in chat.traits:
            parameters = {"migrate_to_chat_id": chat.traits["migrated_to"]}
            raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", parameters)
        return chat

    def _named(self, name: str) -> Chat | None:
        """A group or channel by its public name; people are found by nobody who only knows their name."""
        wanted = name.removeprefix("@").lower()
        public = (chat for chat in self.chats.values() if chat.traits.get("username", "").lower() == wanted)
        return next(public, None) if name.startswith("@") and wanted else None

    # ------------------------------------------------------------ messages

    def post(
        self,
        chat: Chat,
        sender: int,
        content: Json,
        *,
        receiver: int | None = None,
        replaces: str | None = None,
        date: int | None = None,
        author: Json | None = None,
        facts: Json | None = None,
        opens_topic: bool = False,
    ) -> Post:
        """Put a new message into a chat; its ids are taken here and nowhere else."""
        head: Json = {"message_id": 0}
        if receiver is None:
            # Private chats and basic groups share one series, as on Telegram.
            own_series = chat.type in ("supergroup", "channel")
            head["message_id"] = number = self.count(f"chat{chat.id}" if own_series else "private")
            key = f"m{number}"
        else:
            number = self.count(f"ephemeral{chat.id}")
            key = f"e{number}"
        head |= self.signed(chat, sender) if author is None else author
        head |= {"chat": self.chat_object(chat), "date": date or self.now()}
        if receiver is not None:
            head |= {"ephemeral_message_id": number, "receiver_user": self.user(receiver)}
        if opens_topic:
            head |= {"message_thread_id": number, "is_topic_message": True}
        post = Post(chat.id, key, self.count("n"), {**head, **content}, sender, receiver, replaces, facts)
        if sender == self.bot_id:
            chat.typing = None
        self._keep_post(chat, post)
        self._ages.append((chat.id, key))
        self._make_room(chat)
        self._tell(chat, "message", post)
        self._count_unread(chat, post)
        return post

    def change(self, post: Post, message: Json, *, facts: Json | None = None) -> Post:
        """Put another content in the place of a message."""
        changed = replace(post, message=message, facts=post.facts if facts is None else facts)
        chat = self.chats[post.chat_id]
        self._keep_post(chat, changed)
        self._tell(chat, "edited", changed)
        return changed

    def remove(self, chat: Chat, keys: Iterable[str]) -> None:
        """Take messages away; who could see them is told."""
        gone = [post for post in map(chat.posts.get, keys) if post is not None]
        for post in gone:
            self._drop(chat, post.key)
        for person in self.readers(chat):
            seen = [post.key for post in gone if post.seen_by(person)]
            if seen:
                self.events.tell("deleted", chat.id, frozenset({person}), keys=seen)

    def _keep_post(self, chat: Chat, post: Post) -> None:
        chat.posts[post.key] = post
        row: Json = {"chat_id": post.chat_id, "key": post.key, "n": post.n, "message": post.message}
        row |= {"sender": post.sender, "receiver": post.receiver, "replaces": post.replaces, "facts": post.facts}
        self.journal.put("post", f"{chat.id}/{post.key}", row)

    def _drop(self, chat: Chat, key: str) -> None:
        if chat.posts.pop(key, None) is not None:
            self.journal.put("post", f"{chat.id}/{key}", None)
            if chat.pinned == key:
                chat.pinned = None

    def _make_room(self, chat: Chat) -> None:
        if len(chat.posts) > MAX_POSTS_PER_CHAT:
            self._drop(chat, next(iter(chat.posts)))
        while len(self._ages) > MAX_POSTS:
            chat_id, key = self._ages.popleft()
            if chat_id in self.chats:
                self._drop(self.chats[chat_id], key)

    def _tell(self, chat: Chat, kind: str, post: Post) -> None:
        audience = frozenset(person for person in self.readers(chat) if post.seen_by(person))
        masked = {"author": post.sender} if post.masked else {}
        self.events.tell(kind, chat.id, audience, message=self.shown(post), **masked)

    def shown(self, post: Post, person: int = 0) -> Json:
        """A message as people see it; its author also when another name stands at it."""
        local: Json = {"key": post.key, "n": post.n}
        if post.masked and post.sender == person:
            local["mine"] = True
        if post.replaces is not None:
            local["replaces"] = post.replaces
        if post.facts and "pay_key" in post.facts and post.facts["pay_key"] == post.message.get("reply_markup"):
            local["pay_key"] = True
        message = {**_named(post.message), "local": local}
        for name in ("reply_to_message", "pinned_message"):
            if name in message:
                message[name] = _named(message[name])
        if "forum_topic_created" in message.get("reply_to_message", {}):
            # Telegram makes every message of a topic answer its first one; nobody is shown that.
            del message["reply_to_message"]
        return message

    def _count_unread(self, chat: Chat, post: Post) -> None:
        people = [person for person in self.readers(chat) if person != post.sender and post.seen_by(person)]
        for person in people:
            self.unread[person, chat.id] = self.unread.get((person, chat.id), 0) + 1
        self.tell_unread(people, chat.id)

    def tell_unread(self, people: list[int], chat_id: int) -> None:
        """One event for everybody whose count changed; a message in a large group must not push out all others."""
        if self.pages and people:
            totals = Counter[int]()
            for (who, _), number in self.unread.items():
                totals[who] += number
            counts = [(person, self.unread.get((person, chat_id), 0), totals[person]) for person in people]
            self.events.tell("unread", chat_id, None, counts=counts)

    # ------------------------------------------------------------ presses

    def press(self, person: int, chat_id: int, key: str, data: str) -> Press:
        horizon = self.clock() - CALLBACK_LIFE
        for old in list(self.presses.values()):
            if old.time >= horizon:
                break
            self._forget_press(old.id)
        press = Press(str(self.count("press", FIRST_CALLBACK)), person, chat_id, key, data, self.clock())
        self.presses[press.id] = press
        self.keep_press(press)
        self.events.tell("pressed", chat_id, frozenset({person}), callback_query_id=press.id, key=key, data=data)
        return press

    def _forget_press(self, press_id: str) -> None:
        del self.presses[press_id]
        self.journal.put("press", press_id, None)

    def keep_press(self, press: Press) -> None:
        row: Json = {name: getattr(press, name) for name in Press.__slots__}
        self.journal.put("press", press.id, row)

    def live_press(self, press_id: str) -> Press | None:
        press = self.presses.get(press_id)
        return press if press is not None and press.time >= self.clock() - CALLBACK_LIFE else None

    # ------------------------------------------------------------ questions

    def ask(self, kind: str, person: int, chat_id: int, facts: Json, life: float) -> Question:
        """Something the bot shall answer; what is answered too late or never goes when there is too much of it."""
        number = str(self.count("question", FIRST_QUESTION))
        question = Question(number, kind, person, chat_id, facts, self.clock(), life)
        self.questions[number] = question
        self.keep_question(question)
        while len(self.questions) > MAX_QUESTIONS:
            self.forget_question(next(iter(self.questions)))
        return question

    def keep_question(self, question: Question) -> None:
        self.journal.put("question", question.id, {name: getattr(question, name) for name in Question.__slots__})

    def forget_question(self, number: str) -> None:
        del self.questions[number]
        self.journal.put("question", number, None)

    def answered(self, kind: str, number: str, answer: Json) -> Question:
        """Take the bot's answer to a question, which must still be open."""
        question = self.questions.get(number)
        late = question is None or question.kind != kind or question.time < self.clock() - question.life
        if question is None or late or question.answer is not None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        question.answer = answer
        self.keep_question(question)
        self.events.tell("answered", question.chat_id, frozenset({question.person}), query_id=number, query=kind)
        return question

    # ------------------------------------------------------------ starting over

    def reset(self, *, people: bool) -> None:
        """Empty every chat. Counters stay, because a wallet remembers the ids it has seen; settings stay, because a bot
        says only when it starts what it is called and which commands it has."""
        for chat in list(self.chats.values()):
            for key in list(chat.posts):
                self._drop(chat, key)
            chat.keyboards, chat.force_replies, chat.typing, chat.topics = {}, {}, None, {}
            if chat.private:
                chat.members[self.bot_id] = "member"
            self.keep_chat(chat)
        for press_id in list(self.presses):
            self._forget_press(press_id)
        for number in list(self.questions):
            self.forget_question(number)
        self.updates.clear()
        self.faults.clear()
        self.calls.clear()
        self.inline_cache.clear()
        self.pace = Pace(self.pace.on)
        self.unread.clear()
        self._ages.clear()
        if people:
            self._reset_people()
        else:
            for person in self.people.values():
                person.started = person.blocked = person.deactivated = False
                self.keep_person(person)
        self.events.tell("reset")

    def _reset_people(self) -> None:
        for kind, names in (("person", list(self.people)), ("chat", list(self.chats))):
            for name in names:
                self.journal.put(kind, name, None)
        self.people.clear()
        self.chats.clear()
        self.sow()
