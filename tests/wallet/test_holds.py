"""Money that waits for somebody who has not joined: claimed, taken back or run out, and that once."""
from __future__ import annotations

import asyncio

import pytest

from storage.reads import SqlReads
from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, CAROL, STRANGER, Bank, open_bank
from wallet import refusals
from wallet.drafts import Confirm
from wallet.events import HoldReturned, MoneyWaits, read
from wallet.funding import TopUp
from wallet.holds import CancelHold, Claimed, ClaimHold, DeclineHold, ExpireHold
from wallet.rows import Counter, Hold
from wallet.transfers import Sent


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


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"state": "frozen"}, refusals.AccountFrozen()), ({"state": "banned"}, refusals.AccountBanned()),
    ({"state": "dormant"}, refusals.AccountDormant()),
    *((changes, refusals.DirectionRestricted("receiving"))
      for changes in ({"state": "closed"}, {"restrictions": 2}))])
async def test_who_may_take_no_money_neither_claims_nor_tops_up(bank: Bank, changes: dict[str, object],
                                                                refusal: refusals.Refusal) -> None:
    sent = await bank.pays(ALICE, STRANGER, amount=500)
    member = await bank.join(STRANGER)
    bank.change(STRANGER, **changes)
    with pytest.raises(type(refusal)) as refused:
        await bank.run(ClaimHold(key=bank.key(), member=member, hold=sent.holds[0]))
    assert refused.value == refusal
    with pytest.raises(type(refusal)):
        await bank.run(TopUp(key=bank.key(), member=member, amount=1_000))
    assert await bank.balance(STRANGER) == 0


# ------------------------------------------------------------------------------ what was paid without the PIN
def pinless(bank: Bank, who: int = ALICE) -> int:
    """What the newest day's counter says."""
    assert isinstance(bank.store, FakeStore)
    days = [row for (cls, _), row in bank.store.rows.items() if cls is Counter and isinstance(row, Counter)
            and row.member == bank.members[who] and row.day]
    return max(days, key=lambda row: row.day).pinless_sum


@pytest.mark.parametrize("end", ["released", "declined", "expired"])
async def test_what_comes_back_is_no_longer_counted_as_paid_without_the_pin(bank: Bank, end: str) -> None:
    if end == "declined":
        bank.change(BOB, confirm_incoming=1)
    await bank.pays(ALICE, CAROL, amount=3_000)
    sent = await bank.pays(ALICE, BOB if end == "declined" else STRANGER, amount=17_000)
    assert pinless(bank) == 20_000
    await bank.asks(ALICE, CAROL, amount=1)
    hold = sent.holds[0]
    if end == "released":
        await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=hold))
    elif end == "declined":
        await bank.run(DeclineHold(key=bank.key(), member=bank.members[BOB], hold=hold))
    else:
        bank.clock.forward(hours=24)
        await bank.run(ExpireHold(key=bank.key(), hold=hold))
    assert pinless(bank) == 3_000
    await bank.whole()


async def test_what_was_claimed_or_took_the_pin_stays_counted_as_it_was(bank: Bank) -> None:
    hold = await waiting(bank, 5_000)
    member = await bank.join(STRANGER)
    await bank.run(ClaimHold(key=bank.key(), member=member, hold=hold))
    assert pinless(bank) == 5_000
    await bank.set_pin(ALICE)
    asked = await bank.asks(ALICE, 9_999, amount=20_000)
    sent = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token, pin_version=1))
    assert isinstance(sent, Sent)
    await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=sent.holds[0]))
    assert pinless(bank) == 5_000


async def test_what_comes_back_tomorrow_gives_nothing_to_tomorrow(bank: Bank) -> None:
    hold = await waiting(bank, 20_000)
    bank.clock.forward(hours=23)
    await bank.pays(ALICE, BOB, amount=1_000)
    await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=hold))
    assert pinless(bank) == 1_000
    await bank.asks(ALICE, BOB, amount=19_001)


# --------------------------------------------------------------------------------------- the sums of a history
async def test_what_came_back_neither_came_nor_went(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        alice = await bank.join(ALICE, 1_000)
        await bank.join(BOB)
        await bank.pays(ALICE, BOB, amount=30)
        back, claimed, waits = [(await bank.pays(ALICE, stranger, amount=amount)).holds[0]
                                for stranger, amount in ((STRANGER, 500), (201, 70), (202, 9))]
        await bank.run(CancelHold(key=bank.key(), member=alice, hold=back))
        await bank.run(ClaimHold(key=bank.key(), member=await bank.join(201), hold=claimed))
        page = await reads.history(alice)
        assert (page.came, page.went, len(page.lines)) == (1_000, 109, 6)
        assert (await reads.history(alice, direction="in")).came == 1_000
        assert (await reads.history(alice, since=1, direction="out")).went == 109
        await bank.run(CancelHold(key=bank.key(), member=alice, hold=waits))
        assert (await reads.history(alice)).went == 100
