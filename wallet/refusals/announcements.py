"""What is refused around announcements."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class AnnouncementOver(Refusal):
    """An announcement has gone out or was stopped."""


@dataclass(eq=False)
class NobodyNamed(Refusal):
    """Of somebody who is named in an announcement there is no wallet, by the words by which they are named."""

    name: str
