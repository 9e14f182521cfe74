"""Wallets that nobody uses: who is warned, when one goes to sleep, what that stops, and who wakes it."""
from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from handlers.jobs.dormancy import put_to_sleep
from tests.fakes.reads import FakeReads
from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, CAROL, POLICY, ZONE, Bank, open_bank
from wallet import events, refusals
from wallet.commands import Command
from wallet.dates import DAILY
from wallet.dormancy import StayAwake, Wake
from wallet.envelopes import ExpireEnvelope
from wallet.events import DormancyNear, FellAsleep
from wallet.funding import TopUp
from wallet.pins import SetPin
from wallet.rows import Member
from wallet.schedules import RunSchedule
from wallet.standing import DORMANT


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    """Alice, Bob and Carol; Alice has a PIN."""
    async with open_bank("") as bank:
        await bank.settle()
        await bank.set_pin(ALICE)
        yield bank


def reads(bank: Bank) -> FakeReads:
    assert isinstance(bank.store, FakeStore)
    return FakeReads(bank.store)


async def days_pass(bank: Bank, days: int, *, rounds: bool = True) -> None:
    """Day after day with the clock's round, or all at once while nothing runs."""
    for _ in range(days if rounds else 1):
        bank.clock.forward(hours=24 if rounds else 24 * days)
        now = datetime.fromtimestamp(bank.clock.now / 1_000_000, ZONE)
        await put_to_sleep(bank.engine, reads(bank), now)


def told(bank: Bank, who: int) -> list[int]:
    """Of how many days somebody was told, 0 for being asleep."""
    found = [events.read(notice.event, notice.facts) for notice in bank.told if notice.member == bank.members[who]]
    return [event.days if isinstance(event, DormancyNear) else 0 for event in found
            if isinstance(event, DormancyNear | FellAsleep)]


def state(bank: Bank, who: int) -> str:
    return bank.row(Member, bank.members[who]).state


async def refused(bank: Bank, command: Command, kind: type[refusals.Refusal]) -> None:
    with pytest.raises(kind):
        await bank.run(command)


def wake(bank: Bank, who: int, *, pin_version: int = 0, number_of: int = 0) -> Wake:
    return Wake(key=bank.key(), member=bank.members[who], pin_version=pin_version,
                phone_digest=f"{number_of:064x}" if number_of else "")


async def test_one_is_told_30_7_and_1_days_before_and_then_it_sleeps(bank: Bank) -> None:
    for days, heard in ((334, []), (1, [30]), (22, [30]), (1, [30, 7]), (5, [30, 7]), (1, [30, 7, 1])):
        await days_pass(bank, days)
        assert told(bank, BOB) == heard
        assert state(bank, BOB) == "active"
    await days_pass(bank, 1)
    assert told(bank, BOB) == [30, 7, 1, 0]
    assert state(bank, BOB) == DORMANT
    await days_pass(bank, 30)
    assert told(bank, BOB) == [30, 7, 1, 0]


async def test_nobody_sleeps_without_all_the_time_they_were_promised(bank: Bank) -> None:
    await days_pass(bank, 1000, rounds=False)
    assert told(bank, BOB) == [30]
    await days_pass(bank, 40, rounds=False)
    assert told(bank, BOB) == [30, 7]
    await days_pass(bank, 6)
    assert told(bank, BOB) == [30, 7, 1]
    await days_pass(bank, 1)
    assert state(bank, BOB) == DORMANT


async def test_whatever_one_does_oneself_begins_the_count_anew_and_nothing_that_others_do(bank: Bank) -> None:
    await days_pass(bank, 364)
    await bank.pays(BOB, CAROL, amount=5)
    await bank.run(StayAwake(key=bank.key(), member=bank.members[ALICE]))
    await days_pass(bank, 1)
    assert (state(bank, ALICE), state(bank, BOB), state(bank, CAROL)) == ("active", "active", DORMANT)
    await days_pass(bank, 333)
    assert told(bank, BOB) == [30, 7, 1]
    await days_pass(bank, 1)
    assert told(bank, BOB) == [30, 7, 1, 30]


async def test_what_was_refused_is_no_use(bank: Bank) -> None:
    await days_pass(bank, 364)
    await refused(bank, bank.send(BOB, CAROL, amount=10**6), refusals.NotEnough)
    await days_pass(bank, 1)
    assert state(bank, BOB) == DORMANT


async def test_a_standing_payment_is_use(bank: Bank) -> None:
    schedule = await bank.plans(ALICE, BOB, amount=1, unit=DAILY, on=0)
    for _ in range(12):
        await days_pass(bank, 30, rounds=False)
        due = await reads(bank).due_schedules(datetime.fromtimestamp(bank.clock.now / 1_000_000, ZONE).toordinal(), 10)
        for number, day, tries in due:
            assert number == schedule
            await bank.run(RunSchedule(key=bank.key(), schedule=number, day=day, tries=tries))
    await days_pass(bank, 10)
    assert told(bank, ALICE) == []
    assert told(bank, BOB) != []


async def test_asleep_nobody_pays_it_or_finds_it_and_it_pays_nobody(bank: Bank) -> None:
    await bank.pays(ALICE, BOB, amount=1)
    await days_pass(bank, 30, rounds=False)
    await bank.pays(ALICE, CAROL, amount=1)
    await days_pass(bank, 340)
    await bank.run(StayAwake(key=bank.key(), member=bank.members[ALICE]))
    await days_pass(bank, 1)
    assert state(bank, BOB) == DORMANT
    await refused(bank, bank.send(ALICE, BOB, amount=1), refusals.ReceiverUnavailable)
    assert BOB not in {party.telegram_id for party in await reads(bank).recent_receivers(bank.members[ALICE], 10)}
    await refused(bank, bank.send(BOB, ALICE, amount=1), refusals.AccountDormant)
    await refused(bank, TopUp(key=bank.key(), member=bank.members[BOB], amount=1), refusals.AccountDormant)
    await refused(bank, StayAwake(key=bank.key(), member=bank.members[BOB]), refusals.AccountDormant)


async def test_what_was_ones_own_comes_back_while_it_sleeps(bank: Bank) -> None:
    made = await bank.fills(ALICE, amount=1_000, shares=10)
    before = await bank.balance(ALICE)
    await _fall_asleep(bank, ALICE)
    await bank.run(ExpireEnvelope(key=bank.key(), envelope=made.envelope))
    assert await bank.balance(ALICE) == before + 1_000
    assert state(bank, ALICE) == DORMANT


async def test_only_the_pin_wakes_whoever_has_one(bank: Bank) -> None:
    await _fall_asleep(bank, ALICE)
    await refused(bank, wake(bank, ALICE), refusals.PinNeeded)
    await refused(bank, wake(bank, ALICE, number_of=ALICE), refusals.PinNeeded)
    await refused(bank, wake(bank, ALICE, pin_version=2), refusals.PinChanged)
    assert state(bank, ALICE) == DORMANT
    await bank.run(wake(bank, ALICE, pin_version=1))
    await bank.run(wake(bank, ALICE))
    await bank.run(TopUp(key=bank.key(), member=bank.members[ALICE], amount=1))


async def test_whoever_never_set_a_pin_wakes_it_by_their_own_number_and_by_no_new_pin(bank: Bank) -> None:
    await _fall_asleep(bank, BOB)
    await refused(bank, SetPin(key=bank.key(), member=bank.members[BOB], hash="new", pin_version=0),
                  refusals.AccountDormant)
    for other in (0, ALICE, 4711):
        await refused(bank, wake(bank, BOB, number_of=other), refusals.AnotherNumber)
    assert state(bank, BOB) == DORMANT
    await bank.run(wake(bank, BOB, number_of=BOB))
    assert state(bank, BOB) == "active"
    await bank.run(TopUp(key=bank.key(), member=bank.members[BOB], amount=1))


async def test_where_it_is_switched_off_nobody_sleeps() -> None:
    async with open_bank("", policy=replace(POLICY, dormant_after=0)) as bank:
        await bank.settle()
        await days_pass(bank, 4000, rounds=False)
        assert told(bank, BOB) == []


async def _fall_asleep(bank: Bank, who: int) -> None:
    await days_pass(bank, 340, rounds=False)
    await days_pass(bank, 40)
    assert state(bank, who) == DORMANT
