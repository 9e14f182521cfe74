"""Several who ask at the same time: processes with engines of their own, or threads before one engine."""
from __future__ import annotations

import asyncio
import base64
import json
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, Final, Protocol

from tests.patience import PATIENCE
from wallet.commands import Command, Outcome, decode, encode
from wallet.engine import Engine
from wallet.refusals import Refusal

HEAD_START: Final = 0.01
"""Seconds for every process to read what it is to do, so that all begin at the same moment."""


class Runners(Protocol):
    """Several who ask at the same time."""

    count: int

    async def ask(self, groups: Sequence[Sequence[Command]], *, together: bool) -> list[list[object]]:
        """Each asks for its own commands, together or one after the other; what each heard, in order."""

    async def close(self) -> None:
        """No more."""


class Processes:
    """Engines, each in a process of its own."""

    def __init__(self, url: str, count: int = 2) -> None:
        self.count = count
        self._all = [subprocess.Popen([sys.executable, "-m", "tests.faults.rival", url], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                     for _ in range(count)]

    async def ask(self, groups: Sequence[Sequence[Command]], *, together: bool) -> list[list[object]]:
        moment = time.time() + HEAD_START
        return await asyncio.gather(*[asyncio.to_thread(self._ask, process, (moment, together, list(group)))
                                      for process, group in zip(self._all, groups, strict=True)])

    @staticmethod
    def _ask(process: subprocess.Popen[str], what: object) -> list[object]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(base64.b64encode(pickle.dumps(what)).decode() + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "an engine's process has ended"
        return [decode(answer) if answer.startswith("[") else answer for answer in json.loads(line)]

    async def close(self) -> None:
        for process in self._all:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            await asyncio.to_thread(process.wait, PATIENCE)
            process.stdout.close()


class Threads:
    """Threads that ask one engine, which runs in this loop."""

    def __init__(self, engine: Engine, count: int = 4) -> None:
        self.count = count
        self._engine = engine

    async def ask(self, groups: Sequence[Sequence[Command]], *, together: bool) -> list[list[object]]:
        loop = asyncio.get_running_loop()
        start = threading.Barrier(len(groups))
        return await asyncio.gather(*[asyncio.to_thread(self._ask, loop, start, group, together) for group in groups])

    def _ask(self, loop: asyncio.AbstractEventLoop, start: threading.Barrier, commands: Sequence[Command],
             together: bool) -> list[object]:
        start.wait(PATIENCE)
        if not together:
            return [_answer(asyncio.run_coroutine_threadsafe(self._engine.run(command), loop)) for command in commands]
        asked = [asyncio.run_coroutine_threadsafe(self._engine.run(command), loop) for command in commands]
        return [_answer(future) for future in asked]

    async def close(self) -> None:
        """Threads end by themselves."""


def _answer(future: Any) -> object:
    try:
        outcome: Outcome | Refusal = future.result(PATIENCE)
    except Refusal as refusal:
        outcome = refusal
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was heard
        return repr(error)
    return decode(encode(outcome))
