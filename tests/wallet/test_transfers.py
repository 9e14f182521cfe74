"""Paying: the one rule that confirms every debit, drafts, and money that waits for somebody."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from storage.reads import SqlReads
from tests.fakes.store import FakeStore
from tests.wallet.bank import POLICY, ZONE, Bank, open_bank
from wallet import refusals
from wallet.books import Policy
from wallet.drafts import Asked, CancelDraft, ExpireDraft, PlaceDraft
from wallet.events import HoldReturned, MoneyWaits, read
from wallet.funding import TopUp
from wallet.holds import CancelHold, Claimed, ClaimHold, ExpireHold
from wallet.members import SetNoPinLimit
from wallet.pins import AttemptReserved, PinFailed, PinPassed, ReserveAttempt, SetPin
from wallet.rows import Draft, Hold, Member, Switch
from wallet.transfers import Confirm, Sent

ALICE, BOB, CAROL, STRANGER = 101, 102, 103, 999


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("") as opened:
        await opened.join(ALICE, 100_000)
        await opened.join(BOB, 100_000)
        await opened.join(CAROL)
        yield opened


def rows(bank: Bank) -> FakeStore:
    assert isinstance(bank.store, FakeStore)
    return bank.store


async def has_pin(bank: Bank, who: int) -> None:
    await bank.run(SetPin(key=bank.key(), member=bank.members[who], hash="argon2", pin_version=0))


# --------------------------------------------------------------------------------- how a debit is confirmed
async def test_somebody_pointed_at_is_paid_at_once(bank: Bank) -> None:
    assert isinstance(await bank.run(bank.send(ALICE, BOB, amount=100, sure=True)), Sent)


async def test_somebody_merely_named_needs_a_word_the_first_time_only(bank: Bank) -> None:
    asked = await bank.asks(ALICE, BOB, amount=100)
    assert asked.needs == "confirm"
    assert isinstance(await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token)), Sent)
    assert isinstance(await bank.run(bank.send(ALICE, BOB, amount=100, sure=False)), Sent)


async def test_above_the_day_s_pinless_sum_the_pin_is_asked(bank: Bank) -> None:
    await bank.pays(ALICE, BOB, amount=19_999)
    asked = await bank.asks(ALICE, BOB, amount=2, sure=True)
    assert asked.needs == "pin"
    with pytest.raises(refusals.PinNotSet):
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token))
    await has_pin(bank, ALICE)
    with pytest.raises(refusals.PinNeeded):
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token))
    sent = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token, pin_version=1))
    assert isinstance(sent, Sent)
    assert isinstance(await bank.run(bank.send(ALICE, BOB, amount=1)), Sent), "what the PIN paid counts for nothing"


async def test_a_new_day_starts_the_pinless_sum_anew(bank: Bank) -> None:
    await bank.pays(ALICE, BOB, amount=20_000)
    await bank.asks(ALICE, BOB, amount=1, sure=True)
    bank.clock.forward(hours=24)
    await bank.pays(ALICE, BOB, amount=20_000)


async def test_a_limit_of_zero_asks_the_pin_for_everything(bank: Bank) -> None:
    await bank.run(SetNoPinLimit(key=bank.key(), member=bank.members[ALICE], limit=0))
    assert (await bank.asks(ALICE, BOB, amount=1, sure=True)).needs == "pin"


async def test_raising_the_limit_takes_the_pin(bank: Bank) -> None:
    member = bank.members[ALICE]
    await bank.run(SetNoPinLimit(key=bank.key(), member=member, limit=0))
    with pytest.raises(refusals.PinNotSet):
        await bank.run(SetNoPinLimit(key=bank.key(), member=member, limit=100))
    await has_pin(bank, ALICE)
    await bank.run(SetNoPinLimit(key=bank.key(), member=member, limit=100, pin_version=1))
    with pytest.raises(refusals.SettingOutOfRange):
        await bank.run(SetNoPinLimit(key=bank.key(), member=member, limit=20_001, pin_version=1))


async def test_a_draft_confirmed_after_the_sum_was_used_up_asks_the_pin(bank: Bank) -> None:
    asked = await bank.asks(ALICE, BOB, amount=15_000)
    await bank.pays(ALICE, CAROL, amount=10_000)
    again = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token))
    assert isinstance(again, Asked)
    assert again.needs == "pin"


# -------------------------------------------------------------------------------------------------- drafts
async def test_another_member_s_press_does_nothing(bank: Bank) -> None:
    asked = await bank.asks(ALICE, BOB, amount=100)
    for press in (Confirm, CancelDraft):
        with pytest.raises(refusals.NotYours):
            await bank.run(press(key=bank.key(), member=bank.members[BOB], token=asked.token))
    assert await bank.balance(BOB) == 100_000


async def test_two_presses_from_two_phones_pay_once(bank: Bank) -> None:
    asked = await bank.asks(ALICE, BOB, amount=100)
    results = await asyncio.gather(*[
        bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token)) for _ in range(2)],
        return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["DraftOver", "Sent"]
    assert await bank.balance(BOB) == 100_100


@pytest.mark.parametrize(("act", "state"), [("cancel", "cancelled"), ("wait", "expired")])
async def test_a_draft_that_is_over_pays_nothing(bank: Bank, act: str, state: str) -> None:
    asked = await bank.asks(ALICE, BOB, amount=100)
    if act == "cancel":
        await bank.run(CancelDraft(key=bank.key(), member=bank.members[ALICE], token=asked.token))
    else:
        bank.clock.forward(minutes=10)
    with pytest.raises(refusals.DraftOver) as over:
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token))
    assert over.value.state == state


async def test_an_unknown_token_is_unknown(bank: Bank) -> None:
    with pytest.raises(refusals.DraftUnknown):
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token="forged"))


async def test_a_draft_without_enough_money_stays_open_until_there_is(bank: Bank) -> None:
    asked = await bank.asks(BOB, ALICE, amount=200)
    await has_pin(bank, BOB)
    big = await bank.asks(BOB, ALICE, amount=99_900, sure=True)
    await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=big.token, pin_version=1))
    with pytest.raises(refusals.NotEnough):
        await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token))
    await bank.run(TopUp(key=bank.key(), member=bank.members[BOB], amount=1_000))
    assert isinstance(await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token)), Sent)


async def test_where_a_draft_waits_comes_back_with_its_outcome(bank: Bank) -> None:
    asked = await bank.asks(ALICE, BOB, amount=100)
    member = bank.members[ALICE]
    await bank.run(PlaceDraft(key=bank.key(), member=member, token=asked.token, chat=-100, message=7))
    sent = await bank.run(Confirm(key=bank.key(), member=member, token=asked.token))
    assert isinstance(sent, Sent)
    assert sent.message == 7
    assert rows(bank).rows[(Draft, asked.token)].state == "used"  # type: ignore[attr-defined]


async def test_a_draft_that_nobody_confirms_runs_out_once(bank: Bank) -> None:
    asked = await bank.asks(ALICE, BOB, amount=100)
    await bank.run(PlaceDraft(key=bank.key(), member=bank.members[ALICE], token=asked.token, chat=-100, message=7))
    expire = ExpireDraft(key=f"draft:{asked.token}:expire", token=asked.token)
    with pytest.raises(refusals.DraftNotDue):
        await bank.run(expire)
    bank.clock.forward(minutes=10)
    for _ in range(2):
        ended = await bank.run(expire)
        assert isinstance(ended, Asked)
        assert (ended.chat, ended.message) == (-100, 7)
    assert rows(bank).rows[(Draft, asked.token)].state == "expired"  # type: ignore[attr-defined]
    with pytest.raises(refusals.DraftOver):
        await bank.run(ExpireDraft(key=bank.key(), token=asked.token))
    with pytest.raises(refusals.DraftUnknown):
        await bank.run(ExpireDraft(key=bank.key(), token="forged"))


# ------------------------------------------------------------------------------------------- what is refused
async def test_paying_oneself_nobody_or_twice_is_refused(bank: Bank) -> None:
    for receivers, refusal in (((ALICE,), refusals.PayToYourself), ((), refusals.TooManyReceivers),
                               ((BOB, BOB), refusals.NamedTwice), (tuple(range(21)), refusals.TooManyReceivers)):
        with pytest.raises(refusal):
            await bank.run(bank.send(ALICE, *receivers, amount=1))


@pytest.mark.parametrize("amount", [0, -1, 5_000_001])
async def test_an_amount_out_of_range_is_refused(bank: Bank, amount: int) -> None:
    with pytest.raises(refusals.AmountOutOfRange):
        await bank.run(bank.send(ALICE, BOB, amount=amount))


async def test_several_are_paid_together_or_not_at_all(bank: Bank) -> None:
    sent = await bank.pays(ALICE, BOB, CAROL, amount=1_000)
    assert len(sent.transfers) == 2
    with pytest.raises(refusals.NotEnough) as refused:
        await bank.run(bank.send(ALICE, BOB, CAROL, amount=60_000))
    assert refused.value == refusals.NotEnough(98_000, 120_000)
    assert await bank.balance(CAROL) == 1_000


def change(bank: Bank, who: int, **changes: object) -> None:
    """What an operator's command will do one day."""
    member = rows(bank).rows[(Member, bank.members[who])]
    for name, value in changes.items():
        setattr(member, name, value)


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"state": "frozen"}, refusals.AccountFrozen), ({"state": "banned"}, refusals.AccountBanned),
    ({"restrictions": 1}, refusals.DirectionRestricted)])
async def test_after_a_penalty_nothing_goes_out(bank: Bank, changes: dict[str, object],
                                                refusal: type[refusals.Refusal]) -> None:
    asked = await bank.asks(ALICE, BOB, amount=100)
    change(bank, ALICE, **changes)
    with pytest.raises(refusal):
        await bank.run(bank.send(ALICE, BOB, amount=1))
    with pytest.raises(refusal):
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token))


async def test_a_restriction_ends_by_itself(bank: Bank) -> None:
    change(bank, ALICE, restrictions=1, restricted_until=bank.clock.now + 60_000_000)
    with pytest.raises(refusals.DirectionRestricted):
        await bank.run(bank.send(ALICE, BOB, amount=1))
    bank.clock.forward(minutes=2)
    await bank.pays(ALICE, BOB, amount=1)


@pytest.mark.parametrize("changes", [{"state": "frozen"}, {"state": "banned"}, {"restrictions": 2}])
async def test_who_may_not_receive_is_unavailable_and_why_is_theirs_to_know(
        bank: Bank, changes: dict[str, object]) -> None:
    change(bank, BOB, **changes)
    with pytest.raises(refusals.ReceiverUnavailable):
        await bank.run(bank.send(ALICE, BOB, amount=1))


@pytest.mark.parametrize(("state", "refusal"), [("maintenance", refusals.Maintenance),
                                                ("read_only", refusals.ReadOnly)])
async def test_while_money_rests_nothing_moves_and_nothing_is_stored(
        bank: Bank, state: str, refusal: type[refusals.Refusal]) -> None:
    command = bank.send(ALICE, BOB, amount=1, key="resting")
    rows(bank).rows[(Switch, 1)] = Switch(1, state, 0, "test")
    with pytest.raises(refusal):
        await bank.run(command)
    rows(bank).rows[(Switch, 1)] = Switch(1, "open", 0, "")
    assert isinstance(await bank.run(command), Sent)


async def test_whoever_has_not_accepted_cannot_pay_until_they_do(bank: Bank) -> None:
    change(bank, ALICE, accepted="user-agreement@2026-11-22")
    with pytest.raises(refusals.AgreementsNeeded) as needed:
        await bank.run(bank.send(ALICE, BOB, amount=1))
    assert needed.value.documents == ("payment-service-agreement",)


async def test_play_money_is_bounded_and_can_be_closed() -> None:
    async with open_bank("") as bank:
        await bank.join(ALICE)
        for amount in (0, -5, 1_000_001):
            with pytest.raises(refusals.TopUpOutOfRange):
                await bank.run(TopUp(key=bank.key(), member=bank.members[ALICE], amount=amount))
    closed = Policy(terms=bank.engine.policy.terms, digest_key=b"k" * 32, max_amount=1, no_pin_limit=1, top_up_most=0,
                    balance_most=1)
    async with open_bank("", policy=closed) as bank:
        await bank.join(ALICE)
        with pytest.raises(refusals.TopUpClosed):
            await bank.run(TopUp(key=bank.key(), member=bank.members[ALICE], amount=1))


# --------------------------------------------------------------------------------------------------- holds
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
    assert rows(bank).rows[(Hold, hold)].state == "expired"  # type: ignore[attr-defined]


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


async def test_somebody_who_joined_meanwhile_is_paid_directly(bank: Bank) -> None:
    command = bank.send(ALICE, STRANGER, amount=500)
    await bank.join(STRANGER)
    sent = await bank.run(command)
    assert isinstance(sent, Sent)
    assert sent.holds == (0,)
    assert await bank.balance(STRANGER) == 500


async def test_more_may_be_paid_waited_for_and_returned_than_play_money_fills_a_wallet_to() -> None:
    rich = replace(POLICY, max_amount=10**12, no_pin_limit=10**12, top_up_most=10**8, balance_most=10**8)
    async with open_bank("", policy=rich) as bank:
        for person in (ALICE, BOB, CAROL):
            await bank.join(person, 10**8)
        for person in (BOB, CAROL):
            await bank.pays(person, ALICE, amount=10**8)
        await bank.pays(ALICE, BOB, amount=10**8 + 1)
        sent = await bank.pays(ALICE, STRANGER, amount=10**8 + 2)
        await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=sent.holds[0]))
        assert (await bank.balance(ALICE), await bank.balance(BOB)) == (2 * 10**8 - 1, 10**8 + 1)


async def test_only_so_many_payments_may_wait(bank: Bank) -> None:
    for start in range(1_000, 1_040, 20):
        await bank.pays(ALICE, *range(start, start + 20), amount=1)
    with pytest.raises(refusals.TooManyWaiting):
        await bank.run(bank.send(ALICE, *range(2_000, 2_011), amount=1))


@pytest.mark.parametrize("state", ["frozen", "banned"])
async def test_what_waits_does_not_go_out_while_its_payer_is_frozen_or_banned(bank: Bank, state: str) -> None:
    sent = await bank.pays(ALICE, STRANGER, amount=500)
    claimer = await bank.join(STRANGER)
    alice = rows(bank).rows[Member, bank.members[ALICE]]
    assert isinstance(alice, Member)
    alice.state = state
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
    for name, value in changes.items():
        setattr(rows(bank).rows[Member, member], name, value)
    with pytest.raises(refusals.DirectionRestricted) as refused:
        await bank.run(ClaimHold(key=bank.key(), member=member, hold=sent.holds[0]))
    assert refused.value == refusals.DirectionRestricted("receiving", 0)
    with pytest.raises(refusals.DirectionRestricted):
        await bank.run(TopUp(key=bank.key(), member=member, amount=1_000))
    assert await bank.balance(STRANGER) == 0


# ----------------------------------------------------------------------------------------------------- PIN
async def test_a_pin_that_was_not_proven_makes_no_payment_pinless_or_otherwise(bank: Bank) -> None:
    asked = await bank.asks(ALICE, BOB, amount=20_000)
    assert asked.needs == "confirm"
    member = bank.members[ALICE]
    with pytest.raises(refusals.PinNotSet):
        await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=1))
    await has_pin(bank, ALICE)
    with pytest.raises(refusals.PinChanged):
        await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=7))
    assert isinstance(await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=1)), Sent)


async def test_an_attempt_is_counted_before_the_pin_is_looked_at(bank: Bank) -> None:
    await has_pin(bank, ALICE)
    member = bank.members[ALICE]
    results = await asyncio.gather(*[bank.run(ReserveAttempt(key=bank.key(), member=member)) for _ in range(20)],
                                   return_exceptions=True)
    assert sum(isinstance(result, AttemptReserved) for result in results) == 5
    assert sum(isinstance(result, refusals.PinLocked) for result in results) == 15


async def test_wrong_pins_lock_for_longer_each_time_and_the_member_is_told(bank: Bank) -> None:
    await has_pin(bank, ALICE)
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
    await has_pin(bank, ALICE)
    member = bank.members[ALICE]
    for _ in range(5):
        await bank.run(ReserveAttempt(key=bank.key(), member=member))
    asked = await bank.asks(ALICE, BOB, amount=30_000, sure=True)
    await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=1))
    reserved = await bank.run(ReserveAttempt(key=bank.key(), member=member))
    assert reserved == AttemptReserved(version=1, attempt=1)


async def test_a_pin_that_passed_forgets_wrong_ones_and_another_pin_does_not(bank: Bank) -> None:
    await has_pin(bank, ALICE)
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
    await has_pin(bank, ALICE)
    member = bank.members[ALICE]
    asked = await bank.asks(ALICE, BOB, amount=30_000, sure=True)
    with pytest.raises(refusals.PinNeeded):
        await bank.run(SetPin(key=bank.key(), member=member, hash="other", pin_version=0))
    await bank.run(SetPin(key=bank.key(), member=member, hash="other", pin_version=1))
    with pytest.raises(refusals.PinChanged):
        await bank.run(Confirm(key=bank.key(), member=member, token=asked.token, pin_version=1))


async def test_a_lowered_no_pin_limit_holds_for_who_chose_a_higher_one_before(sqlite_url: str) -> None:
    async with open_bank(sqlite_url) as before:
        for person in (ALICE, BOB):
            await before.join(person, 50_000)
        members = before.members
    lowered = replace(POLICY, no_pin_limit=500)
    async with open_bank(sqlite_url, policy=lowered) as bank:
        assert bank.database is not None
        bank.members.update(members)
        today = datetime.now(ZONE).toordinal()
        reads = SqlReads(bank.database, lambda: today, no_pin_most=lowered.no_pin_limit)
        assert (await reads.balance(members[ALICE])).pinless_left == 500
        await bank.run(bank.send(ALICE, BOB, amount=400, key="small"))
        asked = await bank.run(bank.send(ALICE, BOB, amount=101, key="large"))
        assert isinstance(asked, Asked)
        assert asked.needs == "pin"
        assert (await reads.balance(members[ALICE])).pinless_left == 100
