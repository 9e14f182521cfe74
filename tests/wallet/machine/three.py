"""One wallet on three stores, with one clock."""
from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import tempfile
from collections import Counter as Tally
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Final

from storage.database import Database, PostgresDatabase, SqliteDatabase, normal
from storage.postgres_store import PostgresStore
from storage.reconcile import reconcile
from storage.sqlite_store import SqliteStore
from tests.fakes.store import FakeStore
from tests.services.postgres import Postgres
from tests.wallet.bank import PAYMENT, POLICY, START, USER, ZONE
from tests.wallet.invariants.ledger import Ledger, ledger_of
from tests.wallet.invariants.witness import Witness
from wallet import standing
from wallet.agreements import Terms
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.engine import Engine
from wallet.gate import Safeguard
from wallet.movements import AccountKind
from wallet.plain import frozen
from wallet.protocols import Store
from wallet.refusals import Refusal
from wallet.rows import LIMITED, Key, Member, Penalty
from wallet.rules import changed

PEOPLE: Final = (101, 102, 103, 104, 105)
STRANGERS: Final = (201, 202, 203)
"""They are paid before they have heard of us."""
ANYBODY: Final = (*PEOPLE, *STRANGERS)
LATECOMERS: Final = tuple(range(301, 313))
"""They join when money waits for them, if they join at all."""
SIGNERS: Final = (391, 392)
"""They operate all the time."""
SUSPECTS: Final = (401, 402)
"""Their names are like some on the screening list."""
KIDS: Final = (411, 412, 413)
"""They are under 18."""
GUARDIANS: Final = (421, 422)
"""They may answer for them."""
ACCOUNTS: Final = (431, 432, 433)
"""Of somebody who has one wallet, and wants it on another one now and then."""

OPERATOR: Final = 9
"""Who decides about members."""
HOUR: Final = 60 * 60 * 1_000_000
LATER: Final = replace(PAYMENT, version="2027-01-01", effective=START + 30 * HOUR)
"""Comes into force while the machine runs, and has to be accepted again."""
REFUSED_FROM: Final = 460
STOPPED: Final = (400, 409, 410, 425, 439, 440, 459, REFUSED_FROM, REFUSED_FROM + 9)
"""What rules stop in the machine: held back, which takes one operator or from 410 on two; late; asked about; refused.
All the rest they let go."""


def _stops() -> str:
    """Narrow bands, so that everything else goes on as if there were none."""
    always = {"first": 0, "sum": 0, "count": 0, "came": 0, "passed_on": 0, "receiver_reports": 0, "payments": 0,
              "times_usual": 0}
    bands = {"reported": ("hold", 400, 425), "straight_out": ("cool", 425, 440), "first_time": ("ask", 440, 460),
             "habit": ("refuse", REFUSED_FROM, 470)}
    return json.dumps({name: {"verdict": verdict, "at_least": {**always, "amount": least}, "below": {"amount": below}}
                       for name, (verdict, least, below) in bands.items()})


RULES: Final = replace(POLICY, no_pin_limit=2_000, envelope_average=400, envelope_shares=12,
                       level_limits=(20_000, 100_000, 200_000), rules=changed(_stops()), release_alone=410)
GROUP: Final = -5


@frozen(kw_only=True)
class Ordain(Command):
    """Everything that operators do to a member, at one go: what was in force ends, and this is from now on. What the
    member chose for their own safety ends too."""

    member: int
    state: str
    restrictions: int
    until: int
    HOUSE: ClassVar[tuple[AccountKind, ...]] = ()

    def reads(self, today: int) -> Iterable[Key]:
        return ((Member, self.member),)

    def decide(self, books: Books) -> Outcome:
        member = books.get(Member, self.member)
        if member.state == "joining":
            return Done()
        before = [(Penalty, one.penalty) for one in standing.read(member.penalties)]
        books.need(*before)
        for _, number in before:
            penalty = books.edit(Penalty, number)
            penalty.ended_at, penalty.ended_by = books.now, OPERATOR
        member = books.edit(Member, self.member)
        items = tuple(self._decided(books))
        summed = standing.summary(items, books.now)
        member.state, member.penalties = self.state, standing.written(items)
        member.restrictions, member.restricted_until = summed.restrictions, summed.until
        member.safeguards &= ~(Safeguard.LOCKED | Safeguard.LIMITED | Safeguard.NOTED)
        return Done()

    def _decided(self, books: Books) -> Iterable[standing.InForce]:
        kinds = [(self.state, "")] if self.state in (standing.FROZEN, standing.BANNED) else []
        kinds += [(LIMITED, name) for name, bit in standing.DIRECTIONS.items() if bit & self.restrictions]
        for kind, direction in kinds if not 0 < self.until <= books.now else ():
            number = books.number()
            books.add(Penalty(number, self.member, kind, direction, "other", "", books.now, OPERATOR, self.until, 0, 0,
                              1))
            books.audit(self.member, "penalised", f"{number} {kind} {direction} other until {self.until} by {OPERATOR}")
            yield standing.InForce(direction or kind, self.until, number)


@dataclass
class Where:
    """Where the machine's databases come from; counts what all machines did and what they heard."""

    postgres: Postgres
    template: str
    file: Path
    steps: int = 0
    heard: Tally[str] = field(default_factory=Tally)


class Three:
    """One wallet on three stores, with one clock."""

    def __init__(self, where: Where) -> None:
        self.now = START
        self._runner = asyncio.Runner()
        self._left = contextlib.ExitStack()
        folder = Path(self._left.enter_context(tempfile.TemporaryDirectory()))
        shutil.copy(where.file, folder / "wallet.db")
        sqlite = SqliteDatabase(normal(f"sqlite:///{folder / 'wallet.db'}"))
        url = self._left.enter_context(where.postgres.database(template=where.template))
        self.databases: tuple[Database, ...] = (sqlite, PostgresDatabase(normal(url)))
        self.memory = FakeStore(self.clock)
        self._engines = [self._engine(store) for store in (
            self.memory, SqliteStore(sqlite, self.clock), PostgresStore(normal(url), self.clock))]
        self.do(self._start())

    def clock(self) -> int:
        """The moment, for all three."""
        return self.now

    def _engine(self, store: Store) -> Engine:
        # Terms remember what was missing when, and the clock begins anew with each machine.
        return Engine(store, replace(RULES, terms=Terms((USER, PAYMENT, LATER))), zone=ZONE, clock=self.clock,
                      writers=1)

    async def _start(self) -> None:
        for engine in self._engines:
            await engine.start()

    def do(self, job: Coroutine[Any, Any, Any]) -> Any:
        """Run something to its end."""
        return self._runner.run(job)

    def run(self, *commands: Command) -> list[Outcome | Refusal]:
        """Ask for commands at once, on each store; fails unless all answer alike."""
        answers = self.do(self._ask(commands))
        assert answers[0] == answers[1] == answers[2], f"memory, SQLite, PostgreSQL: {answers}"
        for answer in answers[0]:
            if not isinstance(answer, Outcome | Refusal):
                raise answer
        return list(answers[0])

    async def _ask(self, commands: Sequence[Command]) -> list[Any]:
        return await asyncio.gather(*[
            asyncio.gather(*[engine.run(command) for command in commands], return_exceptions=True)
            for engine in self._engines])

    async def _compare(self) -> list[Ledger]:
        """The rows of all three."""
        return [await ledger_of(self.memory), *[await ledger_of(database) for database in self.databases]]

    def compare(self, witness: Witness) -> None:
        """Fail unless all three hold the same, whole, in the rows and by the reconciliation."""
        memory, *others = self.do(self._compare())
        for ledger in others:
            assert memory.same(ledger) == []
            assert witness.broken(ledger) == []
        for database in self.databases:
            report = self.do(reconcile(database.url.render_as_string(hide_password=False)))
            assert report.whole, [check for check in report.checks if check.broken]

    def close(self) -> None:
        """Stop and remove everything."""
        self.do(self._stop())
        self._runner.close()
        self._left.close()

    async def _stop(self) -> None:
        for engine in self._engines:
            await engine.stop()
        for database in self.databases:
            await database.close()
