"""Payments that come again."""
from __future__ import annotations

from handlers.chat.buttons import ScheduleButton
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of
from wallet import refusals
from wallet.schedules import MOST_SCHEDULES


@meets(refusals.ScheduleUnknown)
async def somebody_elses_schedule_is_stopped(town: Town) -> None:
    _, schedule = await town.plans()
    await town.forges(town.alice, ScheduleButton(schedule=schedule).pack())


@meets(refusals.ScheduleOver)
async def a_schedule_is_stopped_twice(town: Town) -> None:
    payer, schedule = await town.plans()
    for _ in range(2):
        await town.forges(payer, ScheduleButton(schedule=schedule).pack())


@meets(refusals.ScheduleEndsTooSoon)
async def a_schedule_ends_before_it_begins(town: Town) -> None:
    await town.says(town.alice, f"/send @{name_of(town.bob)} 1 every day until 2001-01-01")


@meets(refusals.TooManySchedules)
async def more_comes_again_than_may(town: Town) -> None:
    payer = await town.resident(pin=True)
    for _ in range(MOST_SCHEDULES):
        await town.plans(payer)
    await town.says(payer, f"/send @{name_of(town.bob)} 1 every day")


@meets(refusals.ReceiverHasNotJoined)
async def a_stranger_is_paid_again_and_again(town: Town) -> None:
    await town.says(town.alice, "/send 1 every day", group=True, reply_to=town.stranger())
