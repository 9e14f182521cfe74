"""What members are told whose wallet goes to sleep."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class DormancyNear(Event):
    """To somebody who has not used their wallet for long: after so many more days it goes to sleep."""

    URGENT: ClassVar[bool] = True
    days: int
    """30, 7 or 1."""
    sleeps_on: int
    """The number of that day."""
    balance: int


@frozen()
class FellAsleep(Event):
    """To the member: their wallet sleeps from now on."""

    URGENT: ClassVar[bool] = True
    balance: int
