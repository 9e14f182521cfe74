"""A clock that stands still until a test turns it.

Guards: timers fire in the order of their moments, and whatever they wake has run before the clock goes on.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

SETTLE = 50
"""How many rounds of the loop whatever was woken gets before the clock goes on."""


class Timer:
    """Something that happens at a moment."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        """It does not happen."""
        self.callback = None


class FakeClock:
    """Both clocks at once: seconds from 1,000 on, and the same moment in microseconds of 2026."""

    def __init__(self, start: float = 1000.0, epoch: int = 1_770_000_000_000_000) -> None:
        self._time = start
        self._epoch = epoch - int(start * 1_000_000)
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = itertools.count()

    def time(self) -> float:
        """Seconds."""
        return self._time

    def now(self) -> int:
        """Microseconds since 1970."""
        return self._epoch + int(self._time * 1_000_000)

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Fires when the clock is turned past its moment."""
        timer = Timer(callback)
        heapq.heappush(self._timers, (self._time + max(0.0, seconds), next(self._numbers), timer))
        return timer

    async def sleep(self, seconds: float) -> None:
        """Waits for the clock to be turned."""
        woken = asyncio.Event()
        timer = self.call_later(seconds, woken.set)
        try:
            await woken.wait()
        finally:
            timer.cancel()

    @property
    def timers(self) -> int:
        """How many things wait for the clock."""
        return sum(timer.callback is not None for _, _, timer in self._timers)

    async def advance(self, seconds: float) -> None:
        """Turn the clock, firing what falls due on the way."""
        end = self._time + seconds
        await settle()
        while self._timers and self._timers[0][0] <= end:
            at, _, timer = heapq.heappop(self._timers)
            self._time = max(self._time, at)
            if timer.callback is not None:
                timer.callback()
                await settle()
        self._time = end
        await settle()


async def settle() -> None:
    """Let everything run that can run without time passing."""
    for _ in range(SETTLE):
        await asyncio.sleep(0)
