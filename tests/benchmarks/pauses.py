"""How long the event loop is away under load, while PINs are checked, somebody exports their history, statements as
long as there are become documents, and long texts are rendered.

Guards: the load is the engine's full one, so a pause of any part shows: a large batch, a large page, a collection of
garbage, a lock held over a hash.
"""
from __future__ import annotations

import asyncio
import csv
import dataclasses
import io
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from handlers.chat.month import Statement
from handlers.chat.statement_files import MOST_PRINTED, paper
from handlers.ground import Config
from handlers.hashing import Argon2Pins
from handlers.pictures.easel import PAGES, Easel
from handlers.pictures.printer import Printer
from handlers.texts import Lines, Moment, Money, Person, speakers
from storage.reads import SqlReads
from tests.benchmarks import ours
from tests.benchmarks.anchors import measure
from tests.benchmarks.ours import ZONE, Load, Result, member
from wallet.money import CNY
from wallet.movements import SEND
from wallet.transfers import Send
from wallet.vault import Vault
from wallet.views import EntryLine, MemberView

TICK: Final = 0.001
PAGE: Final = 100
"""How many lines an export asks for at a time."""
MONTH: Final = Statement(2026, 11, 0, [EntryLine(number, SEND.name, 100, number * 100, number, None, "午饭 🍜", "")
                                       for number in range(1, MOST_PRINTED + 1)], {}, 0)
"""The longest one that is printed."""
OWNER: Final = MemberView(1, 1, "active", "", "en", 0, "", 0, "", "Somebody", False)
CONFIG: Final = Config("bot", "ikmPay", CNY, "CN", ZONE, True)
LINES: Final = 30
"""Three times as many as a page of history shows."""


async def run(url: str, load: Load, server_pid: int) -> Result:
    """Everybody pays one, who exports what came; the largest pauses in milliseconds."""
    async with ours.opened(url) as (database, engine):
        await engine.start()
        reads = SqlReads(database, today=lambda: 0)
        pins = Argon2Pins(Vault(b"s" * 32))
        stored = await pins.hash("123456")
        voice = speakers(CNY, ZONE, "ikmPay")["en"]
        easel = Easel(PAGES)

        async def transfer(debit: int, credit: int, amount: int, key: str) -> None:
            await engine.run(Send(key=key, payer=member(debit), receivers=(credit,), amount=amount,
                                  members=(member(credit),), sure=True, token=""))

        async def check_pin() -> None:
            assert await pins.verify(stored, "123456")

        async def export() -> None:
            sheet, before = csv.writer(io.StringIO()), 0
            for _page in range(50):
                page = await reads.history(member(1), before=before, limit=PAGE)
                sheet.writerows([dataclasses.astuple(item) for item in page.lines])
                before = page.older
                if not before:
                    break

        async def print_month() -> None:
            made = datetime(2026, 12, 1, tzinfo=UTC)
            await Printer(easel).printed(await asyncio.to_thread(paper, MONTH, voice, OWNER, CONFIG, made))

        async def speak() -> None:
            voice.say(Lines(tuple(Lines((Person(f"Somebody {i}"), Money(i * 100), Moment.of_microseconds(i)))
                                  for i in range(LINES))))
            await asyncio.sleep(0.01)

        ours.settle_heap()
        pulse = Pulse()
        others = [asyncio.create_task(each) for each in (
            pulse.beat(load.warmup), *[again(act, pulse) for act in (check_pin, export, print_month, speak)])]
        result: Result = await measure.closed_loop(
            transfer, callers=load.callers, seconds=load.seconds, warmup=load.warmup, accounts=load.accounts, hot=True,
            server_pid=server_pid)
        pulse.stop = True
        await asyncio.gather(*others)
        pins.close()
        await easel.close()
        await engine.stop()
    return result | {"pause_ms": pulse.worst * 1e3, "own_pause_ms": pulse.worst_own * 1e3}


class Pulse:
    """Looks a thousand times a second at how late it is."""

    def __init__(self) -> None:
        self.stop = False
        self.worst = 0.0
        """Seconds by which it came too late."""
        self.worst_own = 0.0
        """The most processor time that the loop's thread used between two looks. On a machine that others use too
        this is what remains ours."""

    async def beat(self, warmup: float) -> None:
        """Until `stop`; what happens while it warms up does not count."""
        await asyncio.sleep(warmup)
        while not self.stop:
            due, own = time.perf_counter() + TICK, time.thread_time()
            await asyncio.sleep(TICK)
            self.worst = max(self.worst, time.perf_counter() - due)
            self.worst_own = max(self.worst_own, time.thread_time() - own)


async def again(act: Callable[[], Awaitable[None]], pulse: Pulse) -> None:
    """Do it over and over."""
    while not pulse.stop:
        await act()
