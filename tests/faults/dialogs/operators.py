"""What operators are refused."""
from __future__ import annotations

from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of
from wallet import ids, refusals
from wallet.operators import Appoint, AppointOwners


async def _owner(town: Town) -> int:
    owner = await town.resident()
    await town.run(AppointOwners(key=town.key(), telegram_ids=(owner,)))
    return owner


@meets(refusals.NotAllowed)
async def an_auditor_appoints(town: Town) -> None:
    auditor = await town.resident()
    await town.run(Appoint(key=town.key(), operator=await _owner(town), person=auditor, role="auditor"))
    await town.says(auditor, f"/role @{name_of(town.bob)} risk")


@meets(refusals.OnOneself)
async def an_owner_resigns(town: Town) -> None:
    owner = await _owner(town)
    await town.says(owner, f"/role @{name_of(owner)} none")


@meets(refusals.OperatorIsNoMember)
async def a_stranger_is_appointed(town: Town) -> None:
    stranger = town.stranger()
    await town.says(stranger, "/help")
    owner = await _owner(town)
    await town.says(owner, f"/role @{name_of(stranger)} support")
    await town.taps(owner, "Yes, this one", "是，就是这个人")


@meets(refusals.OperatorsElsewhere)
async def an_owner_works_in_public(town: Town) -> None:
    await town.says(await _owner(town), "/role", group=True)


@meets(refusals.NothingToRemove)
async def there_is_no_note(town: Town) -> None:
    owner, (_, _, transfer) = await _owner(town), await town.pays()
    await town.says(owner, f"/remove {ids.code(transfer)} fraud")
