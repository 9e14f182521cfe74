"""Where pictures are drawn and statements printed: one small process for each of the two, which stays while it is
wanted and knows nothing else.

Guards: no picture makes a payment wait and none can take the bot down. The libraries keep Python's lock while they
draw, so they have processes of their own, with an empty environment and a bound on their memory; one picture is drawn
at a time, only so many wait, and whoever takes too long is ended and followed by a new one.
"""
from __future__ import annotations

import asyncio
import json
import struct
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Final

import structlog

from handlers.pictures.type import SANS, SERIF
from handlers.texts import LOCALES

log = structlog.get_logger(__name__)

MOST_WAITING: Final = 20
"""So many pictures wait for their turn; whoever comes then does without."""
IDLE: Final = 60.0
"""Seconds after which a process that nobody wants anything of ends."""
MOST_BYTES: Final = 4_000_000
"""No picture of ours is larger."""

_BOUNDS: Final = """
import os, resource, struct, sys
os.nice(5)
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
"""
_DRAW: Final = f"""{_BOUNDS}
sys.path.insert(0, sys.argv[1])
from handlers.pictures.brush import serve
serve(sys.argv[2:])
"""
_PRINT: Final = f"""{_BOUNDS}
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from handlers.pictures.printing import serve
serve(Path(sys.argv[2]))
"""


@dataclass(frozen=True, slots=True)
class Program:
    """What the process of an easel runs, and how long it may take for one thing."""

    words: Sequence[str]
    patience: float = 20.0
    """Seconds after which what it makes is given up."""


PICTURES: Final = Program((_DRAW, str(LOCALES.parent), str(SERIF), str(SANS)))
"""Makes SVG a picture."""
PAGES: Final = Program((_PRINT, str(LOCALES.parent), str(SANS.parent)), 60.0)
"""Makes a statement's words a document, of up to a thousand rows, after everything else that wants the processor."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A line of words in the bold type: its middle, its foot and its size in pixels."""

    x: float
    y: float
    size: float
    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A level line: where it begins, how far it reaches and how thick it is, in pixels."""

    x: float
    y: float
    reach: float
    width: float
    colour: str


class NotDrawn(Exception):
    """There is no picture this time; what it shows has to be told without."""


class Easel:
    """Draws one picture after the other, away from everything else."""

    def __init__(self, program: Program = PICTURES) -> None:
        """The process starts with the first picture."""
        self._program = program
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: asyncio.subprocess.Process | None = None
        self._rest: asyncio.TimerHandle | None = None

    @property
    def process(self) -> int | None:
        """The process that draws, once there was something to draw."""
        return self._process.pid if self._process else None

    async def draw(self, svg: str, words: Sequence[Lettering] = (), rules: Sequence[Rule] = ()) -> bytes:
        """SVG as PNG. A ground on which words or rules are set is kept: it is drawn once. Raises `NotDrawn`."""
        return await self.made_of(json.dumps((svg, [astuple(one) for one in words], [astuple(one) for one in rules]))
                                  .encode())

    async def made_of(self, told: bytes) -> bytes:
        """What the program makes of what it is told. Raises `NotDrawn`."""
        if self._waiting >= MOST_WAITING:
            raise NotDrawn
        self._waiting += 1
        try:
            async with self._turn:
                return await self._drawn(told)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._end()

    async def _drawn(self, told: bytes) -> bytes:
        """One picture. Whatever goes wrong ends the process, so that the next picture finds a new one and no answer
        is ever taken for that to another question."""
        done = False
        try:
            async with asyncio.timeout(self._program.patience):
                picture = await self._asked(told)
            done = True
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as failure:
            log.warning("picture_not_drawn", error=repr(failure)[:200])
            raise NotDrawn from None
        finally:
            if not done:
                await self._end()
        assert self._process is not None
        self._rest = asyncio.get_running_loop().call_later(IDLE, self._dismiss, self._process)
        if not picture:
            log.warning("picture_not_drawn", error="the library refused it")
            raise NotDrawn
        return picture

    async def _asked(self, told: bytes) -> bytes:
        if self._rest is not None:
            self._rest.cancel()
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-c", *self._program.words, env={}, stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        come, go = self._process.stdin, self._process.stdout
        assert come is not None
        assert go is not None
        come.write(struct.pack(">L", len(told)) + told)
        await come.drain()
        size = struct.unpack(">L", await go.readexactly(4))[0]
        if size > MOST_BYTES:
            raise OSError("The picture is too large.")
        return await go.readexactly(size)

    @staticmethod
    def _dismiss(process: asyncio.subprocess.Process) -> None:
        """Let an idle process read that nothing comes any more."""
        if process.stdin is not None:
            process.stdin.close()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.communicate()
