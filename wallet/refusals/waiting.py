"""What is refused about what waits for somebody's word: drafts and held money; and about receipts."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class NotYours(Refusal):
    """A button of somebody else."""

    stored = False


@dataclass(eq=False)
class DraftUnknown(Refusal):
    """There is no such draft (or it is too old to be kept)."""


@dataclass(eq=False)
class DraftOver(Refusal):
    """The draft was used, cancelled or ran out; `state` is "used", "cancelled" or "expired"."""

    state: str


@dataclass(eq=False)
class HoldUnknown(Refusal):
    """There is no such waiting payment, or it is not the asker's to know."""


@dataclass(eq=False)
class HoldOver(Refusal):
    """The waiting payment has ended: "settled", "released", "declined" or "expired"."""

    state: str


@dataclass(eq=False)
class HoldNotDue(Refusal):
    """The clock came too early; the hold stays open. Not stored: the clock comes again."""

    stored = False


@dataclass(eq=False)
class HoldArriving(Refusal):
    """The time of what was on its way has come, so that it can't be taken back. Not stored: the clock settles it."""

    stored = False


@dataclass(eq=False)
class DraftNotDue(Refusal):
    """The clock came too early; the draft stays open. Not stored: the clock comes again."""

    stored = False


@dataclass(eq=False)
class NotForYou(Refusal):
    """The waiting payment is meant for somebody else."""


@dataclass(eq=False)
class OwnGift(Refusal):
    """Whoever sends money to the first who takes it is not that first one."""


@dataclass(eq=False)
class ReceiptUnknown(Refusal):
    """No receipt with this code that the asker may see."""


@dataclass(eq=False)
class NotReceived(Refusal):
    """The asker made this payment; only who received it can give it back."""


@dataclass(eq=False)
class NothingToGiveBack(Refusal):
    """The movement is none that one member received from another: a top-up, what came back, what was given back."""


@dataclass(eq=False)
class GivenBackBefore(Refusal):
    """The payment was given back already."""
