"""The PIN: attempts are counted before it is looked at, and only the one in force proves anything."""
from __future__ import annotations

import asyncio

import pytest

from tests.wallet.bank import ALICE, BOB, Bank
from wallet import refusals
from wallet.drafts import Confirm
from wallet.pins import AttemptReserved, PinFailed, PinPassed, ReserveAttempt, SetPin
from wallet.transfers import Sent


async def test_a_pin_that_was_not_proven_makes_no_payment_pinless_or_otherwise(bank: Bank) -> None:
    asked = await bank.asks(ALICE, BOB, amount=20_000)
    assert asked.needs == "confirm"
    member = bank.members[ALICE]
    with pytest.raises(refusals.PinNotSet):
        await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=1))
    await bank.set_pin(ALICE)
    with pytest.raises(refusals.PinChanged):
        await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=7))
    assert isinstance(await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=1)), Sent)


async def test_an_attempt_is_counted_before_the_pin_is_looked_at(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    member = bank.members[ALICE]
    results = await asyncio.gather(*[bank.run(ReserveAttempt(key=bank.key(), member=member)) for _ in range(20)],
                                   return_exceptions=True)
    assert sum(isinstance(result, AttemptReserved) for result in results) == 5
    assert sum(isinstance(result, refusals.PinLocked) for result in results) == 15


async def test_wrong_pins_lock_for_longer_each_time_and_the_member_is_told(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    member = bank.members[ALICE]
    lengths = []
    for _ in range(2):
        for left in (4, 3, 2, 1):
            await bank.run(ReserveAttempt(key=bank.key(), member=member))
            with pytest.raises(refusals.PinWrong) as wrong:
                await bank.run(PinFailed(key=bank.key(), member=member))
            assert wrong.value.left == left
        await bank.run(ReserveAttempt(key=bank.key(), member=member))
        with pytest.raises(refusals.PinLocked) as locked:
            await bank.run(PinFailed(key=bank.key(), member=member))
        lengths.append(round((locked.value.until - bank.clock.now) / 60_000_000))
        bank.clock.forward(hours=2)
    assert lengths == [15, 60]
    assert [notice.event for notice in bank.told].count("PinWasLocked") == 2


async def test_the_right_pin_forgets_wrong_ones_even_as_the_last_attempt(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    member = bank.members[ALICE]
    for _ in range(5):
        await bank.run(ReserveAttempt(key=bank.key(), member=member))
    asked = await bank.asks(ALICE, BOB, amount=30_000, sure=True)
    await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=1))
    reserved = await bank.run(ReserveAttempt(key=bank.key(), member=member))
    assert reserved == AttemptReserved(version=1, attempt=1)


async def test_a_pin_that_passed_forgets_wrong_ones_and_another_pin_does_not(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    member = bank.members[ALICE]
    for _ in range(5):
        await bank.run(ReserveAttempt(key=bank.key(), member=member))
    with pytest.raises(refusals.PinChanged):
        await bank.run(PinPassed(key=bank.key(), member=member, version=2))
    with pytest.raises(refusals.PinLocked):
        await bank.run(ReserveAttempt(key=bank.key(), member=member))
    await bank.run(PinPassed(key=bank.key(), member=member, version=1))
    assert await bank.run(ReserveAttempt(key=bank.key(), member=member)) == AttemptReserved(version=1, attempt=1)


async def test_a_pin_that_was_changed_meanwhile_proves_nothing(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    member = bank.members[ALICE]
    asked = await bank.asks(ALICE, BOB, amount=30_000, sure=True)
    with pytest.raises(refusals.PinNeeded):
        await bank.run(SetPin(key=bank.key(), member=member, hash="other", pin_version=0))
    await bank.run(SetPin(key=bank.key(), member=member, hash="other", pin_version=1))
    with pytest.raises(refusals.PinChanged):
        await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=1))
