"""What is refused about payments that come again."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class ScheduleUnknown(Refusal):
    """The asker has no such payment that comes again."""


@dataclass(eq=False)
class ScheduleOver(Refusal):
    """It was stopped, or had its last day."""


@dataclass(eq=False)
class ScheduleNotDue(Refusal):
    """The clock came too early or too late; nothing changes. Not stored: the clock comes again."""

    stored = False


@dataclass(eq=False)
class ScheduleEndsTooSoon(Refusal):
    """Its last day comes before its first."""


@dataclass(eq=False)
class TooManySchedules(Refusal):
    """The member has as many as one may have."""

    most: int


@dataclass(eq=False)
class ReceiverHasNotJoined(Refusal):
    """Only somebody with a wallet is paid again and again."""
