"""Money that waits for somebody who has not joined: claimed, taken back or run out, and that once."""
from __future__ import annotations

import asyncio

import pytest

from tests.wallet.bank import ALICE, BOB, STRANGER, Bank
from wallet import refusals
from wallet.events import HoldReturned, MoneyWaits, read
from wallet.funding import TopUp
from wallet.holds import CancelHold, Claimed, ClaimHold, ExpireHold
from wallet.rows import Hold


async def waiting(bank: Bank, amount: int = 500) -> int:
    sent = await bank.pays(ALICE, STRANGER, amount=amount, note="welcome")
    return sent.holds[0]


async def test_money_for_a_stranger_waits_and_the_stranger_is_told(bank: Bank) -> None:
    hold = await waiting(bank)
    assert (await bank.balance(ALICE), await bank.balance(ALICE, 1)) == (99_500, 500)
    notice = bank.told[-1]
    event = read(notice.event, notice.facts)
    assert isinstance(event, MoneyWaits)
    assert (notice.telegram_id, notice.member, event.hold, event.amount) == (STRANGER, 0, hold, 500)


async def test_the_stranger_joins_and_claims_once(bank: Bank) -> None:
    hold = await waiting(bank)
    member = await bank.join(STRANGER)
    results = await asyncio.gather(*[bank.run(ClaimHold(key=bank.key(), member=member, hold=hold)) for _ in range(5)],
                                   return_exceptions=True)
    assert sum(isinstance(result, Claimed) for result in results) == 1
    assert (await bank.balance(STRANGER), await bank.balance(ALICE, 1)) == (500, 0)


async def test_somebody_else_cannot_claim_and_a_forged_number_is_unknown(bank: Bank) -> None:
    hold = await waiting(bank)
    with pytest.raises(refusals.NotForYou):
        await bank.run(ClaimHold(key=bank.key(), member=bank.members[BOB], hold=hold))
    with pytest.raises(refusals.HoldUnknown):
        await bank.run(ClaimHold(key=bank.key(), member=bank.members[BOB], hold=hold + 64))


async def test_the_payer_takes_back_what_nobody_claimed(bank: Bank) -> None:
    hold = await waiting(bank)
    with pytest.raises(refusals.HoldUnknown):
        await bank.run(CancelHold(key=bank.key(), member=bank.members[BOB], hold=hold))
    await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=hold))
    assert (await bank.balance(ALICE), await bank.balance(ALICE, 1)) == (100_000, 0)
    member = await bank.join(STRANGER)
    with pytest.raises(refusals.HoldOver) as over:
        await bank.run(ClaimHold(key=bank.key(), member=member, hold=hold))
    assert over.value.state == "released"


async def test_after_a_day_the_money_goes_back_and_the_payer_is_told(bank: Bank) -> None:
    hold = await waiting(bank)
    with pytest.raises(refusals.HoldNotDue):
        await bank.run(ExpireHold(key=f"hold:{hold}:expire", hold=hold))
    bank.clock.forward(hours=24)
    await bank.run(ExpireHold(key=f"hold:{hold}:expire", hold=hold))
    assert await bank.balance(ALICE) == 100_000
    returned = [read(notice.event, notice.facts) for notice in bank.told if notice.event == "HoldReturned"]
    assert [event.state for event in returned if isinstance(event, HoldReturned)] == ["expired"]
    assert bank.row(Hold, hold).state == "expired"


async def test_a_claim_after_the_day_is_too_late_even_before_the_clock_comes(bank: Bank) -> None:
    hold = await waiting(bank)
    member = await bank.join(STRANGER)
    bank.clock.forward(hours=24)
    with pytest.raises(refusals.HoldOver):
        await bank.run(ClaimHold(key=bank.key(), member=member, hold=hold))


async def test_claim_cancel_and_expiry_at_once_end_a_hold_once(bank: Bank) -> None:
    hold = await waiting(bank)
    member = await bank.join(STRANGER)
    results = await asyncio.gather(
        bank.run(ClaimHold(key=bank.key(), member=member, hold=hold)),
        bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=hold)),
        bank.run(ExpireHold(key=bank.key(), hold=hold)), return_exceptions=True)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert await bank.balance(ALICE) + await bank.balance(STRANGER) == 100_000


async def test_only_so_many_payments_may_wait(bank: Bank) -> None:
    for start in range(1_000, 1_040, 20):
        await bank.pays(ALICE, *range(start, start + 20), amount=1)
    with pytest.raises(refusals.TooManyWaiting):
        await bank.run(bank.send(ALICE, *range(2_000, 2_011), amount=1))


@pytest.mark.parametrize("state", ["frozen", "banned"])
async def test_what_waits_does_not_go_out_while_its_payer_is_frozen_or_banned(bank: Bank, state: str) -> None:
    sent = await bank.pays(ALICE, STRANGER, amount=500)
    claimer = await bank.join(STRANGER)
    bank.change(ALICE, state=state)
    with pytest.raises(refusals.PayerUnavailable):
        await bank.run(ClaimHold(key=bank.key(), member=claimer, hold=sent.holds[0]))
    assert await bank.balance(STRANGER) == 0
    bank.clock.forward(hours=25)
    await bank.run(ExpireHold(key=bank.key(), hold=sent.holds[0]))
    assert (await bank.balance(ALICE), await bank.balance(ALICE, 1)) == (100_000, 0)


@pytest.mark.parametrize("changes", [{"state": "frozen"}, {"state": "banned"}, {"state": "dormant"},
                                     {"state": "closed"}, {"restrictions": 2}])
async def test_who_may_take_no_money_neither_claims_nor_tops_up(bank: Bank, changes: dict[str, object]) -> None:
    sent = await bank.pays(ALICE, STRANGER, amount=500)
    member = await bank.join(STRANGER)
    bank.change(STRANGER, **changes)
    with pytest.raises(refusals.DirectionRestricted) as refused:
        await bank.run(ClaimHold(key=bank.key(), member=member, hold=sent.holds[0]))
    assert refused.value == refusals.DirectionRestricted("receiving", 0)
    with pytest.raises(refusals.DirectionRestricted):
        await bank.run(TopUp(key=bank.key(), member=member, amount=1_000))
    assert await bank.balance(STRANGER) == 0
