"""What members are told about what operators decided against them."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class PenaltyGiven(Event):
    """To the member: an operator decided against them. `until` is 0 for ever, and of a warning."""

    URGENT: ClassVar[bool] = True
    penalty: int
    kind: str
    direction: str
    reason: str
    until: int
    at: int


@frozen()
class PenaltyEnded(Event):
    """To the member: it is over. `lifted` is whether an operator ended it before its time."""

    URGENT: ClassVar[bool] = True
    penalty: int
    kind: str
    direction: str
    lifted: bool


@frozen()
class EndedByBan(Event):
    """For the card of what, in the words of `wallet.bans`, a member began before they were banned: it alone changes."""

    what: str
    number: int
