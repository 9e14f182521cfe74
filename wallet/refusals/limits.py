"""What is refused for how much was paid already, and for the lock."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class LevelLimitReached(Refusal):
    """More than the member's identity level lets them pay: in all at level 0, in a year above it. In minor units."""

    level: int
    limit: int
    left: int
    year: int
    """The year for which it holds, or 0 for in all."""


@dataclass(eq=False)
class OwnLimitReached(Refusal):
    """More than the member lets themselves pay."""

    what: str
    """"payment" or "day"."""
    limit: int
    left: int


@dataclass(eq=False)
class WalletLocked(Refusal):
    """The member locked the wallet: nothing goes out until they unlock it."""


@dataclass(eq=False)
class NotLocked(Refusal):
    """There is nothing to unlock."""
