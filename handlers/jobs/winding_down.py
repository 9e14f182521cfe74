"""The clock tells everybody that the service closes, with what is owed to them: so many people each round.

Guards: as with announcements, whom it tells and how far it has come is one commit, so whatever crashed goes on there.
"""
from __future__ import annotations

from typing import Final

from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import WindDowns
from wallet.winding_down import TOGETHER, TellOfWindDown

PAGES: Final = 7
"""So many times in one round: as fast as Telegram takes them."""


async def tell_of_end(engine: Engine, wind_downs: WindDowns) -> int:
    """Tell the next ones. Answers how many."""
    told = 0
    for _ in range(PAGES):
        going = await wind_downs.running()
        for one in going:
            to = await wind_downs.next(one, TOGETHER)
            aside = await wind_downs.set_aside(to)
            try:
                await engine.run(TellOfWindDown(key=f"wind_down:{one.id}:{one.after}:{len(to) and to[-1]}",
                                                wind_down=one.id, after=one.after, to=to,
                                                envelopes=tuple(each.envelopes for each in aside),
                                                vouchers=tuple(each.vouchers for each in aside)), clock=True)
            except (refusals.AnnouncementOver, refusals.Busy, refusals.DeadlinePassed):
                continue
            told += len(to)
        if not going:
            break
    return told
