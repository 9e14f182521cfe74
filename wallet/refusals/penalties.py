"""What operators are refused who decide against a member."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class OperatorPenalised(Refusal):
    """Whoever is meant is an operator, and has to be relieved of that by an owner first."""


@dataclass(eq=False)
class PenaltyInForce(Refusal):
    """Such a penalty is in force already, as it was decided now, or longer; until in microseconds, 0 for ever."""

    until: int


@dataclass(eq=False)
class NoPenaltyInForce(Refusal):
    """There is nothing of the kind to lift."""


@dataclass(eq=False)
class TwoOperatorsNeeded(Refusal):
    """A ban for ever, and lifting one, takes the signatures of two operators."""


@dataclass(eq=False)
class PenaltyOver(Refusal):
    """The penalty has ended."""


@dataclass(eq=False)
class PenaltyNotDue(Refusal):
    """The penalty has not run out yet. Not stored: later it is."""

    stored = False
