"""Requests on cards: their sender's alone, paid once, to whoever sent them."""
from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, Bank, open_bank
from wallet import refusals
from wallet.appeals import Appeal, AppealPaid, PayAppeal
from wallet.drafts import Asked, CancelDraft, Confirm, ExpireDraft
from wallet.events import DraftRanOut, MoneyCame, MoneyWent, read
from wallet.requests import REQUEST_LIFE
from wallet.transfers import Sent


def appeal(bank: Bank, asker: int = ALICE, amount: int = 2_000, card: str = "card") -> Appeal:
    """Somebody sends a card that asks for money."""
    return Appeal(key=bank.key(), asker=bank.members[asker], amount=amount, note="dinner", card=card,
                  token=f"token of {card}")


def pays(bank: Bank, who: int, card: str = "card", appeal: str = "token of card") -> PayAppeal:
    """Somebody presses Pay."""
    return PayAppeal(key=bank.key(), member=bank.members[who], appeal=appeal, card=card, token=f"mine {bank.key()}")


async def test_the_first_who_pays_pays_whoever_sent_the_card(bank: Bank) -> None:
    assert isinstance(await bank.run(appeal(bank)), Asked)
    with pytest.raises(refusals.PayToYourself):
        await bank.run(pays(bank, ALICE))
    with pytest.raises(refusals.NotEnough):
        await bank.run(pays(bank, CAROL))
    paid = await bank.run(pays(bank, BOB))
    assert isinstance(paid, AppealPaid)
    assert (paid.payee, paid.amount, paid.note, paid.balance, paid.card) == (ALICE, 2_000, "dinner", 98_000, "card")
    assert (await bank.balance(ALICE), await bank.balance(BOB)) == (102_000, 98_000)
    told = [type(read(notice.event, notice.facts)) for notice in bank.told]
    assert told.count(MoneyCame) == told.count(MoneyWent) == 1
    with pytest.raises(refusals.RequestOver, match="paid"):
        await bank.run(pays(bank, BOB))
    assert isinstance(await bank.run(bank.send(BOB, ALICE, amount=5, sure=False)), Sent), "paid before"


async def test_it_is_its_senders_and_says_once_how_much(bank: Bank) -> None:
    await bank.run(appeal(bank))
    with pytest.raises(refusals.NotYours):
        await bank.run(appeal(bank, BOB))
    with pytest.raises(refusals.DraftOver):
        await bank.run(appeal(bank, amount=5))
    for wrong in (pays(bank, BOB, card="another"), pays(bank, BOB, appeal="another")):
        with pytest.raises(refusals.RequestUnknown):
            await bank.run(wrong)
    with pytest.raises(refusals.DraftUnknown):
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token="token of card"))
    with pytest.raises(refusals.AmountOutOfRange):
        await bank.run(appeal(bank, amount=5_000_001, card="more"))


async def test_what_was_taken_back_or_is_over_is_not_paid(bank: Bank) -> None:
    await bank.run(appeal(bank))
    with pytest.raises(refusals.NotYours):
        await bank.run(CancelDraft(key=bank.key(), member=bank.members[BOB], token="token of card"))
    await bank.run(CancelDraft(key=bank.key(), member=bank.members[ALICE], token="token of card"))
    with pytest.raises(refusals.RequestOver, match="withdrawn"):
        await bank.run(pays(bank, BOB))
    await bank.run(appeal(bank, card="late"))
    bank.clock.forward(hours=REQUEST_LIFE // 3_600_000_000)
    with pytest.raises(refusals.RequestOver, match="expired"):
        await bank.run(pays(bank, BOB, "late", "token of late"))
    assert await bank.balance(BOB) == 100_000


async def test_above_the_limit_the_pin_is_asked_and_another_may_be_faster(bank: Bank) -> None:
    await bank.set_pin(BOB)
    await bank.run(appeal(bank, amount=30_000))
    asked = await bank.run(pays(bank, BOB))
    assert isinstance(asked, Asked)
    assert (asked.needs, asked.what.total, asked.what.asked_under) == ("pin", 30_000, "")
    with pytest.raises(refusals.PinNeeded):
        await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token))
    assert isinstance(await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token,
                                             pin_version=1)), AppealPaid)
    await bank.run(appeal(bank, amount=30_000, card="two"))
    asked = await bank.run(pays(bank, BOB, "two", "token of two"))
    assert isinstance(asked, Asked)
    await bank.run(CancelDraft(key=bank.key(), member=bank.members[ALICE], token="token of two"))
    with pytest.raises(refusals.RequestOver):
        await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token, pin_version=1))


async def test_nobody_asks_on_more_cards_than_may_be_open(bank: Bank) -> None:
    bank.engine.policy = replace(bank.engine.policy, appeals_open=2)
    for card in ("one", "two"):
        await bank.run(appeal(bank, card=card))
    with pytest.raises(refusals.TooManyAppeals):
        await bank.run(appeal(bank, card="three"))
    await bank.run(appeal(bank, BOB, card="another's"))
    await bank.run(pays(bank, BOB, "one", "token of one"))
    await bank.run(appeal(bank, card="three"))
    with pytest.raises(refusals.TooManyAppeals):
        await bank.run(appeal(bank, card="four"))
    await bank.run(CancelDraft(key=bank.key(), member=bank.members[ALICE], token="token of two"))
    await bank.run(appeal(bank, card="four"))


async def test_the_clock_ends_what_nobody_paid_and_says_so_on_the_card(bank: Bank) -> None:
    bank.engine.policy = replace(bank.engine.policy, appeals_open=1)
    await bank.run(appeal(bank))
    expire = ExpireDraft(key="expire", token="token of card")
    with pytest.raises(refusals.DraftNotDue):
        await bank.run(expire)
    bank.clock.forward(hours=REQUEST_LIFE // 3_600_000_000)
    await bank.run(replace(expire, key="later"))
    ran_out, = [event for notice in bank.told if isinstance(event := read(notice.event, notice.facts), DraftRanOut)]
    assert ran_out == DraftRanOut(ALICE, 0, 2_000, "card", True)
    await bank.run(appeal(bank, card="next"))


async def test_many_who_pay_at_once_are_one_who_paid(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        payers = range(300, 320)
        for who in payers:
            await bank.join(who, funds=10_000)
        await bank.run(appeal(bank))
        heard = await asyncio.gather(*(bank.run(pays(bank, who)) for who in payers for _ in range(2)),
                                     return_exceptions=True)
        assert sum(isinstance(answer, AppealPaid) for answer in heard) == 1
        assert sum(isinstance(answer, refusals.RequestOver) for answer in heard) == 39
        assert await bank.balance(ALICE) == 102_000
