"""A bank whose notices go out through a bot that only remembers, and fails as it is told to."""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import TelegramMethod
from sqlalchemy import update

from bot.directory import Roles
from bot.metrics import Metrics
from bot.outbox import Sender
from bot.pacing import UNLIMITED, Limits, MemoryMeter, Pacing
from bot.ringing import Bell
from bot.telling import Teller
from handlers.chat.cards import Offer
from handlers.ground import Seen
from handlers.pictures.covers import Covers
from handlers.texts import LANGUAGES, Fact, Speaker
from storage.operators import SqlOperatorReads
from storage.outbox import Outbox, Pending, Settled
from storage.reads import SqlReads
from storage.tables import holds
from tests.fakes.announcements import NoAnnouncements
from tests.fakes.clock import FakeClock, settle
from tests.fakes.telegram import RecordingSession, bot_with
from tests.fakes.tickets import NoTickets
from tests.handlers.chat.money.world import NoEasel
from tests.handlers.chat.world import LIBRARY
from tests.patience import PATIENCE
from tests.wallet.bank import Bank
from wallet.events import MoneyWaits
from wallet.holds import ExpireHold
from wallet.money import CNY
from wallet.rows import Notice
from wallet.views import GroupRulesView

ALICE, BOB, CAROL, DAVE = 101, 102, 103, 104
GROUP = -1001
T = TypeVar("T")


class FailingSession(RecordingSession):
    """Fails as it is told to, before it sends anything."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Callable[[TelegramMethod[Any]], Exception | None] = lambda method: None
        self.gate = asyncio.Event()
        self.gate.set()
        self.underway = 0

    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None) -> T:
        self.underway += 1
        await self.gate.wait()
        self.underway -= 1
        error = self.fails(method)
        if error is not None:
            raise error
        return await super().make_request(bot, method, timeout)


class FewPeople:
    """Who was seen."""

    def __init__(self) -> None:
        self.seen: dict[int, Seen] = {}

    def see(self, telegram_id: int, name: str, language_code: str = "en") -> None:
        self.seen[telegram_id] = Seen(telegram_id, "", name, language_code, False)

    async def by_username(self, username: str) -> Seen | None:
        return None

    async def by_ids(self, telegram_ids: Sequence[int]) -> Mapping[int, Seen]:
        return {one: self.seen[one] for one in telegram_ids if one in self.seen}


class ChineseGroups:
    """Every group speaks Chinese."""

    async def language(self, chat: int) -> str:
        return "zh_CN"

    async def set_language(self, chat: int, language: str) -> None:
        raise AssertionError("nobody chooses here")

    async def rules(self, chat: int) -> GroupRulesView:
        return GroupRulesView()


class Marked(Speaker):
    """Says which language it speaks."""

    def say(self, said: Fact) -> str:
        return f"[{self.language}] {super().say(said)}"


class Post:
    """A bank whose notices go out through a bot that only remembers."""

    def __init__(self, bank: Bank, limits: Limits = UNLIMITED, most_held: int = 1000, outbox: Outbox | None = None,
                 operators_group: int = 0) -> None:
        assert bank.database is not None
        self.bank = bank
        self.session = FailingSession()
        self.clock = FakeClock()
        self.people = FewPeople()
        self.metrics = Metrics()
        self.bot = bot_with(self.session)
        self.session.middleware(Pacing(MemoryMeter(limits, self.clock), self.clock))
        self.table = outbox or Outbox(bank.database)
        self.most_held = most_held
        self.operators_group = operators_group
        self.numbers = 64_000_000
        self.offers: list[tuple[int, int]] = []
        self.sender = self.new_sender()

    def new_sender(self, holder: str = "us") -> Sender:
        """As a process that has just started has it."""
        assert self.bank.database is not None
        reads = SqlReads(self.bank.database, lambda: 1)
        voices = {language: Marked(language, CNY, ZoneInfo("Asia/Shanghai"), "ikmPay", {}) for language in LANGUAGES}
        self.bell = Bell(Roles(SqlOperatorReads(self.bank.database), self.clock, 0), self.operators_group)
        self.teller = Teller(self.bot, self.table, reads, self.people, ChineseGroups(), voices, self.clock, LIBRARY,
                             Covers(NoEasel(), voices), NoTickets(), NoAnnouncements(), self.bell, self.place_offer)
        return Sender(self.table, self.teller, self.clock, self.metrics, holder=holder, most_held=self.most_held)

    async def place_offer(self, offered: Offer, message: int) -> None:
        assert isinstance(offered, MoneyWaits)
        self.offers.append((offered.hold, message))

    async def start(self) -> None:
        await self.sender.start([lane.lane for lane in self.bank.engine.lanes])

    def hand_over(self) -> list[Notice]:
        """What the engine does after a commit."""
        rows = list(self.bank.told)
        self.bank.told.clear()
        self.sender.accept(rows)
        return rows

    def crash(self) -> None:
        """What was committed is handed over to nobody."""
        self.bank.told.clear()

    async def delivers(self) -> None:
        """Hand over what was committed, and wait until it went out."""
        self.hand_over()
        await self.idle()

    async def idle(self) -> None:
        """Wait until all went out. Whoever could not look up or write down rests on a clock that stands still, so a
        database that answers too late would be waited for without end."""
        async with asyncio.timeout(PATIENCE):
            await self.sender.idle()

    async def turns(self, seconds: float) -> None:
        """Let time pass, in steps, so that what asks a database on the way has its own time for it."""
        for _ in range(60):
            await self.clock.advance(seconds / 60)
            await self.idle()

    async def rows(self) -> dict[str, int]:
        return await self.table.count()

    def sent_to(self, chat: int) -> list[str]:
        return self.session.texts(chat)


async def until(ready: Callable[[], object]) -> None:
    """Let everything run until something has come, if it comes at all."""
    async with asyncio.timeout(PATIENCE):
        while not ready():
            await settle()


class ForgetfulOutbox(Outbox):
    """A table that can't be written to, or not be read, for a while."""

    away = False
    unreadable = False
    commits = 0

    async def settle(self, settled: Settled) -> None:
        if self.away:
            raise ConnectionError("the database is away")
        await super().settle(settled)
        self.commits += 1

    async def take(self, upto: Mapping[int, int], held: Collection[int], now: int, most: int
                   ) -> tuple[list[Pending], int]:
        if self.unreadable:
            raise ConnectionError("the database is away")
        return await super().take(upto, held, now, most)


def blocked(method: TelegramMethod[Any]) -> Exception:
    return TelegramForbiddenError(method, "Forbidden: bot was blocked by the user")


def only_for(chat: int, error: Callable[[TelegramMethod[Any]], Exception]
             ) -> Callable[[TelegramMethod[Any]], Exception | None]:
    return lambda method: error(method) if getattr(method, "chat_id", None) == chat else None


async def expire(bank: Bank, hold: int) -> None:
    """The clock gives a hold back whose time is over."""
    assert bank.database is not None
    over = update(holds).where(holds.c.id == hold).values(expires_at=1)
    await bank.database.write(lambda connection: connection.execute(over))
    await bank.run(ExpireHold(key=f"hold:{hold}:expire", hold=hold))
