"""Drafts, holds, receipts and giving back."""
from __future__ import annotations

import asyncio

from sqlalchemy import update

from handlers.chat.buttons import DraftAct, DraftButton, HoldAct, HoldButton
from storage.tables import holds
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, changed, name_of
from wallet import ids, refusals
from wallet.givebacks import GiveBack, GivenBack
from wallet.rows import TO_ARRIVE


@meets(refusals.NotYours)
async def somebody_else_presses_confirm(town: Town) -> None:
    _, token = await town.drafts()
    await town.forges(town.alice, DraftButton(act=DraftAct.CONFIRM, token=token).pack())


@meets(refusals.DraftUnknown)
async def a_draft_is_forged(town: Town) -> None:
    await town.forges(town.alice, DraftButton(act=DraftAct.CONFIRM, token="A" * 22).pack())


@meets(refusals.DraftOver)
async def what_was_cancelled_is_confirmed(town: Town) -> None:
    payer, token = await town.drafts()
    for act in (DraftAct.CANCEL, DraftAct.CONFIRM):
        await town.forges(payer, DraftButton(act=act, token=token).pack())


@meets(refusals.HoldUnknown)
async def what_waits_is_forged(town: Town) -> None:
    await town.forges(town.alice, HoldButton(act=HoldAct.CLAIM, hold=2**50).pack())


@meets(refusals.HoldOver)
async def what_was_taken_back_is_claimed(town: Town) -> None:
    payer, stranger, card, hold = await town.waits()
    await town.forges(payer, HoldButton(act=HoldAct.TAKE_BACK, hold=hold).pack(), card)
    await town.forges(stranger, HoldButton(act=HoldAct.CLAIM, hold=hold).pack(), card)


@meets(refusals.NotForYou)
async def somebody_else_claims(town: Town) -> None:
    *_, card, hold = await town.waits()
    await town.forges(town.alice, HoldButton(act=HoldAct.CLAIM, hold=hold).pack(), card)


@meets(refusals.OwnGift)
async def somebody_claims_what_they_gave(town: Town) -> None:
    payer, card, hold = await town.gives()
    await town.presses_on(payer, card, HoldButton(act=HoldAct.CLAIM, hold=hold).pack())


@meets(refusals.ReceiptUnknown)
async def a_receipt_is_guessed(town: Town) -> None:
    await town.says(town.alice, f"/receipt {ids.code(10**11)}")


@meets(refusals.NotReceived)
async def a_payer_gives_their_own_payment_back(town: Town) -> None:
    payer, _, sent = await town.pays()
    await town.says(payer, f"/giveback {ids.code(sent)}")


@meets(refusals.NothingToGiveBack)
async def what_was_given_back_is_given_back(town: Town) -> None:
    payer, receiver, sent = await town.pays()
    outcome = await town.run(GiveBack(key=town.key(), member=await town.member(receiver), transfer=sent, sure=True))
    assert isinstance(outcome, GivenBack)
    await town.says(payer, f"/giveback {ids.code(outcome.transfer)}")


@meets(refusals.GivenBackBefore)
async def a_payment_is_given_back_twice(town: Town) -> None:
    _, receiver, sent = await town.pays()
    assert isinstance(await town.run(GiveBack(key=town.key(), member=await town.member(receiver), transfer=sent,
                                              sure=True)), GivenBack)
    await town.says(receiver, f"/giveback {ids.code(sent)}")


@meets(refusals.HoldArriving)
async def what_is_arriving_is_taken_back(town: Town) -> None:
    # Somebody new, since a newcomer whom many strangers paid is looked at first: then it would not be arriving.
    payer, receiver = await town.resident(), await town.resident()
    await town.says(receiver, "/help")
    await town.says(payer, f"/send @{name_of(receiver)} 1 in 2h")
    await town.taps(payer, "Confirm", "确认")
    looked = asyncio.Event()

    async def none_is_due(now: int, limit: int) -> tuple[()]:
        """The clock would let it arrive first."""
        looked.set()
        return ()

    with changed(town.app.reads, "due_arrivals", none_is_due):
        await looked.wait()  # Then no look of before is under way that would still see it.
        await town.app.database.write(lambda connection: connection.execute(
            update(holds).where(holds.c.purpose == TO_ARRIVE).values(expires_at=1)))
        await town.taps(payer, "Take back", "撤回")
