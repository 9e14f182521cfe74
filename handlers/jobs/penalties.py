"""The clock ends penalties, lets arrive what waited for a freeze to be lifted, and ends what a ban ends.

Guards: a penalty stops money by itself as long as it lasts and no longer, so all of this may be late. Each step is
decided by the wallet under its own key; one round is bounded.
"""
from __future__ import annotations

from functools import partial

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.bans import EndForBan, FinishBan
from wallet.engine import Engine
from wallet.holds import SettleHold
from wallet.penalties import EndPenalty
from wallet.protocols import Reads
from wallet.views import Ends

PASSING = (refusals.Maintenance, refusals.ReadOnly, refusals.Busy, refusals.DeadlinePassed)
"""People come first, and money rests at times; the next round asks again."""


async def end_penalties(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """End those whose time is over; `now` in microseconds. Answers how many ended."""
    due = await reads.due_penalties(now, limit)
    return await together([partial(_end, engine, penalty) for penalty in due])


async def settle_thawed(engine: Engine, reads: Reads, limit: int = 200) -> int:
    """Let arrive what waited for somebody to be free, or send it back. Answers of how much something came."""
    due = await reads.thawed(limit)
    return await together([partial(_arrive, engine, hold, receiver) for hold, receiver in due])


async def sweep_bans(engine: Engine, reads: Reads, limit: int = 200) -> int:
    """End what bans end, so much at a time. Answers how much ended."""
    ended = 0
    for penalty, member in await reads.bans_to_sweep(limit):
        found = await reads.ends_with_ban(member, limit - ended)
        ended += await together([partial(_end_one, engine, reads, penalty, member, one) for one in found])
        if not found:
            await _finish(engine, penalty, member)
        if len(found) == limit or ended >= limit:
            break
    return ended


async def _end(engine: Engine, penalty: int) -> bool:
    try:
        await engine.run(EndPenalty(key=f"penalty:{penalty}:end", penalty=penalty), clock=True)
    except (refusals.PenaltyOver, refusals.PenaltyNotDue, *PASSING):
        return False  # Lifted in the meantime, or our clock runs ahead of the database's.
    return True


async def _arrive(engine: Engine, hold: int, receiver: int) -> bool:
    try:
        await engine.run(SettleHold(key=f"hold:{hold}:thaw", hold=hold, receiver=receiver), clock=True)
    except (refusals.HoldOver, refusals.HoldNotDue, *PASSING):
        return False  # Taken back in the meantime, run out, or frozen once more.
    return True


async def _end_one(engine: Engine, reads: Reads, penalty: int, member: int, one: Ends) -> bool:
    split = await reads.split(one.number) if one.what == "split" else None
    persons = tuple(share.party.telegram_id for share in split.waits_for) if split else ()
    try:
        await engine.run(EndForBan(key=f"penalty:{penalty}:{one.what}:{one.number or one.token}", penalty=penalty,
                                   member=member, what=one.what, number=one.number, token=one.token,
                                   persons=persons), clock=True)
    except refusals.Refusal:
        return False  # It has ended otherwise, the ban is over, or people come first; what is left is found again.
    return True


async def _finish(engine: Engine, penalty: int, member: int) -> None:
    try:
        await engine.run(FinishBan(key=f"penalty:{penalty}:swept", penalty=penalty, member=member), clock=True)
    except (refusals.PenaltyOver, *PASSING):
        return  # Lifted in the meantime.
