"""PostgreSQL stopped hard under load, and replies to COMMIT cut off: the engine has to tell the truth all the same."""
from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select

from storage.database import normal, open_database
from storage.postgres_store import PostgresStore
from storage.tables import operations
from tests.faults.house import House, Members, first_step, until
from tests.faults.proxy import WAYS, Proxy
from tests.faults.truth import Promises, Verdict, judge, prepare
from tests.patience import PATIENCE
from tests.services.postgres import Postgres
from wallet.commands import encode
from wallet.engine import EngineDead
from wallet.refusals import Refusal

CALLERS: Final = 12
"""Who ask the engine directly, each again and again, without a second try."""
AT_ONCE: Final = 0.3
"""How likely one cut follows another at once."""
MOST_BETWEEN: Final = 5
"""How many commits go well between two others: what is cut has to have begun."""


@dataclass
class Outage:
    """What came of a run."""

    faults: int
    verdict: Verdict
    answers: dict[str, int]
    """What direct callers heard while it went on, by kind."""


class Load:
    """A house under load, with callers who remember what they were told."""

    def __init__(self, house: House, promises: Promises, chance: random.Random, after: int) -> None:
        self.house = house
        self.promises = promises
        self.said_no: set[str] = set()
        """Keys of which a caller heard that nothing was done."""
        self.answers: dict[str, int] = {}
        self._chance = chance
        self._numbers = itertools.count(after)
        self._calls = itertools.count()
        self._unacknowledged: list[int] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._over = False

    def begin(self) -> None:
        """Everybody starts."""
        self._tasks = [asyncio.create_task(self._telegram()), *[
            asyncio.create_task(self._caller()) for _ in range(CALLERS)]]

    async def end(self) -> None:
        """Let what has begun end; Telegram delivers until everything is acknowledged."""
        self._over = True
        await asyncio.wait_for(asyncio.gather(*self._tasks), PATIENCE)
        await asyncio.wait_for(self.house.inbox.idle(), PATIENCE)

    async def _telegram(self) -> None:
        while not self._over or self._unacknowledged:
            if not self._over:
                self._unacknowledged += itertools.islice(self._numbers, self._chance.randint(1, 12))
            try:
                await self.house.feed(self._unacknowledged)
                self._unacknowledged.clear()
            except Exception:  # noqa: BLE001 - not acknowledged, so Telegram delivers it again
                await asyncio.sleep(0.02)
            await until(lambda: self.house.inbox.in_hand <= 200 or self._over)

    async def _caller(self) -> None:
        while not self._over and not self.house.deaths:
            number = next(self._calls)
            command = replace(first_step(number, self.house.members), key=f"call:{number}",  # type: ignore[call-arg]
                              token=f"call {number}")
            try:
                outcome = await self.house.engine.run(command)
                self._heard(command.key, type(outcome).__name__, encode(outcome))
            except Refusal as refusal:
                self._heard(command.key, type(refusal).__name__, encode(refusal) if refusal.stored else "")
                if not refusal.stored:
                    self.said_no.add(command.key)
                    await asyncio.sleep(0.01)
            except EngineDead:
                self._heard(command.key, "EngineDead", "")
                return

    def _heard(self, key: str, kind: str, outcome: str) -> None:
        self.answers[kind] = self.answers.get(kind, 0) + 1
        if outcome:
            self.promises.note(f"heard {key} {outcome}")


async def under_load(url: str, faults: Callable[[House], Awaitable[int]], *, seed: int, engine_url: str = "",
                     inbox_url: str = "") -> Outage:
    """Put a house under load, let `faults` do their worst, and look at what is left."""
    members: Members = await prepare(url)
    promises = Promises()
    house = House(inbox_url or url, members, promises.note, store=PostgresStore(normal(engine_url or url)))
    await house.start()
    load = Load(house, promises, random.Random(seed), 1)
    load.begin()
    count = await faults(house)
    await load.end()
    await asyncio.wait_for(house.sender.idle(), PATIENCE)
    await house.stop()
    verdict = await judge(url, members, promises)
    verdict.broken += [f"the engine died of {death!r}" for death in house.deaths]
    verdict.lost += [f"{key} heard that nothing was done" for key in sorted(load.said_no & await _decided(url))]
    return Outage(count, verdict, load.answers)


async def _decided(url: str) -> set[str]:
    database = open_database(url)
    try:
        async with database.reading.connect() as connection:
            return set((await connection.execute(select(operations.c.key))).scalars())
    finally:
        await database.close()


async def cut_commits(url: str, port: int, *, cuts: int, seed: int) -> Outage:
    """Cut connections at COMMIT, the engine's and the inbox's, in every way in turn."""
    chance = random.Random(seed)
    proxy = Proxy("127.0.0.1", port)
    await proxy.start()

    async def faults(house: House) -> int:
        await house.inbox.caught_up.wait()
        for number in range(cuts):
            proxy.cut(WAYS[number % len(WAYS)])
            await until(lambda wanted=number + 1: proxy.cuts >= wanted)  # type: ignore[misc]
            if chance.random() < AT_ONCE:  # What finds out about one cut is cut as well.
                continue
            before = house.engine.counts.commits + chance.randint(0, MOST_BETWEEN)
            await until(lambda seen=before: house.engine.counts.commits > seen or house.deaths)  # type: ignore[misc]
        return proxy.cuts

    through = url.replace(f":{port}/", f":{proxy.port}/")
    try:
        return await under_load(url, faults, seed=seed, engine_url=through, inbox_url=through)
    finally:
        await proxy.stop()


async def stop_hard(server: Postgres, url: str, *, stops: int, seed: int) -> Outage:
    """Stop the server without warning, by turns immediately and with kill -9, and start it again."""
    chance = random.Random(seed)

    async def faults(house: House) -> int:
        for number in range(stops):
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            await asyncio.to_thread(server.kill if number % 2 else lambda: server.stop("immediate"))
            await asyncio.sleep(chance.uniform(0, 0.1))
            await asyncio.to_thread(server.start)
            before = house.engine.counts.commits
            await until(lambda seen=before: house.engine.counts.commits > seen or house.deaths)  # type: ignore[misc]
        return stops

    return await under_load(url, faults, seed=seed)
