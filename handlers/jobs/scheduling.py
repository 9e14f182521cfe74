"""The clock pays what comes again, and tells payers the day before.

Guards: of each day at most one payment comes, because the wallet decides it under a key made of the day; what was
missed while nothing ran is found when it runs again. Nothing is paid or told before the morning. All of a morning's
payments are due at once, so a round goes on while there is work, and is bounded all the same.
"""
from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.schedules import RunSchedule, TellOfSchedule

MORNING: Final = 9
"""The hour from which payments are made and told of, where the deployment lives: whoever is told can still do something
about it that day."""
PAGES: Final = 20
"""So many times one round looks for what is due."""

_NOT_NOW: Final = (refusals.ScheduleOver, refusals.ScheduleNotDue, refusals.Maintenance, refusals.ReadOnly,
                   refusals.Busy, refusals.DeadlinePassed)
"""Stopped in the meantime, our clock runs ahead of the database's, or money rests: the next round asks again."""


async def run_schedules(engine: Engine, reads: Reads, now: datetime, limit: int = 200) -> int:
    """Pay what is due; `now` where the deployment lives. Answers how many days were dealt with."""
    paid = 0
    for _ in range(PAGES if now.hour >= MORNING else 0):
        due = await reads.due_schedules(now.toordinal(), limit)
        moved = await together([partial(_run, engine, *one) for one in due])
        paid += moved
        if len(due) < limit or not moved:
            break  # There is no more, or all of it has to wait.
    return paid


async def tell_of_schedules(engine: Engine, reads: Reads, now: datetime, limit: int = 200) -> int:
    """Tell payers of what is due tomorrow. Answers how many were told."""
    if now.hour < MORNING:
        return 0
    due = await reads.schedules_to_tell(now.toordinal(), limit)
    return await together([partial(_tell, engine, *one) for one in due])


async def _run(engine: Engine, schedule: int, day: int, tries: int) -> bool:
    again = f":{tries}" if tries else ""
    try:
        await engine.run(RunSchedule(key=f"schedule:{schedule}:{day}{again}", schedule=schedule, day=day, tries=tries),
                         clock=True)
    except _NOT_NOW:
        return False
    return True


async def _tell(engine: Engine, schedule: int, day: int) -> bool:
    try:
        await engine.run(TellOfSchedule(key=f"schedule:{schedule}:{day}:soon", schedule=schedule, day=day), clock=True)
    except _NOT_NOW:
        return False
    return True
