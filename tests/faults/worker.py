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
from collections.abc import Iterator
from typing import Any

from tests.faults import planted
from tests.faults.house import House, Members, in_silence, until

WHOLE = ";"
FEEDERS = 3
"""How many deliveries are on their way at the same time, as with a webhook."""
MOST_TOGETHER = 24
MOST_IN_HAND = 100
"""What was found pending after too many crashes is given up, so no life may leave more behind than the next can do."""


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
    """One life."""
    house = House(life["url"], Members({int(person): member for person, member in life["members"].items()}), note)
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
                asyncio.run(live(json.loads(line)))
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
