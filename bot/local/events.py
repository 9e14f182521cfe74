"""What happened in the local chat, in order, for pages and tests that wait for it.

Guards: cursors rise by one and are never used twice while the process lives; whoever falls behind what is kept is
told so instead of missing something silently.
"""

import asyncio
from dataclasses import dataclass

from .shapes import Json

MAX_EVENTS = 5_000


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `audience` is who may know, and without one everybody may."""

    cursor: int
    type: str
    chat_id: int | None
    audience: frozenset[int] | None
    facts: Json

    def seen_by(self, person: int) -> bool:
        return person == 0 or self.audience is None or person in self.audience


class EventLog:
    """The newest events, and whoever waits for the next."""

    def __init__(self) -> None:
        self.cursor = 0
        self.closed = False
        self._events: dict[int, Event] = {}
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(
        self, kind: str, chat_id: int | None = None, audience: frozenset[int] | None = None, **facts: object
    ) -> None:
        self.cursor += 1
        self._events[self.cursor] = Event(self.cursor, kind, chat_id, audience, facts)
        self._events.pop(self.cursor - MAX_EVENTS, None)
        if self._waiting:
            self._wake()

    def _wake(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    def close(self) -> None:
        """Nobody waits any longer, because the server stops."""
        self.closed = True
        self._wake()

    def since(self, cursor: int) -> tuple[list[Event], bool]:
        """Events after the cursor, and whether some before them are no longer kept."""
        if cursor > self.cursor:  # A cursor of an earlier process.
            return [], True
        first = max(cursor, self.cursor - MAX_EVENTS) + 1
        return [self._events[number] for number in range(first, self.cursor + 1)], cursor < self.cursor - MAX_EVENTS

    async def changed(self, cursor: int, timeout: float) -> None:
        """Return when there is something after the cursor, or when time is up."""
        if self.cursor > cursor or timeout <= 0 or self.closed:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait_for(waiter, timeout)
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiter)
