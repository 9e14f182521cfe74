"""Failing at every await of engine, inbox, outbox and the ground below them, in every way, one life for each.

Guards: the list of places is found, not written down: what is met on the way of one failure is a place for the next.
After each life another one finds what it left; at the end every promise of all of them has to hold.
"""
from __future__ import annotations

import asyncio
import random
import signal
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from tests.faults.house import ROUND
from tests.faults.kills import Worker
from tests.faults.tracing import WAYS, Chain, awaits
from tests.faults.truth import Verdict, judge, prepare
from tests.patience import PATIENCE

LATE: Final = 3
UPDATES: Final = ROUND - LATE
"""In each life, and so many more just before it is stopped."""
DEEPEST: Final = 2
"""How many failures lead to a place at most."""
LOOK_EVERY: Final = 60


@dataclass
class Failed:
    """What came of failing everywhere."""

    places: int = 0
    lives: int = 0
    happened: dict[str, int] = field(default_factory=dict)
    """Faults that took place, by way."""
    stuck: list[str] = field(default_factory=list)
    """Places after which the process neither went on nor ended while we looked, and was ended. A connection that is
    broken off while it is made leaves its socket behind; that it leads nowhere only the driver's time-out tells."""
    awaits: int = 0
    met: int = 0
    never_met: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)


def fail_everywhere(worker: Worker, url: str, *, times: int, seed: int, only: str = "") -> Failed:
    """A life for each place and way, `times` over; `only` keeps to places that go through one file."""
    members = asyncio.run(prepare(url))
    told = worker.begin_anew()
    chance = random.Random(seed)
    failed = Failed()
    known: set[Chain] = set()
    waiting: deque[list[tuple[Chain, str]]] = deque([[]])
    while waiting:
        faults = waiting.popleft()
        for _ in range(times if faults else 1):
            again = sorted(told.sent - told.promises.stored)
            worker.live({"url": url, "members": members.numbers, "seed": chance.random(), "again": again,
                         "start": _start(told.sent), "count": UPDATES, "late": LATE, "faults": faults})
            worker.kill_after(PATIENCE)
            failed.lives += 1
            _note_end(failed, told.ended, faults)
        for chain in sorted(told.met - known) if len(faults) < DEEPEST else ():
            known.add(chain)
            if only in chain:
                failed.places += 1
                waiting += [[*faults, (chain, way)] for way in WAYS]
        if failed.lives % LOOK_EVERY == 0:
            verdict = asyncio.run(judge(url, members, told.promises, pending_may_be=True, odd=True))
            assert verdict.good, (faults, verdict)
    failed.happened = dict(told.faults)
    _heal(worker, url, members.numbers)
    failed.verdict = asyncio.run(judge(url, members, told.promises, odd=True))
    _compare(failed, told.met)
    return failed


def _start(sent: set[int]) -> int:
    """Each life begins a round, so all of them meet the same."""
    return -(-max(sent, default=0) // ROUND) * ROUND + 1


def _note_end(failed: Failed, status: int | None, faults: list[tuple[Chain, str]]) -> None:
    """How a life ended: by itself, because the engine said so, killed on purpose, or stuck."""
    code = (status or 0) >> 8
    assert status == signal.SIGKILL or code in (0, 3, 4), f"a life ended with {status} after {faults}"
    if code == 3:
        failed.stuck.append(" then ".join(f"{way} at {chain}" for chain, way in faults))


def _heal(worker: Worker, url: str, numbers: dict[int, int]) -> None:
    """The last life does what all the others left."""
    told = worker.told
    told.finished = False
    worker.live({"url": url, "members": numbers, "seed": 0, "again": sorted(told.sent - told.promises.stored),
                 "start": _start(told.sent), "count": 1, "faults": []})
    worker.kill_after(PATIENCE)
    assert told.finished, worker.log()


def _compare(failed: Failed, met: set[Chain]) -> None:
    """Which awaits were met at all."""
    lines: dict[str, set[int]] = {}
    for place in (place for chain in met for place in chain.split(">")):
        name, _, line = place.partition(":")
        lines.setdefault(name, set()).add(int(line))
    for name, wanted in awaits().items():
        failed.awaits += len(wanted)
        failed.met += len(wanted & lines.get(name, set()))
        failed.never_met += [f"{name}:{line}" for line in sorted(wanted - lines.get(name, set()))]


def table(failed: Failed) -> dict[str, Any]:
    """For people."""
    return {"awaits": failed.awaits, "met": failed.met, "places": failed.places, "lives": failed.lives,
            **failed.happened, "stuck": len(failed.stuck), "given_up": failed.verdict.given_up}
