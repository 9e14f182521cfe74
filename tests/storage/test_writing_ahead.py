"""Writing what is certain while the rest of a batch is decided: nothing twice, nothing left out, nothing told too
early."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from storage import postgres_store
from storage.postgres_store import PostgresStore
from tests.wallet.bank import POLICY, Bank, open_bank
from wallet.rows import Entry, Row
from wallet.transfers import Sent

SHOP, PAYERS = 100, range(101, 161)
NO_RULES = replace(POLICY, rules=())


class Connection:
    """Takes one statement at a time, as asyncpg's does, and answers when it is told to."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.answer: asyncio.Future[None] | None = None

    async def execute(self, statement: str, *_: object) -> None:
        assert self.answer is None or self.answer.done(), "another operation is in progress"
        self.said.append(statement)
        self.answer = asyncio.get_running_loop().create_future()
        await self.answer

    async def answers(self, error: BaseException | None = None) -> None:
        assert self.answer is not None
        if error is None:
            self.answer.set_result(None)
        else:
            self.answer.set_exception(error)
        await asyncio.sleep(0)


class Decisions:
    """A batch of which a test says how far it is."""

    writes = None
    others_wait = True

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def decides(self, count: int) -> None:
        self.rows += [Entry(1, len(self.rows) + place, 1, 1, 1) for place in range(count)]

    def settled(self, place: int) -> Sequence[Row]:
        return self.rows[place:]


def ahead(connection: Connection, decisions: Decisions) -> postgres_store.Ahead:
    found: Any = decisions
    return postgres_store.Ahead(connection, found)


async def test_what_is_little_or_wanted_by_nobody_is_not_written_ahead() -> None:
    connection, decisions = Connection(), Decisions()
    async with ahead(connection, decisions) as one:
        decisions.decides(postgres_store.WORTH - 1)
        one.write()
        decisions.decides(1)
        decisions.others_wait = False
        one.write()
        await asyncio.sleep(0)
    assert (connection.said, one.written) == ([], {})


async def test_one_statement_is_on_its_way_at_a_time_and_each_row_in_one() -> None:
    connection, decisions = Connection(), Decisions()
    async with ahead(connection, decisions) as one:
        for _ in range(2):
            decisions.decides(postgres_store.WORTH)
            one.write()
            await asyncio.sleep(0)
        assert one.written == {Entry: postgres_store.WORTH}
        await connection.answers()
        one.write()
        await asyncio.sleep(0)
        assert (len(connection.said), one.written) == (2, {Entry: 2 * postgres_store.WORTH})
        await connection.answers()


async def test_it_is_over_before_anything_else_is_said() -> None:
    connection, decisions = Connection(), Decisions()

    async def batch() -> None:
        async with ahead(connection, decisions) as one:
            decisions.decides(postgres_store.WORTH)
            one.write()

    deciding = asyncio.create_task(batch())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not deciding.done()
    await connection.answers()
    await deciding


async def objected(*, after: BaseException | None = None) -> None:
    """The database objects to what is written ahead, and maybe something else fails."""
    connection, decisions = Connection(), Decisions()
    decisions.decides(postgres_store.WORTH)
    async with ahead(connection, decisions) as one:
        one.write()
        await asyncio.sleep(0)
        await connection.answers(asyncpg.UniqueViolationError("twice"))
        if after is not None:
            raise after


async def test_what_the_database_objects_to_is_heard() -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await objected()


async def test_what_failed_while_it_was_decided_comes_first() -> None:
    with pytest.raises(LookupError):
        await objected(after=LookupError())


# ------------------------------------------------------------------------------------------ on PostgreSQL
async def shop(bank: Bank) -> None:
    for person in (SHOP, *PAYERS):
        await bank.join(person, 1_000)


async def rush(bank: Bank, turns: int) -> list[Sent | BaseException]:
    """Everybody pays the shop, again and again."""
    async def pays(person: int) -> list[Sent | BaseException]:
        found: list[Sent | BaseException] = []
        for _ in range(turns):
            try:
                found.append(await bank.pays(person, SHOP, amount=7))
            except Exception as error:  # noqa: BLE001 - a test looks at it
                found.append(error)
        return found
    return list(chain.from_iterable(await asyncio.gather(*map(pays, PAYERS))))


async def test_everybody_pays_one_shop_and_every_row_is_there_once(
        postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_store, "WORTH", 20)
    begun: list[int] = []
    write = postgres_store.Ahead.write

    def counted(self: postgres_store.Ahead) -> None:
        before = self.written.total()
        write(self)
        begun.append(self.written.total() - before)

    monkeypatch.setattr(postgres_store.Ahead, "write", counted)
    async with open_bank(postgres_url, policy=NO_RULES, batch=40) as bank:
        await shop(bank)
        assert not any(begun), "nobody waits for one who joins"
        sent = await rush(bank, 5)
        assert all(isinstance(one, Sent) for one in sent)
        assert await bank.balance(SHOP) == 1_000 + 7 * len(sent)
        assert sum(begun) > 0
        assert {notice.event for notice in bank.told} >= {"MoneyCame"}
        assert len({notice.id for notice in bank.told if notice.event == "MoneyCame"}) == len(sent)


async def test_one_payment_that_the_database_objects_to_fails_alone(
        postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_store, "WORTH", 20)
    async with open_bank(postgres_url, policy=NO_RULES, batch=40) as bank:
        await shop(bank)
        assert isinstance(bank.store, PostgresStore)
        assert bank.database is not None
        bad = bank.members[PAYERS[3]] * 16
        await bank.database.write(lambda connection: connection.execute(text(
            f"ALTER TABLE entries ADD CONSTRAINT planted CHECK (account <> {bad} OR amount <> -7) NOT VALID")))
        found = await rush(bank, 3)
        assert sum(isinstance(one, Sent) for one in found) == 3 * (len(PAYERS) - 1)
        assert all(isinstance(one, Sent | asyncpg.CheckViolationError) for one in found)
        assert bank.engine.counts.splits > 0
        assert await bank.balance(SHOP) == 1_000 + 7 * 3 * (len(PAYERS) - 1)
