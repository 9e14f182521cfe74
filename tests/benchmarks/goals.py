"""What is compared with what, and how good it has to be.

Guards: a goal's two sides run on the same server and in turn, so that their ratio says something on any machine. What
is a whole process in life is one here too, since a heap in which others have lived before is slower than one's own.
"""
from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bot import loop
from tests.benchmarks import envelopes, others, ours, pauses, pictures
from tests.benchmarks.ours import Ground, Load, Result

MANY: Final = 200_000
"""How many payments the long way has."""

Run = Callable[[], Result]
"""One run of one side."""
Anchor = Callable[[str, Load], Coroutine[Any, Any, Result]]


@dataclass(frozen=True, slots=True)
class Goal:
    """One row of the table."""

    key: str
    what: str
    against: str
    must: float
    stretch: float
    least: bool = True
    """Whether the ratio must be at least `must`, else at most."""
    figure: str = "per_second"
    unit: str = "transfers/s"

    def met(self, ratio: float, part: float = 1.0) -> bool:
        """Whether a ratio is good enough; `part` 0.5 asks for half of it."""
        return ratio >= self.must * part if self.least else ratio <= self.must / part


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides and the goals that are read off their runs."""

    names: tuple[str, str]
    goals: tuple[Goal, ...]
    first: Run
    second: Run
    by_name: bool = False
    """Run only when asked for: what decisions stand behind, not goals."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A figure that is judged by itself; its ratio is that to what it must be."""

    goals: tuple[Goal, ...]
    run: Run
    long: bool = False
    """Left out of quick rounds."""


class Sides:
    """The sides as runs on a ground."""

    def __init__(self, ground: Ground, load: Load) -> None:
        self.ground = ground
        self.load = load
        self.tpcb = others.TpcB(ground)

    def on_postgres(self, *, hot: bool = False, before: Sequence[str] = (), batch: int = 0,
                    writers: int = 0) -> Result:
        """Ours. `before` are statements that change the schema."""
        server = self.ground.postgres
        with self.ground.on_postgres() as url:
            for statement in before:
                server.sql(statement, url.rpartition("/")[2])
            return asyncio.run(ours.transfers(url, self.load, hot=hot, server_pid=server.pid, batch=batch,
                                              writers=writers))

    def on_sqlite(self) -> Result:
        """Ours."""
        with self.ground.on_sqlite() as url:
            return asyncio.run(ours.transfers(url, self.load))

    def anchor(self, run: Anchor, where: Callable[[Ground], AbstractContextManager[str]]) -> Result:
        """An anchor's."""
        with where(self.ground) as url:
            return asyncio.run(run(url, self.load))

    def whole_way(self) -> Result:
        """Our whole process."""
        with self.ground.on_postgres() as url:
            return self._alone("whole", url)

    def usual_way(self) -> Result:
        """The usual bot's."""
        with others.empty_postgres(self.ground) as url:
            return self._alone("usual", url)

    def bare_way(self) -> Result:
        """The handler's alone."""
        return with_client_time(self._alone("bare", ""))

    def _alone(self, road: str, url: str, count: int = 0) -> Result:
        """A run in a process of its own."""
        load, pid = self.load, self.ground.postgres.pid
        wanted = [road, url, count, pid, load.seconds, load.warmup, load.accounts, load.callers]
        done = subprocess.run([sys.executable, "-m", "tests.benchmarks.one_way", *map(str, wanted)], check=True,
                              stdout=subprocess.PIPE, text=True)
        result: Result = json.loads(done.stdout.splitlines()[-1])
        return result

    def taps(self, where: Callable[[], AbstractContextManager[str]]) -> Result:
        """A group in front of red envelopes."""
        with where() as url:
            return self._alone("taps", url)

    def pauses(self) -> Result:
        """Of the loop."""
        pid = self.ground.postgres.pid
        with self.ground.on_postgres() as url:
            return loop.run(pauses.run(url, self.load, pid))

    def long_way(self) -> Result:
        """Many payments."""
        with self.ground.on_postgres() as url:
            return self._alone("whole", url, MANY)

    def shares_on_postgres(self) -> Result:
        """Ours."""
        with self.ground.on_postgres() as url:
            return loop.run(envelopes.opened(url, self.load))

    def shares_on_sqlite(self) -> Result:
        """Ours."""
        with self.ground.on_sqlite() as url:
            return loop.run(envelopes.opened(url, self.load))

    def shares_in_redis(self) -> Result:
        """The anchor's."""
        return asyncio.run(envelopes.grabbed(self.ground.valkey.url, self.load))

    def on_tpcb(self) -> Result:
        """pgbench's."""
        return self.tpcb.run(self.load)


def with_client_time(result: Result) -> Result:
    """The processor time of a side that has no server."""
    return result | {"cpu_us_each": result["client_cpu_us_each"]}


def pairs(sides: Sides) -> Iterator[Pair]:
    """Everything that is compared."""
    lite, post = others.empty_sqlite, others.empty_postgres
    yield Pair(("ours", "usual"), (
        Goal("goal.1", "PostgreSQL transfers, 256 callers", "usual SQLAlchemy on asyncpg", 15, 30),),
        sides.on_postgres, partial(sides.anchor, others.usual, post))
    yield Pair(("ours", "handwritten"), (
        Goal("goal.2", "PostgreSQL transfers", "hand-written asyncpg, pool 32", 3, 4.5),),
        sides.on_postgres, partial(sides.anchor, others.handwritten, post))
    yield Pair(("ours", "tpcb"), (
        Goal("goal.3", "PostgreSQL transfers", "pgbench's TPC-B, 8 clients", 0.9, 1.4),
        Goal("goal.16a", "processor time of a transfer", "of pgbench's TPC-B", 0.7, 0.5, False, "cpu_us_each", "µs")),
        sides.on_postgres, sides.on_tpcb)
    yield Pair(("hot", "uniform"), (
        Goal("goal.4", "everybody pays one account", "uniform", 0.9, 1.0),),
        partial(sides.on_postgres, hot=True), sides.on_postgres)
    yield Pair(("ours", "usual"), (
        Goal("goal.5", "SQLite transfers", "usual SQLAlchemy on aiosqlite", 20, 50),),
        sides.on_sqlite, partial(sides.anchor, others.usual, lite))
    yield Pair(("ours", "raw"), (
        Goal("goal.6", "SQLite transfers", "raw sqlite3, 64 a commit", 0.6, 0.9),),
        sides.on_sqlite, partial(sides.anchor, others.raw, lite))
    yield Pair(("ours", "raw"), (
        Goal("goal.7", "PostgreSQL transfers", "raw asyncpg, 64 a commit", 0.6, 0.85),),
        sides.on_postgres, partial(sides.anchor, others.raw, post))
    yield from _choices(sides)
    yield Pair(("ours", "usual"), (
        Goal("goal.8", "the whole /send", "usual SQLAlchemy, same handler, no inbox", 8, 13, unit="payments/s"),),
        sides.whole_way, sides.usual_way)
    yield Pair(("ours", "bare"), (
        Goal("goal.9", "the whole /send", "same handler, no inbox, no wallet", 0.4, 0.8, unit="payments/s"),
        Goal("goal.16b", "processor time of a /send", "of the same handler alone", 3, 2, False, "cpu_us_each", "µs")),
        sides.whole_way, sides.bare_way)
    for number, what, must, stretch, run in ((12, "PostgreSQL", 0.4, 1.0, sides.shares_on_postgres),
                                             (13, "SQLite", 0.8, 1.5, sides.shares_on_sqlite)):
        yield Pair(("ours", "redis"), (
            Goal(f"goal.{number}", f"envelope shares handed out and posted, {what}", "Redis Lua, one process", must,
                 stretch, unit="shares/s"),), run, sides.shares_in_redis)


FOREIGN_KEYS: Final = tuple(
    f"ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {other}(id)" for table, column, other in (
        ("transfers", "debit", "accounts"), ("transfers", "credit", "accounts"), ("entries", "account", "accounts"),
        ("entries", "transfer", "transfers"), ("notices", "member", "members"), ("counters", "member", "members"),
        ("pairs", "sender", "members"), ("pairs", "receiver", "members")))


def _choices(sides: Sides) -> Iterator[Pair]:
    """What was chosen beside what was not; see docs/decisions."""
    def cost(key: str, what: str, against: str, first: Run, second: Run) -> Pair:
        return Pair(("first", "second"), (
            Goal(key, what, against, 0, 0),
            Goal(f"{key}.cpu", f"processor time: {what}", against, 0, 0, False, "cpu_us_each", "µs")),
            first, second, by_name=True)

    small = partial(sides.on_postgres, batch=64, writers=1)
    against = "batches of 64, one writer"
    for batch, writers in ((128, 1), (256, 1), (64, 2), (128, 2)):
        yield cost(f"choice.{batch}x{writers}", f"batches of {batch}, {writers} writer(s)", against,
                   partial(sides.on_postgres, batch=batch, writers=writers), small)
    yield cost("choice.foreign_keys", "with foreign keys on the ledger", "without",
               partial(sides.on_postgres, before=FOREIGN_KEYS), sides.on_postgres)


def alone(sides: Sides) -> Iterator[Alone]:
    """What has no other side."""
    for name, where in (("postgres", sides.ground.on_postgres), ("sqlite", sides.ground.on_sqlite)):
        yield Alone((
            Goal(f"taps.{name}", f"presses of Open, from the update to the answer, {name}", "2,000 a second", 2_000,
                 4_000, unit="presses/s"),
            Goal(f"taps.{name}.p99", "the same, of a hundred the slowest", "1 s", 1_000, 250, False, "p99_ms", "ms"),
            Goal(f"taps.{name}.card", "the same, how often the card is drawn", "about once a second", 1.2, 1, False,
                 "edits_per_second", "1/s")),
            partial(sides.taps, where))
    yield Alone((
        Goal("goal.14", "largest pause of the loop, PINs, PDFs and an export beside", "20 ms", 20, 5, False,
             "pause_ms", "ms"),
        Goal("pause.own", "the same, processor time only", "20 ms", 20, 5, False, "own_pause_ms", "ms")),
        sides.pauses)
    yield Alone((
        Goal("cover.draw", "the cover of an envelope, drawn", "60 ms", 60, 40, False, "draw_ms", "ms"),
        Goal("cover.draw.cpu", "the same, processor time only", "60 ms", 60, 40, False, "draw_cpu_ms", "ms"),
        Goal("cover.kept", "a cover that was drawn before", "1 ms", 1, 0.1, False, "kept_ms", "ms")),
        pictures.run)
    yield Alone((
        Goal("way.send", f"the whole /send, {MANY:,} payments in one process", "2,000/s", 2000, 4000,
             unit="payments/s"),
        Goal("way.send.memory_mb", "memory after that", "250 MB", 250, 200, False, "memory_mb", "MB")),
        sides.long_way, long=True)
