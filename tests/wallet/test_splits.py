"""Splits: shares that are the whole amount, paid once by whoever owes them, until all have or the time is over."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, STRANGER, Bank, open_bank
from wallet import refusals
from wallet.commands import Done, Outcome
from wallet.drafts import Asked, Confirm
from wallet.events import OfferClosed, ShareAsked, ShareClosed, SharePaidIn, ShareWent, SplitEnded, SplitLags, read
from wallet.rows import Note, Operation, Pair, Split, SplitOffer, SplitShare, Tally, Transfer
from wallet.splits import (
    MOST_A_DAY,
    MOST_OFFERS,
    MOST_OPEN,
    MOST_PAYERS,
    REMIND_PAUSE,
    CloseOffers,
    CloseSplit,
    ExpireSplit,
    MakeSplit,
    PayShare,
    PlaceShare,
    PlaceSplit,
    RemindAfterADay,
    Reminded,
    RemindSplit,
    ShareOffered,
    SharePaid,
    SplitOver,
    shares_of,
)
from wallet.standing import Restriction


async def made(bank: Bank, *persons: int, amount: int = 10_000, heads: int = 0, amounts: tuple[int, ...] = (),
               note: str = "", chat: int = GROUP) -> int:
    """A split of Alice's, among herself and those who are named unless it is said otherwise."""
    return await bank.splits(ALICE, *persons, amount=amount, heads=heads or len(persons) + (not amounts),
                             amounts=amounts, note=note, chat=chat)


def told(bank: Bank, kind: type[object]) -> list[tuple[int, object]]:
    """Who was told something of a kind: members by their number, others by their Telegram id."""
    return [(notice.member or notice.telegram_id, read(notice.event, notice.facts)) for notice in bank.told
            if notice.event == kind.__name__]


async def refused(bank: Bank, command: PayShare | PlaceShare | CloseSplit | CloseOffers | RemindSplit | ExpireSplit
                  | RemindAfterADay | MakeSplit) -> refusals.Refusal:
    with pytest.raises(refusals.Refusal) as heard:
        await bank.run(command)
    return heard.value


# ------------------------------------------------------------------------------------------------- dividing
@given(amount=st.integers(1, 10**9), heads=st.integers(1, 51))
def test_equal_shares_are_the_amount_and_differ_by_one_unit_at_most(amount: int, heads: int) -> None:
    if heads > amount:
        return
    shares = shares_of(amount, heads)
    assert (sum(shares), len(shares)) == (amount, heads)
    assert max(shares) - min(shares) <= 1
    assert list(shares) == sorted(shares, reverse=True), "who comes later never pays more"


async def test_whoever_collects_bears_the_first_unit_that_can_not_be_divided(bank: Bank) -> None:
    open_to_all = await made(bank, amount=10_000, heads=3)
    assert [(await bank.pays_share(open_to_all, who)).amount for who in (BOB, DAVE)] == [3_333, 3_333]
    named = await made(bank, BOB, DAVE, CAROL, amount=10_000, heads=3)
    assert [bank.row(SplitShare, (named, who)).amount for who in (BOB, DAVE, CAROL)] == [3_334, 3_333, 3_333]  # type: ignore[arg-type]


async def test_named_people_pay_all_of_it_unless_whoever_collects_is_among_them(bank: Bank) -> None:
    without, among = await made(bank, BOB, CAROL, amount=12_000, heads=2), await made(bank, BOB, CAROL, amount=12_000)
    assert bank.row(Split, without).due == 12_000
    assert (bank.row(Split, among).due, bank.row(SplitShare, (among, BOB)).amount) == (8_000, 4_000)  # type: ignore[arg-type]


async def test_people_may_owe_different_amounts(bank: Bank) -> None:
    split = await made(bank, BOB, CAROL, amount=5_500, amounts=(2_000, 3_500))
    assert (await bank.pays_share(split, BOB)).amount == 2_000
    assert bank.row(SplitShare, (split, CAROL)).amount == 3_500  # type: ignore[arg-type]


@pytest.mark.parametrize(("persons", "heads", "amount", "refusal"), [
    ((), 1, 100, refusals.SplitOutOfRange(MOST_PAYERS)),
    ((), MOST_PAYERS + 2, 100_000, refusals.SplitOutOfRange(MOST_PAYERS)),
    (tuple(range(1, MOST_PAYERS + 2)), MOST_PAYERS + 1, 100_000, refusals.SplitOutOfRange(MOST_PAYERS)),
    ((BOB, BOB), 2, 100, refusals.NamedTwice()),
    ((BOB, ALICE), 2, 100, refusals.SplitWithYourself()),
    ((), 4, 3, refusals.ShareOutOfRange(4, 5_000_000)),
    ((BOB,), 1, 0, refusals.ShareOutOfRange(1, 5_000_000)),
    ((BOB,), 1, -5, refusals.ShareOutOfRange(1, 5_000_000)),
    ((BOB,), 1, 5_000_001, refusals.ShareOutOfRange(1, 5_000_000)),
])
async def test_splits_have_bounds(bank: Bank, persons: tuple[int, ...], heads: int, amount: int,
                                  refusal: refusals.Refusal) -> None:
    heard = await refused(bank, MakeSplit(key=bank.key(), member=bank.members[ALICE], amount=amount, persons=persons,
                                          heads=heads, chat=GROUP))
    assert heard == refusal
    assert bank.store.all(Split) == []  # type: ignore[attr-defined]


async def test_nobody_has_more_open_splits_than_allowed_until_one_is_over(bank: Bank) -> None:
    splits = [await made(bank, heads=2) for _ in range(MOST_OPEN)]
    one_more = MakeSplit(key=bank.key(), member=bank.members[ALICE], amount=100, heads=2, chat=GROUP)
    assert await refused(bank, one_more) == refusals.TooManySplits(MOST_OPEN)
    await bank.run(CloseSplit(key=bank.key(), member=bank.members[ALICE], split=splits[0], chat=GROUP,
                              persons=()))
    await made(bank, heads=2)


async def test_nobody_begins_more_splits_in_a_day_than_allowed(bank: Bank) -> None:
    for _ in range(MOST_A_DAY):
        split = await made(bank, heads=2)
        await bank.run(CloseSplit(key=bank.key(), member=bank.members[ALICE], split=split, chat=GROUP, persons=()))
    one_more = MakeSplit(key=bank.key(), member=bank.members[ALICE], amount=100, heads=2, chat=GROUP)
    assert await refused(bank, one_more) == refusals.SplitTooOften(MOST_A_DAY)
    bank.clock.forward(hours=24)
    await made(bank, heads=2)


async def test_whoever_may_not_receive_can_ask_for_nothing_and_is_paid_nothing(bank: Bank) -> None:
    split = await made(bank, heads=2)
    bank.change(ALICE, restrictions=int(Restriction.RECEIVING))
    assert await refused(bank, bank.share(split, BOB)) == refusals.ReceiverUnavailable()
    again = MakeSplit(key=bank.key(), member=bank.members[ALICE], amount=100, heads=2, chat=GROUP)
    assert isinstance(await refused(bank, again), refusals.DirectionRestricted)


# --------------------------------------------------------------------------------------------------- paying
async def test_a_share_goes_straight_to_whoever_collects_with_receipts_for_both(bank: Bank) -> None:
    split = await made(bank, BOB, amount=3_000, heads=1, note="火锅")
    outcome = await bank.run(bank.share(split, BOB, asked_in=GROUP))
    assert isinstance(outcome, SharePaid)
    assert (outcome.balance, await bank.balance(ALICE), await bank.balance(BOB)) == (97_000, 103_000, 97_000)
    transfer = bank.row(Transfer, outcome.transfer)
    assert (transfer.kind, bank.row(Note, transfer.id).text) == ("split", "火锅")
    assert told(bank, SharePaidIn) == [(bank.members[ALICE], SharePaidIn(
        outcome.transfer, split, bank.members[BOB], 3_000, "火锅", 1, 1))]
    assert told(bank, ShareWent) == [(bank.members[BOB], ShareWent(
        outcome.transfer, split, bank.members[ALICE], 3_000, "火锅"))]
    assert bank.row(Pair, (bank.members[BOB], bank.members[ALICE])).total == 3_000  # type: ignore[arg-type]


async def test_who_paid_in_private_reads_it_there_and_needs_no_notice(bank: Bank) -> None:
    split = await made(bank, BOB, heads=1)
    await bank.run(bank.share(split, BOB, chat=0))
    assert told(bank, ShareWent) == []


async def test_all_have_paid_ends_it_and_a_share_is_paid_once(bank: Bank) -> None:
    split = await made(bank, BOB, CAROL, amount=200, heads=2)
    first = await bank.pays_share(split, BOB)
    assert await refused(bank, bank.share(split, BOB)) == refusals.SharePaidBefore(100, first.transfer)
    await bank.pays(ALICE, CAROL, amount=100)
    assert (await bank.pays_share(split, CAROL)).paid == 2
    row = bank.row(Split, split)
    assert (row.state, row.collected, row.ended_at > 0) == ("complete", 200, True)
    assert bank.row(Tally, (bank.members[ALICE], "splits")).open == 0  # type: ignore[arg-type]


async def test_the_last_place_is_taken_by_one_of_those_who_tap_at_once(bank: Bank) -> None:
    split = await made(bank, amount=300, heads=3)
    heard = await asyncio.gather(*[bank.run(bank.share(split, who)) for who in (BOB, DAVE, ERIN, FRANK) for _ in "12"],
                                 return_exceptions=True)
    takers = {answer.transfer for answer in heard if isinstance(answer, SharePaid)}
    assert len(takers) == 2
    row = bank.row(Split, split)
    assert (row.paid, row.collected, row.state) == (2, 200, "complete")
    others = {type(answer) for answer in heard if not isinstance(answer, SharePaid)}
    assert others <= {refusals.SharePaidBefore, refusals.SplitClosed}


async def test_a_redelivered_press_pays_once(bank: Bank) -> None:
    split = await made(bank, heads=3)
    press = bank.share(split, BOB)
    assert await bank.run(press) == await bank.run(press)
    assert bank.row(Split, split).paid == 1


async def test_whoever_collects_pays_nothing(bank: Bank) -> None:
    for split in (await made(bank, heads=3), await made(bank, BOB, CAROL)):
        assert await refused(bank, bank.share(split, ALICE)) == refusals.OwnSplit()
        assert await refused(bank, bank.share(split, ALICE, chat=0)) == refusals.OwnSplit()


async def test_only_those_who_are_named_pay_where_people_are_named(bank: Bank) -> None:
    split = await made(bank, CAROL, heads=1)
    assert await refused(bank, bank.share(split, BOB)) == refusals.NotInSplit()
    assert await refused(bank, bank.share(split, BOB, chat=0)) == refusals.SplitUnknown()


@pytest.mark.parametrize("chat", [0, GROUP - 1, BOB])
async def test_a_split_of_another_group_is_not_told_from_one_that_never_was(bank: Bank, chat: int) -> None:
    split = await made(bank, heads=3)
    assert await refused(bank, bank.share(split, BOB, chat=chat)) == refusals.SplitUnknown()
    assert await refused(bank, bank.share(split + 64, BOB)) == refusals.SplitUnknown()


async def test_whoever_has_too_little_keeps_their_place(bank: Bank) -> None:
    split = await made(bank, CAROL, amount=500, heads=1)
    assert await refused(bank, bank.share(split, CAROL)) == refusals.NotEnough(0, 500)
    await bank.pays(ALICE, CAROL, amount=500)
    assert (await bank.pays_share(split, CAROL)).balance == 0


async def test_above_the_no_pin_limit_a_share_waits_for_the_pin(bank: Bank) -> None:
    split = await made(bank, amount=60_003, heads=3)
    asked = await bank.run(bank.share(split, BOB, asked_in=GROUP))
    assert isinstance(asked, Asked)
    assert (asked.needs, asked.what.total, asked.chat) == ("pin", 20_001, GROUP)
    await bank.set_pin(BOB)
    confirm = Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token)
    with pytest.raises(refusals.PinNeeded):
        await bank.run(confirm)
    done = await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token, pin_version=1))
    assert isinstance(done, SharePaid)
    assert (await bank.balance(BOB), bank.row(Split, split).paid) == (79_999, 1)


async def test_shares_count_towards_the_sum_without_pin(bank: Bank) -> None:
    split = await made(bank, amount=39_000, heads=2)
    await bank.pays_share(split, BOB)
    again = await made(bank, amount=1_002, heads=2)
    assert isinstance(await bank.run(bank.share(again, BOB)), Asked)


async def test_a_keypad_keeps_no_place_and_what_was_confirmed_is_enough(bank: Bank) -> None:
    """Four shares of 30,003: two of 7,501 units more than the others are gone first."""
    await bank.set_pin(BOB)
    await bank.pays(BOB, ALICE, amount=19_000)
    split = await made(bank, amount=30_002, heads=4)
    asked = await bank.run(bank.share(split, BOB))
    assert isinstance(asked, Asked)
    assert asked.what.total == 7_501
    assert (await bank.pays_share(split, DAVE)).amount == 7_501
    done = await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token, pin_version=1))
    assert isinstance(done, SharePaid)
    assert done.amount == 7_500

    late = await bank.run(bank.share(await made(bank, amount=4_000, heads=2), BOB))
    assert isinstance(late, Asked)
    split = max(row.id for row in bank.store.all(Split))  # type: ignore[attr-defined]
    await bank.pays_share(split, DAVE)
    with pytest.raises(refusals.SplitClosed) as heard:
        await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=late.token, pin_version=1))
    assert heard.value == refusals.SplitClosed("complete")


# -------------------------------------------------------------------------------------------- asking and ending
async def test_those_who_are_named_are_told(bank: Bank) -> None:
    split = await made(bank, BOB, STRANGER)
    assert told(bank, ShareAsked) == [
        (person, ShareAsked(split, bank.members[ALICE], person, False)) for person in (BOB, STRANGER)]


async def test_a_stranger_pays_once_they_have_joined(bank: Bank) -> None:
    split = await made(bank, STRANGER, amount=200, heads=1)
    await bank.join(STRANGER, 1_000)
    assert (await bank.pays_share(split, STRANGER)).balance == 800


async def test_asking_and_reminders_are_an_hour_apart_and_reach_those_who_have_not_paid(bank: Bank) -> None:
    split = await made(bank, BOB, CAROL, amount=200, heads=2)
    await bank.pays_share(split, BOB)
    bank.told.clear()

    def remind(who: int = ALICE, chat: int = GROUP) -> RemindSplit:
        return RemindSplit(key=bank.key(), member=bank.members[who], split=split, chat=chat, persons=(BOB, CAROL))

    asked_at = bank.row(Split, split).made_at
    assert await refused(bank, remind()) == refusals.RemindedLately(asked_at + REMIND_PAUSE)
    bank.clock.forward(hours=1)
    assert await bank.run(remind()) == Reminded(split, (CAROL,))
    assert told(bank, ShareAsked) == [(CAROL, ShareAsked(split, bank.members[ALICE], CAROL, True))]
    heard = await refused(bank, remind())
    assert isinstance(heard, refusals.RemindedLately)
    bank.clock.forward(hours=1)
    assert await bank.run(remind(chat=0)) == Reminded(split, (CAROL,))
    assert await refused(bank, remind(BOB)) == refusals.NotYours()
    assert await refused(bank, remind(BOB, chat=0)) == refusals.SplitUnknown()


async def test_the_clock_reminds_once_after_a_day(bank: Bank) -> None:
    split = await made(bank, BOB, CAROL, amount=200, heads=2)
    await bank.pays_share(split, BOB)
    bank.told.clear()

    def clock() -> RemindAfterADay:
        return RemindAfterADay(key=bank.key(), split=split, persons=(BOB, CAROL))

    assert await refused(bank, clock()) == refusals.SplitNotDue()
    bank.clock.forward(hours=24)
    assert await bank.run(clock()) == Reminded(split, (CAROL,))
    by_hand = RemindSplit(key=bank.key(), member=bank.members[ALICE], split=split, chat=GROUP, persons=(BOB, CAROL))
    assert isinstance(await refused(bank, by_hand), refusals.RemindedLately)
    assert [who for who, _ in told(bank, ShareAsked)] == [CAROL]
    assert told(bank, SplitLags) == [(bank.members[ALICE], SplitLags(split, 1, 2, 100))]
    assert await refused(bank, clock()) == refusals.SplitNotDue()


async def test_only_whoever_made_it_closes_it_and_what_was_paid_stays(bank: Bank) -> None:
    split = await made(bank, amount=300, heads=3)
    await bank.pays_share(split, BOB)
    close = [CloseSplit(key=bank.key(), member=bank.members[who], split=split, chat=chat, persons=())
             for who, chat in ((BOB, GROUP), (BOB, 0), (ALICE, GROUP), (ALICE, GROUP))]
    assert await refused(bank, close[0]) == refusals.NotYours()
    assert await refused(bank, close[1]) == refusals.SplitUnknown()
    assert await bank.run(close[2]) == SplitOver(split, "closed")
    assert await refused(bank, close[3]) == refusals.SplitClosed("closed")
    assert await refused(bank, bank.share(split, DAVE)) == refusals.SplitClosed("closed")
    assert await bank.balance(ALICE) == 100_100


async def test_after_seven_days_it_is_over_with_a_notice(bank: Bank) -> None:
    split = await made(bank, amount=300, heads=3)
    await bank.pays_share(split, BOB)
    assert await refused(bank, ExpireSplit(key=bank.key(), split=split, persons=())) == refusals.SplitNotDue()
    bank.clock.forward(hours=7 * 24)
    assert await refused(bank, bank.share(split, DAVE)) == refusals.SplitClosed("expired")
    assert await bank.run(ExpireSplit(key=bank.key(), split=split, persons=())) == SplitOver(split, "expired")
    assert told(bank, SplitEnded) == [(bank.members[ALICE], SplitEnded(split, 1, 2, 100))]
    assert await refused(bank, ExpireSplit(key=bank.key(), split=split, persons=())) == refusals.SplitClosed("expired")
    assert bank.row(Tally, (bank.members[ALICE], "splits")).open == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["closed", "expired"])
async def test_those_who_have_not_paid_by_the_end_are_asked_no_more(bank: Bank, state: str) -> None:
    split = await made(bank, BOB, CAROL, STRANGER, amount=300, heads=3)
    await bank.pays_share(split, BOB)
    if state == "expired":
        bank.clock.forward(hours=7 * 24)
    persons = (BOB, CAROL, STRANGER)
    await bank.run(ExpireSplit(key=bank.key(), split=split, persons=persons) if state == "expired" else
                   CloseSplit(key=bank.key(), member=bank.members[ALICE], split=split, chat=GROUP, persons=persons))
    assert told(bank, ShareClosed) == [
        (person, ShareClosed(split, bank.members[ALICE], person, 100, state)) for person in (CAROL, STRANGER)]


async def test_a_split_that_is_complete_closes_nothing(bank: Bank) -> None:
    split = await made(bank, BOB, DAVE, amount=200, heads=2)
    for who in (BOB, DAVE):
        await bank.pays_share(split, who)
    assert told(bank, ShareClosed) == []


async def test_where_somebody_is_asked_is_remembered_with_what_has_become_of_it(bank: Bank) -> None:
    split = await made(bank, BOB, CAROL, amount=200, heads=2)

    def place(person: int, message: int, who: int = ALICE) -> PlaceShare:
        return PlaceShare(key=bank.key(), member=bank.members[who], split=split, person=person, message=message)

    assert await bank.run(place(BOB, 7)) == ShareOffered("open", 0)
    await bank.pays_share(split, BOB)
    assert bank.row(SplitShare, (split, BOB)).offer == 7  # type: ignore[arg-type]
    assert await bank.run(place(BOB, 8)) == ShareOffered("paid", 7)
    await bank.run(CloseSplit(key=bank.key(), member=bank.members[ALICE], split=split, chat=GROUP, persons=(CAROL,)))
    assert await bank.run(place(CAROL, 9)) == ShareOffered("closed", 0)
    for forged in (place(CAROL, 9, who=BOB), place(STRANGER, 9)):
        assert await refused(bank, forged) == refusals.SplitUnknown()


async def test_a_place_that_is_offered_is_offered_no_more_when_the_split_is_over(bank: Bank) -> None:
    split = await made(bank, amount=300, heads=4)

    def place(person: int, message: int) -> PlaceShare:
        return PlaceShare(key=bank.key(), member=bank.members[ALICE], split=split, person=person, message=message)

    sweep = CloseOffers(key=bank.key(), split=split, persons=(BOB, CAROL, DAVE, STRANGER))
    assert [await bank.run(place(*one)) for one in ((BOB, 7), (CAROL, 8), (CAROL, 9), (STRANGER, 10))] == [
        ShareOffered("open", before) for before in (0, 0, 8, 0)]
    assert bank.row(Split, split).offers == 3
    await bank.pays_share(split, BOB)
    assert bank.row(SplitShare, (split, BOB)).offer == 7, "from now on it is where their share is"  # type: ignore[arg-type]
    assert bank.row(Split, split).offers == 2
    assert await refused(bank, sweep) == refusals.SplitNotDue()
    await bank.run(CloseSplit(key=bank.key(), member=bank.members[ALICE], split=split, chat=GROUP, persons=()))
    assert await bank.run(place(DAVE, 11)) == ShareOffered("closed", 0)
    for _again in range(2):
        await bank.run(replace(sweep, key=bank.key()))
    assert bank.row(Split, split).offers == 0
    assert told(bank, OfferClosed) == [
        (person, OfferClosed(split, bank.members[ALICE], person, message, "closed"))
        for person, message in ((CAROL, 9), (STRANGER, 10))]
    assert await refused(bank, replace(sweep, key=bank.key(), split=split + 64)) == refusals.SplitUnknown()


async def test_so_many_offers_are_followed_and_no_more(bank: Bank) -> None:
    split = await made(bank, amount=300, heads=3)
    for person in range(5_000, 5_000 + MOST_OFFERS + 1):
        await bank.run(PlaceShare(key=bank.key(), member=bank.members[ALICE], split=split, person=person, message=7))
    assert (bank.row(Split, split).offers, len(bank.store.all(SplitOffer))) == (MOST_OFFERS, MOST_OFFERS)  # type: ignore[attr-defined]


async def test_a_card_is_placed_by_whoever_made_it_and_its_group_may_move(bank: Bank) -> None:
    split = await made(bank, heads=3)
    elsewhere = GROUP - 7

    def place(who: int) -> PlaceSplit:
        return PlaceSplit(key=bank.key(), member=bank.members[who], split=split, chat=elsewhere, message=9)

    with pytest.raises(refusals.SplitUnknown):
        await bank.run(place(BOB))
    assert await bank.run(place(ALICE)) == Done()
    assert await refused(bank, bank.share(split, BOB)) == refusals.SplitUnknown()
    assert isinstance(await bank.run(bank.share(split, BOB, chat=elsewhere)), SharePaid)


async def test_what_many_may_hear_is_not_stored(bank: Bank) -> None:
    split = await made(bank, BOB, heads=1, amount=100)
    await bank.pays_share(split, BOB)
    before = len(bank.store.all(Operation))  # type: ignore[attr-defined]
    for who in (ALICE, BOB, DAVE):
        await refused(bank, bank.share(split, who))
    assert len(bank.store.all(Operation)) == before  # type: ignore[attr-defined]


@pytest.mark.parametrize("ending", ["close", "expire"])
async def test_paying_and_ending_at_once_never_pays_a_split_that_is_over(ending: str, database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        await bank.join(DAVE, 1_000)
        splits = [await made(bank, amount=300, heads=3) for _ in range(8)]
        ends: Sequence[CloseSplit | ExpireSplit] = [
            CloseSplit(key=bank.key(), member=bank.members[ALICE], split=split, chat=GROUP, persons=())
            if ending == "close"
            else ExpireSplit(key=bank.key(), split=split, persons=()) for split in splits]
        pays = [bank.share(split, who) for split in splits for who in (BOB, DAVE)]
        heard = await asyncio.gather(*[bank.run(command) for pair in zip(pays[::2], ends, pays[1::2], strict=True)
                                       for command in pair], return_exceptions=True)
        assert all(isinstance(answer, Outcome | refusals.Refusal) for answer in heard), heard


DAVE, ERIN, FRANK = 104, 105, 106


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    """Alice, Bob and Carol, and three more with money, in memory."""
    async with open_bank("") as opened:
        await opened.settle()
        for person in (DAVE, ERIN, FRANK):
            await opened.join(person, 100_000)
        yield opened
