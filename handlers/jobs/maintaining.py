"""The clock opens the nightly maintenance window, tells groups beforehand, and ends what has a time.

Guards: each step of a night has a key of its own, so nothing is told or begun twice, and an operator who ended a
window is not overruled.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from handlers.ground import microseconds
from wallet import refusals
from wallet.commands import Command
from wallet.engine import Engine
from wallet.maintenance import MOST_TOLD, Rest, Resume, TellOfWindow
from wallet.operators import HOUSE
from wallet.views import SwitchView

HOUR: Final = 22
ZONE: Final = ZoneInfo("Asia/Shanghai")
BEFORE: Final = timedelta(minutes=10)
"""So long before it begins groups are told."""
ACTIVE: Final = timedelta(days=7)
"""A group is active in which something was said since."""
MOST_PAGES: Final = 100


class Reads(Protocol):
    """What the window depends on."""

    async def switch(self) -> SwitchView:
        """How the money switch stands."""

    async def active_groups(self, since: int, after: int, limit: int) -> tuple[int, ...]:
        """Groups in which something was said since, rising, behind one of them."""


class Window:
    """Keeps the window, round by round."""

    def __init__(self, engine: Engine, reads: Reads, now: Callable[[], datetime], minutes: int) -> None:
        """`minutes` is how long a window is, 0 for none."""
        self._engine = engine
        self._reads = reads
        self._now = now
        self._length = timedelta(minutes=minutes)
        self._told = ""
        """The night of which all groups were told."""

    async def round(self) -> None:
        """What is due now."""
        now = self._now().astimezone(ZONE)
        switch = await self._reads.switch()
        if switch.state == "maintenance" and 0 < switch.until <= microseconds(now):
            await self._run(Resume(key=f"maintenance:{switch.until}:end", operator=HOUSE))
        if not self._length:
            return
        begins = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
        night, until = f"window:{begins:%Y-%m-%d}", begins + self._length
        if begins - BEFORE <= now < begins and self._told != night:
            await self._tell(night, begins, until)
            self._told = night
        elif begins <= now < until:
            await self._run(Rest(key=f"{night}:begin", operator=HOUSE, until=microseconds(until)))

    async def _tell(self, night: str, begins: datetime, until: datetime) -> None:
        after = -2**62
        for _page in range(MOST_PAGES):
            groups = await self._reads.active_groups(microseconds(begins - ACTIVE), after, MOST_TOLD)
            if not groups:
                return
            await self._run(TellOfWindow(key=f"{night}:tell:{after}", groups=groups, begins=microseconds(begins),
                                         until=microseconds(until)))
            after = groups[-1]

    async def _run(self, command: Command) -> None:
        try:
            await self._engine.run(command, clock=True)
        except (refusals.Busy, refusals.DeadlinePassed, refusals.ReadOnly, refusals.KeyReused):
            return  # The next round asks again; who was told stays told.
