"""A process to be killed: engine, inbox and outbox under load, saying on stdout what it promised.

One server process is started for many lives and forks each of them, so a life begins in milliseconds. Lines on stdin
are lives to lead, as JSON; a life ends when it is killed, or by itself when it was asked to finish. With `engine` and
the address of a database as arguments it is an engine instead, which runs the commands that it reads.

    python -m tests.faults.worker
    python -m tests.faults.worker engine postgresql://…
"""
from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import pickle
import random
import sys
from collections.abc import Iterator
from typing import Any

from storage.database import open_database
from storage.store import open_store
from tests.faults import planted
from tests.faults.house import House, Members, in_silence, until
from tests.wallet.bank import POLICY, ZONE
from wallet.commands import Command, Outcome, encode
from wallet.engine import Engine
from wallet.refusals import Refusal

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


async def engine(url: str) -> None:
    """Run what is read, all of a line at once, and answer with what was heard, in order."""
    database = open_database(url)
    running = Engine(open_store(database), POLICY, zone=ZONE)
    await running.start()
    note("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        commands: list[Command] = pickle.loads(base64.b64decode(line))  # noqa: S301 - our own test wrote it
        answers = await asyncio.gather(*[running.run(command) for command in commands], return_exceptions=True)
        note("heard " + json.dumps([
            encode(answer) if isinstance(answer, Outcome | Refusal) else repr(answer) for answer in answers]))
    await running.stop()
    await database.close()


if __name__ == "__main__":
    sys.stdout = sys.stderr  # Whatever is printed must not get between our lines.
    in_silence()
    if sys.argv[1:2] == ["engine"]:
        planted.from_environment()
        asyncio.run(engine(sys.argv[2]))
    else:
        serve()
