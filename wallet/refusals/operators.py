"""What operators are refused, and whoever does as if they were one."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class NotAllowed(Refusal):
    """Only an operator with the right role may do this."""


@dataclass(eq=False)
class OperatorsElsewhere(Refusal):
    """What operators do is done in private with us or in the group that is bound for them, and not here."""


@dataclass(eq=False)
class OnOneself(Refusal):
    """No operator decides about their own account or their own role."""


@dataclass(eq=False)
class OperatorIsNoMember(Refusal):
    """Whoever is to be an operator has no wallet that is in order, and so nothing to sign with."""


@dataclass(eq=False)
class NothingToRemove(Refusal):
    """There is no note, greeting or nickname there, or none any more."""
