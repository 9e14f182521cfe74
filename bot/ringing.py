"""The operators' bell: where what concerns all of them is said.

Guards: it is said in the group that is bound for operators, or, where there is none or it can't be reached, in private
to everybody who can act on it. Whoever has heard is not told again because somebody else could not be told yet.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from bot.directory import Roles
from wallet.operators import RUNG

MOST: Final = 20
"""So many operators are told in private."""
MOST_UNDER_WAY: Final = 1_000
"""Of so many notices it is remembered who has heard them already."""


class Unheard(Exception):
    """Nobody could be told."""


class Bell:
    """Says something to the operators, wherever they are to be found."""

    def __init__(self, operators: Roles, group: int) -> None:
        """`group` is the chat that is bound for operators, 0 for none."""
        self._operators = operators
        self._group = group
        self._heard: dict[int, set[int]] = {}
        """By notice, in which chats it was said."""

    @property
    def under_way(self) -> int:
        """How many notices somebody has still to hear."""
        return len(self._heard)

    async def _in_private(self) -> Sequence[int]:
        return (await self._operators.those(RUNG))[:MOST]

    async def ring(self, notice: int, say: Callable[[int], Awaitable[bool]]) -> None:
        """Say it in every chat in which it was not said yet; `say` answers whether it arrived. Raises `Unheard`, and
        whatever `say` raises when it has to wait: ringing again goes on from there."""
        if len(self._heard) >= MOST_UNDER_WAY:
            self._heard.clear()
        heard = self._heard.setdefault(notice, set())
        if self._group and self._group not in heard and await say(self._group):
            heard.add(self._group)
        if not self._group or self._group not in heard:  # A group that is gone must silence no alarm.
            for chat in await self._in_private():
                if chat not in heard and await say(chat):
                    heard.add(chat)
        del self._heard[notice]
        if not heard:
            raise Unheard
