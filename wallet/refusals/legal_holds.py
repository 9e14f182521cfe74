"""What is refused because a court, or whoever else may order it, keeps money where it is."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class HeldByOrder(Refusal):
    """An order keeps money of a member's where it is; `free` of their balance is theirs to spend."""

    free: int
    authority: str
    reference: str


@dataclass(eq=False)
class LegalHoldStands(Refusal):
    """This very order stands already, with the same amount and end."""

    hold: int


@dataclass(eq=False)
class LegalHoldsTooMany(Refusal):
    """So many orders stand against the member already."""

    most: int


@dataclass(eq=False)
class LegalHoldOver(Refusal):
    """The order stands no more, or never did."""


@dataclass(eq=False)
class LegalHoldDatesWrong(Refusal):
    """An order is not of tomorrow, and does not end before it begins."""


@dataclass(eq=False)
class LegalHoldNotDue(Refusal):
    """Its time is not over yet. Not stored: later it is."""

    stored = False
