"""The clock frees minors who are of age from those who answered for them, and tells those whose guardian can't act.

Guards: whether it is time is decided by the wallet; one round is bounded.
"""
from __future__ import annotations

from datetime import datetime
from functools import partial

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.engine import Engine
from wallet.family import Released, ReleaseWard, TellWard
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


async def tell_wards(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """Tell minors that their guardian's own wallet is stopped or in order again; `now` in microseconds. Answers how
    many were looked at."""
    return await together([partial(_tell, engine, ward, now) for ward in await reads.wards_to_tell(limit)])


async def _tell(engine: Engine, ward: int, now: int) -> bool:
    try:  # That each is told once the wallet sees to, by the row.
        await engine.run(TellWard(key=f"member:{ward}:guardian stands:{now}", ward=ward), clock=True)
    except (refusals.Busy, refusals.DeadlinePassed):
        return False  # It is found again.
    return True
