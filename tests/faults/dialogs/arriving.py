"""What the way in itself refuses."""
from __future__ import annotations

from storage.phones import MOST
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of, square, user_of
from wallet import refusals


@meets(refusals.NotInGroup)
async def an_envelope_is_for_a_group_that_its_maker_is_not_in(town: Town) -> None:
    maker = await town.resident()
    town.telegram.elsewhere.add(-4_711)
    await town.says(maker, "/red 1 1")
    await town.says(maker, "", chat_shared={"request_id": 2, "chat_id": -4_711})


@meets(refusals.PersonUnknown)
async def somebody_whom_nobody_saw_is_paid(town: Town) -> None:
    await town.says(town.alice, "/send @nobody_here 1")


@meets(refusals.TooManyNumbers)
async def numbers_are_tried(town: Town) -> None:
    for number in range(MOST + 1):
        await town.says(town.curious, f"/send +861370000{number:04} 1")


@meets(refusals.ReceiverIsNotAPerson)
async def the_bot_is_paid(town: Town) -> None:
    await town.says(town.alice, f"/send @{town.app.config.username} 1")


@meets(refusals.MessageTooOld)
async def a_payment_comes_late(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} 1", date=town.app.clock.now() // 1_000_000 - 20 * 3_600)


@meets(refusals.MessageEdited)
async def a_payment_is_edited(town: Town) -> None:
    now = town.app.clock.now() // 1_000_000
    await town.says(town.alice, f"/send @{name_of(town.bob)} 1", edited=True, edit_date=now)


@meets(refusals.MessageForwarded)
async def a_payment_is_forwarded(town: Town) -> None:
    origin = {"type": "user", "date": town.app.clock.now() // 1_000_000, "sender_user": user_of(town.alice)}
    await town.says(town.bob, f"/send @{name_of(town.alice)} 1", group=True, forward_origin=origin)


@meets(refusals.SenderIsNotAPerson)
async def a_group_pays(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} 1", group=True, sender_chat=square())


@meets(refusals.ButtonStale)
async def a_button_of_nothing_is_pressed(town: Town) -> None:
    await town.forges(town.alice, "zz:1")


@meets(refusals.PrivateOnly)
async def a_pin_is_set_in_a_group(town: Town) -> None:
    await town.says(town.alice, "/pin", group=True)


@meets(refusals.GroupOnly)
async def a_group_is_set_in_private(town: Town) -> None:
    await town.says(town.alice, "/group")


@meets(refusals.NotAnAdministrator)
async def a_group_is_set_by_somebody(town: Town) -> None:
    await town.says(town.alice, "/group", group=True)


@meets(refusals.FeatureOff)
async def what_a_group_has_switched_off_is_asked_for_there(town: Town) -> None:
    await town.switches("looking", 0)
    await town.says(town.alice, "/balance", group=True)
    await town.switches("looking", 1)
