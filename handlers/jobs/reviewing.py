"""The clock ends what members began for operators to look at and never handed in.

Guards: the wallet decides whether it is due. One round is bounded. The pictures go with the purge.
"""
from __future__ import annotations

from functools import partial

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.applications import LEFT_OPEN, EndAbandoned
from wallet.engine import Engine
from wallet.protocols import Applications


async def end_abandoned(engine: Engine, applications: Applications, now: int, limit: int = 200) -> int:
    """End what is due; `now` in microseconds. Answers how many ended."""
    due = await applications.abandoned(now - LEFT_OPEN, limit)
    return await together([partial(_end, engine, application) for application in due])


async def _end(engine: Engine, application: int) -> bool:
    try:
        await engine.run(EndAbandoned(key=f"application:{application}:abandoned", application=application), clock=True)
    except (refusals.Busy, refusals.DeadlinePassed):
        return False  # It is found again.
    return True
