"""The clock frees minors who are of age from those who answered for them.

Guards: whether it is time is decided by the wallet; one round is bounded.
"""
from __future__ import annotations

from datetime import datetime
from functools import partial

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.engine import Engine
from wallet.family import Released, ReleaseWard
from wallet.protocols import Reads


async def release_wards(engine: Engine, reads: Reads, now: datetime, limit: int = 200) -> int:
    """One round; `now` where the deployment lives. Answers for how many were freed."""
    today = now.date().toordinal()
    return await together([partial(_release, engine, ward, today) for ward in await reads.of_age(today, limit)])


async def _release(engine: Engine, ward: int, today: int) -> bool:
    try:
        outcome = await engine.run(ReleaseWard(key=f"member:{ward}:of age:{today}", ward=ward), clock=True)
    except (refusals.Busy, refusals.DeadlinePassed):
        return False  # People come first; the next round asks again.
    return isinstance(outcome, Released) and outcome.free
