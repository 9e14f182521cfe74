"""Two batches of one lane on their way: the second begins when enough wait for it, and nothing is lost in between."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, STRANGER, Bank, open_bank
from wallet.books import Lane
from wallet.engine import WORTH
from wallet.protocols import Work
from wallet.rows import Account, Operation


class Street:
    """A bank of one lane, whose commits wait in a row until a test lets them go on."""

    def __init__(self, bank: Bank, store: FakeStore) -> None:
        self.bank = bank
        self.store = store
        self.on_their_way: list[list[str]] = []
        self.tasks: list[asyncio.Task[Any]] = []
        self._commit = store.commit
        store.commit = self.commit  # type: ignore[method-assign]
        store.open.clear()

    async def commit(self, lane: Lane, work: Work) -> None:
        keys = [str(key) for key in work.keys(lane)[Operation]]
        self.on_their_way.append(keys)
        await self._commit(lane, work)
        self.on_their_way.remove(keys)

    async def asks(self, count: int, *, receiver: int = BOB) -> None:
        """So many payments of one cent."""
        for _each in range(count):
            self.tasks.append(asyncio.create_task(self.bank.run(self.bank.send(ALICE, receiver, amount=1))))
        await self.settle()

    async def settle(self) -> None:
        """Let everything run as far as it gets."""
        for _each in range(50):
            await asyncio.sleep(0)

    @property
    def sizes(self) -> list[int]:
        """How large the batches are that are on their way."""
        return [len(keys) for keys in self.on_their_way]


@asynccontextmanager
async def one_lane(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Street]:
    monkeypatch.setattr(FakeStore, "AHEAD", 2)
    async with open_bank("") as bank:
        await bank.join(ALICE, 1_000)
        await bank.join(BOB)
        assert isinstance(bank.store, FakeStore)
        street = Street(bank, bank.store)
        yield street
        bank.store.open.set()
        await asyncio.gather(*street.tasks)
        gone = sum(1 for _each in street.tasks)
        balances = {row.id: row.balance for row in bank.store.all(Account)}
        assert balances[bank.members[ALICE] * 16] == 1_000 - gone


async def test_a_few_wait_for_the_batch_before_them(monkeypatch: pytest.MonkeyPatch) -> None:
    async with one_lane(monkeypatch) as street:
        await street.asks(1)
        await street.asks(WORTH - 1)
        assert street.sizes == [1]
        street.store.open.set()
        await street.settle()
        assert street.sizes == []


async def test_enough_of_them_go_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    async with one_lane(monkeypatch) as street:
        await street.asks(1)
        await street.asks(WORTH)
        await street.asks(WORTH)
        assert street.sizes == [1, WORTH], "and no third batch"


async def test_whoever_needs_another_look_while_the_engine_stops_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with one_lane(monkeypatch) as street:
        await street.asks(1)
        await street.asks(WORTH, receiver=STRANGER)
        stopping = asyncio.create_task(street.bank.engine.stop())
        await street.settle()
        street.store.open.set()
        await stopping
        assert all(task.done() and task.exception() is None for task in street.tasks)
