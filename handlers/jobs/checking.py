"""The clock rings for payments that operators have left waiting.

Guards: whoever's money is held back is not forgotten: as long as any has waited for a day, the operators hear of it
once a day, by a key of the day.
"""
from __future__ import annotations

from datetime import datetime
from typing import Final

from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.releases import RingAgain

DAY: Final = 24 * 60 * 60 * 1_000_000


async def ring_again(engine: Engine, reads: Reads, now: datetime) -> int:
    """Tell how many have waited for a day; `now` is local time. Answers that number."""
    waiting = await reads.checks_since(int(now.timestamp()) * 1_000_000 - DAY)
    if waiting:
        try:
            await engine.run(RingAgain(key=f"interceptions:{now.date().toordinal()}", waiting=waiting), clock=True)
        except (refusals.Busy, refusals.DeadlinePassed):
            return 0  # The next round rings.
    return waiting
