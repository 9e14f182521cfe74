"""What is refused about red envelopes."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.questions import Picture, Sum
from wallet.refusals.base import Refusal


@dataclass(eq=False)
class SharesOutOfRange(Refusal):
    """An envelope can't have so many shares, or none."""

    most: int


@dataclass(eq=False)
class EnvelopeOutOfRange(Refusal):
    """An envelope of so many shares holds more than its smallest units and less than what is allowed on average."""

    shares: int
    lowest: int
    highest: int


@dataclass(eq=False)
class EnvelopeUnknown(Refusal):
    """There is no such envelope in this group, or under this card."""


@dataclass(eq=False)
class EnvelopeNotFound(Refusal):
    """No envelope has this code that the asker or their group had a part in."""


@dataclass(eq=False)
class OpenedBefore(Refusal):
    """The asker has their share already."""

    amount: int
    transfer: int
    stored = False
    final = True


@dataclass(eq=False)
class EnvelopeForAnother(Refusal):
    """Somebody else alone may open it."""

    stored = False
    final = True


@dataclass(eq=False)
class WordNeeded(Refusal):
    """It opens to those only who say its word. Not stored: whoever asks may say it next time."""

    word: str
    stored = False


@dataclass(eq=False)
class EnvelopeEmpty(Refusal):
    """Others have opened all the shares; thousands may ask at once."""

    stored = False
    final = True


@dataclass(eq=False)
class EnvelopeOver(Refusal):
    """The envelope's time is over and what was left went back, or is about to."""

    stored = False
    final = True


@dataclass(eq=False)
class TooManyEnvelopes(Refusal):
    """The maker has as many envelopes open as anybody may."""

    most: int


@dataclass(eq=False)
class OpeningTooFast(Refusal):
    """The asker opened as many shares in this minute as anybody may. Not stored: the next one is near."""

    most: int
    stored = False


@dataclass(eq=False)
class WalletTooNew(Refusal):
    """In this group new wallets wait before they open a share. Not stored: `until` comes."""

    until: int
    stored = False


@dataclass(eq=False)
class QuestionAsked(Refusal):
    """In this group one answers a question first. Not stored: nothing is decided by it."""

    words: Sum
    picture: Picture | None
    """Where the group wants one drawn; whoever can't see it is asked the other."""
    stored = False


@dataclass(eq=False)
class AnswerWrong(Refusal):
    """That is not the answer; so many more answers may be wrong."""

    left: int


@dataclass(eq=False)
class AnswersUsedUp(Refusal):
    """The asker answered wrong too often. Not stored: it is found without, and nobody may be asked any more."""

    stored = False


@dataclass(eq=False)
class SharesKept(Refusal):
    """All shares that are left are kept for people who have yet to join. Not stored: they may not come."""

    stored = False


@dataclass(eq=False)
class NothingKept(Refusal):
    """No share is kept for the asker, or none any more. Not stored: one may be kept when they ask again."""

    stored = False


@dataclass(eq=False)
class EnvelopeNotDue(Refusal):
    """The clock came too early; the envelope stays open. Not stored: the clock comes again."""

    stored = False
