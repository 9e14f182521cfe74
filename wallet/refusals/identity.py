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
class IdentityMissing(Refusal):
    """Name and ID number have to be given first."""


@dataclass(eq=False)
class ApplicationDone(Refusal):
    """What is applied for was approved before."""


@dataclass(eq=False)
class ApplicationWaits(Refusal):
    """There is one of the kind already that has not ended."""


@dataclass(eq=False)
class ApplicationTooOften(Refusal):
    """One may hand in only so many in a month."""

    most: int


@dataclass(eq=False)
class ApplicationUnknown(Refusal):
    """There is no such application, or none that whoever asks may see."""


@dataclass(eq=False)
class ApplicationOver(Refusal):
    """It was handed in, decided or taken back meanwhile."""


@dataclass(eq=False)
class ApplicationLacks(Refusal):
    """Pictures are missing."""


@dataclass(eq=False)
class PapersTooMany(Refusal):
    """One may send only so many pictures in a day."""

    most: int


@dataclass(eq=False)
class PaperUnreadable(Refusal):
    """What was sent is no picture that can be kept, or one that is too small or too large."""


@dataclass(eq=False)
class ApplicationTaken(Refusal):
    """Another operator sees to it now."""


@dataclass(eq=False)
class ApplicationNotTaken(Refusal):
    """Nobody decides before they have taken it upon themselves."""


@dataclass(eq=False)
class HitUnknown(Refusal):
    """There is no such hit, or none that whoever asks may see."""


@dataclass(eq=False)
class HitDecided(Refusal):
    """It is decided, or a second operator is asked about it."""

    state: str
    """"pending", "cleared" or "confirmed"."""


@dataclass(eq=False)
class PapersUnseen(Refusal):
    """Nobody says yes to pictures that they have not looked at."""


@dataclass(eq=False)
class EnterpriseTaken(Refusal):
    """The company belongs to another wallet."""


@dataclass(eq=False)
class CompanyWrong(Refusal):
    """What was typed can't be what is known of a company."""

    most: int
    """Characters."""


@dataclass(eq=False)
class CreditCodeWrong(Refusal):
    """What was typed is no credit code: "form" or "checksum"."""

    problem: str
