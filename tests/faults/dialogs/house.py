"""The house itself: too much at once, maintenance."""
from __future__ import annotations

from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, changed, name_of
from wallet import refusals
from wallet.operators import HOUSE, SetSwitch


@meets(refusals.Busy)
async def the_queue_is_full(town: Town) -> None:
    with changed(town.app.engine, "_queue_most", 0):
        await town.says(town.alice, "/topup 1")


@meets(refusals.DeadlinePassed)
async def nothing_is_done_in_time(town: Town) -> None:
    with changed(town.app.engine, "_deadline", -1.0):
        await town.says(town.alice, "/topup 1")


async def _while_money_is(state: str, town: Town) -> None:
    await town.run(SetSwitch(key=town.key(), operator=HOUSE, state=state))
    try:
        await town.says(town.alice, f"/send @{name_of(town.bob)} 1")
    finally:
        await town.run(SetSwitch(key=town.key(), operator=HOUSE, state="open"))


@meets(refusals.Maintenance)
async def money_rests(town: Town) -> None:
    await _while_money_is("maintenance", town)


@meets(refusals.ReadOnly)
async def money_is_read_only(town: Town) -> None:
    await _while_money_is("read_only", town)
