"""What is refused because a rule looked twice at a payment."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class StoppedForSafety(Refusal):
    """A rule stops this payment; operators know which, and nobody else."""


@dataclass(eq=False)
class HoldChecked(Refusal):
    """Operators look at this payment; until they have decided nobody takes it back."""
