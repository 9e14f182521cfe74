"""Paying: the one rule that confirms every debit, and what is refused."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from storage.reads import SqlReads
from tests.wallet.bank import ALICE, BOB, CAROL, POLICY, STRANGER, ZONE, Bank, open_bank
from wallet import refusals
from wallet.books import Policy
from wallet.drafts import Asked, Confirm
from wallet.funding import TopUp
from wallet.holds import CancelHold
from wallet.members import SetNoPinLimit
from wallet.rows import Switch
from wallet.transfers import Sent


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
    await bank.set_pin(ALICE)
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
    await bank.set_pin(ALICE)
    await bank.run(SetNoPinLimit(key=bank.key(), member=member, limit=100, pin_version=1))
    with pytest.raises(refusals.SettingOutOfRange):
        await bank.run(SetNoPinLimit(key=bank.key(), member=member, limit=20_001, pin_version=1))


async def test_a_draft_confirmed_after_the_sum_was_used_up_asks_the_pin(bank: Bank) -> None:
    asked = await bank.asks(ALICE, BOB, amount=15_000)
    await bank.pays(ALICE, CAROL, amount=10_000)
    again = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token))
    assert isinstance(again, Asked)
    assert again.needs == "pin"


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


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"state": "frozen"}, refusals.AccountFrozen), ({"state": "banned"}, refusals.AccountBanned),
    ({"restrictions": 1}, refusals.DirectionRestricted)])
async def test_after_a_penalty_nothing_goes_out(bank: Bank, changes: dict[str, object],
                                                refusal: type[refusals.Refusal]) -> None:
    asked = await bank.asks(ALICE, BOB, amount=100)
    bank.change(ALICE, **changes)
    with pytest.raises(refusal):
        await bank.run(bank.send(ALICE, BOB, amount=1))
    with pytest.raises(refusal):
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token))


async def test_a_restriction_ends_by_itself(bank: Bank) -> None:
    bank.change(ALICE, restrictions=1, restricted_until=bank.clock.now + 60_000_000)
    with pytest.raises(refusals.DirectionRestricted):
        await bank.run(bank.send(ALICE, BOB, amount=1))
    bank.clock.forward(minutes=2)
    await bank.pays(ALICE, BOB, amount=1)


@pytest.mark.parametrize("changes", [{"state": "dormant"}, {"state": "banned"}, {"restrictions": 2}])
async def test_who_may_not_receive_is_unavailable_and_why_is_theirs_to_know(
        bank: Bank, changes: dict[str, object]) -> None:
    bank.change(BOB, **changes)
    with pytest.raises(refusals.ReceiverUnavailable):
        await bank.run(bank.send(ALICE, BOB, amount=1))


@pytest.mark.parametrize(("state", "refusal"), [("maintenance", refusals.Maintenance),
                                                ("read_only", refusals.ReadOnly)])
async def test_while_money_rests_nothing_moves_and_nothing_is_stored(
        bank: Bank, state: str, refusal: type[refusals.Refusal]) -> None:
    command = bank.send(ALICE, BOB, amount=1, key="resting")
    bank.row(Switch, 1).state = state
    with pytest.raises(refusal):
        await bank.run(command)
    bank.row(Switch, 1).state = "open"
    assert isinstance(await bank.run(command), Sent)


async def test_whoever_has_not_accepted_cannot_pay_until_they_do(bank: Bank) -> None:
    bank.change(ALICE, accepted="user-agreement@2026-11-22")
    with pytest.raises(refusals.AgreementsNeeded) as needed:
        await bank.run(bank.send(ALICE, BOB, amount=1))
    assert needed.value.documents == ("payment-service-agreement",)


async def test_somebody_who_joined_meanwhile_is_paid_directly(bank: Bank) -> None:
    command = bank.send(ALICE, STRANGER, amount=500)
    await bank.join(STRANGER)
    sent = await bank.run(command)
    assert isinstance(sent, Sent)
    assert sent.holds == (0,)
    assert await bank.balance(STRANGER) == 500


# ----------------------------------------------------------------------------------------------- play money
async def test_play_money_is_bounded_and_can_be_closed() -> None:
    async with open_bank("") as bank:
        await bank.join(ALICE)
        for amount in (0, -5, 1_000_001):
            with pytest.raises(refusals.TopUpOutOfRange):
                await bank.run(TopUp(key=bank.key(), member=bank.members[ALICE], amount=amount))
    closed = Policy(terms=bank.engine.policy.terms, digest_key=b"k" * 32, max_amount=1, no_pin_limit=1, top_up_most=0,
                    balance_most=1, envelope_average=1, envelope_shares=1, voucher_key=b"", voucher_life=1)
    async with open_bank("", policy=closed) as bank:
        await bank.join(ALICE)
        with pytest.raises(refusals.TopUpClosed):
            await bank.run(TopUp(key=bank.key(), member=bank.members[ALICE], amount=1))


async def test_more_may_be_paid_waited_for_and_returned_than_play_money_fills_a_wallet_to() -> None:
    rich = replace(POLICY, max_amount=10**12, no_pin_limit=10**12, top_up_most=10**8, balance_most=10**8,
                   rules=())
    async with open_bank("", policy=rich) as bank:
        for person in (ALICE, BOB, CAROL):
            await bank.join(person, 10**8)
        for person in (BOB, CAROL):
            await bank.pays(person, ALICE, amount=10**8)
        await bank.pays(ALICE, BOB, amount=10**8 + 1)
        sent = await bank.pays(ALICE, STRANGER, amount=10**8 + 2)
        await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=sent.holds[0]))
        assert (await bank.balance(ALICE), await bank.balance(BOB)) == (2 * 10**8 - 1, 10**8 + 1)
