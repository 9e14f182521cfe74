"""The clock warns those who have not used their wallet for long, and puts it to sleep.

Guards: every step is decided by the wallet, for each member once a day at most; one round is bounded.
"""
from __future__ import annotations

from datetime import datetime
from functools import partial

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.dormancy import Doze, Dozed
from wallet.engine import Engine
from wallet.protocols import Reads


async def put_to_sleep(engine: Engine, reads: Reads, now: datetime, limit: int = 200) -> int:
    """One round; `now` where the deployment lives. Answers for how many a step was made."""
    after, today = engine.policy.dormant_after, now.date().toordinal()
    if not after:
        return 0
    due = await reads.drowsy(today, after, limit)
    return await together([partial(_step, engine, member, today) for member in due])


async def _step(engine: Engine, member: int, today: int) -> bool:
    try:
        outcome = await engine.run(Doze(key=f"member:{member}:doze:{today}", member=member), clock=True)
    except (refusals.Busy, refusals.DeadlinePassed):
        return False  # People come first; the next round asks again.
    return isinstance(outcome, Dozed) and outcome.days >= 0
