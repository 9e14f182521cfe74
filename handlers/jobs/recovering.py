"""The clock tells those who wait for another PIN that they do, and when the wait is over; and it ends the asking for a
wallet from another account that nobody decided.

Guards: each is told once of each, because the wallet decides it under a key of the moment. One round is bounded.
"""
from __future__ import annotations

from functools import partial

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.engine import Engine
from wallet.moving import EndMove
from wallet.protocols import Reads
from wallet.recovery import TellOfReset


async def tell_of_resets(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """Tell whoever is due; `now` in microseconds. Answers how many were looked at."""
    due = await reads.resets_to_tell(now, limit)
    return await together([partial(_tell, engine, member, since) for member, since in due])


async def _tell(engine: Engine, member: int, since: int) -> bool:
    try:
        await engine.run(TellOfReset(key=f"pin_reset:{member}:{since}", member=member), clock=True)
    except (refusals.Busy, refusals.DeadlinePassed):
        return False  # It is found again.
    return True


async def end_moves(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """End those that nobody decided, and open what moved; `now` in microseconds. Answers how many were looked at."""
    due = await reads.moves_due(now, limit)
    return await together([partial(_end, engine, member, since) for member, since in due])


async def _end(engine: Engine, member: int, since: int) -> bool:
    try:
        await engine.run(EndMove(key=f"move:{member}:{since}", member=member), clock=True)
    except (refusals.Busy, refusals.DeadlinePassed):
        return False  # It is found again.
    return True
