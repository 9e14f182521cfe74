"""What operators are refused when they publish a new version of an agreement."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class VersionNotWaiting(Refusal):
    """It is published already, or the files have no such version or have it in other words by now."""


@dataclass(eq=False)
class NoticeTooShort(Refusal):
    """It would be in force sooner than the agreements promise."""

    notice: int
    """How much is promised, in microseconds."""
