"""What is refused because of whom members block, and of blocking."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class CannotBeAsked(Refusal):
    """Somebody who is asked can't be asked now; why is theirs to know."""


@dataclass(eq=False)
class BlocksOneself(Refusal):
    """Somebody names themselves as whom to block."""


@dataclass(eq=False)
class TooManyBlocked(Refusal):
    """Somebody blocks as many as one may."""

    most: int
