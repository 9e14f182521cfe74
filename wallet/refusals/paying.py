"""What is refused of a payment, and of topping up."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class AmountOutOfRange(Refusal):
    """The amount is not between the smallest and the largest that one payment may have."""

    lowest: int
    highest: int


@dataclass(eq=False)
class NotEnough(Refusal):
    """Less is available than is needed; both in minor units."""

    available: int
    needed: int


@dataclass(eq=False)
class PayToYourself(Refusal):
    """The payer and the receiver are the same person."""


@dataclass(eq=False)
class TooManyReceivers(Refusal):
    """More receivers than one command may name."""

    most: int


@dataclass(eq=False)
class NamedTwice(Refusal):
    """The same person was named more than once in one command."""


@dataclass(eq=False)
class ReceiverUnavailable(Refusal):
    """The receiver can take no money now; why is theirs to know."""


@dataclass(eq=False)
class PayerUnavailable(Refusal):
    """The payer's money may not go out now, not even what waits to be claimed; why is theirs to know."""


@dataclass(eq=False)
class TooManyWaiting(Refusal):
    """The payer has as many waiting payments as one may have."""

    most: int


@dataclass(eq=False)
class TopUpOutOfRange(Refusal):
    """More play money than one may have, or than one top-up gives."""

    highest: int


@dataclass(eq=False)
class TopUpClosed(Refusal):
    """No way to top up is set up in this deployment."""


@dataclass(eq=False)
class KeyReused(Refusal):
    """The same key came with other content; what was asked first stands."""

    stored = False
