"""The engine, on every store: one effect per key, one commit for many, nothing told before it is committed."""
from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.fakes.store import FakeStore
from tests.wallet.bank import Bank, open_bank
from wallet import refusals
from wallet.books import Lane
from wallet.commands import Outcome
from wallet.engine import EngineDead
from wallet.funding import TopUp
from wallet.protocols import InDoubt, LaneLost, Retry, Work
from wallet.rows import Entry, Journal, Operation, Transfer

ALICE, BOB, CAROL = 101, 102, 103


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def bank(request: pytest.FixtureRequest) -> AsyncIterator[Bank]:
    url = "" if request.param == "memory" else request.getfixturevalue(f"{request.param}_url")
    async with open_bank(url) as opened:
        yield opened


@pytest.fixture
async def memory() -> AsyncIterator[tuple[Bank, FakeStore]]:
    async with open_bank("") as opened:
        assert isinstance(opened.store, FakeStore)
        yield opened, opened.store


async def test_a_payment_moves_money_and_tells_the_receiver(bank: Bank) -> None:
    await bank.join(ALICE, 10_000)
    await bank.join(BOB)
    sent = await bank.pays(ALICE, BOB, amount=2_000, note="lunch")
    assert (sent.balance, await bank.balance(ALICE), await bank.balance(BOB)) == (8_000, 8_000, 2_000)
    assert [(notice.member, notice.event) for notice in bank.told] == [(bank.members[BOB], "MoneyCame")]


async def test_the_same_key_twenty_times_at_once_pays_once(bank: Bank) -> None:
    await bank.join(ALICE, 10_000)
    await bank.join(BOB)
    command = bank.send(ALICE, BOB, amount=100, key="once")
    outcomes = await asyncio.gather(*[bank.run(command) for _ in range(20)])
    assert len(set(outcomes)) == 1
    assert await bank.balance(BOB) == 100


async def test_a_key_that_comes_again_later_hears_the_same_outcome(bank: Bank) -> None:
    await bank.join(ALICE, 10_000)
    await bank.join(BOB)
    command = bank.send(ALICE, BOB, amount=100, key="once")
    first = await bank.run(command)
    assert await bank.run(command) == first
    assert await bank.balance(BOB) == 100


async def test_the_same_key_with_another_amount_is_refused(bank: Bank) -> None:
    await bank.join(ALICE, 10_000)
    await bank.join(BOB)
    await bank.run(bank.send(ALICE, BOB, amount=100, key="once"))
    with pytest.raises(refusals.KeyReused):
        await bank.run(bank.send(ALICE, BOB, amount=200, key="once"))
    results = await asyncio.gather(*[bank.run(bank.send(ALICE, BOB, amount=amount, key="twice"))
                                     for amount in (100, 200)], return_exceptions=True)
    assert sorted(isinstance(result, refusals.KeyReused) for result in results) == [False, True]
    assert await bank.balance(BOB) in (200, 300)


async def test_what_was_told_is_let_go_of_without_the_collector(memory: tuple[Bank, FakeStore]) -> None:
    bank, _ = memory
    await bank.join(ALICE, 100)
    await bank.join(BOB)
    gc.collect()
    gc.disable()
    try:
        await bank.pays(ALICE, BOB, amount=100)
        with suppress(refusals.Refusal):
            await bank.pays(ALICE, BOB, amount=100)
        await bank.pays(BOB, ALICE, amount=1)  # Until the next batch a writer still knows the last one.
        assert gc.collect() == 0
    finally:
        gc.enable()


async def test_a_redelivered_refusal_is_the_same_refusal(bank: Bank) -> None:
    await bank.join(ALICE, 100)
    await bank.join(BOB)
    command = bank.send(ALICE, BOB, amount=200, key="too much")
    for _ in range(2):
        with pytest.raises(refusals.NotEnough) as refused:
            await bank.run(command)
        assert refused.value == refusals.NotEnough(available=100, needed=200)
    await bank.run(TopUp(key=bank.key(), member=bank.members[ALICE], amount=1_000))
    with pytest.raises(refusals.NotEnough):
        await bank.run(command)


async def test_forty_parallel_spends_of_a_balance_for_one_let_one_through(bank: Bank) -> None:
    await bank.join(ALICE, 100)
    await bank.join(BOB)
    results = await asyncio.gather(*[bank.run(bank.send(ALICE, BOB, amount=100)) for _ in range(40)],
                                   return_exceptions=True)
    assert sum(isinstance(result, refusals.NotEnough) for result in results) == 39
    assert (await bank.balance(ALICE), await bank.balance(BOB)) == (0, 100)


async def test_crossing_payments_all_arrive(bank: Bank) -> None:
    await bank.join(ALICE, 10_000)
    await bank.join(BOB, 10_000)
    await asyncio.gather(*[bank.run(bank.send(*pair, amount=7)) for pair in [(ALICE, BOB), (BOB, ALICE)] * 50])
    assert (await bank.balance(ALICE), await bank.balance(BOB)) == (10_000, 10_000)


async def test_many_callers_share_a_commit(bank: Bank) -> None:
    await bank.join(ALICE, 100_000)
    await bank.join(BOB)
    before = bank.engine.counts.commits
    await asyncio.gather(*[bank.run(bank.send(ALICE, BOB, amount=1)) for _ in range(200)])
    assert bank.engine.counts.commits - before <= 10


class Guilty(TopUp):
    """A command whose decision is wrong about the world."""

    def decide(self, books: object) -> Outcome:
        raise ZeroDivisionError


async def test_a_bug_in_one_decision_fails_only_its_own_caller(bank: Bank) -> None:
    await bank.join(ALICE, 10_000)
    await bank.join(BOB)
    guilty = Guilty(key="guilty", member=bank.members[ALICE], amount=1)
    results = await asyncio.gather(bank.run(bank.send(ALICE, BOB, amount=1)), bank.run(guilty),
                                   bank.run(bank.send(ALICE, BOB, amount=1)), return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["Sent", "ZeroDivisionError", "Sent"]
    assert await bank.balance(BOB) == 2


async def test_a_text_with_u_0000_never_reaches_the_queue(bank: Bank) -> None:
    await bank.join(ALICE, 10_000)
    for note in ("a\0b", "\ud800"):
        with pytest.raises(ValueError, match=r"0000|surrogates"):
            bank.send(ALICE, BOB, amount=1, note=note)


# ------------------------------------------------------------------------------- failures of the ground
async def test_a_passing_failure_is_tried_again(memory: tuple[Bank, FakeStore]) -> None:
    bank, store = memory
    await bank.join(ALICE, 100)
    await bank.join(BOB)
    store.failures = [Retry(), Retry()]
    await bank.pays(ALICE, BOB, amount=50)
    assert bank.engine.counts.retries == 2


async def test_a_lasting_failure_is_busy_and_stores_nothing(memory: tuple[Bank, FakeStore]) -> None:
    bank, store = memory
    await bank.join(ALICE, 100)
    await bank.join(BOB)
    command = bank.send(ALICE, BOB, amount=50, key="later")
    store.failures = [Retry() for _ in range(6)]
    with pytest.raises(refusals.Busy):
        await bank.run(command)
    await bank.run(command)
    assert await bank.balance(BOB) == 50


async def test_a_commit_in_doubt_that_was_made_is_not_made_again(memory: tuple[Bank, FakeStore]) -> None:
    bank, store = memory
    await bank.join(ALICE, 100)
    await bank.join(BOB)
    commit = store.commit

    async def commits_and_loses_the_answer(lane: object, work: object) -> None:
        store.commit = commit  # type: ignore[method-assign]
        await commit(lane, work)  # type: ignore[arg-type]
        raise InDoubt

    store.commit = commits_and_loses_the_answer  # type: ignore[method-assign]
    await bank.pays(ALICE, BOB, amount=50)
    assert await bank.balance(BOB) == 50


async def test_a_commit_in_doubt_that_was_not_made_is_made_again(memory: tuple[Bank, FakeStore]) -> None:
    bank, store = memory
    await bank.join(ALICE, 100)
    await bank.join(BOB)
    store.failures = [InDoubt()]
    await bank.pays(ALICE, BOB, amount=50)
    assert await bank.balance(BOB) == 50


async def test_a_batch_that_the_database_rejects_fails_the_guilty_command_only(memory: tuple[Bank, FakeStore]) -> None:
    bank, store = memory
    await bank.join(ALICE, 10_000)
    await bank.join(BOB)
    write = store._write

    def refuses_amount_13(writes: object) -> None:
        new = writes.changes.get(Transfer, ([], []))[0]  # type: ignore[attr-defined]
        if any(transfer.amount == 13 for transfer in new):
            raise RuntimeError("constraint")
        write(writes)  # type: ignore[arg-type]

    store._write = refuses_amount_13  # type: ignore[method-assign]
    results = await asyncio.gather(*[bank.run(bank.send(ALICE, BOB, amount=amount)) for amount in range(10, 20)],
                                   return_exceptions=True)
    assert [isinstance(result, RuntimeError) for result in results] == [amount == 13 for amount in range(10, 20)]
    assert await bank.balance(BOB) == sum(range(10, 20)) - 13


async def test_a_writer_that_lost_its_lane_stops_the_engine_loudly() -> None:
    async with open_bank("") as bank:
        assert isinstance(bank.store, FakeStore)
        await bank.join(ALICE, 100)
        bank.store.failures = [LaneLost()]
        with pytest.raises(EngineDead):
            await bank.run(TopUp(key="x", member=bank.members[ALICE], amount=1))
        assert [type(death) for death in bank.deaths] == [LaneLost]
        with pytest.raises(EngineDead):
            await bank.run(TopUp(key="y", member=bank.members[ALICE], amount=1))


# ---------------------------------------------------------------------------------------------- the queue
async def test_a_cancelled_caller_takes_back_only_what_is_still_queued(memory: tuple[Bank, FakeStore]) -> None:
    bank, store = memory
    await bank.join(ALICE, 100)
    await bank.join(BOB)
    store.open.clear()
    begun = asyncio.create_task(bank.run(bank.send(ALICE, BOB, amount=1)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    queued = asyncio.create_task(bank.run(bank.send(ALICE, BOB, amount=10)))
    await _until_queued(bank, 1)
    for task in (begun, queued):
        task.cancel()
    await asyncio.gather(begun, queued, return_exceptions=True)
    store.open.set()
    await bank.pays(ALICE, BOB, amount=2)
    assert await bank.balance(BOB) == 3


async def test_a_full_queue_is_busy() -> None:
    async with open_bank("", queue=2) as bank:
        await bank.join(ALICE, 100)
        await bank.join(BOB)
        results = await asyncio.gather(*[bank.run(bank.send(ALICE, BOB, amount=1)) for _ in range(5)],
                                       return_exceptions=True)
        assert sum(isinstance(result, refusals.Busy) for result in results) == 3


async def test_a_deadline_that_passed_in_the_queue_decides_nothing(memory: tuple[Bank, FakeStore]) -> None:
    bank, store = memory
    await bank.join(ALICE, 100)
    await bank.join(BOB)
    command = bank.send(ALICE, BOB, amount=10, key="late")
    with pytest.raises(refusals.DeadlinePassed):
        await bank.engine.run(command, deadline=-1)
    assert (Operation, "late") not in store.rows


async def test_the_clock_gets_at_most_a_quarter_of_a_batch() -> None:
    async with open_bank("", batch=8) as bank:
        assert isinstance(bank.store, FakeStore)
        await bank.join(ALICE, 1_000)
        await bank.join(BOB)
        batches: list[list[str]] = []
        commit = bank.store.commit

        async def noting(lane: Lane, work: Work) -> None:
            batches.append([str(key) for key in work.keys(lane)[Operation]])
            await commit(lane, work)

        bank.store.commit = noting  # type: ignore[method-assign]
        bank.store.open.clear()
        first = asyncio.create_task(bank.pays(ALICE, BOB, amount=1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        rest = asyncio.gather(*[
            bank.engine.run(bank.send(ALICE, BOB, amount=1, key=f"{who} {number}"), clock=who == "clock")
            for who in ("clock", "person") for number in range(8)])
        await _until_queued(bank, 16)
        bank.store.open.set()
        await asyncio.gather(first, rest)
        assert [sum(key.startswith("clock") for key in batch) for batch in batches] == [0, 2, 2, 4]


async def _until_queued(bank: Bank, count: int) -> None:
    for _ in range(100):
        if bank.engine.queued == count:
            return
        await asyncio.sleep(0)
    raise AssertionError(f"{bank.engine.queued} queued instead of {count}")


# ----------------------------------------------------------------------------------------------- the journal
async def test_numbers_rise_even_when_the_clock_falls_back(memory: tuple[Bank, FakeStore]) -> None:
    bank, store = memory
    await bank.join(ALICE, 1_000)
    await bank.join(BOB)
    await bank.pays(ALICE, BOB, amount=1)
    bank.clock.now -= 2 * 60 * 60 * 1_000_000
    await bank.pays(ALICE, BOB, amount=1)
    transfers = store.all(Transfer)
    assert [t.at for t in transfers] == sorted({t.at for t in transfers})
    entries = store.all(Entry)
    assert [e.number for e in entries if e.account == bank.members[BOB] * 16] == [1, 2]


async def test_every_commit_chains_to_the_one_before(memory: tuple[Bank, FakeStore]) -> None:
    bank, store = memory
    await bank.join(ALICE, 1_000)
    journal: list[Journal] = store.all(Journal)
    assert [row.seq for row in journal] == list(range(1, len(journal) + 1))
    assert [row.previous for row in journal] == [bytes(32), *[row.hash for row in journal[:-1]]]


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
async def test_however_small_a_batch_is_neither_people_nor_the_clock_wait_for_ever(batch: int) -> None:
    async with open_bank("", batch=batch) as bank:
        await bank.join(ALICE, 10_000)
        await bank.join(BOB)
        order: list[str] = []

        async def ask(who: str, *, clock: bool) -> None:
            await bank.engine.run(bank.send(ALICE, BOB, amount=1), clock=clock)
            order.append(who)

        await asyncio.gather(*[ask(who, clock=who == "clock") for _ in range(12) for who in ("person", "clock")])
        assert {"person", "clock"} == set(order[:max(4, 2 * batch)])
