"""How each refusal is brought about: short dialogs with the real dispatcher, one for every class of refusal. One
module per chapter.

Guards: nobody relies on chance for a refusal to be met. Each class has a script that causes it by updates alone, is
beneath what updates reach and is caused in the wallet's machine instead, or stands here with the reason why nothing
leads to it; a class that does none of these fails the proof.
"""
from __future__ import annotations

from collections import Counter
from typing import Final

from tests.faults.dialogs import (
    announcements,
    arriving,
    blocks,
    envelopes,
    family,
    house,
    identity,
    joining,
    legal_holds,
    limits,
    operators,
    paying,
    penalties,
    pins,
    proposals,
    publishing,
    recovery,
    requests,
    risk,
    schedules,
    screening,
    splits,
    standing,
    tickets,
    vouchers,
    waiting,
    winding_down,
)
from tests.faults.dialogs.scripts import SCRIPTS
from tests.faults.town import Kind, Town
from tests.wallet.test_machine import BENEATH
from wallet import refusals
from wallet.refusals import every

CHAPTERS: Final = (house, standing, operators, penalties, joining, pins, paying, limits, waiting, envelopes, requests,
                   splits, schedules, vouchers, arriving, tickets, blocks, proposals, announcements, publishing,
                   identity, recovery, risk, family, winding_down, legal_holds, screening)
"""In the order in which they are played."""
NOWHERE: Final[dict[Kind, str]] = {
    refusals.LevelNeeded: "where all is play everybody has a level, and no command asks for more",
}
"""What nothing can bring about."""


def unaccounted() -> set[Kind]:
    """Refusals that have no script and no reason for it, or more than one of these."""
    accounted = Counter([*SCRIPTS, *BENEATH, *NOWHERE])
    ours = {kind for kind in every() if kind.__module__.startswith(refusals.__name__)}
    return {kind for kind in ours | set(accounted) if accounted[kind] != 1}


async def meet_all(town: Town, times: int) -> list[str]:
    """Bring every refusal about so often, whatever chance has brought about before; returns which script did not do
    what it is for."""
    await town.found()
    missed = []
    places = [chapter.__name__ for chapter in CHAPTERS]
    for kind, script in sorted(SCRIPTS.items(), key=lambda pair: places.index(pair[1].__module__)):
        for done in range(times):
            before = town.met[kind]
            await script(town)
            if town.met[kind] == before:
                missed.append(f"{kind.__name__}, the {done + 1}. time")
                break
    return missed
