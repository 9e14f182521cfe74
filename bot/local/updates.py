"""Updates on their way to the bot: kept until it confirms them, handed out by polling or by webhook.

Guards: an update leaves the queue only when the bot confirmed it, when its webhook answered 2xx or when it is 24
hours old; and it is on disk before anybody sees it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import ApiError
from .journal import Journal
from .shapes import Json

DAY = 86_400
MAX_PENDING = 100_000
ONLINE_FOR = 15
# These three come only to bots that ask for them.
_UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True, slots=True)
class Pending:
    update_id: int
    time: float
    update: Json


class Updates:
    """The queue of one bot."""

    def __init__(self, journal: Journal, clock: Callable[[], float], next_id: Callable[[], int]) -> None:
        self._journal, self._clock, self._next_id = journal, clock, next_id
        self._queue: dict[int, Pending] = {}
        self._changed = asyncio.Event()
        self._poll: asyncio.Future[None] | None = None
        self.allowed: list[str] = []
        self.webhook: Json | None = None
        self.last_poll = float("-inf")
        self._stopped = False
        self.delivered = False
        self.last_error: tuple[int, str] | None = None
        self.webhook_changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._queue)

    def load(self, kept: list[Json]) -> None:
        for row in sorted(kept, key=lambda row: int(row["id"])):
            self._queue[row["id"]] = Pending(row["id"], row["time"], row["update"])

    @property
    def online(self) -> bool:
        return self._poll is not None or self.delivered or self._clock() - self.last_poll < ONLINE_FOR

    def pending(self, limit: int = 100) -> list[Json]:
        return [item.update for item, _ in zip(self._queue.values(), range(limit), strict=False)]

    def put(self, kind: str, content: Json) -> int | None:
        """Queue an update, unless the bot said that it wants none of this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _UNASKED
        return self.put_raw({kind: content}) if wanted else None

    def put_raw(self, update: Json) -> int:
        update_id = self._next_id()
        item = Pending(update_id, self._clock(), {"update_id": update_id, **update})
        self._queue[update_id] = item
        self._journal.put("update", update_id, {"id": update_id, "time": item.time, "update": item.update})
        while len(self._queue) > MAX_PENDING:
            self._forget(next(iter(self._queue)))
        self._changed.set()
        return update_id

    def _forget(self, update_id: int) -> None:
        del self._queue[update_id]
        self._journal.put("update", update_id, None)

    def clear(self) -> None:
        for update_id in list(self._queue):
            self._forget(update_id)

    def expire(self) -> None:
        """Drop what is older than 24 hours; the queue is in order of time."""
        horizon = self._clock() - DAY
        for item in list(self._queue.values()):
            if item.time >= horizon:
                return
            self._forget(item.update_id)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            kept = list(self._queue)[offset:]
            offset = kept[0] if kept else 0
        for update_id in list(self._queue):
            if update_id >= offset:
                return
            self._forget(update_id)

    async def poll(self, offset: int, limit: int, timeout: float, gone: Callable[[], bool]) -> list[Json]:
        """`getUpdates`: confirm what is below the offset, then wait for something to give."""
        if self.webhook is not None:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        mine = self._poll = asyncio.get_running_loop().create_future()
        try:
            self.expire()
            if offset:
                self._confirm(offset)
            await self._wait(mine, timeout, gone)
            if mine.done():
                raise ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            found = self.pending(limit)
            await self._journal.saved()
            return found
        finally:
            if self._poll is mine:
                self._poll = None
                self.last_poll = self._clock() if not gone() else float("-inf")

    async def _wait(self, mine: asyncio.Future[None], timeout: float, gone: Callable[[], bool]) -> None:
        """Wait in short turns, so that a poller whose connection broke doesn't hold its place."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while not (self._queue or mine.done() or self._stopped or gone()):
            left = end - loop.time()
            if left <= 0:
                return
            self._changed.clear()
            change = asyncio.ensure_future(self._changed.wait())
            try:
                waits: set[asyncio.Future[Any]] = {change, mine}
                await asyncio.wait(waits, timeout=min(left, 2.0), return_when=asyncio.FIRST_COMPLETED)
            finally:
                change.cancel()

    def stop(self) -> None:
        """Let a poll that waits go, because the server stops."""
        self._stopped = True
        self._changed.set()

    # ------------------------------------------------------------ for the webhook

    def use_webhook(self, webhook: Json | None) -> None:
        """Go over to a webhook, or back to polling; a poll that waits is ended."""
        self.webhook, self.delivered, self.last_error = webhook, False, None
        if webhook is not None and self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        self.webhook_changed.set()

    async def first(self) -> Json:
        """The oldest update, as soon as there is one, already on disk."""
        while True:  # Ends with the first update; the webhook's task is cancelled when there is none left to wait for.
            self.expire()
            for item in self._queue.values():
                await self._journal.saved()
                return item.update
            self._changed.clear()
            await self._changed.wait()

    def done(self, update_id: int) -> None:
        if update_id in self._queue:
            self._forget(update_id)
