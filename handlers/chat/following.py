"""What follows a group into the chat that it becomes: its open cards, a page at a time, the newest first.

Guards: no card follows twice, also one whose new place could not be remembered, and however many there are it ends.
"""
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, TypeVar

PAGE: Final = 20
"""So many cards are asked for at a time. Each that was shown anew is asked for no more."""
MOST_PAGES: Final = 10
"""So many pages of a kind follow: Telegram takes 20 messages a minute in a group."""

T = TypeVar("T")


async def pages(read: Callable[[int, int], Awaitable[Sequence[T]]], chat: int, number: Callable[[T], int]
                ) -> AsyncIterator[T]:
    """What is open in a chat, each page in the order in which it came about. `read` gets the chat and how many, and
    `number` names one."""
    shown: set[int] = set()
    for _page in range(MOST_PAGES):
        fresh = [one for one in await read(chat, PAGE) if number(one) not in shown]
        if not fresh:
            return
        for one in reversed(fresh):
            shown.add(number(one))
            yield one
