"""The clock reminds people of what they are asked to pay, and ends requests that nobody paid in time.

Guards: everybody is reminded of a request once and it ends once, because the wallet decides both under keys of their
own; after a time of standing still nobody is reminded of what is over. One round is bounded.
"""
from __future__ import annotations

from functools import partial

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.requests import ExpireRequest, RemindOfRequest


async def expire_requests(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """End due requests; `now` in microseconds. Answers how many ended."""
    due = await reads.due_requests(now, limit)
    return await together([partial(_end, engine, request) for request in due])


async def remind_of_requests(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """Remind whoever is asked. Answers how many were reminded."""
    due = await reads.requests_to_remind_of(now, limit)
    return await together([partial(_remind, engine, request) for request in due])


async def _end(engine: Engine, request: int) -> bool:
    try:
        await engine.run(ExpireRequest(key=f"request:{request}:expire", request=request), clock=True)
    except (refusals.RequestOver, refusals.RequestNotDue, refusals.Busy, refusals.DeadlinePassed):
        return False  # Paid, declined or taken back in the meantime, or our clock runs ahead of the database's.
    return True


async def _remind(engine: Engine, request: int) -> bool:
    try:
        await engine.run(RemindOfRequest(key=f"request:{request}:remind", request=request), clock=True)
    except (refusals.RequestOver, refusals.RequestNotDue, refusals.Busy, refusals.DeadlinePassed):
        return False  # As above.
    return True
