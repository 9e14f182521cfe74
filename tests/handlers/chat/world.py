"""A whole chat in memory: people who type and tap, the real routers and engine, and a Telegram that only remembers.

Guards: tests of conversations say what people do and what they see; everything between is the real code, apart from the
process's own middleware, of which only what a handler can tell is played here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from aiogram import Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from bot.middlewares import Answered, admit
from handlers.asking import read_message
from handlers.chat import (
    agreements,
    family,
    group,
    joining,
    nickname,
    own_qq,
    pin,
    reading,
    safeguards,
    settings,
    verifying,
)
from handlers.chat import help as helping
from handlers.chat.cards import Cards
from handlers.chat.redraws import Redraws
from handlers.chat.refusing import answer_refusal
from handlers.ground import Accepts, Config, Seen
from handlers.legal import Library, Names, load
from handlers.texts import LOCALES, Language, language_of, speakers
from handlers.verified import Verified
from storage.phones import MOST
from tests.fakes.applications import NoApplications
from tests.fakes.reads import FakeReads
from tests.fakes.store import FakeStore
from tests.fakes.telegram import (
    RecordingSession,
    Shown,
    bot_with,
    contact_update,
    message_update,
    press_update,
    user,
)
from wallet.books import Policy
from wallet.engine import Engine
from wallet.money import CNY
from wallet.refusals import Refusal, TooManyNumbers
from wallet.rows import GroupRules, Row
from wallet.vault import Vault
from wallet.views import GroupRulesView, MemberView

Next: TypeAlias = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

ZONE = ZoneInfo("Asia/Shanghai")
GROUP = -1001
START = datetime(2026, 12, 1, 4, tzinfo=UTC)

BRAND = "ikmPay"
SPEAKERS = speakers(CNY, ZONE, BRAND)
LIBRARY = load(LOCALES / "legal", Names(BRAND, "CNY"), ZONE)
CONFIG = Config("ikmpay_bot", BRAND, CNY, "CN", ZONE, play_money=True)


class FakeDialogs:
    """Dialogs as JSON, like the real ones."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}

    async def get(self, person: int) -> dict[str, Any] | None:
        found: dict[str, Any] | None = json.loads(self.texts[person]) if person in self.texts else None
        return found

    async def put(self, person: int, dialog: Mapping[str, Any], *, seconds: int = 600) -> None:
        self.texts[person] = json.dumps(dict(dialog))

    async def drop(self, person: int) -> None:
        self.texts.pop(person, None)


class FakePeople:
    """Whoever was put there was seen."""

    def __init__(self) -> None:
        self.seen: dict[int, Seen] = {}

    async def by_username(self, username: str) -> Seen | None:
        return next((seen for seen in self.seen.values() if seen.username.lower() == username.lower()), None)

    async def by_ids(self, telegram_ids: Sequence[int]) -> Mapping[int, Seen]:
        return {number: self.seen[number] for number in telegram_ids if number in self.seen}


class FakeGroups:
    """Languages of groups, and the rules that the store has of them."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self.languages: dict[int, str] = {}

    async def language(self, chat: int) -> str:
        return self.languages.get(chat, "en")

    async def set_language(self, chat: int, language: str) -> None:
        self.languages[chat] = language

    async def rules(self, chat: int) -> GroupRulesView:
        row = self._store.rows.get((GroupRules, chat))
        if not isinstance(row, GroupRules):
            return GroupRulesView()
        return GroupRulesView(frozenset(filter(None, row.off.split(","))), row.average, row.shares, row.question,
                              row.delay, row.tidy)


class FakePins:
    """A PIN's stored form is the PIN; `looked` counts how often one was looked at."""

    def __init__(self) -> None:
        self.looked = 0

    async def hash(self, pin: str) -> str:
        return f"hash of {pin}"

    async def verify(self, stored: str, pin: str) -> bool:
        self.looked += 1
        return stored == f"hash of {pin}"


class FakePhones:
    """Who has a number, for as many a day as the database allows."""

    def __init__(self, reads: FakeReads, vault: Vault) -> None:
        self._reads = reads
        self._vault = vault
        self.asked: dict[tuple[int, date], set[str]] = {}

    async def holder(self, number: str, asker: int, day: date) -> MemberView | None:
        asked = self.asked.setdefault((asker, day), set())
        if len(asked | {number}) > MOST:
            raise TooManyNumbers(MOST)
        asked.add(number)
        return await self._reads.member_by_phone(self._vault.digest("phone", number))


class World:
    """One deployment."""

    def __init__(self, library: Library = LIBRARY, redraws: Redraws | None = None,
                 more: Sequence[Router] = ()) -> None:
        self.moment = START
        self.dates: dict[int, datetime] = {}
        self.library = library
        self.store = FakeStore(self._microseconds)
        self.reads = FakeReads(self.store, lambda: self.moment.astimezone(ZONE).toordinal())
        self.policy = Policy(library.terms(), b"digests", 5_000_000, 20_000, 100_000, 1_000_000_000, 20_000, 100,
                             b"vouchers", 30 * 24 * 60 * 60 * 1_000_000)
        self.engine = Engine(self.store, self.policy, zone=ZONE)
        self.session = RecordingSession()
        self.bot = bot_with(self.session)
        self.answered = Answered()
        self.session.middleware(self.answered)
        self.dialogs, self.people, self.pins = FakeDialogs(), FakePeople(), FakePins()
        self.groups = FakeGroups(self.store)
        self.vault = Vault(b"s" * 32)
        self.phones = FakePhones(self.reads, self.vault)
        self.cards = Cards(self.bot, self.engine, self.reads, self.people, self.groups, SPEAKERS, CONFIG,
                           Verified(NoApplications(), self.vault))
        self.dispatcher = Dispatcher(disable_fsm=True, **self._provided())
        paced = redraws or Redraws(pause=0)
        routers = [pin.make_router(paced), joining.make_router(), agreements.make_router(), reading.make_router(),
                   settings.make_router(), own_qq.make_router(), nickname.make_router(), safeguards.make_router(),
                   verifying.make_router(), family.make_router(), group.make_router(), helping.make_router(), *more,
                   helping.make_last_router()]
        self.dispatcher.include_routers(*routers)
        for observer in (self.dispatcher.message, self.dispatcher.callback_query):
            observer.outer_middleware(self._context)
            observer.middleware(self._guard)

    async def role(self, telegram_id: int) -> str:
        """Nobody in this world is an operator."""
        return ""

    def _microseconds(self) -> int:
        return int(self.moment.timestamp() * 1_000_000)

    def _provided(self) -> dict[str, Any]:
        return {"engine": self.engine, "reads": self.reads, "members": self.reads, "words": self.reads,
                "people": self.people,
                "groups": self.groups, "dialogs": self.dialogs, "vault": self.vault, "library": self.library,
                "phones": self.phones, "speakers": SPEAKERS, "pins": self.pins, "policy": self.policy, "config": CONFIG,
                "now": lambda: self.moment, "answered": self.answered.has,
                "cards": self.cards, "operators": self, "verified": self.cards.verified}

    async def _context(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Message | CallbackQuery)
        assert event.from_user is not None
        member = data["member"] = await self.reads.member(event.from_user.id)
        language = member.language if member else language_of(event.from_user.language_code)
        data["speaker"] = data["group_speaker"] = _spoken(language)
        message = event if isinstance(event, Message) else event.message
        assert message is not None
        if message.chat.type != "private":
            data["group_speaker"] = _spoken(await self.groups.language(message.chat.id))
        data["asked"] = read_message(event, CONFIG) if isinstance(event, Message) else None
        data["again"] = False
        return await handler(event, data)

    async def _guard(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> Any:
        accepts = data["handler"].flags["accepts"]
        assert isinstance(accepts, Accepts)
        assert isinstance(event, Message | CallbackQuery)
        message = event if isinstance(event, Message) else event.message
        assert message is not None
        private = message.chat.type == "private"
        try:
            await admit(event, accepts, private=private, data=data)
            return await handler(event, data)
        except Refusal as refusal:
            await answer_refusal(event, refusal, data)

    async def handle(self, update: Update) -> bool:
        """An update comes in; whether anybody answered it. What is said is said at this world's moment, and when it
        comes again it is as old as it is."""
        if update.message is not None:
            date = self.dates.setdefault(update.update_id, self.moment)
            update = update.model_copy(update={"message": update.message.model_copy(update={"date": date})})
        return await self.dispatcher.feed_update(self.bot, update) is not UNHANDLED

    def later(self, **delta: float) -> None:
        """Time passes."""
        self.moment += timedelta(**delta)

    def rows(self, cls: type[Row]) -> list[Any]:
        """What is written."""
        return self.store.all(cls)


def _spoken(language: str) -> Any:
    chosen: Language = "zh_CN" if language == "zh_CN" else "en"
    return SPEAKERS[chosen]


@dataclass
class Somebody:
    """A person at their phone."""

    world: World
    id: int = 1000
    name: str = "Alice Chen"
    language: str | None = "en"
    phone: str = "+447400123456"

    @property
    def user(self) -> Any:
        """As Telegram shows them."""
        return user(self.id, self.name, language=self.language)

    async def says(self, text: str, chat: int = 0, **more: Any) -> bool:
        """Type something, in private unless a chat is named."""
        return await self.world.handle(message_update(self.user, text, chat=chat, **more))

    async def shares(self, phone: str = "", owner: int | None = None, **more: Any) -> bool:
        """Share a contact: one's own unless another owner is named."""
        return await self.world.handle(contact_update(self.user, phone or self.phone, owner=owner, **more))

    async def taps(self, label: str, on: Shown | None = None, chat: int = 0) -> bool:
        """Tap a button under the newest message, or under the one given."""
        shown = on or self.sees_message(chat)
        data = shown.button(label).callback_data
        assert data is not None
        return await self.forges(data, shown)

    async def agrees(self) -> None:
        """Tap the green button."""
        await self.agrees_to(self.sees_message())

    async def agrees_to(self, shown: Shown) -> None:
        """Tap the green button under a message."""
        data = next(button.callback_data for button in shown.buttons if button.style == "success")
        assert data is not None
        await self.forges(data, shown)

    async def forges(self, data: str, on: Shown | None = None, chat: int = 0, reply_to: Message | None = None) -> bool:
        """Press a button with any content."""
        return await self.world.handle(press_update(self.user, on or self.sees_message(chat), data, reply_to))

    def sees_message(self, chat: int = 0) -> Shown:
        """The newest message of the bot."""
        return self.world.session.last(chat or self.id)

    def sees(self, chat: int = 0) -> str:
        """Its text."""
        return self.sees_message(chat).text

    def sees_all(self) -> str:
        """All that stands in the private chat."""
        return "\n\n".join(self.world.session.texts(self.id))

    def was_alerted(self) -> str:
        """What the newest alert said."""
        alert = self.world.session.alerts()[-1]
        assert alert.show_alert, "no alert"
        return alert.text or ""

    async def types_pin(self, digits: str, on: Shown | None = None) -> None:
        """Tap digits on the keypad. A keypad that starts anew has other keys, so each is looked up."""
        pad = on or self.sees_message()
        for digit in digits:
            await self.taps(digit, pad)

    async def joins(self) -> MemberView:
        """All steps of joining."""
        await self.says("/start")
        await self.taps("English" if language_of(self.language) == "en" else "简体中文")
        await self.agrees()
        await self.shares()
        member = await self.world.reads.member(self.id)
        assert member is not None
        assert member.joined
        return member

    async def member(self) -> MemberView:
        """As the wallet knows them."""
        member = await self.world.reads.member(self.id)
        assert member is not None
        return member


W = TypeVar("W", bound=World)


@asynccontextmanager
async def running(world: W) -> AsyncIterator[W]:
    """A world whose engine runs."""
    await world.engine.start()
    try:
        yield world
    finally:
        await world.engine.stop()
