"""What is answered at once or not at all: what people type behind our name in a chat, and calls from chats that we
are not in.

Guards: none of it moves money or is written down, so it passes by the inbox and costs no commit. No more of it is in
hand than a bound and of what one person types only the newest, for they type on; what has waited too long for anybody
to look is let go.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import structlog

from bot.arrivals import Arrival
from bot.clock import Clock

log = structlog.get_logger(__name__)

MOST: Final = 256
"""How many are answered side by side; what comes beyond it is let go."""
PATIENCE: Final = 10_000_000
"""Microseconds after which nobody waits for an answer any more, and Telegram takes none."""
KINDS: Final = ("inline_query", "guest_message")
"""The updates that pass by."""

_Line: TypeAlias = "tuple[str, int]"


class Asides:
    """Answers them, each in a task of its own."""

    def __init__(self, answer: Callable[[Arrival], Awaitable[object]], clock: Clock) -> None:
        self._answer = answer
        self._clock = clock
        self._newest: dict[_Line, Arrival] = {}
        """What came while something of the same line was being answered."""
        self._tasks: dict[_Line, asyncio.Task[None]] = {}

    def take(self, arrival: Arrival) -> bool:
        """Whether it was one of these; it is answered when there is room."""
        kind = next((kind for kind in KINDS if kind in arrival.update), None)
        if kind is None:
            return False
        # A call from a chat stands there to be answered; a query is over as soon as there is a newer one.
        line = (kind, arrival.person if kind == "inline_query" else arrival.id.update_id)
        if line in self._tasks:
            self._newest[line] = arrival
        elif len(self._tasks) < MOST:
            self._tasks[line] = asyncio.create_task(self._serve(line, arrival), name="aside")
        return True

    async def idle(self) -> None:
        """Wait until all that was taken is answered."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def stop(self) -> None:
        """Let go of all of it."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _serve(self, line: _Line, arrival: Arrival | None) -> None:
        try:
            while arrival is not None:
                if self._clock.now() - arrival.stored.received_at < PATIENCE:
                    await self._answer_one(arrival)
                arrival = self._newest.pop(line, None)
        finally:
            del self._tasks[line]
            self._newest.pop(line, None)

    async def _answer_one(self, arrival: Arrival) -> None:
        try:
            await self._answer(arrival)
        except Exception as error:  # noqa: BLE001 - nobody's money hangs on it, and they only have to type on
            log.warning("an aside was not answered", update=arrival.id.update_id, error=type(error).__name__)
