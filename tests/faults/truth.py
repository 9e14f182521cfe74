"""Whether everything that was promised is so: nothing acknowledged is lost, nothing is done twice, the books are whole.

Guards: it looks at rows only, after everything has come to rest.
"""
from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.database import Database, open_database
from storage.inbox import LOST_MOST, SUSPECT
from storage.reconcile import reconcile
from storage.tables import updates
from tests.faults.house import BOT, FUNDS, PEOPLE, Members, asked_by, first_step, is_bug, is_busy, subject
from tests.wallet.bank import POLICY, ZONE, open_bank
from tests.wallet.invariants.ledger import Ledger, ledger_of
from tests.wallet.invariants.told import must_be_told
from tests.wallet.invariants.witness import Witness
from wallet.refusals import every
from wallet.rows import Notice, Operation

UNSTORED = {cls.__name__ for cls in every() if not cls.stored}


@dataclass
class Promises:
    """What was promised, as the notes tell it."""

    stored: set[int] = field(default_factory=set)
    heard: dict[str, str] = field(default_factory=dict)
    told: set[tuple[str, int, int]] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    """The step of each update that was said not to be done, by its key."""
    dead: set[int] = field(default_factory=set)
    lies: list[str] = field(default_factory=list)
    handled: int = 0

    def note(self, line: str) -> None:
        """One line; the last one of a killed process may be torn and says nothing."""
        what, _, rest = line.partition(" ")
        if what == "stored":
            self.stored.update(map(int, rest.split()))
        elif what == "heard":
            self.handled += 1
            key, _, outcome = rest.partition(" ")
            if self.heard.setdefault(key, outcome) != outcome:
                self.lies.append(f"{key} heard {self.heard[key]} first and {outcome} later")
        elif what == "told":
            event, reader, about = rest.split()
            self.told.add((event, int(reader), int(about)))
        elif what == "refused":
            number, _, key = rest.split()
            self.refused[int(number)] = key
        elif what == "dead":
            self.dead.add(int(rest.split()[0]))


async def prepare(url: str) -> Members:
    """People with money."""
    async with open_bank(url) as bank:
        for telegram_id in PEOPLE:
            await bank.join(telegram_id, FUNDS)
        return Members(dict(bank.members))


@dataclass
class Verdict:
    """What came out. Everything but the numbers has to be empty."""

    acknowledged: int = 0
    effects: int = 0
    given_up: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.twice or self.untold or self.broken)


async def judge(url: str, members: Members, promises: Promises, *, pending_may_be: bool = False,
                odd: bool = False) -> Verdict:
    """Compare the rows with what was promised, by a house that was `odd` or not."""
    database = open_database(url)
    try:
        ledger = await ledger_of(database)
        states = await _states(database)
    finally:
        await database.close()
    verdict = Verdict(acknowledged=len(promises.stored), effects=len(promises.heard),
                      given_up=list(states.values()).count(GIVEN_UP))
    operations = {row.key: row for row in ledger.all(Operation)}
    verdict.lost = [*_lost_updates(promises, states, operations, pending_may_be, odd),
                    *_lost_outcomes(promises, operations)]
    witness = Witness(ZONE, POLICY.no_pin_limit, {key: member for number in states
                                                  for key, member in asked_by(number, members).items()})
    witness.asked.update(_calls(promises, members))
    for text in witness.broken(ledger):
        if text.startswith("5:"):
            verdict.twice.append(text)
        elif not text.startswith("16:"):  # Told below: what has arrived is no longer in the table.
            verdict.broken.append(text)
    verdict.twice += promises.lies
    verdict.twice += [f"update {number} was said not to be done, and was" for number, key in promises.refused.items()
                      if key in operations]
    verdict.untold = list(_untold(ledger, promises))
    report = await reconcile(url)
    verdict.broken += [f"{check.name}: {check.broken}" for check in report.checks if check.broken]
    return verdict


GIVEN_UP = "given up"
"""How an update ended that processes died of, again and again; nobody can tell our faults from its own."""


async def _states(database: Database) -> dict[int, str]:
    async with database.reading.connect() as connection:
        query = select(updates.c.update_id, updates.c.state, updates.c.tries).where(updates.c.bot == BOT)
        return {row.update_id: GIVEN_UP if row.state == "dead" and row.tries >= SUSPECT + LOST_MOST else row.state
                for row in await connection.execute(query)}


def _calls(promises: Promises, members: Members) -> Iterable[tuple[str, int]]:
    """Who asked for what did not come as an update: their keys tell."""
    for key in promises.heard:
        if key.startswith("call:"):
            with contextlib.suppress(ValueError):
                yield key, first_step(int(key.split(":")[1]), members).actor()


def _lost_updates(promises: Promises, states: dict[int, str], operations: dict[str, Operation],
                  pending_may_be: bool, odd: bool) -> Iterable[str]:
    for number in promises.stored:
        state = states.get(number)
        ends = {"dead"} if odd and is_bug(number) else {"done", "refused"}
        if state not in ends | ({"pending"} if pending_may_be else set()) | ({GIVEN_UP} if odd else set()):
            yield f"update {number} was acknowledged and is {state}"
        elif (state in ("done", "refused") and number not in promises.refused and not (odd and is_busy(number))
              and f"msg:{number}:0" not in operations):
            yield f"update {number} is {state} and nothing came of it"


def _lost_outcomes(promises: Promises, operations: dict[str, Operation]) -> Iterable[str]:
    for key, outcome in promises.heard.items():
        row = operations.get(key)
        if row is None or row.outcome != outcome:
            yield f"{key} heard {outcome}, stored is {row and row.outcome}"


def _untold(ledger: Ledger, promises: Promises) -> Iterable[str]:
    there = {(row.event, row.member or -row.telegram_id, subject(row)) for row in ledger.all(Notice)}
    known = there | promises.told
    for reader, event, about in must_be_told(ledger):
        if (event, reader, about) not in known:
            yield f"{reader} was never told {event} {about}"
