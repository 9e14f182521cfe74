"""What is refused to those who block, and to those who are blocked."""
from __future__ import annotations

from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of
from wallet import refusals
from wallet.blocks import MOST, BlockMember


@meets(refusals.CannotBeAsked)
async def who_is_blocked_asks_for_money(town: Town) -> None:
    person = await town.resident()
    await town.says(person, "/block", group=True, reply_to=town.alice)
    await town.says(town.alice, "/request 5", group=True, reply_to=person)


@meets(refusals.BlocksOneself)
async def somebody_blocks_themselves(town: Town) -> None:
    await town.says(town.bob, f"/block @{name_of(town.bob)}")


@meets(refusals.TooManyBlocked)
async def somebody_blocks_everybody(town: Town) -> None:
    person = await town.resident()
    for _ in range(MOST):
        other = await town.member(await town.resident(gates=("join",)))
        await town.run(BlockMember(key=town.key(), member=await town.member(person), blocked=other))
    await town.says(person, f"/block @{name_of(town.bob)}")
