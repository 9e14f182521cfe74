"""Drafts: a payment that waits for its payer's word happens once, by them alone, or not at all."""
from __future__ import annotations

import asyncio

import pytest

from tests.wallet.bank import ALICE, BOB, Bank
from wallet import refusals
from wallet.drafts import Asked, CancelDraft, Confirm, ExpireDraft, PlaceDraft
from wallet.funding import TopUp
from wallet.rows import Draft
from wallet.transfers import Sent


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
    await bank.set_pin(BOB)
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
    assert bank.row(Draft, asked.token).state == "used"


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
    assert bank.row(Draft, asked.token).state == "expired"
    with pytest.raises(refusals.DraftOver):
        await bank.run(ExpireDraft(key=bank.key(), token=asked.token))
    with pytest.raises(refusals.DraftUnknown):
        await bank.run(ExpireDraft(key=bank.key(), token="forged"))
