"""What is refused to minors and about their guardians."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class GuardianUnknown(Refusal):
    """There is no such minor, the link is none of ours, or whoever asks does not answer for them."""


@dataclass(eq=False)
class GuardianLinkOver(Refusal):
    """The link by which a minor asked is too old, or was used."""


@dataclass(eq=False)
class OwnGuardian(Refusal):
    """Nobody answers for themselves."""


@dataclass(eq=False)
class GuardianNotAllowed(Refusal):
    """A minor, or whoever is stopped or asleep, answers for nobody."""


@dataclass(eq=False)
class GuardedAlready(Refusal):
    """Somebody answers for them already, or they are no minor."""


@dataclass(eq=False)
class TooManyWards(Refusal):
    """For so many one may answer."""

    most: int


@dataclass(eq=False)
class NoGuardian(Refusal):
    """A minor's money does not go out while no guardian answers for them."""


@dataclass(eq=False)
class GuardianAway(Refusal):
    """A minor's money does not go out while their guardian's own wallet is stopped or asleep."""


@dataclass(eq=False)
class GuardianStopped(Refusal):
    """The guardian lets nothing go out."""


@dataclass(eq=False)
class GuardianLimitReached(Refusal):
    """Beyond what the guardian allows for a "payment", a "day" or a "month"."""

    what: str
    limit: int
    left: int


@dataclass(eq=False)
class MinorNoEnterprise(Refusal):
    """Nobody under 18 acts for a company."""


@dataclass(eq=False)
class MinorNoOperator(Refusal):
    """Nobody under 18 runs this."""
