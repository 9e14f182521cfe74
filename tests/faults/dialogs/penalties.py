"""What operators are refused who decide against members."""
from __future__ import annotations

from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town
from wallet import refusals
from wallet.operators import Appoint, AppointOwners


async def owner_in(town: Town) -> int:
    owner = await town.resident()
    await town.run(AppointOwners(key=town.key(), telegram_ids=(owner,)))
    return owner


@meets(refusals.OperatorPenalised)
async def an_operator_is_frozen(town: Town) -> None:
    owner, other = await owner_in(town), await town.resident()
    await town.run(Appoint(key=town.key(), operator=owner, person=other, role="support"))
    await town.says(owner, "/freeze fraud", reply_to=other)


@meets(refusals.PenaltyInForce)
async def somebody_is_frozen_twice(town: Town) -> None:
    owner, member = await owner_in(town), await town.resident()
    for _ in range(2):
        await town.says(owner, "/freeze fraud", reply_to=member)


@meets(refusals.NoPenaltyInForce)
async def what_is_not_in_force_is_lifted(town: Town) -> None:
    owner, member = await owner_in(town), await town.resident()
    await town.says(member, "/help")
    await town.says(owner, "/unfreeze", reply_to=member)
