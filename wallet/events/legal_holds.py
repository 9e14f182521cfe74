"""What members and operators are told about orders that keep money where it is."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class LegalHoldPlaced(Event):
    """To the member: an order keeps their money where it is."""

    URGENT: ClassVar[bool] = True
    hold: int
    authority: str
    reference: str
    dated: int
    """The number of the day that stands on it."""
    amount: int
    """0 for everything."""
    until: int
    """0 for until it is lifted."""


@frozen()
class LegalHoldEnded(Event):
    """To the member: it keeps nothing any more. `lifted` is whether operators ended it, or its time was over."""

    URGENT: ClassVar[bool] = True
    hold: int
    authority: str
    reference: str
    lifted: bool


@frozen()
class LegalHoldRanOut(Event):
    """To the operators: the time of an order is over, and nobody sent another one."""

    URGENT: ClassVar[bool] = True
    hold: int
    authority: str
    reference: str
    payer: int
    """The member whom it was about."""
