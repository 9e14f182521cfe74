"""The clock goes on with announcements: so many people each round.

Guards: whom it tells and how far it has come is one commit, so whatever crashed goes on where it stopped; a round tells
as many as leave at Telegram's pace until the next one, so that nothing that is urgent waits behind a crowd.
"""
from __future__ import annotations

from typing import Final

from wallet import refusals
from wallet.announcements import TOGETHER, TellNext
from wallet.engine import Engine
from wallet.protocols import Announcements

PAGES: Final = 3
"""So many times in one round: 150 people in five seconds, as fast as Telegram takes them."""
AT_ONCE: Final = 5
"""So many announcements take turns; others wait until one of these is done."""


async def tell_next(engine: Engine, announcements: Announcements) -> int:
    """Tell the next ones. Answers how many."""
    told = 0
    for _ in range(PAGES):
        going = await announcements.running(AT_ONCE)
        for one in going:
            to = await announcements.next(one, max(1, TOGETHER // len(going)))
            try:
                await engine.run(TellNext(key=f"announcement:{one.id}:{one.after}:{len(to) and to[-1]}",
                                          announcement=one.id, after=one.after, to=to), clock=True)
            except (refusals.AnnouncementOver, refusals.Busy, refusals.DeadlinePassed):
                continue  # Stopped in the meantime, or people come first; the next round asks again.
            told += len(to)
        if not going:
            break
    return told
