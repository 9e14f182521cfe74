"""Questions that come while a query runs are asked together, and each hears its own answer."""
from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from storage.together import Together


class Library:
    """Finds even numbers, when it is told to."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.open = asyncio.Event()

    async def look(self, keys: Sequence[int]) -> Mapping[int, str]:
        self.asked.append(list(keys))
        await self.open.wait()
        if 13 in keys:
            raise LookupError("an unlucky one")
        return {key: f"number {key}" for key in keys if key % 2 == 0}


async def test_who_comes_while_a_query_runs_is_in_the_next_one() -> None:
    library = Library()
    together = Together(library.look, 3)
    first = asyncio.create_task(together.get(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(together.get(key)) for key in (2, 4, 4, 5, 6)]
    await asyncio.sleep(0)
    library.open.set()
    assert await first == "number 2"
    assert await asyncio.gather(*others) == ["number 2", "number 4", "number 4", None, "number 6"]
    assert library.asked == [[2], [2, 4, 5], [6]]


async def test_an_error_belongs_to_whoever_asked_and_one_who_gives_up_takes_nothing_along() -> None:
    library = Library()
    together = Together(library.look, 1)
    library.open.set()
    impatient, patient, unlucky = [asyncio.create_task(together.get(key)) for key in (2, 2, 13)]
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "number 2"
    with pytest.raises(LookupError):
        await unlucky
    assert await together.get(4) == "number 4"
