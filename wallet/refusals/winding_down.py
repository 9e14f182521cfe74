"""What is refused because the service closes, and around the decision that it does."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class WindingDown(Refusal):
    """The service closes, so nothing is taken in or set aside any more. Not stored: it may be called off."""

    closes_at: int
    stored = False


@dataclass(eq=False)
class NotWindingDown(Refusal):
    """There is nothing to call off: it was never decided, is called off, or the day has come."""

    closes_at: int


@dataclass(eq=False)
class ClosingDayWrong(Refusal):
    """Too soon, or too far away."""

    least: int
    """The first moment that will do."""
