"""Killing the process with -9 under load, again and again, and looking afterwards whether every promise was kept."""
from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from tests.faults.house import Members
from tests.faults.truth import Promises, Verdict, judge, prepare
from tests.patience import PATIENCE

LONGEST_LIFE: Final = {"sqlite": 0.25, "postgresql": 0.5}
"""Seconds; the moment of a kill is drawn from here to just after the start."""
A_LOT: Final = 1_000_000


@dataclass
class Told:
    """What the worker said so far, read by a thread so that its pipe never fills up."""

    promises: Promises = field(default_factory=Promises)
    sent: set[int] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    pid: int = 0
    ended: int | None = None
    finished: bool = False
    _waiting: threading.Condition = field(default_factory=threading.Condition)

    def read(self, pipe: Any) -> None:
        """Every whole line until the end."""
        for line in pipe:
            said, mark, rest = line.rpartition(" ")
            if mark and rest == ";\n":
                with self._waiting:
                    self._take(said)
                    self._waiting.notify_all()

    def _take(self, line: str) -> None:
        what, _, rest = line.partition(" ")
        if what == "pid":
            self.pid, self.ended = int(rest), None
        elif what == "ended":
            self.ended = int(rest)
        elif what == "finished":
            self.finished = True
        elif what == "sent":
            self.sent.update(map(int, rest.split()))
        elif what == "met":
            self.met.add(rest)
        elif what == "fault":
            self.faults[rest.partition(" ")[0]] += 1
        elif what != "ready":
            self.promises.note(line)

    def until(self, what: Any, seconds: float = PATIENCE) -> bool:
        """Wait for the worker to have said something."""
        with self._waiting:
            return bool(self._waiting.wait_for(what, seconds))


class Worker:
    """The server process of `tests.faults.worker`."""

    def __init__(self) -> None:
        self.told = Told()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._process = subprocess.Popen([sys.executable, "-m", "tests.faults.worker"], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=self._log, text=True, errors="replace")
        self._reader = threading.Thread(target=self.told.read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def begin_anew(self) -> Told:
        """Another run, on another database."""
        self.told.promises, self.told.finished = Promises(), False
        self.told.sent.clear()
        self.told.met.clear()
        self.told.faults.clear()
        return self.told

    def live(self, life: dict[str, Any]) -> None:
        """Begin a life; returns when it has begun."""
        told = self.told
        told.pid, told.ended = 0, None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(life) + "\n")
        self._process.stdin.flush()
        assert told.until(lambda: told.pid), "the worker did not begin"

    def kill_after(self, seconds: float) -> None:
        """Let it live so long, then kill it, and wait until it is gone."""
        told = self.told
        if not told.until(lambda: told.ended is not None, seconds):
            os.kill(told.pid, signal.SIGKILL)
        assert told.until(lambda: told.ended is not None), "the worker did not end"

    def close(self) -> None:
        """No more lives."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=PATIENCE)
        self._reader.join()
        self._process.stdout.close()
        self._log.close()

    def log(self) -> str:
        """The end of what it logged."""
        self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - 4_000))
        return self._log.read().decode(errors="replace")


@dataclass
class Killed:
    """What came of a run."""

    kills: int
    verdict: Verdict


def kill_again_and_again(worker: Worker, url: str, *, kills: int, seed: int) -> Killed:
    """The whole run on one database."""
    chance = random.Random(seed)
    members: Members = asyncio.run(prepare(url))
    told = worker.begin_anew()
    longest = LONGEST_LIFE[url.partition("+")[0]]
    for _ in range(kills):
        worker.live(_life(url, members, told, chance, A_LOT))
        worker.kill_after(chance.uniform(0.005, longest))
        assert told.ended == signal.SIGKILL, f"it ended by itself with {told.ended}: {worker.log()}"
    worker.live(_life(url, members, told, chance, 40))
    worker.kill_after(PATIENCE)
    assert told.finished, worker.log()
    return Killed(kills, asyncio.run(judge(url, members, told.promises)))


def _life(url: str, members: Members, told: Told, chance: random.Random, count: int) -> dict[str, Any]:
    """The next life: Telegram delivers again what was not acknowledged, and some of what was."""
    stored = sorted(told.promises.stored)
    again = sorted(told.sent - told.promises.stored) + chance.sample(stored, min(5, len(stored)))
    return {"url": url, "members": members.numbers, "seed": chance.random(), "again": again,
            "start": max(told.sent, default=0) + 1, "count": count}
