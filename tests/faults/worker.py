"""A process to be killed: engine, inbox and outbox under load, saying on stdout what it promised.

One server process is started for many lives and forks each of them, so a life begins in milliseconds. Lines on stdin
are lives to lead, as JSON; a life ends when it is killed, or by itself when it was asked to finish.

    python -m tests.faults.worker
"""
from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

from bot import loop
from bot.clock import SystemClock, Timer
from tests.faults import planted
from tests.faults.deciding import decide
from tests.faults.house import House, Members, in_silence, until
from tests.faults.tracing import Tracer

WHOLE = ";"
STUCK = 2.0
"""Seconds after which a life that neither goes on nor ends is ended, as somebody would who looks after it."""
FEEDERS = 3
"""How many deliveries are on their way at the same time, as with a webhook."""
MOST_TOGETHER = 24
MOST_IN_HAND = 100
"""What was found pending after too many crashes is given up, so no life may leave more behind than the next can do."""


class HastyClock(SystemClock):
    """Fifty times as fast, for waiting."""

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        return super().call_later(seconds / 50, callback)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 50)


def note(line: str) -> None:
    """One write, with a mark at its end: of a line that a kill has torn, nothing is believed."""
    os.write(1, f"\n{line} {WHOLE}\n".encode())


def batches(life: dict[str, Any]) -> Iterator[list[int]]:
    """What Telegram delivers: first what it has no answer for, then what is new, as much as is asked for."""
    chance = random.Random(life["seed"])
    again: list[int] = life["again"]
    while again:
        size = chance.randint(1, MOST_TOGETHER)
        yield again[:size]
        again = again[size:]
    following = itertools.count(life["start"])
    end = life["start"] + life["count"]
    while (first := next(following)) < end:
        more = min(chance.randint(0, MOST_TOGETHER - 1), end - first - 1)
        yield [first, *itertools.islice(following, more)]


async def live(life: dict[str, Any]) -> None:
    """One life. With faults, it ends for good when the engine dies, and does not wait for ever."""
    faults = life.get("faults")
    if faults is not None:
        Tracer(note, [(chain, way) for chain, way in faults]).install()
    if "commands" in life:
        await asyncio.create_task(decide(life, note))
        return
    members = Members({int(person): member for person, member in life["members"].items()})
    house = House(life["url"], members, note, clock=None if faults is None else HastyClock(),
                  odd=0 if faults is None else life["start"])
    # A task of its own, so that a fault may cancel it.
    going = asyncio.create_task(lead(house, life))
    if faults is None:
        await going
        return
    until_dead = asyncio.create_task(until(lambda: house.deaths))
    done, _ = await asyncio.wait((going, until_dead), timeout=STUCK if faults else None,
                                 return_when=asyncio.FIRST_COMPLETED)
    os._exit(0 if going in done else 4 if done else 3)


async def lead(house: House, life: dict[str, Any]) -> None:
    """Everything from the start to the end."""
    await house.start()
    note("ready")
    deliveries = batches(life)

    async def feeder() -> None:
        for numbers in deliveries:
            note("sent " + " ".join(map(str, numbers)))
            await house.feed(numbers)
            await until(lambda: house.inbox.in_hand <= MOST_IN_HAND)

    await asyncio.gather(*[feeder() for _ in range(FEEDERS)])
    await house.inbox.idle()
    await house.sender.idle()
    await house.tidy()
    if life.get("late"):  # Acknowledged, and then the process is stopped.
        numbers = list(range(life["start"] + life["count"], life["start"] + life["count"] + life["late"]))
        note("sent " + " ".join(map(str, numbers)))
        await house.feed(numbers)
    await house.stop()
    note("finished")


def serve() -> None:
    """Lead one life after another."""
    planted.from_environment()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                note(f"pid {os.getpid()}")
                loop.run(live(json.loads(line)))
                code = 0
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        note(f"ended {status}")


if __name__ == "__main__":
    sys.stdout = sys.stderr  # Whatever is printed must not get between our lines.
    in_silence()
    serve()
