"""Questions that come while a query runs, asked together in the next one.

Guards: an answer is never older than its question, and an error belongs to whoever asked. Each query asks for a bounded
number.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Together(Generic[K, V]):
    """Looks things up by key, many at once when many ask."""

    def __init__(self, look: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], most: int) -> None:
        """`look` finds what there is of up to `most` keys."""
        self._look = look
        self._most = most
        self._wanted: dict[K, asyncio.Future[V | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """What there is, or None."""
        future = self._wanted.get(key)
        if future is None:
            future = self._wanted[key] = asyncio.get_running_loop().create_future()
            if self._asking is None:
                self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(future)  # One who gives up must not take the answer from the others.

    async def _ask(self) -> None:
        """Ask for all that is wanted, a query at a time."""
        try:
            while self._wanted:
                some = list(self._wanted)[:self._most]
                wanted = {key: self._wanted.pop(key) for key in some}
                try:
                    found = await self._look(some)
                except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
                    for future in wanted.values():
                        if not future.done():
                            future.set_exception(error)
                            future.exception()
                    continue
                for key, future in wanted.items():
                    if not future.done():
                        future.set_result(found.get(key))
        finally:
            self._asking = None
