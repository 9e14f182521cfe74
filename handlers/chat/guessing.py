"""How often somebody comes with what nobody gave them, such as links that were made up.

Guards: whoever tries one after the other is not looked at any more for a while, also not with a right one. It is kept
in memory and per process: what is tried has 128 random bits, so this keeps work away and nothing else.
"""
from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

MOST: Final = 10
"""So many wrong ones in a while are slips."""
WHILE: Final = 3_600.0
"""Seconds, from the first of them on."""
REMEMBERED: Final = 10_000
"""So many people are remembered; the oldest are forgotten first."""


class Guesses:
    """Counts wrong ones by person."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[int, tuple[float, int]] = {}

    def too_many(self, person: int) -> bool:
        """Whether somebody is not looked at for now."""
        since, count = self._wrong.get(person, (0.0, 0))
        return count >= MOST and self._clock() - since < WHILE

    def wrong(self, person: int) -> None:
        """Somebody came with a wrong one."""
        now = self._clock()
        since, count = self._wrong.pop(person, (now, 0))
        self._wrong[person] = (since, count + 1) if now - since < WHILE else (now, 1)
        if len(self._wrong) > REMEMBERED:
            del self._wrong[next(iter(self._wrong))]
