"""A clock that is set back and forth: nothing is undone by it, nothing happens twice, and no bound is widened."""

from __future__ import annotations

from typing import Final

import pytest

from tests.wallet.bank import Bank, open_bank
from wallet import refusals
from wallet.commands import Command
from wallet.drafts import Asked, Confirm, ExpireDraft
from wallet.holds import ClaimHold, ExpireHold, Returned
from wallet.pins import ATTEMPTS, PinFailed, ReserveAttempt
from wallet.refusals import Refusal
from wallet.rows import Journal, Transfer
from wallet.transfers import Sent

ALICE, BOB, EVE = 101, 102, 103
LIMIT: Final = 20_000
"""What goes without the PIN in a day."""


async def refused(bank: Bank, command: Command) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await bank.run(command)
    return caught.value


async def test_what_is_written_never_goes_back_in_time() -> None:
    async with open_bank("") as bank:
        await bank.join(ALICE, 1_000)
        await bank.join(BOB)
        for hours in (0, -3, 0, -48, 1):
            bank.clock.forward(hours=hours)
            await bank.pays(ALICE, BOB, amount=1)
        for cls in (Transfer, Journal):
            moments = [row.at for row in bank.store.all(cls)]  # type: ignore[attr-defined]
            assert moments == sorted(moments)


async def test_a_clock_set_back_opens_no_lock() -> None:
    async with open_bank("") as bank:
        alice = await bank.join(ALICE, 1_000)
        await bank.set_pin(ALICE)
        for _ in range(ATTEMPTS):
            await bank.run(ReserveAttempt(key=bank.key(), member=alice))
            await refused(bank, PinFailed(key=bank.key(), member=alice))
        locked = await refused(bank, ReserveAttempt(key=bank.key(), member=alice))
        assert isinstance(locked, refusals.PinLocked)
        bank.clock.forward(hours=-3)
        assert await refused(bank, ReserveAttempt(key=bank.key(), member=alice)) == locked
        bank.clock.forward(hours=3, minutes=16)
        await bank.run(ReserveAttempt(key=bank.key(), member=alice))


async def test_what_ran_out_stays_so_when_the_clock_goes_back() -> None:
    async with open_bank("") as bank:
        await bank.join(ALICE, 1_000)
        sent = await bank.pays(ALICE, EVE, amount=100)
        asked = await bank.asks(ALICE, EVE, amount=50)
        bank.clock.forward(hours=25)
        returned = await bank.run(ExpireHold(key=bank.key(), hold=sent.holds[0]))
        assert isinstance(returned, Returned)
        bank.clock.forward(hours=-25)
        eve = await bank.join(EVE)
        over = await refused(bank, ClaimHold(key=bank.key(), member=eve, hold=sent.holds[0]))
        assert over == refusals.HoldOver("expired")
        assert await refused(bank, ExpireHold(key=bank.key(), hold=sent.holds[0])) == over
        confirm = Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token)
        assert await refused(bank, confirm) == refusals.DraftOver("expired")
        assert await bank.balance(ALICE) == 1_000


async def test_what_waits_runs_out_no_earlier_for_a_clock_set_back() -> None:
    async with open_bank("") as bank:
        await bank.join(ALICE, 1_000)
        sent = await bank.pays(ALICE, EVE, amount=100)
        asked = await bank.asks(ALICE, EVE, amount=50)
        bank.clock.forward(hours=-5)
        assert isinstance(await refused(bank, ExpireHold(key=bank.key(), hold=sent.holds[0])), refusals.HoldNotDue)
        assert isinstance(await refused(bank, ExpireDraft(key=bank.key(), token=asked.token)), refusals.DraftNotDue)
        confirm = Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token)
        assert isinstance(await bank.run(confirm), Sent)
        again = Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token)
        assert await refused(bank, again) == refusals.DraftOver("used")


async def test_going_back_over_midnight_renews_no_limit() -> None:
    async with open_bank("") as bank:
        await bank.join(ALICE, 10 * LIMIT)
        await bank.join(BOB)
        await bank.set_pin(ALICE)
        for hours, left in ((0, LIMIT), (24, LIMIT), (-24, 0), (24, 0), (-48, 0), (48, 0), (24, LIMIT)):
            bank.clock.forward(hours=hours)
            if left:
                await bank.pays(ALICE, BOB, amount=left)
            outcome = await bank.run(bank.send(ALICE, BOB, amount=1))
            assert isinstance(outcome, Asked), f"after {hours} hours"
            assert outcome.needs == "pin"
