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


@dataclass(eq=False)
class CheckOver(Refusal):
    """What an operator wants to decide about is held back no more: it was "released", "sent_back" or "expired"; ""
    where there never was such a payment."""

    became: str


@dataclass(eq=False)
class PayerStopped(Refusal):
    """What an operator wants to let go on may not leave its payer now."""


@dataclass(eq=False)
class PayeeStopped(Refusal):
    """What an operator wants to let go on may not reach whoever it is for."""
