"""The clock that waits are measured with, so that tests can turn it.

Guards: what waits for time asks this clock and never the machine's directly; two clocks are kept apart, one that
only ever rises (for waiting) and one that people share (for what is stored).
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None:
        """It shall not happen."""


class Clock(Protocol):
    """Both clocks, and what happens by them."""

    def time(self) -> float:
        """Seconds of a clock that never falls, for measuring waits."""

    def now(self) -> int:
        """Microseconds since 1970, for what is stored."""

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call something after so many seconds."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's clock and the running loop's timers."""

    def time(self) -> float:
        """Seconds, as the loop counts them."""
        return time.monotonic()

    def now(self) -> int:
        """Microseconds since 1970."""
        return time.time_ns() // 1000

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """A timer of the running loop."""
        return asyncio.get_running_loop().call_later(seconds, callback)

    async def sleep(self, seconds: float) -> None:
        """Wait as asyncio does."""
        await asyncio.sleep(seconds)
