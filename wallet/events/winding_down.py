"""What members are told when the service closes."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class WindDownCame(Event):
    """To everybody: it closes on a day, and this is owed to you."""

    URGENT: ClassVar[bool] = True
    closes_at: int
    statement: str
    """Signed, as `wallet.owed` makes it."""


@frozen()
class WindDownCalledOff(Event):
    """To everybody: it goes on after all."""

    URGENT: ClassVar[bool] = True
    closes_at: int
