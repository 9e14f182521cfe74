"""Names that may stand on the screening list."""
from __future__ import annotations

from handlers.chat.buttons import HitAct, HitButton
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town
from wallet import refusals
from wallet.clearing import ClearHit
from wallet.identity import GiveIdentity
from wallet.operators import AppointOwners
from wallet.screening import Likeness


async def _operator(town: Town) -> int:
    operator = await town.resident()
    await town.run(AppointOwners(key=town.key(), telegram_ids=(operator,)))
    return operator


@meets(refusals.HitUnknown)
async def a_button_names_a_hit_that_never_was(town: Town) -> None:
    await town.forges(await _operator(town), HitButton(act=HitAct.SHOW, hit=10**11).pack())


@meets(refusals.HitDecided)
async def what_was_cleared_is_cleared_once_more(town: Town) -> None:
    person, operator = await town.resident(), await _operator(town)
    member = await town.member(person)
    await town.run(GiveIdentity(key=town.key(), member=member, digest="f" * 56 + f"{person:08d}", sealed=b"",
                                born=726_532, listed=(Likeness("SAMPLE-1 sample", 100),)))
    hits = [hit for hit in await town.app.applications.hits(operator, 50) if hit.member == member]
    await town.run(ClearHit(key=town.key(), operator=operator, member=member, entry="SAMPLE-1 sample", reason="born"))
    await town.forges(operator, HitButton(act=HitAct.CLEARED, hit=hits[0].id, reason="born").pack())
