"""What a person can cause and is told: typed facts and a stable code, never a sentence.

Guards: a refusal is an outcome like any other. It is stored under its operation's key, so whoever asks the same
thing again hears the same "no". The sentences live in `handlers/refusals.py`, which knows every class here.
"""
from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(eq=False)
class Refusal(Exception):
    """Base of all refusals. Subclasses are dataclasses whose fields are plain facts (text, numbers, tuples)."""

    code: ClassVar[str] = "refused"
    stored: ClassVar[bool] = True
    """False for what is raised before deciding: nothing is stored and the same key may be tried again."""
    final: ClassVar[bool] = False
    """True for what is not stored because it is so for ever: whoever asks again finds the same."""
    kept = False
    """Whether asking again under its key finds this one: it was committed, or is final. The engine says so."""

    def __init_subclass__(cls) -> None:
        name = cls.__name__
        cls.code = "".join("_" + sign.lower() if sign.isupper() else sign for sign in name).lstrip("_")

    def __post_init__(self) -> None:
        Exception.__init__(self, self.code)

    def facts(self) -> dict[str, Any]:
        """The facts by name, for storing and for the sentence."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Refusal) and other.facts() == self.facts()

    def __hash__(self) -> int:
        return hash((type(self), *self.facts().values()))

    def __str__(self) -> str:
        return f"{self.code} {self.facts()}" if fields(self) else self.code


# ------------------------------------------------------------------ before deciding: nothing is stored
@dataclass(eq=False)
class Busy(Refusal):
    """The queue is full or the database keeps failing; nothing was decided."""

    stored = False


@dataclass(eq=False)
class DeadlinePassed(Refusal):
    """The operation waited longer than its caller allowed; nothing was decided."""

    stored = False


@dataclass(eq=False)
class Maintenance(Refusal):
    """Money rests for maintenance. `until` is in microseconds, 0 when not known."""

    until: int = 0
    stored = False


@dataclass(eq=False)
class ReadOnly(Refusal):
    """Money is read-only because an invariant broke or an operator said so."""

    stored = False


# ----------------------------------------------------------------------------------- who may do it at all
@dataclass(eq=False)
class NotAMember(Refusal):
    """Whoever asks has no open wallet yet. Not stored: they may join and ask again."""

    stored = False


@dataclass(eq=False)
class AgreementsNeeded(Refusal):
    """Documents in force have to be accepted first. Not stored: they may accept and ask again."""

    documents: tuple[str, ...]
    stored = False


@dataclass(eq=False)
class AccountBanned(Refusal):
    """The member is banned; nothing goes out."""


@dataclass(eq=False)
class AccountFrozen(Refusal):
    """The member is frozen: nothing goes out until an operator lifts it."""


@dataclass(eq=False)
class DirectionRestricted(Refusal):
    """The member may not do this for now: "sending", "receiving" or "envelopes"; until in microseconds or 0."""

    direction: str
    until: int = 0


@dataclass(eq=False)
class NotAllowed(Refusal):
    """Only an operator with the right role may do this."""


# ------------------------------------------------------------------------------------------------ joining
@dataclass(eq=False)
class ContactNotYours(Refusal):
    """A contact of somebody else, or one typed by hand, was shared."""


@dataclass(eq=False)
class PhoneTaken(Refusal):
    """The phone number belongs to another wallet."""


@dataclass(eq=False)
class PhoneInvalid(Refusal):
    """The shared contact has no valid phone number."""


@dataclass(eq=False)
class JoiningOutOfOrder(Refusal):
    """A joining step came before the one it stands on; `step` is where the person is."""

    step: str


@dataclass(eq=False)
class DocumentChanged(Refusal):
    """The version that was shown is no longer the one in force."""

    document: str


@dataclass(eq=False)
class NicknameRefused(Refusal):
    """The nickname can't be kept; `reason` is a `text.TextReason`, the bounds are in characters."""

    reason: str
    least: int
    longest: int


@dataclass(eq=False)
class NicknameSpent(Refusal):
    """The nickname was changed before, and that is possible once."""


@dataclass(eq=False)
class SettingOutOfRange(Refusal):
    """A setting was given a value that it can't have; both ends are included."""

    lowest: int
    highest: int


# ---------------------------------------------------------------------------------------------------- PIN
@dataclass(eq=False)
class PinNotSet(Refusal):
    """The act needs a payment PIN and there is none yet. Not stored: it can be set and tried again."""

    stored = False


@dataclass(eq=False)
class PinNeeded(Refusal):
    """The act needs the PIN and came without. Not stored: it can be typed and tried again."""

    stored = False


@dataclass(eq=False)
class PinTooSimple(Refusal):
    """The PIN is one that a thief would try first."""


@dataclass(eq=False)
class PinLocked(Refusal):
    """Too many wrong PINs. `until` is in microseconds."""

    until: int


@dataclass(eq=False)
class PinWrong(Refusal):
    """The PIN was wrong; `left` attempts remain."""

    left: int


@dataclass(eq=False)
class PinChanged(Refusal):
    """The PIN was changed while this one was being checked."""


# ------------------------------------------------------------------------------------------------- paying
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


# ------------------------------------------------------------------------------ drafts, holds and receipts
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


# ---------------------------------------------------------------------------------------------- envelopes
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
    """In this group one answers a question first: what two numbers come to. Not stored: nothing is decided by it."""

    first: int
    second: int
    proof: str
    """Goes with the answer."""
    stored = False


@dataclass(eq=False)
class AnswerWrong(Refusal):
    """That is not what they come to; so many more answers may be wrong."""

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


# ------------------------------------------------------------------------------------- asking for money
@dataclass(eq=False)
class RequestUnknown(Refusal):
    """There is no such request for money, or the asker has no part in it."""


@dataclass(eq=False)
class RequestOver(Refusal):
    """The request has ended: "paid", "declined", "withdrawn" or "expired"."""

    state: str


@dataclass(eq=False)
class RequestNotDue(Refusal):
    """The clock came too early; the request stays as it is. Not stored: the clock comes again."""

    stored = False


@dataclass(eq=False)
class AskYourself(Refusal):
    """Whoever asks and whoever is asked are the same person."""


@dataclass(eq=False)
class TooManyAsked(Refusal):
    """More people than one command may ask."""

    most: int


@dataclass(eq=False)
class TooManyRequests(Refusal):
    """The member has as many open requests as one may have."""

    most: int


@dataclass(eq=False)
class AskedTooOften(Refusal):
    """The member asked this person as often as one may in a day, or has as many requests open with them."""

    most: int


# ----------------------------------------------------------------------------------------------- vouchers
@dataclass(eq=False)
class UsesOutOfRange(Refusal):
    """A voucher can't be redeemed so often, or not at all."""

    most: int


@dataclass(eq=False)
class VoucherUnknown(Refusal):
    """No voucher has this link, or it is not the asker's to take back."""


@dataclass(eq=False)
class VoucherOwn(Refusal):
    """Whoever made a voucher takes it back and doesn't redeem it."""


@dataclass(eq=False)
class VoucherNotForYou(Refusal):
    """The voucher is for one person, who is somebody else."""


@dataclass(eq=False)
class RedeemedBefore(Refusal):
    """The asker redeemed it already. Not stored: that stays as it is, and is found without."""

    amount: int
    transfer: int
    stored = False


@dataclass(eq=False)
class VoucherUsedUp(Refusal):
    """Others have redeemed it to the last. Not stored: that stays as it is."""

    stored = False


@dataclass(eq=False)
class VoucherWithdrawn(Refusal):
    """Its maker took it back. Not stored: that stays as it is."""

    stored = False


@dataclass(eq=False)
class VoucherOver(Refusal):
    """The voucher's time is over and what was left went back, or is about to. Not stored: that stays as it is."""

    stored = False


@dataclass(eq=False)
class VoucherNotDue(Refusal):
    """The clock came too early; the voucher stays open. Not stored: the clock comes again."""

    stored = False


@dataclass(eq=False)
class PasswordNeeded(Refusal):
    """The voucher has a password and came without. Not stored: it can be typed and tried again."""

    stored = False


@dataclass(eq=False)
class PasswordWrong(Refusal):
    """The voucher's password was wrong; `left` attempts remain."""

    left: int


@dataclass(eq=False)
class PasswordShut(Refusal):
    """Too many wrong passwords were typed, by the asker or by everybody together; no more are looked at. Not stored:
    that stays as it is."""

    stored = False


@dataclass(eq=False)
class TooManyLinks(Refusal):
    """Somebody came by one made-up link to vouchers after the other. Not stored: later they may come again."""

    stored = False


# -------------------------------------------------------------------------------------------------- splits
@dataclass(eq=False)
class SplitOutOfRange(Refusal):
    """A split can't be paid by so many, or by nobody."""

    most: int


@dataclass(eq=False)
class SplitWithYourself(Refusal):
    """Whoever collects named themselves among those who pay."""


@dataclass(eq=False)
class SplitNeedsGroup(Refusal):
    """A split for whoever taps was asked for in private, where nobody else sees its card."""


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
    """Those who have yet to pay were reminded a short while ago; `again` is when they may be next."""

    again: int
    stored = False


@dataclass(eq=False)
class SplitNotDue(Refusal):
    """The clock came too early, or a second time; the split stays open. Not stored: the clock comes again."""

    stored = False


# ------------------------------------------------------------------------------ payments that come again
@dataclass(eq=False)
class ScheduleUnknown(Refusal):
    """The asker has no such payment that comes again."""


@dataclass(eq=False)
class ScheduleOver(Refusal):
    """It was stopped, or had its last day."""


@dataclass(eq=False)
class ScheduleNotDue(Refusal):
    """The clock came too early or too late; nothing changes. Not stored: the clock comes again."""

    stored = False


@dataclass(eq=False)
class ScheduleEndsTooSoon(Refusal):
    """Its last day comes before its first."""


@dataclass(eq=False)
class TooManySchedules(Refusal):
    """The member has as many as one may have."""

    most: int


@dataclass(eq=False)
class ReceiverHasNotJoined(Refusal):
    """Only somebody with a wallet is paid again and again."""


# ------------------------------------------------------------------------- what the way in itself refuses
@dataclass(eq=False)
class NotInGroup(Refusal):
    """The asker and the bot are not both in the group that was picked."""


@dataclass(eq=False)
class PersonUnknown(Refusal):
    """The user name was not seen lately, so nobody knows which number stands behind it."""

    name: str


@dataclass(eq=False)
class NumbersByThemselves(Refusal):
    """Phone numbers were named beside people, which would tell whether a number is theirs."""


@dataclass(eq=False)
class TooManyNumbers(Refusal):
    """Somebody asked for more phone numbers in a day than anybody pays. Not stored: tomorrow is another day."""

    most: int
    stored = False


@dataclass(eq=False)
class ReceiverIsNotAPerson(Refusal):
    """Bots, channels and anonymous administrators cannot be paid."""


@dataclass(eq=False)
class MessageTooOld(Refusal):
    """A money command that waited too long to be sure that it is still wanted."""


@dataclass(eq=False)
class MessageEdited(Refusal):
    """An edited money command moves nothing."""


@dataclass(eq=False)
class MessageForwarded(Refusal):
    """A forwarded money command moves nothing."""


@dataclass(eq=False)
class SenderIsNotAPerson(Refusal):
    """Anonymous administrators and channels have no wallet."""


@dataclass(eq=False)
class ButtonStale(Refusal):
    """The button belongs to something that is over or cannot be read any more."""


@dataclass(eq=False)
class PrivateOnly(Refusal):
    """The command works in the private chat only."""


@dataclass(eq=False)
class GroupOnly(Refusal):
    """The command works in groups only."""


@dataclass(eq=False)
class NotAnAdministrator(Refusal):
    """Only those who administer the group may do this."""


@dataclass(eq=False)
class FeatureOff(Refusal):
    """The administrators of this group have switched off what this belongs to."""

    feature: str


@dataclass(eq=False)
class LevelNeeded(Refusal):
    """The command is for members of a higher identity level."""

    level: int


def every() -> list[type[Refusal]]:
    """All refusal classes, for the table of sentences and its test."""
    found: list[type[Refusal]] = []
    waiting = [Refusal]
    while waiting:
        parents = waiting.pop().__subclasses__()
        found += parents
        waiting += parents
    return sorted(found, key=lambda cls: cls.__name__)
