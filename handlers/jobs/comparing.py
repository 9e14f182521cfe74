"""The clock compares the names that were given before with a screening list that changed.

Guards: the wallet decides what counts, each name once for each list; one round is bounded, and what it leaves the next
one goes on with, in whichever process. A name is opened here, compared, and kept nowhere.
"""
from __future__ import annotations

import asyncio
from collections.abc import Sequence
from secrets import token_hex
from typing import Final

from wallet import refusals
from wallet.comparing import MOST_AT_ONCE, CompareNames, TakeList
from wallet.engine import Engine
from wallet.protocols import Applications
from wallet.screening import Likeness, Screening

BATCHES: Final = 20
"""So many in a round."""


class Comparing:
    """Compares with the list of this process, while that is in force."""

    def __init__(self, engine: Engine, applications: Applications, screening: Screening) -> None:
        self._engine = engine
        self._applications = applications
        self._screening = screening
        self._start = token_hex(16)
        self._taken = False

    async def round(self) -> int:
        """Answers how many names were compared."""
        version, compared = self._screening.version, 0
        if not version:
            return 0
        try:
            if not self._taken:
                await self._engine.run(TakeList(key=f"list:{self._start}", version=version), clock=True)
                self._taken = True
            for _batch in range(BATCHES):
                current = await self._applications.name_list()
                if current is None or current.version != version or current.ended_at:
                    break
                names = await self._applications.not_compared(version, current.after, MOST_AT_ONCE)
                await self._engine.run(CompareNames(
                    key=f"list:{version}:{current.since}:{current.after}:{len(names)}", version=version,
                    since=current.since, after=current.after,
                    likenesses=await asyncio.to_thread(self._compared, names)), clock=True)
                compared += len(names)
        except (refusals.Busy, refusals.DeadlinePassed):
            return compared  # People come first; the next round goes on.
        return compared

    def _compared(self, names: Sequence[tuple[int, str]]) -> tuple[tuple[int, tuple[Likeness, ...]], ...]:
        return tuple((number, tuple(self._screening.likenesses([name]))) for number, name in names)
