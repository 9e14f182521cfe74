"""Payments and topping up."""
from __future__ import annotations

from dataclasses import replace

from handlers.chat.buttons import HoldAct, HoldButton, WizardAct, WizardButton
from tests.faults.dialogs.scripts import meets
from tests.faults.town import FUNDS, Town, changed, name_of, phone_of, user_of
from wallet import refusals
from wallet.transfers import MOST_RECEIVERS, MOST_WAITING, Send


@meets(refusals.AmountOutOfRange)
async def more_is_paid_than_one_payment_may_be(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} {town.app.policy.max_amount // 100 + 1}")


@meets(refusals.NotEnough)
async def more_is_paid_than_there_is(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} {FUNDS // 100 + 1}", group=True)


@meets(refusals.PayToYourself)
async def somebody_pays_themselves(town: Town) -> None:
    await town.says(town.alice, "/send 1", group=True, reply_to=town.alice)


@meets(refusals.TooManyReceivers)
async def more_are_picked_than_the_picker_gives(town: Town) -> None:
    person = await town.resident()
    await town.says(person, "/send")
    picked = [{"user_id": town.stranger()} for _ in range(MOST_RECEIVERS + 1)]
    await town.says(person, "", users_shared={"request_id": 1, "users": picked})
    await town.says(person, "1")
    await town.forges(person, WizardButton(act=WizardAct.SKIP).pack())


@meets(refusals.NamedTwice)
async def one_person_is_named_in_two_ways(town: Town) -> None:
    before = f"/send @{name_of(town.bob)} "
    await town.says(town.alice, f"{before}Bob 1 each", entities=[
        {"type": "bot_command", "offset": 0, "length": 5},
        {"type": "text_mention", "offset": len(before), "length": 3, "user": user_of(town.bob)}])


@meets(refusals.NumbersByThemselves)
async def a_number_is_named_beside_somebody(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} {phone_of(town.bob)} 1 each")


@meets(refusals.ReceiverUnavailable)
async def who_is_banned_is_paid(town: Town) -> None:
    receiver = await town.resident()
    await town.ordain(receiver, "banned")
    await town.says(town.alice, "/send 1", group=True, reply_to=receiver)


@meets(refusals.PayerUnavailable)
async def what_waits_is_claimed_while_its_payer_is_frozen(town: Town) -> None:
    payer, stranger, card, hold = await town.waits()
    await town.ordain(payer, "frozen")
    await town.resident(stranger)
    await town.forges(stranger, HoldButton(act=HoldAct.CLAIM, hold=hold).pack(), card)


@meets(refusals.TooManyWaiting)
async def more_waits_than_one_may_have_waiting(town: Town) -> None:
    payer = await town.resident()
    for done in range(0, MOST_WAITING, MOST_RECEIVERS):
        receivers = tuple(town.stranger() for _ in range(min(MOST_RECEIVERS, MOST_WAITING - done)))
        key = town.key()
        await town.run(Send(key=key, payer=await town.member(payer), receivers=receivers, amount=1, sure=True,
                            members=(0,) * len(receivers), token=key.rjust(22, "x")))
    await town.says(payer, "/send 1", group=True, reply_to=town.stranger())


@meets(refusals.TopUpOutOfRange)
async def too_much_play_money_is_taken(town: Town) -> None:
    await town.says(town.alice, "/topup 99999999")


@meets(refusals.TopUpClosed)
async def money_is_taken_where_there_is_none_to_play(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, top_up_most=0)):
        await town.says(town.alice, "/topup 1")


@meets(refusals.KeyReused)
async def one_message_comes_with_two_contents(town: Town) -> None:
    number = int(town.key().removeprefix("town:"))
    await town.says(town.curious, "/topup 1", number=number)
    await town.says(town.curious, "/topup 2", number=number)
