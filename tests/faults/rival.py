"""An engine in a process of its own, which runs the commands that it reads, from a given moment on.

    python -m tests.faults.rival postgresql://…
"""
from __future__ import annotations

import asyncio
import base64
import json
import pickle
import sys
import time

from storage.database import open_database
from storage.store import open_store
from tests.faults import planted
from tests.faults.races.ground import RULES
from tests.wallet.bank import ZONE

# A deed is read by its word wherever its kind is known.
from wallet import clearing as clearing
from wallet import legal_holds as legal_holds
from wallet import moving as moving
from wallet import winding_down as winding_down
from wallet.commands import Command, Outcome, encode
from wallet.engine import Engine
from wallet.refusals import Refusal


async def _run(engine: Engine, commands: list[Command]) -> list[Outcome | BaseException]:
    return await asyncio.gather(*[engine.run(command) for command in commands], return_exceptions=True)


async def serve(url: str) -> None:
    """Answer each line with what was heard, in order."""
    database = open_database(url)
    engine = Engine(open_store(database), RULES, zone=ZONE)
    await engine.start()
    while line := await asyncio.to_thread(sys.stdin.readline):
        moment, together, commands = pickle.loads(base64.b64decode(line))  # noqa: S301 - our own test wrote it
        await asyncio.sleep(max(0.0, moment - time.time()))
        # Together they share a commit; one after the other each has its own, and meets more of the rival's.
        answers = [answer for some in ([commands] if together else [[command] for command in commands])
                   for answer in await _run(engine, some)]
        print(json.dumps([encode(answer) if isinstance(answer, Outcome | Refusal) else repr(answer)
                          for answer in answers]), flush=True)
    await engine.stop()
    await database.close()


if __name__ == "__main__":
    planted.from_environment()
    asyncio.run(serve(sys.argv[1]))
