"""The clock: money arrives, what nobody claimed, opened, came for or redeemed goes back, and questions end.

Guards: a hold, an envelope, a voucher and a draft end exactly once, so whatever the clock starts twice, late, or while
somebody presses, is decided by the wallet under its own key; one round is bounded, so a backlog never keeps people
waiting.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from wallet import refusals
from wallet.drafts import ExpireDraft
from wallet.engine import Engine
from wallet.envelopes import ExpireEnvelope
from wallet.holds import ExpireHold, SettleHold
from wallet.keeping import ReturnKept
from wallet.proposals import ExpireProposal
from wallet.protocols import Reads
from wallet.vouchers import ExpireVoucher

AT_ONCE: Final = 16
"""So many are asked for together; the clock gets a quarter of a batch, and these leave room in it for others."""


async def expire_holds(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """Return due holds to their payers; `now` in microseconds. Answers how many went back."""
    due = await reads.due_holds(now, limit)
    return await together([partial(_expire, engine, hold) for hold in due])


async def settle_arrivals(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """Let arrive what was on its way until now. Answers for how many something came of it."""
    due = await reads.due_arrivals(now, limit)
    return await together([partial(_arrive, engine, hold, receiver) for hold, receiver in due])


async def expire_envelopes(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """Return what is left in due envelopes to whoever made them. Answers how many ended."""
    due = await reads.due_envelopes(now, limit)
    return await together([partial(_end, engine, envelope) for envelope in due])


async def expire_vouchers(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """Return what is left in due vouchers to whoever made them. Answers how many ended."""
    due = await reads.due_vouchers(now, limit)
    return await together([partial(_fetch, engine, voucher) for voucher in due])


async def return_kept(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """Give shares that were kept long enough back to the others. Answers how many went back."""
    due = await reads.due_kept(now, limit)
    return await together([partial(_give_back, engine, envelope, person) for envelope, person in due])


async def expire_drafts(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """End due drafts; a notice says so where they waited. Answers how many ended."""
    due = await reads.due_drafts(now, limit)
    return await together([partial(_run_out, engine, token) for token in due])


async def expire_proposals(engine: Engine, reads: Reads, now: int, limit: int = 200) -> int:
    """End proposals that nobody answered in time. Answers how many ended."""
    due = await reads.due_proposals(now, limit)
    return await together([partial(_unanswered, engine, proposal) for proposal in due])


async def together(steps: Sequence[Callable[[], Awaitable[bool]]]) -> int:
    """Take all steps, a few together. Answers how many did something."""
    ends: list[bool | BaseException] = []
    for start in range(0, len(steps), AT_ONCE):
        ends += await asyncio.gather(*(step() for step in steps[start:start + AT_ONCE]), return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            # Raised only now: one that fails must not hold up all others.
            raise end
    return ends.count(True)


async def _expire(engine: Engine, hold: int) -> bool:
    try:
        await engine.run(ExpireHold(key=f"hold:{hold}:expire", hold=hold), clock=True)
    except (refusals.HoldOver, refusals.HoldNotDue):
        # Claimed or taken back in the meantime, or our clock runs ahead of the database's.
        return False
    except (refusals.Busy, refusals.DeadlinePassed):
        # People come first; the next round asks again.
        return False
    return True


async def _arrive(engine: Engine, hold: int, receiver: int) -> bool:
    try:
        await engine.run(SettleHold(key=f"hold:{hold}:arrive", hold=hold, receiver=receiver), clock=True)
    except (refusals.HoldOver, refusals.HoldNotDue, refusals.Maintenance, refusals.ReadOnly, refusals.Busy,
            refusals.DeadlinePassed):
        return False  # As with holds; while money rests this waits with it.
    return True


async def _end(engine: Engine, envelope: int) -> bool:
    try:
        await engine.run(ExpireEnvelope(key=f"envelope:{envelope}:expire", envelope=envelope), clock=True)
    except (refusals.EnvelopeEmpty, refusals.EnvelopeOver, refusals.EnvelopeNotDue, refusals.Busy,
            refusals.DeadlinePassed):
        return False  # As with holds.
    return True


async def _fetch(engine: Engine, voucher: int) -> bool:
    try:
        await engine.run(ExpireVoucher(key=f"voucher:{voucher}:expire", voucher=voucher), clock=True)
    except (refusals.VoucherUsedUp, refusals.VoucherWithdrawn, refusals.VoucherOver, refusals.VoucherNotDue,
            refusals.Busy, refusals.DeadlinePassed):
        return False  # As with holds.
    return True


async def _give_back(engine: Engine, envelope: int, person: int) -> bool:
    try:
        await engine.run(ReturnKept(key=f"kept:{envelope}:{person}:return", envelope=envelope, person=person),
                         clock=True)
    except (refusals.NothingKept, refusals.EnvelopeNotDue, refusals.Busy, refusals.DeadlinePassed):
        return False  # As with holds.
    return True


async def _run_out(engine: Engine, token: str) -> bool:
    try:
        await engine.run(ExpireDraft(key=f"draft:{token}:expire", token=token), clock=True)
    except (refusals.DraftOver, refusals.DraftNotDue, refusals.Busy, refusals.DeadlinePassed):
        return False  # As with holds.
    return True


async def _unanswered(engine: Engine, proposal: int) -> bool:
    try:
        await engine.run(ExpireProposal(key=f"proposal:{proposal}:expire", proposal=proposal), clock=True)
    except (refusals.ProposalOver, refusals.ProposalNotDue, refusals.Busy, refusals.DeadlinePassed):
        return False  # As with holds.
    return True
