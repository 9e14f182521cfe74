"""Splits."""
from __future__ import annotations

from handlers.chat.buttons import SplitAct, SplitButton
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of
from wallet import refusals
from wallet.splits import MOST_A_DAY, CloseSplit
from wallet.splits import MOST_OPEN as MOST_SPLITS


@meets(refusals.SplitOutOfRange)
async def a_bill_is_split_with_nobody(town: Town) -> None:
    await town.says(town.alice, "/split 10 1", group=True)


@meets(refusals.SplitWithYourself)
async def a_bill_is_split_with_oneself(town: Town) -> None:
    await town.says(town.alice, f"/split 10 @{name_of(town.alice)}", group=True)


@meets(refusals.ShareOutOfRange)
async def a_bill_has_less_than_a_cent_for_each(town: Town) -> None:
    await town.says(town.alice, "/split 0.01 2", group=True)


@meets(refusals.TooManySplits)
async def more_bills_are_split_than_may(town: Town) -> None:
    maker = await town.resident()
    for _ in range(MOST_SPLITS):
        await town.split(await town.member(maker))
    await town.says(maker, "/split 10 2", group=True)


@meets(refusals.SplitTooOften)
async def bills_are_split_all_day(town: Town) -> None:
    maker = await town.resident()
    member = await town.member(maker)
    for _ in range(MOST_A_DAY):
        split = await town.split(member)
        await town.run(CloseSplit(key=town.key(), member=member, split=split, chat=0, persons=()))
    await town.says(maker, "/split 10 2", group=True)


@meets(refusals.SplitUnknown)
async def a_split_is_forged(town: Town) -> None:
    _, card, split = await town.splits()
    for act in SplitAct:
        await town.forges(town.alice, SplitButton(act=act, split=2**50).pack(), card)
    # In private nobody learns of one in which they have no part.
    await town.forges(town.stranger(), SplitButton(act=SplitAct.CLOSE, split=split).pack())


@meets(refusals.OwnSplit)
async def whoever_collects_pays(town: Town) -> None:
    maker, card, split = await town.splits()
    await town.forges(maker, SplitButton(act=SplitAct.PAY, split=split).pack(), card)


@meets(refusals.NotInSplit)
async def somebody_pays_who_is_not_named(town: Town) -> None:
    _, card, split = await town.splits(f"/split 10 @{name_of(town.bob)}")
    for person in (town.alice, town.stranger()):
        await town.forges(person, SplitButton(act=SplitAct.PAY, split=split).pack(), card)


@meets(refusals.SharePaidBefore)
async def a_share_is_paid_twice(town: Town) -> None:
    _, card, split = await town.splits()
    payer = await town.resident()
    for _ in range(2):
        await town.forges(payer, SplitButton(act=SplitAct.PAY, split=split).pack(), card)


@meets(refusals.SplitClosed)
async def what_was_closed_is_paid(town: Town) -> None:
    maker, card, split = await town.splits()
    for person, act in ((await town.resident(), SplitAct.CLOSE), (maker, SplitAct.CLOSE), (maker, SplitAct.REMIND),
                        (await town.resident(), SplitAct.PAY)):
        await town.forges(person, SplitButton(act=act, split=split).pack(), card)


@meets(refusals.RemindedLately)
async def everybody_is_reminded_as_soon_as_they_were_asked(town: Town) -> None:
    maker, card, split = await town.splits()
    await town.forges(maker, SplitButton(act=SplitAct.REMIND, split=split).pack(), card)
