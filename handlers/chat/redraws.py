"""The pace at which a message of ours is drawn anew while somebody presses its buttons.

Guards: what came last is always drawn, one drawing after the other, so none overtakes a later one; and nothing is drawn
any more once its outcome stands there.
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramRetryAfter, TelegramServerError

Paint = Callable[[], Awaitable[None]]


class Redraws:
    """Draws a message at most once in a while, and always what came last."""

    MOST: Final = 10_000
    """How many messages are remembered; the oldest are forgotten first, and then merely drawn too early."""
    TRIES: Final = 3
    """How often what Telegram had no time for is drawn in a row."""

    def __init__(self, pause: float = 1.0, clock: Callable[[], float] = time.monotonic,
                 sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._pause = pause
        self._clock = clock
        self._sleep = sleep
        self._drawn: dict[object, float] = {}
        self._wanted: dict[object, Paint] = {}
        self._drawing: dict[object, asyncio.Event] = {}
        """What is being drawn, each with what tells when that is done."""
        self._failed: dict[object, int] = {}
        self._tasks: dict[object, asyncio.Task[None]] = {}

    async def soon(self, what: object, paint: Paint) -> None:
        """Draw now, or when the pause is over."""
        self._wanted[what] = paint
        if what in self._tasks or what in self._drawing:
            return
        wait = self._drawn.get(what, -self._pause) + self._pause - self._clock()
        if wait > 0 and len(self._tasks) < self.MOST:
            self._begin(what, wait)
            return
        try:
            await self._draw(what)
        finally:
            if what in self._wanted:
                self._begin(what, self._pause)

    async def finish(self, what: object) -> None:
        """Nothing more of this is drawn; returns when nothing is on its way any more."""
        self._wanted.pop(what, None)
        drawing = self._drawing.get(what)
        if drawing is not None:
            await drawing.wait()
            self._wanted.pop(what, None)  # It may have failed, and be wanted once more.
        task = self._tasks.pop(what, None)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        self._drawn.pop(what, None)
        self._failed.pop(what, None)

    async def idle(self) -> None:
        """Wait until everything that was asked for is drawn."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    def _begin(self, what: object, wait: float) -> None:
        self._tasks[what] = asyncio.create_task(self._later(what, wait), name="redraw")

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
        paint = self._wanted.pop(what, None)
        if paint is None:
            return
        self._drawn.pop(what, None)
        self._drawn[what] = self._clock()
        if len(self._drawn) > self.MOST:
            del self._drawn[next(iter(self._drawn))]
        done = self._drawing[what] = asyncio.Event()
        tried = self._failed.pop(what, 0) + 1
        try:
            await paint()
        except TelegramAPIError as error:
            # What Telegram refuses it would refuse again.
            if isinstance(error, _AWAY) and tried < self.TRIES:
                self._failed[what] = tried
                self._wanted.setdefault(what, paint)
        finally:
            del self._drawing[what]
            done.set()


_AWAY: Final = (TelegramNetworkError, TelegramServerError, TelegramRetryAfter)
"""What Telegram does when it has no time for us now."""
