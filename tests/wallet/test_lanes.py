"""Two writers of one engine: each writes what shares nothing with the other's, and nobody is overtaken or forgotten."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, CAROL, Bank, open_bank
from wallet.books import Lane
from wallet.protocols import Work
from wallet.rows import Operation

DAVE, EVE, FRANK = 104, 105, 106
EVERYBODY = (ALICE, BOB, CAROL, DAVE, EVE, FRANK)


class Hall:
    """A bank of two writers whose commits wait until a test lets them go on."""

    def __init__(self, bank: Bank) -> None:
        assert isinstance(bank.store, FakeStore)
        self.bank = bank
        self.writing: dict[int, list[str]] = {}
        """What each lane is committing."""
        self.works: dict[int, Work] = {}
        """The last that each lane was given."""
        self.done: list[str] = []
        self.tasks: list[asyncio.Task[Any]] = []
        self.gates: dict[int, asyncio.Event] = {}
        self._commit = bank.store.commit
        bank.store.commit = self.commit  # type: ignore[method-assign]

    async def commit(self, lane: Lane, work: Work) -> None:
        self.writing[lane.lane] = sorted(str(key) for key in work.keys(lane)[Operation])
        self.works[lane.lane] = work
        gate = self.gates[lane.lane] = asyncio.Event()
        await gate.wait()
        await self._commit(lane, work)
        self.done += self.writing.pop(lane.lane)

    def asks(self, key: str, payer: int, receiver: int, *, clock: bool = False) -> None:
        """Somebody pays somebody one cent."""
        self.begin(self.bank.engine.run(self.bank.send(payer, receiver, amount=1, key=key), clock=clock))

    def begin(self, work: Coroutine[Any, Any, object]) -> None:
        self.tasks.append(asyncio.create_task(work))

    async def settle(self) -> None:
        """Let everything run as far as it gets."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def goes_on(self, key: str) -> None:
        """The lane that writes this commits."""
        lane = next(lane for lane, keys in self.writing.items() if key in keys)
        self.gates[lane].set()
        await self.settle()

    def batches(self) -> list[list[str]]:
        """What is being written now."""
        return sorted(self.writing.values())


@asynccontextmanager
async def two_writers(*, batch: int = 128) -> AsyncIterator[Hall]:
    async with open_bank("", writers=2, batch=batch) as bank:
        for one in EVERYBODY:
            await bank.join(one, 1_000)
        hall = Hall(bank)
        yield hall
        while hall.writing or bank.engine.queued:
            for gate in hall.gates.values():
                gate.set()
            await hall.settle()
        await asyncio.gather(*hall.tasks)


async def test_what_shares_no_root_is_written_meanwhile() -> None:
    async with two_writers() as hall:
        hall.asks("first", ALICE, BOB)
        await hall.settle()
        hall.asks("second", CAROL, DAVE)
        await hall.settle()
        assert hall.batches() == [["first"], ["second"]]


async def test_what_shares_one_lets_others_by() -> None:
    async with two_writers() as hall:
        hall.asks("first", ALICE, BOB)
        await hall.settle()
        hall.asks("shared", BOB, CAROL)
        hall.asks("other", DAVE, EVE)
        await hall.settle()
        assert hall.batches() == [["first"], ["other"]]
        await hall.goes_on("first")
        assert hall.batches() == [["other"], ["shared"]]


async def test_what_has_to_wait_is_not_overtaken_by_what_it_shares_a_root_with() -> None:
    async with two_writers() as hall:
        hall.asks("first", ALICE, BOB)
        await hall.settle()
        hall.asks("shared", BOB, CAROL)
        hall.asks("behind", CAROL, DAVE)
        hall.asks("other", EVE, FRANK)
        await hall.settle()
        assert hall.batches() == [["first"], ["other"]]
        await hall.goes_on("first")
        assert hall.batches() == [["behind", "shared"], ["other"]]


async def test_where_everything_waits_for_the_other_lane_it_waits_in_the_database() -> None:
    async with two_writers() as hall:
        hall.asks("first", ALICE, BOB)
        await hall.settle()
        for number in range(3):
            hall.asks(f"next {number}", BOB, ALICE)
        await hall.settle()
        assert hall.batches() == [["first"], ["next 0", "next 1", "next 2"]]
        assert all(work.others_wait for work in hall.works.values())


async def test_nobody_hurries_where_others_are_written_meanwhile() -> None:
    async with two_writers() as hall:
        hall.asks("first", ALICE, BOB)
        hall.asks("second", CAROL, DAVE)
        await hall.settle()
        hall.asks("other", EVE, FRANK)
        await hall.settle()
        assert not any(work.others_wait for work in hall.works.values())


@pytest.mark.parametrize("clock", [False, True])
async def test_somebody_between_two_busy_accounts_is_not_forgotten(clock: bool) -> None:
    async with two_writers(batch=4) as hall:
        hall.asks("to bob", ALICE, BOB)
        await hall.settle()
        hall.asks("to dave", CAROL, DAVE)
        await hall.settle()
        hall.asks("between", BOB, DAVE, clock=clock)
        for turn in range(6):
            hall.asks(f"to bob {turn}", ALICE, BOB)
            hall.asks(f"to dave {turn}", CAROL, DAVE)
        for _ in range(2):
            await hall.goes_on(next(keys[0] for keys in hall.batches() if "between" not in keys))
        assert any("between" in keys for keys in (hall.done, *hall.batches()))


async def test_the_roots_of_what_is_written_are_free_again_afterwards() -> None:
    async with two_writers() as hall:
        hall.asks("first", ALICE, BOB)
        await hall.settle()
        await hall.goes_on("first")
        hall.asks("second", ALICE, BOB)
        hall.asks("third", ALICE, BOB)
        await hall.settle()
        assert hall.batches() == [["second", "third"]]
