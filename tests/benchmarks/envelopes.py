"""Red envelopes of a thousand shares with five thousand people in front of them: ours, and a list in Redis.

Guards: a share counts when it is in the ledger. After every run each envelope is empty, as many people have a share as
there were, none has two, and the whole ledger is reconciled; a run of which that is not true fails.
"""
from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Final

from tests.benchmarks import ours
from tests.benchmarks.anchors import redis_grab
from tests.benchmarks.ours import Load, Result, member
from wallet import refusals
from wallet.agreements import Accept
from wallet.drafts import Asked, Confirm
from wallet.engine import Engine
from wallet.envelopes import AskEnvelope, EnvelopeMade, Opened, OpenEnvelope
from wallet.rows import LUCKY

SHARES: Final = 1_000
CONTENDERS: Final = 5_000
AMOUNT: Final = 200_000
GROUP: Final = -1_001
MAKER: Final = 1
"""Not one of those who open."""
RULES: Final = tuple((each.name, each.version) for each in ours.TERMS.documents if "envelopes" in each.gates)
MOST: Final = ours.FUNDS // AMOUNT
"""How many envelopes the maker can fill."""


async def opened(url: str, load: Load, server_pid: int | None = None) -> Result:
    """Envelope after envelope for the load's time, each until everybody has asked; ours."""
    async with ours.opened(url) as (_, engine):
        await engine.start()
        await engine.run(Accept(key="rules", member=member(MAKER), documents=RULES, language="en", chat=MAKER))
        await one(engine, load.callers, 0)
        ours.settle_heap()
        result = await _for_a_while(lambda number: one(engine, load.callers, number), load)
        await engine.stop()
    await ours.check(url)
    return result


async def one(engine: Engine, callers: int, number: int) -> float:
    """The seconds until an envelope was empty. All who come too late hear that."""
    envelope = await filled(engine, number)
    waiting = list(range(MAKER + 1, MAKER + 1 + CONTENDERS))
    random.Random(number).shuffle(waiting)
    found: list[Opened] = []
    last = began = time.perf_counter()
    late = 0

    async def caller() -> None:
        nonlocal last, late
        while waiting:
            who = waiting.pop()
            try:
                outcome = await engine.run(OpenEnvelope(key=f"open:{number}:{who}", member=member(who),
                                                        envelope=envelope, chat=GROUP))
            except refusals.EnvelopeEmpty:
                late += 1
            else:
                assert isinstance(outcome, Opened)
                found.append(outcome)
                last = time.perf_counter()

    await asyncio.gather(*(caller() for _ in range(callers)))
    if (sorted(share.number for share in found) != list(range(1, SHARES + 1)) or late != CONTENDERS - SHARES
            or sum(share.amount for share in found) != AMOUNT):
        raise RuntimeError("the run is void: shares were lost, doubled or do not add up")
    return last - began


async def filled(engine: Engine, number: int) -> int:
    """A new envelope."""
    draft = await engine.run(AskEnvelope(
        key=f"ask:{number}", payer=member(MAKER), kind=LUCKY, amount=AMOUNT, shares=SHARES,
        seed=secrets.token_hex(32), token=f"token {number}", chat=GROUP))
    assert isinstance(draft, Asked)
    made = await engine.run(Confirm(key=f"yes:{number}", member=member(MAKER), token=draft.token))
    assert isinstance(made, EnvelopeMade)
    return made.envelope


async def grabbed(url: str, load: Load) -> Result:
    """As many in turn out of lists in Redis, by the anchor."""
    async def one(number: int) -> float:
        answer = await redis_grab.run(url, shares=SHARES, contenders=CONTENDERS, callers=load.callers, total=AMOUNT,
                                      seed=number)
        return SHARES / float(answer["shares_per_second"])

    await one(0)
    ours.settle_heap()
    return await _for_a_while(one, load)


async def _for_a_while(one: Callable[[int], Awaitable[float]], load: Load) -> Result:
    """Shares a second over as many envelopes as are handed out in the load's time."""
    spent: list[float] = []
    until = time.perf_counter() + load.seconds
    while time.perf_counter() < until and len(spent) < MOST - 1:
        spent.append(await one(1 + len(spent)))
    return {"per_second": SHARES * len(spent) / sum(spent), "envelopes": len(spent)}
