"""The clock tells people of new versions of the agreements that they have accepted.

Guards: everybody is told once of each version, since the wallet decides that under a claim of its own, whatever crashed
or ran twice; a round looks at a bounded number of members and tells few enough that notices leave as fast as they come.
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Final

from handlers.jobs.expiry import together
from wallet import refusals
from wallet.agreements import Published, TellOfVersions, Terms, told_claim
from wallet.engine import Engine
from wallet.protocols import Reads

LOOKED_AT: Final = 500
"""So many members are looked at together."""
LOOKS: Final = 20
"""So many times in one round."""
TOLD: Final = 200
"""After so many notices a round ends."""
REST: Final = 10 * 60 * 1_000_000
"""Microseconds from the end of one pass over all members to the next, for whoever joined on an older version."""


class Announcer:
    """Goes over all members again and again, as long as there are versions to be told of."""

    def __init__(self, engine: Engine, reads: Reads, terms: Terms, now: Callable[[], int]) -> None:
        self._engine = engine
        self._reads = reads
        self._terms = terms
        self._now = now
        self._after = 0
        """The member looked at last. A process that starts begins anew; whoever was told is passed over."""
        self._rests_until = 0

    async def round(self) -> int:
        """A part of a pass. Answers how many members were told something."""
        now = self._now()
        if not self._terms.has_news or now < self._rests_until:
            return 0
        told = 0
        for _look in range(LOOKS):
            page = await self._reads.agreed(self._after, LOOKED_AT)
            due = await self._due(page, now)
            this_time = due[:TOLD - told]
            told += await together([partial(self._tell, member, news) for member, news in this_time])
            if len(this_time) < len(due):
                return told  # The next round finds the rest where this one stopped.
            if len(page) < LOOKED_AT:
                self._after, self._rests_until = 0, now + REST
                return told
            self._after = page[-1][0]
        return told

    async def _due(self, page: tuple[tuple[int, str], ...], now: int) -> list[tuple[int, tuple[Published, ...]]]:
        """Who has to be told of what."""
        news = [(member, self._terms.news(accepted, now)) for member, accepted in page]
        claims = [told_claim(one.name, one.version, member) for member, versions in news for one in versions]
        known = await self._reads.claimed(claims) if claims else frozenset()
        left = [(member, tuple(one for one in versions if told_claim(one.name, one.version, member) not in known))
                for member, versions in news]
        return [(member, versions) for member, versions in left if versions]

    async def _tell(self, member: int, news: tuple[Published, ...]) -> bool:
        documents = tuple((one.name, one.version) for one in news)
        which = hashlib.sha256(repr(documents).encode()).hexdigest()[:16]
        try:
            await self._engine.run(TellOfVersions(key=f"told:{member}:{which}", member=member, documents=documents),
                                   clock=True)
        except (refusals.Busy, refusals.DeadlinePassed):
            return False  # People come first; the next pass finds whom this one left out.
        return True
