"""What operators are told of applications, and what members hear of theirs."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class ApplicationCame(Event):
    """To the operators: somebody handed something in for them to look at."""

    application: int
    kind: str
    payer: int
    """The member who did."""


@frozen()
class ApplicationDecided(Event):
    """To a member: operators have decided. `reason` is "" where they said yes."""

    URGENT: ClassVar[bool] = True
    application: int
    kind: str
    reason: str


@frozen()
class NameListed(Event):
    """To the operators: somebody's name may stand on the screening list. They themselves are not told."""

    URGENT: ClassVar[bool] = True
    payer: int
    """The member."""
    person: int
    """Their Telegram id."""
    references: str
    """Of the entries, separated by spaces."""
    hit: int = 0
    """The first of the hits."""
