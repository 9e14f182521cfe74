"""What operators are refused when two of them have to sign."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class ProposalUnknown(Refusal):
    """There is no such proposal."""


@dataclass(eq=False)
class ProposalOver(Refusal):
    """It was approved, rejected, or nobody answered it in time."""

    state: str


@dataclass(eq=False)
class ProposalNotDue(Refusal):
    """The clock asked too early."""


@dataclass(eq=False)
class OwnProposal(Refusal):
    """Whoever proposed it can't approve it: that takes a second operator."""


@dataclass(eq=False)
class MakerRelieved(Refusal):
    """Whoever proposed it may no longer do so."""


@dataclass(eq=False)
class NotAdjustable(Refusal):
    """The wallet is still being opened, banned or closed, so its balance stays as it is."""


@dataclass(eq=False)
class TheyHaveLess(Refusal):
    """More was to be taken from somebody than they have."""

    available: int


@dataclass(eq=False)
class AdjustedBefore(Refusal):
    """The receipt was corrected for this member before."""
