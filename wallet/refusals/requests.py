"""What is refused of asking for money."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class RequestUnknown(Refusal):
    """There is no such request for money, or the asker has no part in it."""


@dataclass(eq=False)
class RequestOver(Refusal):
    """The request has ended: "paid", "declined", "withdrawn" or "expired"."""

    state: str


@dataclass(eq=False)
class RequestNotDue(Refusal):
    """The clock came too early; the request stays as it is. Not stored: the clock comes again."""

    stored = False


@dataclass(eq=False)
class AskYourself(Refusal):
    """Whoever asks and whoever is asked are the same person."""


@dataclass(eq=False)
class TooManyAsked(Refusal):
    """More people than one command may ask."""

    most: int


@dataclass(eq=False)
class TooManyRequests(Refusal):
    """The member has as many open requests as one may have."""

    most: int


@dataclass(eq=False)
class TooManyAppeals(Refusal):
    """The member has as many requests on cards open as anybody may. Not stored: one may be paid any time."""

    most: int
    stored = False


@dataclass(eq=False)
class AskedTooOften(Refusal):
    """The member asked this person as often as one may in a day, or has as many requests open with them."""

    most: int
