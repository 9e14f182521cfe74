"""The whole way of `/send`: a raw update in, the answer and the notice out, against a Telegram that answers at once.

Guards: what is measured is the process as `bot/app.py` builds it, from the update's JSON to the last notice; a run ends
when everybody was told, and counts only when as many answers, notices and transfers are there as payments were asked.
"""
from __future__ import annotations

import asyncio
import itertools
import json
import resource
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, Final, TypeVar, cast

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.methods import GetMe, GetMyDescription, GetMyShortDescription, SendMessage, TelegramMethod
from aiogram.types import BotDescription, BotShortDescription, Chat, Message, User

from bot.app import App
from bot.arrivals import arrived
from bot.directory import Directory
from bot.dispatcher import Handling, make_dispatcher
from bot.metrics import Metrics
from bot.middlewares import Answered, Context, EveryPress, Guard
from bot.pacing import UNLIMITED
from bot.routers import routers
from bot.settings import read_settings
from bot.telegram import OneWay
from handlers.chat import refusing
from handlers.chat.cards import Cards
from handlers.ground import Config, Groups, Seen
from handlers.legal import Library
from handlers.notices import Context as Telling
from handlers.notices import render
from handlers.texts import speakers
from handlers.verified import Verified
from tests.benchmarks import ours
from tests.benchmarks.anchors import measure, schema, usual_sqlalchemy
from tests.benchmarks.ours import ACCEPTED, ZONE, Load, Result, member
from tests.fakes.announcements import NoAnnouncements
from tests.fakes.applications import NoApplications
from tests.fakes.tickets import NoTickets
from wallet.events import MoneyCame
from wallet.money import CNY
from wallet.rows import Notice
from wallet.transfers import Send, Sent
from wallet.views import GroupRulesView, MemberView, Party

T = TypeVar("T")
TOKEN: Final = "42:benchmark"
BOT: Final = User(id=42, is_bot=True, first_name="ikmPay", username="ikmpay_bot")
CANNED: Final[dict[type[TelegramMethod[Any]], Any]] = {
    GetMe: BOT, GetMyDescription: BotDescription(description="A wallet."),
    GetMyShortDescription: BotShortDescription(short_description="A wallet.")}
"""What is answered to what the process asks at its start."""
SENT: Final = Message(message_id=1, date=datetime.now(UTC), chat=Chat(id=1, type="private"), from_user=BOT, text="…")
LONGEST_END: Final = 60.0
"""Seconds in which everybody who still waits is answered."""
TICK: Final = 0.01

Road = Callable[[str, int], Awaitable[None]]
"""Takes an update's JSON and when it came; the answer is heard by Telegram."""


class QuickTelegram(OneWay):
    """Answers every call at once and keeps nothing; whoever waits for what a chat is told hears it."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[int, asyncio.Future[None]] = {}
        self.answers = 0
        self.notices = 0
        self._ids = itertools.count(1)

    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None) -> T:
        """A canned answer."""
        if isinstance(method, SendMessage):
            return cast(T, self._sent(bot, method))
        return cast(T, CANNED.get(type(method), True))

    def _sent(self, bot: Bot, method: SendMessage) -> Message:
        chat = int(method.chat_id)
        heard = self.waiting.pop(chat, None)
        if heard is None:
            self.notices += 1
        else:
            self.answers += 1
            heard.set_result(None)
        # A copy of one message: reading Telegram's answer is the stand-in's work, and would be measured as ours.
        return SENT.model_copy(update={"message_id": next(self._ids)}).as_(bot)

    async def stream_content(self, url: str, headers: dict[str, Any] | None = None, timeout: int = 30,
                             chunk_size: int = 65536, raise_for_status: bool = True) -> AsyncGenerator[bytes, None]:
        """There are no files."""
        yield b""

    async def close(self) -> None:
        """Nothing is open."""


def update_json(number: int, payer: int, payee: int, amount: int) -> str:
    """Somebody types /send, points at somebody and says how much, in private. Written by hand, since making what
    Telegram sends is measured as well."""
    name = f"Payee {payee}"
    return (f'{{"update_id":{number},"message":{{"message_id":{number},"date":{int(time.time())},"from":{{"id":{payer},'
            f'"is_bot":false,"first_name":"Payer {payer}","language_code":"en"}},"chat":{{"id":{payer},'
            f'"type":"private","first_name":"Payer {payer}"}},"text":"/send {name} {amount // 100}.{amount % 100:02}",'
            f'"entities":[{{"type":"bot_command","offset":0,"length":5}},{{"type":"text_mention","offset":6,'
            f'"length":{len(name)},"user":{{"id":{payee},"is_bot":false,"first_name":"{name}"}}}}]}}}}')


# ---------------------------------------------------------------------------------------------- three roads
@asynccontextmanager
async def whole(url: str, folder: Path, telegram: QuickTelegram) -> AsyncIterator[tuple[Road, App]]:
    """The process itself: inbox, dispatcher, handler, engine, outbox."""
    settings = read_settings({"bot_token": TOKEN, "database_url": url, "data_dir": folder, "port": 0, "log_level":
                              "ERROR", "webhook_url": "http://127.0.0.1/telegram", "webhook_secret": "s" * 32,
                              "maintenance_minutes": 0})  # At ten in the evening in Shanghai, too.
    app = App(settings, session=telegram, limits=UNLIMITED)
    await app.start()
    ours.settle_heap()

    async def take(raw: str, _: int) -> None:
        await app.inbox.accept([arrived(json.loads(raw), app.inbox.moment())])

    try:
        yield take, app
    finally:
        await app.stop()


class Everybody:
    """Members, people and groups as the stand-ins know them: everybody has joined and nobody asks a database."""

    def __init__(self, accounts: int) -> None:
        self._members = {i: MemberView(member(i), i, "active", "", "en", 2, ACCEPTED, 10**15, "", f"member {i}", False)
                         for i in range(1, accounts + 1)}
        self._seen = {i: Seen(i, "", f"Somebody {i}", "en", False) for i in range(1, accounts + 1)}

    async def member(self, telegram_id: int) -> MemberView | None:
        return self._members.get(telegram_id)

    async def by_ids(self, telegram_ids: Sequence[int]) -> Mapping[int, Seen]:
        return {number: self._seen[number] for number in telegram_ids}

    async def party(self, number: int) -> Party | None:
        telegram_id = number // 64
        return Party(number, telegram_id, f"member {telegram_id}")

    async def language(self, chat: int) -> str:
        return "en"

    async def rules(self, chat: int) -> GroupRulesView:
        return GroupRulesView()

    async def get(self, person: int) -> None:
        """Nobody is in the middle of anything."""


class NoWallet:
    """Says that it was sent, and moves nothing."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    async def run(self, command: Send) -> Sent:
        return Sent(command.receivers, (next(self._numbers),), (0,), command.amount, command.note, 10**9, 0, 0)


class UsualBot:
    """Moves the money by the usual SQLAlchemy and then tells the receiver, as bots usually do."""

    def __init__(self, wallet: usual_sqlalchemy.UsualWallet, bot: Bot, known: Telling) -> None:
        self._wallet = wallet
        self._bot = bot
        self._known = known
        self._numbers = itertools.count(1)

    async def run(self, command: Send) -> Sent:
        payee = command.receivers[0]
        done = await self._wallet.transfer(command.payer // 64, payee, command.amount, command.key)
        number = next(self._numbers)
        event = MoneyCame(number, command.payer, command.amount, command.note, 0)
        told = await render([Notice(number, member(payee), 0, "MoneyCame", event.facts(), 0, 0)], self._known)
        await self._bot.send_message(payee, told.text, reply_markup=told.markup)
        return Sent(command.receivers, (number,), (0,), command.amount, command.note, done["balance"], 0, 0)


def short(telegram: QuickTelegram, make_engine: Callable[[Bot, Telling], Any], accounts: int) -> Road:
    """The same dispatcher and handlers without the inbox, on a stand-in for the engine."""
    bot = Bot(TOKEN, session=telegram, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    everybody, voices = Everybody(accounts), speakers(CNY, ZONE, "ikmPay")
    config = Config("ikmpay_bot", "ikmPay", CNY, "CN", ZONE, play_money=True)
    refuse, metrics = refusing.answer_refusal, Metrics()
    unused, anybody = SimpleNamespace(), cast(Any, everybody)
    engine = make_engine(bot, Telling(anybody, anybody, voices["en"], Library((), ZONE), NoTickets(),
                                      NoAnnouncements()))
    provided = {"engine": engine, "cards": Cards(bot, engine, anybody, anybody, anybody, voices, config,
                                                   Verified(NoApplications(), cast(Any, unused))),
                "reads": everybody, "people": everybody, "groups": everybody, "members": everybody,
                "dialogs": everybody, "answered": unused, "library": unused, "policy": ours.POLICY, "vault": unused,
                "phones": unused, "pins": unused, "drawer": unused, "covers": unused, "easel": unused,
                "scanner": unused, "printer": unused, "guesses": unused, "offered": unused,
                "operators": unused, "operator_reads": unused, "tickets": unused, "mailer": None, "words": everybody,
                "announcements": unused, "audit_reads": unused, "dossiers": unused, "applications": unused,
                "verified": unused, "copier": unused, "wind_downs": unused, "screening": unused,
                "speakers": voices, "config": config,
                "now": lambda: datetime.now(UTC)}

    async def begun(prefix: str) -> bool:
        return False

    dispatcher = make_dispatcher(
        routers(), context=Context(cast(Directory, everybody), cast(Groups, everybody), voices, config),
        guard=Guard(refuse, begun, lambda: datetime.now(UTC), cast(Groups, everybody)), presses=EveryPress(Answered()),
        provided=provided)
    handling = Handling(dispatcher, bot, refuse, metrics)

    async def take(raw: str, at: int) -> None:
        arrival = arrived(json.loads(raw), at)
        await handling.handle(arrival)
        arrival.more.clear()  # As the inbox does.

    return take


# --------------------------------------------------------------------------------------------------- driving
@dataclass(slots=True)
class Drive:
    """Payments on one road: each caller's next update comes when the last one was answered."""

    road: Road
    telegram: QuickTelegram
    load: Load
    idle: Callable[[], Awaitable[None]]
    """Returns when everybody was told."""
    done: int = 0
    stop: bool = False

    async def caller(self, number: int, most: int) -> None:
        """Payers and payees are different people, so that what a payer hears is the answer; each caller has payers of
        its own."""
        callers = self.load.callers
        half = self.load.accounts // 2 // callers * callers
        for turn in range(most):
            if self.stop:
                return
            count = turn * callers + number
            payer = 1 + count % half
            payee = 1 + half + (count * 7919) % half
            heard = self.telegram.waiting[payer] = asyncio.get_running_loop().create_future()
            await self.road(update_json(1 + count, payer, payee, 1 + count % 100), time.time_ns() // 1000)
            await heard
            await asyncio.sleep(0)  # One who was answered at once must not keep the others from asking.
            self.done += 1

    async def for_seconds(self, server_pid: int, known: int = 0) -> Result:
        """Drive for the load's time, from when so many payments were made. The window ends with the last notice."""
        tasks = [asyncio.create_task(self.caller(number, 2**31)) for number in range(self.load.callers)]
        await measure._sleep(self.load.warmup, tasks)
        while self.done < known:
            await measure._sleep(TICK, tasks)
        before, window = self.done, measure.Window(server_pid)
        await measure._sleep(self.load.seconds, tasks)
        self.stop = True
        async with asyncio.timeout(LONGEST_END):
            await asyncio.gather(*tasks)
            await self.idle()
        result: Result = window.result(self.done - before, [])
        return ours.with_processor_time(result | {"finished": self.done})

    async def so_many(self, count: int) -> Result:
        """Drive this many payments, a multiple of the callers."""
        began = time.perf_counter()
        turns = count // self.load.callers
        await asyncio.gather(*[self.caller(number, turns) for number in range(self.load.callers)])
        await self.idle()
        return {"per_second": self.done / (time.perf_counter() - began), "finished": self.done}


async def ours_whole(url: str, load: Load, server_pid: int, count: int = 0) -> Result:
    """The whole way through our process; for a time, once everybody has been seen, or `count` payments."""
    telegram = QuickTelegram()
    with TemporaryDirectory() as folder:
        async with whole(url, Path(folder), telegram) as (road, app):
            before = await ours.counted(app.database)
            commits = app.engine.counts.commits
            drive = Drive(road, telegram, load, app.idle)
            result = await (drive.so_many(count) if count else drive.for_seconds(server_pid, load.accounts // 2))
            memory = resident_mb()
            after = await ours.counted(app.database)
            commits = app.engine.counts.commits - commits
    finished = result["finished"]
    # A notice that has arrived leaves no row.
    more = {name: after[name] - before[name] for name in after} | {"notices": telegram.notices}
    ours.verify(more, finished, commits)
    if telegram.answers != finished:
        raise RuntimeError(f"the run is void: {telegram.answers} answers to {finished} payments")
    await ours.check(url)
    return result | {"memory_mb": memory}


async def usual_whole(url: str, load: Load, server_pid: int) -> Result:
    """The usual SQLAlchemy behind the same handler."""
    await schema.create(url)
    await schema.fill(url, load.accounts)
    wallet = usual_sqlalchemy.UsualWallet(url)
    await wallet.start()
    telegram = QuickTelegram()
    road = short(telegram, lambda bot, known: UsualBot(wallet, bot, known), load.accounts)
    ours.settle_heap()
    try:
        result = await Drive(road, telegram, load, _at_once).for_seconds(server_pid)
    finally:
        await wallet.close()
    await schema.verify(url, load.accounts, result["finished"])
    return result


async def bare(load: Load) -> Result:
    """The same handler with no inbox and no wallet behind it: no row is written and nobody else is told."""
    telegram = QuickTelegram()
    road = short(telegram, lambda _bot, _known: NoWallet(), load.accounts)
    ours.settle_heap()
    return await Drive(road, telegram, load, _at_once).for_seconds(0)


async def _at_once() -> None:
    """Nothing is left to be told when the last handler has returned."""


def resident_mb() -> float:
    """How much memory the process holds now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
