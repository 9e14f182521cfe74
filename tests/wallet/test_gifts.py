"""Money for whoever takes it first: one card is one debit, taken once, under its card, and never by its payer."""
from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from storage.purge import DRAFTS, Purge
from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, Bank, open_bank
from wallet import refusals
from wallet.appeals import Appeal, PayAppeal
from wallet.drafts import Asked, CancelDraft, Confirm
from wallet.envelopes import AskEnvelope, EnvelopeMade, OpenEnvelope
from wallet.events import HoldReturned, HoldSettled, MoneyWaits, MoneyWent, read
from wallet.gifts import GiftMade
from wallet.holds import CancelHold, Claimed, ClaimHold, ExpireHold, Returned
from wallet.requests import REQUEST_LIFE
from wallet.rows import EQUAL, Hold
from wallet.transfers import MOST_WAITING, Sent


def takes(bank: Bank, who: int, hold: int, card: str = "card") -> ClaimHold:
    """Somebody presses Claim."""
    return ClaimHold(key=bank.key(), member=bank.members[who], hold=hold, card=card)


async def test_it_needs_its_payers_word_and_is_taken_by_the_first(bank: Bank) -> None:
    draft = await bank.run(bank.wish(ALICE, amount=2_000, card="card", note="lunch"))
    assert isinstance(draft, Asked)
    assert (draft.needs, draft.what.total, draft.what.asked_under, draft.what.chat) == ("confirm", 2_000, "card", 0)
    assert await bank.balance(ALICE) == 100_000
    made = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=draft.token))
    assert isinstance(made, GiftMade)
    assert (made.amount, made.note, made.balance, made.card) == (2_000, "lunch", 98_000, "card")
    assert (await bank.balance(ALICE), await bank.balance(ALICE, 1)) == (98_000, 2_000)
    claimed = await bank.run(takes(bank, BOB, made.hold))
    assert isinstance(claimed, Claimed)
    assert (claimed.payer, claimed.amount, claimed.card) == (ALICE, 2_000, "card")
    with pytest.raises(refusals.HoldOver, match="settled"):
        await bank.run(takes(bank, CAROL, made.hold))
    assert (await bank.balance(BOB), await bank.balance(ALICE, 1)) == (102_000, 0)
    told = [read(notice.event, notice.facts) for notice in bank.told]
    assert [type(event) for event in told if isinstance(event, MoneyWent | MoneyWaits | HoldSettled)] == [
        MoneyWent, HoldSettled]


async def test_one_card_is_one_debit_however_often_it_is_asked_for(bank: Bank) -> None:
    first = await bank.gives(ALICE, amount=500, card="card")
    with pytest.raises(refusals.DraftOver, match="used"):
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token="token of card"))
    again = bank.wish(ALICE, amount=500, card="card")
    assert isinstance(await bank.run(again), Asked), "the stored outcome"
    for who, refused in ((ALICE, refusals.DraftOver), (BOB, refusals.NotYours)):
        other = bank.wish(who, amount=700, card="card")
        with pytest.raises(refused):
            await bank.run(type(other)(key=bank.key(), payer=other.payer, amount=700, card="card", token=other.token))
    assert await bank.balance(ALICE, 1) == 500
    assert first.hold


async def test_a_card_has_something_behind_it_once_when_its_draft_is_long_forgotten(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        assert bank.database is not None
        made = await bank.gives(ALICE, amount=500, card="gift")
        await bank.run(takes(bank, BOB, made.hold, "gift"))
        await fills_under(bank, ALICE, "envelope")
        bob = bank.members[BOB]
        await bank.run(Appeal(key="asks", asker=bob, amount=5, card="paid", token="token of paid"))
        await bank.run(PayAppeal(key="pays", member=bank.members[ALICE], appeal="token of paid", card="paid",
                                 token="mine"))
        forgotten = await Purge(bank.database).run(time.time_ns() // 1_000 + REQUEST_LIFE + DRAFTS + 600_000_000)
        assert forgotten["drafts"] == 3
        for card, owner in (("gift", ALICE), ("envelope", ALICE), ("paid", BOB)):
            for who in (ALICE, BOB):
                refused = refusals.DraftOver if who == owner else refusals.NotYours
                with pytest.raises(refused):
                    await bank.run(replace(bank.wish(who, amount=7, card=card), key=bank.key()))
                with pytest.raises(refused):
                    await fills_under(bank, who, card)
                with pytest.raises(refused):
                    await bank.run(Appeal(key=bank.key(), asker=bank.members[who], amount=7, card=card,
                                          token=f"token of {card}"))


async def fills_under(bank: Bank, who: int, card: str) -> EnvelopeMade:
    """An envelope under a card, which its maker confirms."""
    maker = bank.members[who]
    draft = await bank.run(AskEnvelope(key=bank.key(), payer=maker, kind=EQUAL, amount=200, shares=2, seed="5" * 64,
                                       token=f"token of {card}", chat=0, card=card))
    assert isinstance(draft, Asked)
    made = await bank.run(Confirm(key=bank.key(), member=maker, token=draft.token))
    assert isinstance(made, EnvelopeMade)
    return made


async def test_a_card_that_its_payer_cancelled_stays_cancelled(bank: Bank) -> None:
    draft = await bank.run(bank.wish(ALICE, amount=500, card="card"))
    assert isinstance(draft, Asked)
    with pytest.raises(refusals.NotYours):
        await bank.run(CancelDraft(key=bank.key(), member=bank.members[BOB], token=draft.token))
    await bank.run(CancelDraft(key=bank.key(), member=bank.members[ALICE], token=draft.token))
    with pytest.raises(refusals.DraftOver, match="cancelled"):
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=draft.token))
    assert await bank.balance(ALICE) == 100_000


async def test_it_is_taken_under_its_own_card_and_not_by_its_payer(bank: Bank) -> None:
    made = await bank.gives(ALICE, amount=500, card="card")
    for card in ("", "another"):
        with pytest.raises(refusals.HoldUnknown):
            await bank.run(takes(bank, BOB, made.hold, card))
    with pytest.raises(refusals.OwnGift):
        await bank.run(takes(bank, ALICE, made.hold))
    sent = await bank.pays(ALICE, 999, amount=500)
    with pytest.raises(refusals.HoldUnknown):
        await bank.run(takes(bank, BOB, sent.holds[0]))
    assert bank.row(Hold, made.hold).state == "open"


async def test_what_nobody_takes_comes_back_and_counts_no_longer_as_pinless(bank: Bank) -> None:
    back = await bank.gives(ALICE, amount=15_000, card="one")
    with pytest.raises(refusals.HoldUnknown):
        await bank.run(CancelHold(key=bank.key(), member=bank.members[BOB], hold=back.hold))
    assert isinstance(await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=back.hold)), Returned)
    late = await bank.gives(ALICE, amount=15_000, card="two")
    bank.clock.forward(hours=24)
    with pytest.raises(refusals.HoldOver, match="expired"):
        await bank.run(takes(bank, BOB, late.hold, "two"))
    assert isinstance(await bank.run(ExpireHold(key=bank.key(), hold=late.hold)), Returned)
    assert await bank.balance(ALICE) == 100_000
    told = [read(notice.event, notice.facts) for notice in bank.told]
    assert [event.hold for event in told if isinstance(event, HoldReturned)] == [late.hold]


async def test_what_may_not_be_given_is_refused_before_anything_is_kept(bank: Bank) -> None:
    for amount, refused in ((100_001, refusals.NotEnough), (5_000_001, refusals.AmountOutOfRange),
                            (0, refusals.AmountOutOfRange)):
        with pytest.raises(refused):
            await bank.run(bank.wish(ALICE, amount=amount, card=f"card {amount}"))
    bank.change(ALICE, waiting=MOST_WAITING)
    with pytest.raises(refusals.TooManyWaiting):
        await bank.run(bank.wish(ALICE, amount=1, card="one more"))
    bank.change(ALICE, waiting=0)
    above = await bank.run(bank.wish(ALICE, amount=20_001, card="above"))
    assert isinstance(above, Asked)
    assert above.needs == "pin"


async def test_whoever_took_it_is_paid_by_name_the_next_time(bank: Bank) -> None:
    made = await bank.gives(ALICE, amount=500, card="card")
    await bank.run(takes(bank, BOB, made.hold))
    assert isinstance(await bank.run(bank.send(ALICE, BOB, amount=5, sure=False)), Sent)


async def test_an_envelope_under_a_card_is_opened_there_alone(bank: Bank) -> None:
    made = await fills_under(bank, ALICE, "card")
    for chat, card in ((GROUP, ""), (0, ""), (0, "another"), (GROUP, "card")):
        with pytest.raises(refusals.EnvelopeUnknown):
            await bank.run(OpenEnvelope(key=bank.key(), member=bank.members[BOB], envelope=made.envelope, chat=chat,
                                        card=card))
    for who in (ALICE, BOB):
        await bank.run(OpenEnvelope(key=bank.key(), member=bank.members[who], envelope=made.envelope, chat=0,
                                    card="card"))
    other = await bank.fills(ALICE, amount=2, shares=2)
    with pytest.raises(refusals.EnvelopeUnknown):
        await bank.run(OpenEnvelope(key=bank.key(), member=bank.members[BOB], envelope=other.envelope, chat=0,
                                    card="card"))


async def test_many_who_take_it_at_once_are_one_who_has_it(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        takers = range(300, 330)
        for who in takers:
            await bank.join(who)
        made = await bank.gives(ALICE, amount=500, card="card")
        heard = await asyncio.gather(*(bank.run(takes(bank, who, made.hold)) for who in takers for _ in range(3)),
                                     return_exceptions=True)
        assert sum(isinstance(answer, Claimed) for answer in heard) == 1
        assert sum(isinstance(answer, refusals.HoldOver) for answer in heard) == 89
        assert sum([await bank.balance(who) for who in takers]) == 500
