"""The clock reminds those who have yet to pay their share, once, and ends splits whose time is over.

Guards: a split is reminded of and ended by the wallet under its own keys, however often or late the clock comes; one
round is bounded, so a backlog never keeps people waiting.
"""
from __future__ import annotations

from functools import partial

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.splits import CloseOffers, ExpireSplit, RemindAfterADay


async def expire_splits(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """End due splits; `now` in microseconds. Answers how many ended."""
    due = await reads.due_splits(now, limit)
    return await together([partial(_expire, engine, reads, split) for split in due])


async def remind_of_splits(engine: Engine, reads: Reads, now: int, limit: int = 50) -> int:
    """Remind of splits that are a day old. Answers of how many."""
    due = await reads.splits_to_remind(now, limit)
    return await together([partial(_remind, engine, reads, split) for split in due])


async def close_offers(engine: Engine, reads: Reads, limit: int = 200) -> int:
    """Bring messages to their end that still offer a place of splits which are over. Answers of how many splits."""
    standing = await reads.standing_offers(limit)
    return await together([partial(_close_offers, engine, *one) for one in standing])


async def _close_offers(engine: Engine, split: int, left: int, persons: tuple[int, ...]) -> bool:
    try:
        # There are fewer left each time, and never more once it is over: so many names no other round.
        await engine.run(CloseOffers(key=f"split:{split}:offers:{left}", split=split, persons=persons), clock=True)
    except (refusals.Busy, refusals.DeadlinePassed):
        return False  # People come first.
    return True


async def _expire(engine: Engine, reads: Reads, split: int) -> bool:
    persons = await _waits_for(reads, split)
    try:
        await engine.run(ExpireSplit(key=f"split:{split}:expire", split=split, persons=persons), clock=True)
    except (refusals.SplitClosed, refusals.SplitNotDue, refusals.Busy, refusals.DeadlinePassed):
        # Paid or closed in the meantime, or our clock runs ahead of the database's; or people come first.
        return False
    return True


async def _remind(engine: Engine, reads: Reads, split: int) -> bool:
    persons = await _waits_for(reads, split)
    try:
        await engine.run(RemindAfterADay(key=f"split:{split}:remind", split=split, persons=persons), clock=True)
    except (refusals.SplitClosed, refusals.SplitNotDue, refusals.Busy, refusals.DeadlinePassed):
        return False  # As with those that end.
    return True


async def _waits_for(reads: Reads, split: int) -> tuple[int, ...]:
    """Those who are named and have yet to pay."""
    view = await reads.split(split)
    assert view is not None
    return tuple(share.party.telegram_id for share in view.waits_for)
