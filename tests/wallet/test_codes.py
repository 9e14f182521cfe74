"""One-time codes are those of RFC 6238, each works once, and only after a first one was typed."""
from __future__ import annotations

import pytest

from tests.wallet.bank import ALICE, Bank, open_bank
from wallet import refusals
from wallet.codes import EnrolCodes, StopCodes, UseCode, code_at, step_of
from wallet.commands import Done
from wallet.operators import AppointOwners
from wallet.pins import AttemptReserved, ReserveAttempt
from wallet.rows import OneTimeCodes, Pin

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(("seconds", "code"), [
    (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
    (2_000_000_000, "279037"), (20_000_000_000, "353130")])
def test_the_codes_of_the_rfc(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // 30) == code
    assert step_of(SECRET, code, seconds) == seconds // 30


def test_a_code_works_in_its_half_minute_and_the_one_beside() -> None:
    code = code_at(SECRET, 1_000)
    assert [step_of(SECRET, code, 30 * step) for step in (998, 999, 1_000, 1_001, 1_002)] == [0, 1_000, 1_000, 1_000, 0]
    assert step_of(SECRET, "12345", 30_000) == step_of(SECRET, "１２３４５６", 30_000) == 0


async def enrolled(bank: Bank) -> int:
    member = await bank.join(ALICE)
    await bank.set_pin(ALICE)
    await bank.run(AppointOwners(key="owners", telegram_ids=(ALICE,)))
    await bank.run(EnrolCodes(key=bank.key(), member=member, sealed=b"sealed", pin_version=1))
    return member


async def test_each_code_works_once_and_none_before_it_any_more() -> None:
    async with open_bank("") as bank:
        member = await enrolled(bank)

        async def uses(step: int, *, first: bool = False) -> bool:
            try:
                return await bank.run(UseCode(key=bank.key(), member=member, step=step, first=first)) == Done()
            except refusals.CodeUsed:
                return False

        assert not await uses(10), "the secret is worth nothing before the first code"
        assert await uses(10, first=True)
        assert not await uses(11, first=True)
        assert [await uses(step) for step in (10, 9, 12, 12, 11, 13)] == [False, False, True, False, False, True]
        await bank.run(StopCodes(key=bank.key(), member=member, pin_version=1))
        assert not await uses(14)
        row = bank.row(OneTimeCodes, member)
        assert (row.sealed, row.since) == (b"", 0)


async def test_a_right_code_forgets_wrong_attempts_as_a_right_pin_does() -> None:
    async with open_bank("") as bank:
        member = await enrolled(bank)
        assert await bank.run(ReserveAttempt(key=bank.key(), member=member)) == AttemptReserved(1, 1)
        await bank.run(UseCode(key=bank.key(), member=member, step=3, first=True))
        assert bank.row(Pin, member).attempts == 0


async def test_only_whoever_signs_takes_them_up() -> None:
    async with open_bank("") as bank:
        member = await bank.join(ALICE)
        await bank.set_pin(ALICE)
        with pytest.raises(refusals.NotAllowed):
            await bank.run(EnrolCodes(key=bank.key(), member=member, sealed=b"sealed", pin_version=1))
