"""What is refused around tickets."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class TooManyTickets(Refusal):
    """So many conversations with the operators are open, or were begun today."""

    most: int
    daily: bool


@dataclass(eq=False)
class TicketUnknown(Refusal):
    """No ticket with this code that the asker may see."""


@dataclass(eq=False)
class TicketOver(Refusal):
    """The ticket is closed."""


@dataclass(eq=False)
class TicketFull(Refusal):
    """No further message or picture fits into the ticket."""


@dataclass(eq=False)
class TicketWaits(Refusal):
    """So many messages of the ticket wait for an answer that nobody may add another one before that."""


@dataclass(eq=False)
class WordsTooLong(Refusal):
    """A message to the operators is longer than may be."""

    most: int


@dataclass(eq=False)
class WordsMissing(Refusal):
    """A message to the operators says nothing: no text, and no picture."""


@dataclass(eq=False)
class TooManyReports(Refusal):
    """So many reports were made today, or wait for the operators."""

    most: int


@dataclass(eq=False)
class ReportedAlready(Refusal):
    """The same member was reported by the same one a few days ago."""


@dataclass(eq=False)
class ReportsOneself(Refusal):
    """Whoever is reported is whoever reports."""
