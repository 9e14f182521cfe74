"""What is refused of proving who one is."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class NameWrong(Refusal):
    """What was typed can't be the name on an identity card."""


@dataclass(eq=False)
class IdNumberWrong(Refusal):
    """What was typed is no ID number: "form", "date" or "checksum"."""

    problem: str


@dataclass(eq=False)
class UnderAge(Refusal):
    """By the number its owner is under 18."""


@dataclass(eq=False)
class IdentityTaken(Refusal):
    """The number belongs to another wallet."""


@dataclass(eq=False)
class IdentityKnown(Refusal):
    """Who the member is was given before, and stays."""


@dataclass(eq=False)
class IdentityTooOften(Refusal):
    """One may try only so many numbers in a day."""

    most: int


@dataclass(eq=False)
class IdentityOther(Refusal):
    """It is not the ID number that the member gave; this many tries are left today."""

    left: int
