"""The pace at which a message of ours is drawn anew while somebody presses its buttons.

Guards: what came last is always drawn, and nothing is drawn any more once its outcome stands there.
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from aiogram.exceptions import TelegramAPIError


class Redraws:
    """Draws a message at most once in a while, and always what came last."""

    MOST: Final = 10_000
    """How many messages are remembered; the oldest are forgotten first, and then merely drawn too early."""

    def __init__(self, pause: float = 1.0, clock: Callable[[], float] = time.monotonic,
                 sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._pause = pause
        self._clock = clock
        self._sleep = sleep
        self._drawn: dict[object, float] = {}
        self._wanted: dict[object, Callable[[], Awaitable[None]]] = {}
        self._tasks: dict[object, asyncio.Task[None]] = {}

    async def soon(self, what: object, paint: Callable[[], Awaitable[None]]) -> None:
        """Draw now, or when the pause is over."""
        self._wanted[what] = paint
        if what in self._tasks:
            return
        wait = self._drawn.get(what, -self._pause) + self._pause - self._clock()
        if wait <= 0 or len(self._tasks) >= self.MOST:
            await self._draw(what)
        else:
            self._tasks[what] = asyncio.create_task(self._later(what, wait), name="redraw")

    async def finish(self, what: object) -> None:
        """Nothing more of this is drawn; returns when nothing is on its way any more."""
        is_drawing = self._wanted.pop(what, None) is None
        task = self._tasks.pop(what, None)
        if task is not None:
            if not is_drawing:
                task.cancel()
            await asyncio.wait([task])
        self._drawn.pop(what, None)

    async def idle(self) -> None:
        """Wait until everything that was asked for is drawn."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def _later(self, what: object, wait: float) -> None:
        """Draw after a while; what is asked for while it is being drawn waits for its own pause."""
        try:
            while what in self._wanted:
                await self._sleep(wait)
                await self._draw(what)
                wait = self._pause
        finally:
            if self._tasks.get(what) is asyncio.current_task():
                del self._tasks[what]

    async def _draw(self, what: object) -> None:
        paint = self._wanted.pop(what)
        self._drawn.pop(what, None)
        self._drawn[what] = self._clock()
        if len(self._drawn) > self.MOST:
            del self._drawn[next(iter(self._drawn))]
        with suppress(TelegramAPIError):  # The next one draws it again, and the outcome is never drawn here.
            await paint()
