"""What is refused about splits."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class SplitOutOfRange(Refusal):
    """A split can't be paid by so many, or by nobody."""

    most: int


@dataclass(eq=False)
class SplitWithYourself(Refusal):
    """Whoever collects named themselves among those who pay."""


@dataclass(eq=False)
class ShareOutOfRange(Refusal):
    """A split of less than a minor unit for each, or of more than one payment may be."""

    lowest: int
    highest: int


@dataclass(eq=False)
class TooManySplits(Refusal):
    """The asker has as many open splits as one may have."""

    most: int


@dataclass(eq=False)
class SplitTooOften(Refusal):
    """The asker began as many splits today as one may in a day."""

    most: int


@dataclass(eq=False)
class SplitUnknown(Refusal):
    """There is no such split, or the asker has no part in it."""


@dataclass(eq=False)
class OwnSplit(Refusal):
    """Whoever collects has no share to pay. Not stored: that stays as it is."""

    stored = False


@dataclass(eq=False)
class NotInSplit(Refusal):
    """Others are named in this split. Not stored: that stays as it is, and a group may be curious."""

    stored = False


@dataclass(eq=False)
class SharePaidBefore(Refusal):
    """The asker has paid their share already. Not stored: that stays as it is, and is found without."""

    amount: int
    transfer: int
    stored = False


@dataclass(eq=False)
class SplitClosed(Refusal):
    """The split is over: "complete", "closed" or "expired". Not stored: that stays as it is."""

    state: str
    stored = False


@dataclass(eq=False)
class RemindedLately(Refusal):
    """Those who have yet to pay were asked a short while ago; `again` is when they may be reminded."""

    again: int
    stored = False


@dataclass(eq=False)
class SplitNotDue(Refusal):
    """The clock came too early, or a second time; the split stays open. Not stored: the clock comes again."""

    stored = False
