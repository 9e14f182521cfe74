"""The clock gives back what nobody claimed in time.

Guards: a hold ends exactly once, so whatever the clock starts twice, late, or while somebody claims, is decided by
the wallet under the hold's own key; one round is bounded, so a backlog never keeps people waiting.
"""
from __future__ import annotations

import asyncio

from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.transfers import ExpireHold

AT_ONCE = 16
"""So many are asked for together: a quarter of a batch, which is what the clock gets."""


async def expire_holds(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """Return due holds to their payers; `now` in microseconds. Answers how many went back."""
    due = await reads.due_holds(now, limit)
    ends: list[bool | BaseException] = []
    for start in range(0, len(due), AT_ONCE):
        asked = (_expire(engine, hold) for hold in due[start:start + AT_ONCE])
        ends += await asyncio.gather(*asked, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            # Raised only now: one hold that fails must not keep everybody else's money.
            raise end
    return ends.count(True)


async def _expire(engine: Engine, hold: int) -> bool:
    try:
        await engine.run(ExpireHold(key=f"hold:{hold}:expire", hold=hold), clock=True)
    except (refusals.HoldOver, refusals.HoldNotDue):
        # Claimed or taken back in the meantime, or our clock runs ahead of the database's.
        return False
    except (refusals.Busy, refusals.DeadlinePassed):
        # People come first; the next round asks again.
        return False
    return True
