"""What operators are refused who tell everybody something."""
from __future__ import annotations

from handlers.chat.operators.announcements import GoingButton
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town
from wallet import refusals
from wallet.announcements import MEMBERS, NEWS, Announce, Announced, StopAnnouncement
from wallet.operators import AppointOwners


async def _owner(town: Town) -> int:
    owner = await town.resident()
    await town.run(AppointOwners(key=town.key(), telegram_ids=(owner,)))
    return owner


@meets(refusals.AnnouncementOver)
async def somebody_stops_it_again(town: Town) -> None:
    owner = await _owner(town)
    done = await town.run(Announce(key=town.key(), operator=owner, kind=NEWS, audience=MEMBERS, english=("hello",)))
    assert isinstance(done, Announced)
    await town.run(StopAnnouncement(key=town.key(), operator=owner, announcement=done.announcement))
    await town.forges(owner, GoingButton(kind=NEWS, stop=True, announcement=done.announcement).pack())


@meets(refusals.NobodyNamed)
async def an_incident_concerns_nobody(town: Town) -> None:
    await town.says(await _owner(town), "/incident !!!\nA list was copied.\nNo money was touched.\nDo nothing.")
