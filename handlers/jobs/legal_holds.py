"""The clock ends orders of courts whose time is over.

Guards: such an order holds money by itself as long as it lasts and no longer, so this may be late. One round is
bounded.
"""
from __future__ import annotations

from functools import partial

from handlers.jobs.expiry import together
from handlers.jobs.penalties import PASSING
from wallet import refusals
from wallet.engine import Engine
from wallet.legal_holds import EndLegalHold
from wallet.protocols import Reads


async def end_legal_holds(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """End those whose time is over; `now` in microseconds. Answers how many ended."""
    return await together([partial(_end, engine, hold, member)
                           for hold, member in await reads.due_legal_holds(now, limit)])


async def _end(engine: Engine, hold: int, member: int) -> bool:
    try:
        await engine.run(EndLegalHold(key=f"legal_hold:{hold}:end", hold=hold, member=member), clock=True)
    except (refusals.LegalHoldOver, refusals.LegalHoldNotDue, *PASSING):
        return False  # Lifted in the meantime, or our clock runs ahead of the database's.
    return True
