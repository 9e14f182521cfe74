"""What people are told when something is refused, and the HTTP status that says the same.

Guards: every refusal has a sentence in the reader's language that says what happened, whether money moved, and what
to do next; it fits into an alert of 200 characters. A test walks all classes, so none can be forgotten.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, TypeVar

from handlers.commands import Feature, Verb
from handlers.parsing import ParseProblem, Unclear
from handlers.texts import Moment, Money, Person, Text, _
from wallet import refusals
from wallet.money import AmountReason, AmountRefused, Currency
from wallet.refusals import Refusal
from wallet.text import TextReason, TextRefused

R = TypeVar("R", bound=Refusal)

ALERT_MOST: Final = 200
"""Telegram's bound for the answer to a button."""


def sentence(refusal: Refusal) -> Text:
    """What a person reads about a refusal."""
    return _SAID[type(refusal)][1](refusal)


def status(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return _SAID[type(refusal)][0]


def about_unclear(unclear: Unclear, currency: Currency) -> Text:
    """What a person reads whose request could not be read to its end."""
    if unclear.problem is ParseProblem.AMOUNT:
        assert unclear.amount is not None
        return _AMOUNTS[unclear.amount](currency, unclear.currency or "")
    if unclear.problem is ParseProblem.MONTH:
        return _("I don't know that month. Nothing happened and no money moved. Write it like {command} 2026-11, or "
                 "just {command}.", command=f"/{unclear.verb}")
    if unclear.verb is Verb.COLLECT and unclear.problem is ParseProblem.RECEIVER_AFTER_AMOUNT:
        return _("A code is for whoever sees it and names nobody. Nothing happened and no money moved. Write it like "
                 "/collect 50 lunch.")
    if unclear.verb is Verb.REQUEST and unclear.problem in _ASKING:
        return _ASKING[unclear.problem]()
    if unclear.verb is Verb.RED and unclear.problem in _OF_ONE:
        return _PROBLEMS[ParseProblem.FOR_ONE](0)
    if unclear.verb is Verb.SPLIT and unclear.problem in _HOW_TO_SPLIT:
        return _PROBLEMS[ParseProblem.SPLIT](0)
    return _PROBLEMS[unclear.problem](unclear.limit or 0)


def about_amount(refused: AmountRefused) -> Text:
    """What a person reads who wrote an amount that is none."""
    return _AMOUNTS[refused.reason](refused.currency, refused.named or "")


def about_note(refused: TextRefused) -> Text:
    """What a person reads whose note can't be kept."""
    if refused.reason is TextReason.TOO_LONG:
        return _long_note(refused.most)
    if refused.reason is TextReason.OFFENSIVE:
        return _offensive_note()
    return _("That note can't be kept as it is. No money moved. Please send it again with other words, or without "
             "a note.")


# --------------------------------------------------------------------------------------- how each is said
def _long_note(most: int) -> Text:
    return _("That note is too long: {most} characters at most. No money moved. Please send it again with a shorter "
             "one.", most=most)


def _offensive_note() -> Text:
    return _("That note has a word in it that insults people, so no money moved. Please send it again with other "
             "words, or without a note.")


_NICKNAMES: Final[Mapping[TextReason, Callable[[refusals.NicknameRefused], Text]]] = {
    TextReason.TOO_SHORT: lambda r: _(
        "That nickname is too short: it needs {least} characters. It stays as it was, and no money moved. Please send "
        "a longer one.", least=r.least),
    TextReason.TOO_LONG: lambda r: _(
        "That nickname is too long: it may have {most} characters. It stays as it was, and no money moved. Please "
        "send a shorter one.", most=r.longest),
    TextReason.INVISIBLE: lambda _r: _(
        "That nickname has signs in it that nobody can see. It stays as it was, and no money moved. Please type it "
        "anew with letters."),
    TextReason.DIRECTION: lambda _r: _(
        "That nickname has hidden signs that turn the direction of writing. It stays as it was, and no money moved. "
        "Please type it anew."),
    TextReason.SIGNS: lambda _r: _(
        "That nickname has signs that names can't have, such as * @ # or /, or no letter. It stays as it was, and no "
        "money moved. Please send another one."),
    TextReason.LOOKALIKE: lambda _r: _(
        "That nickname could be taken for us or for somebody who works here. It stays as it was, and no money moved. "
        "Please send another one."),
    TextReason.AMOUNT: lambda _r: _(
        "That nickname could be read as an amount of money. It stays as it was, and no money moved. Please send "
        "another one."),
    TextReason.OFFENSIVE: lambda _r: _(
        "That nickname has a word in it that insults people. It stays as it was, and no money moved. Please send "
        "another one."),
}
"""Why a nickname is refused. A reason that has no line is a bug, found by a test."""


def _too_many_receivers(most: int) -> Text:
    return _("One command pays {most} people at most. No money moved. Please name fewer, or send several commands.",
             most=most)


def _person_unknown(refusal: refusals.PersonUnknown) -> Text:
    if refusal.name.startswith("+"):
        return _("Nobody opened a wallet with {phone}. No money moved. Please check the number, or reply to a message "
                 "of theirs with /send.", phone=refusal.name)
    return _("I haven't seen {name} lately, so I can't tell who that is. No money moved. Reply to a message of theirs "
             "in a group, or ask them to write there, or to me, first.", name=Person(refusal.name))


def _maintenance(refusal: refusals.Maintenance) -> Text:
    if not refusal.until:
        return _("We're doing maintenance. No money moved. Please try again later; /balance and /history still work.")
    return _("We're doing maintenance until {time}. No money moved. Please try again after that; /balance and "
             "/history still work.", time=Moment.of_microseconds(refusal.until))


def _split_over(refusal: refusals.SplitClosed) -> Text:
    if refusal.state == "complete":
        return _("Everybody who was to pay has paid, so no money moved. There is nothing left to do.")
    if refusal.state == "closed":
        return _("Whoever collected has closed this, so no money moved. If you still owe them, /send it.")
    return _("This could be paid for 7 days and is over, so no money moved. If you still owe them, /send it.")


def _restricted(refusal: refusals.DirectionRestricted) -> Text:
    if refusal.until:
        until = Moment.of_microseconds(refusal.until)
        return _RESTRICTED_UNTIL[refusal.direction](until)
    return _RESTRICTED[refusal.direction]()


_RESTRICTED: Final[Mapping[str, Callable[[], Text]]] = {
    "sending": lambda: _("You can't send money for now. Nothing moved. /help says how to reach us about it."),
    "receiving": lambda: _("You can't receive money for now. Nothing moved. /help says how to reach us about it."),
    "envelopes": lambda: _("You can't use red envelopes for now. No money moved. /help says how to reach us about it."),
}
_RESTRICTED_UNTIL: Final[Mapping[str, Callable[[Moment], Text]]] = {
    "sending": lambda until: _("You can't send money until {until}. Nothing moved. Please try again after that; "
                               "/help says how to reach us.", until=until),
    "receiving": lambda until: _("You can't receive money until {until}. Nothing moved. Please try again after that; "
                                 "/help says how to reach us.", until=until),
    "envelopes": lambda until: _("You can't use red envelopes until {until}. No money moved. Please try again after "
                                 "that; /help says how to reach us.", until=until),
}


def _top_up_range(refusal: refusals.TopUpOutOfRange) -> Text:
    if refusal.highest <= 0:
        return _("Your wallet is as full of play money as it may be. Nothing was added. Send some of it to somebody "
                 "first.")
    return _("You can add up to {highest} of play money at a time. Nothing was added. Please choose an amount up to "
             "that.", highest=Money(refusal.highest))


def _draft_over(refusal: refusals.DraftOver) -> Text:
    if refusal.state == "used":
        return _("This payment was already made, and pressing again moved nothing. You find it in /history.")
    if refusal.state == "cancelled":
        return _("This payment was cancelled and no money moved. If you still want it, please send it again.")
    return _("This payment waited 10 minutes for your word and ran out; no money moved. If you still want it, "
             "please send it again.")


def _request_over(refusal: refusals.RequestOver) -> Text:
    if refusal.state == "declined":
        return _("This request was declined, so no money moved. Whoever asked can send a new one.")
    if refusal.state == "withdrawn":
        return _("Whoever sent this request took it back, so no money moved. There is nothing to pay.")
    if refusal.state == "expired":
        return _("This request was open for 7 days and is over, so no money moved. Whoever asked can send a new one.")
    return _("This request was paid already, so nothing more moved. /history has the payment.")


def _hold_over(refusal: refusals.HoldOver) -> Text:
    if refusal.state == "settled":
        return _("This money has already arrived, so nothing moved now. Whoever it belongs to finds it in /history.")
    if refusal.state == "released":
        return _("This money was taken back by its sender, so nothing moved now. It can be sent again at any time.")
    if refusal.state == "declined":
        return _("This money was declined and went back to the sender; nothing moved now. It can be sent again at any "
                 "time.")
    return _("Nobody took this money within 24 hours, so it went back to the sender; nothing moved now. It can be "
             "sent again at any time.")


# A table of functions can't express that each takes the class it stands under; `_entry` checks it line by line.
_Way: TypeAlias = tuple[int, Callable[[Any], Text]]


def _entry(cls: type[R], http: int, say: Callable[[R], Text]) -> tuple[type[Refusal], _Way]:
    """One line of the table."""
    return cls, (http, say)


_SAID: Final[Mapping[type[Refusal], _Way]] = dict((
    # Before deciding.
    _entry(refusals.Busy, 503, lambda _r: _(
        "We're very busy and did nothing yet, so no money moved. Please try again in a minute.")),
    _entry(refusals.DeadlinePassed, 503, lambda _r: _(
        "That took too long, so we stopped before anything happened: no money moved. Please try again.")),
    _entry(refusals.Maintenance, 503, _maintenance),
    _entry(refusals.ReadOnly, 503, lambda _r: _(
        "Payments are paused while we check something. No money moved. Please try again later; /balance and /history "
        "still work.")),
    # Who may do it at all.
    _entry(refusals.NotAMember, 403, lambda _r: _(
        "You have no wallet yet, so no money moved. Open one in a private chat with me: send /start there.")),
    _entry(refusals.AgreementsNeeded, 403, lambda _r: _(
        "This needs your consent to our agreements first. No money moved. Read and accept them in a private chat with "
        "me: send /agreement there, then try again.")),
    _entry(refusals.AccountBanned, 403, lambda _r: _(
        "Your account is banned, so nothing can go out. No money moved. /help says how to reach us and appeal.")),
    _entry(refusals.AccountFrozen, 403, lambda _r: _(
        "Your account is frozen, so nothing can go out until that is lifted. No money moved. /help says how to reach "
        "us.")),
    _entry(refusals.DirectionRestricted, 403, _restricted),
    _entry(refusals.NotAllowed, 403, lambda _r: _(
        "Only an operator with the right role may do this. Nothing happened and no money moved. For what members can "
        "do, see /help.")),
    # Joining.
    _entry(refusals.ContactNotYours, 422, lambda _r: _(
        "That isn't your own contact, so it wasn't used. No money moved. Please share yours with the contact button.")),
    _entry(refusals.PhoneTaken, 409, lambda _r: _(
        "This phone number already belongs to another wallet, so no second one was opened. No money moved. Use the "
        "Telegram account it was opened with.")),
    _entry(refusals.PhoneInvalid, 422, lambda _r: _(
        "I can't read a phone number in that contact, so nothing was opened. No money moved. Please share your own "
        "contact again.")),
    _entry(refusals.JoiningOutOfOrder, 409, lambda _r: _(
        "Another step comes before this one, so nothing changed and no money moved. Send /start to go on where you "
        "left off.")),
    _entry(refusals.DocumentChanged, 409, lambda _r: _(
        "The document was renewed while you read it, so your consent wasn't recorded. No money moved. Please open it "
        "again with /agreement.")),
    _entry(refusals.NicknameRefused, 422, lambda r: _NICKNAMES[TextReason(r.reason)](r)),
    _entry(refusals.NicknameSpent, 409, lambda _r: _(
        "You have changed your nickname before, and that is possible once. It stays as it is, and no money moved. "
        "/nickname shows it.")),
    _entry(refusals.SettingOutOfRange, 422, lambda r: _(
        "That can be set from {lowest} to {highest}. Nothing changed and no money moved. Please choose a value in "
        "between.", lowest=Money(r.lowest), highest=Money(r.highest))),
    # PIN.
    _entry(refusals.PinNotSet, 403, lambda _r: _(
        "This needs a payment PIN and you have none yet. No money moved. Set one with /pin in a private chat with "
        "me.")),
    _entry(refusals.PinNeeded, 403, lambda _r: _(
        "This needs your payment PIN. Nothing changed and no money moved. Please start again and type it on the "
        "keypad.")),
    _entry(refusals.PinTooSimple, 422, lambda _r: _(
        "That PIN is too easy to guess, so it wasn't set. No money moved. Choose six digits without a pattern, not "
        "from your phone number.")),
    _entry(refusals.PinLocked, 429, lambda r: _(
        "Your PIN is locked until {until} after too many wrong tries. No money moved. Please try again after that.",
        until=Moment.of_microseconds(r.until))),
    _entry(refusals.PinWrong, 403, lambda r: _(
        "That PIN is wrong; {n} try is left. No money moved. Please type it again.",
        "That PIN is wrong; {n} tries are left. No money moved. Please type it again.", n=r.left)),
    _entry(refusals.PinChanged, 409, lambda _r: _(
        "Your PIN was changed in the meantime, so no money moved. Please start again with the new one.")),
    # Paying.
    _entry(refusals.AmountOutOfRange, 422, lambda r: _(
        "One payment can be from {lowest} to {highest}. No money moved. Please send it again with another amount.",
        lowest=Money(r.lowest), highest=Money(r.highest))),
    _entry(refusals.NotEnough, 402, lambda r: _(
        "That takes {needed}, but you have {available}. No money moved. Send less, or add money with /topup first.",
        needed=Money(r.needed), available=Money(r.available))),
    _entry(refusals.PayToYourself, 422, lambda _r: _(
        "That would be a payment to yourself. No money moved. Please name somebody else.")),
    _entry(refusals.TooManyReceivers, 422, lambda r: _too_many_receivers(r.most)),
    _entry(refusals.NamedTwice, 422, lambda _r: _(
        "You named the same person twice. No money moved. Please send it again with everybody named once.")),
    _entry(refusals.ReceiverUnavailable, 409, lambda _r: _(
        "The receiver can't take money at the moment. No money moved. Please ask them to look at their wallet, then "
        "try again.")),
    _entry(refusals.PayerUnavailable, 409, lambda _r: _(
        "This money can't be taken at the moment. No money moved. If it stays like that, it goes back to the sender "
        "in time; please ask them about it.")),
    _entry(refusals.TooManyWaiting, 409, lambda r: _(
        "{most} of your payments already wait for others, and that is the most. No money moved. Wait for one, or "
        "take one back in /balance.", most=r.most)),
    _entry(refusals.TopUpOutOfRange, 422, _top_up_range),
    _entry(refusals.TopUpClosed, 403, lambda _r: _(
        "There is no way to top up here yet. Nothing was added. You can receive money from other members.")),
    _entry(refusals.KeyReused, 409, lambda _r: _(
        "This was already handled with other content; what you asked first stands and nothing more moved. For "
        "something new, please send a new message.")),
    # Drafts, holds and receipts.
    _entry(refusals.NotYours, 403, lambda _r: _(
        "This button is for somebody else, so nothing happened and no money moved. For a payment of your own, "
        "use /send.")),
    _entry(refusals.DraftUnknown, 404, lambda _r: _(
        "I can't find this payment any more; it moved no money. If you still want it, please send it again.")),
    _entry(refusals.DraftOver, 409, _draft_over),
    _entry(refusals.HoldUnknown, 404, lambda _r: _(
        "No such payment waits for you, so no money moved. Please check the link, or ask the sender.")),
    _entry(refusals.HoldOver, 409, _hold_over),
    _entry(refusals.HoldNotDue, 409, lambda _r: _(
        "This payment may still be taken, so no money moved. Please wait until its time is over.")),
    _entry(refusals.HoldArriving, 409, lambda _r: _(
        "The time of this payment has come and it is arriving, so it can't be taken back any more. No money moved by "
        "this. Ask whoever receives it for /giveback.")),
    _entry(refusals.DraftNotDue, 409, lambda _r: _(
        "This payment still waits for its sender's word, so no money moved. Please wait until its time is over.")),
    _entry(refusals.NotForYou, 403, lambda _r: _(
        "This money is meant for somebody else, so nothing moved. Only they can take it.")),
    _entry(refusals.OwnGift, 403, lambda _r: _(
        "You sent this money, so it is for somebody else here, and nothing moved. Take back brings it home at once; "
        "what nobody claims comes back after 24 hours.")),
    _entry(refusals.ReceiptUnknown, 404, lambda _r: _(
        "I find no receipt of yours with this code. No money moved. Please check the code, or look into /history.")),
    _entry(refusals.NotReceived, 422, lambda _r: _(
        "You sent this payment yourself, so it isn't yours to give back. No money moved. Only whoever received it can "
        "do that; please ask them.")),
    _entry(refusals.NothingToGiveBack, 422, lambda _r: _(
        "Only a payment that somebody sent you can be given back, and this is none. No money moved. /history shows "
        "what you received.")),
    _entry(refusals.GivenBackBefore, 409, lambda _r: _(
        "You have given this payment back before, so no money moved now. You find it in /history.")),
    # Envelopes.
    _entry(refusals.SharesOutOfRange, 422, lambda r: _(
        "A red envelope has 1 to {most} shares. No money moved. Please send it again with another number.",
        most=r.most)),
    _entry(refusals.EnvelopeOutOfRange, 422, lambda r: _(
        "A red envelope of {n} share holds {lowest} to {highest}. No money moved. Please change the amount or the "
        "number of shares.",
        "A red envelope of {n} shares holds {lowest} to {highest}. No money moved. Please change the amount or the "
        "number of shares.", n=r.shares, lowest=Money(r.lowest), highest=Money(r.highest))),
    _entry(refusals.EnvelopeUnknown, 404, lambda _r: _(
        "There is no such red envelope in this chat, so no money moved. Please use the button under its card.")),
    _entry(refusals.EnvelopeNotFound, 404, lambda _r: _(
        "I find no red envelope with this code, neither of this chat nor with a part of yours. No money moved. Its "
        "code stands on its card.")),
    _entry(refusals.OpenedBefore, 409, lambda r: _(
        "You have opened this red envelope: {amount} is yours already, so nothing more moved. You find it in "
        "/history.", amount=Money(r.amount))),
    _entry(refusals.EnvelopeForAnother, 403, lambda _r: _(
        "This red envelope is for somebody else alone, so no money moved. Its card says for whom.")),
    _entry(refusals.WordNeeded, 403, lambda r: _(
        "This red envelope opens by a word, so no money moved. Reply to its card with “{word}”.", word=r.word)),
    _entry(refusals.EnvelopeEmpty, 409, lambda _r: _(
        "All shares of this red envelope are gone, so no money moved. Better luck next time!")),
    _entry(refusals.EnvelopeOver, 409, lambda _r: _(
        "This red envelope was open for 24 hours and is over, so no money moved. What was left goes back to whoever "
        "sent it.")),
    _entry(refusals.TooManyEnvelopes, 409, lambda r: _(
        "You have {n} red envelope open, which is as many as anybody may. No money moved. Please wait until it has "
        "been opened or is over.",
        "You have {n} red envelopes open, which is as many as anybody may. No money moved. Please wait until some have "
        "been opened or are over.", n=r.most)),
    _entry(refusals.OpeningTooFast, 429, lambda r: _(
        "You have opened {n} red envelope in this minute, which is as many as anybody may, so no money moved. Please "
        "try again in a minute.",
        "You have opened {n} red envelopes in this minute, which is as many as anybody may, so no money moved. Please "
        "try again in a minute.", n=r.most)),
    _entry(refusals.WalletTooNew, 403, lambda r: _(
        "In this group new wallets wait a little before they open red envelopes, so no money moved. Yours may from "
        "{until} on.", until=Moment.of_microseconds(r.until))),
    _entry(refusals.QuestionAsked, 409, lambda r: _(
        "Before a share opens here, please say what {first} and {second} come to. No money moved yet. Tap the red "
        "envelope to answer.", first=r.first, second=r.second)),
    _entry(refusals.AnswerWrong, 422, lambda r: _(
        "That isn't right, so no money moved. Tap the red envelope for another question; you have {n} more try.",
        "That isn't right, so no money moved. Tap the red envelope for another question; you have {n} more tries.",
        n=r.left)),
    _entry(refusals.AnswersUsedUp, 403, lambda _r: _(
        "You have answered wrong too often, so this red envelope stays closed for you. No money moved.")),
    _entry(refusals.SharesKept, 409, lambda _r: _(
        "The shares that are left are kept for a few minutes for people who are opening a wallet, so no money moved. "
        "Whatever they leave is yours to open: please try again in 10 minutes.")),
    _entry(refusals.NothingKept, 404, lambda _r: _(
        "No share of a red envelope is kept for you any more, so no money moved. If any is left, you can open one "
        "under the envelope in its group.")),
    _entry(refusals.EnvelopeNotDue, 409, lambda _r: _(
        "This red envelope may still be opened, so no money moved. Please wait until its time is over.")),
    # Asking for money.
    _entry(refusals.RequestUnknown, 404, lambda _r: _(
        "There is no such request for you, so no money moved. Please check the link, or ask whoever sent it.")),
    _entry(refusals.RequestOver, 409, _request_over),
    _entry(refusals.RequestNotDue, 409, lambda _r: _(
        "This request may still be paid, so nothing happened and no money moved. Please wait until its time is over.")),
    _entry(refusals.AskYourself, 422, lambda _r: _(
        "You can't ask yourself for money. Nothing happened and no money moved. Please name somebody else.")),
    _entry(refusals.TooManyAsked, 422, lambda r: _(
        "One request asks {most} people at most. Nobody was asked and no money moved. Please name fewer, or send "
        "several.", most=r.most)),
    _entry(refusals.TooManyRequests, 409, lambda r: _(
        "{most} requests of yours are open at most. Nobody was asked and no money moved. Wait for one, or take one "
        "back: /request shows them.", most=r.most)),
    _entry(refusals.AskedTooOften, 429, lambda r: _(
        "You can ask the same person {most} times a day, with {most} requests open. Nobody was asked and no money "
        "moved. Please try again tomorrow.", most=r.most)),
    # Vouchers.
    _entry(refusals.UsesOutOfRange, 422, lambda r: _(
        "A voucher is for 1 to {most} people. No money moved. Please send it again with another number.",
        most=r.most)),
    _entry(refusals.VoucherUnknown, 404, lambda _r: _(
        "This is no voucher of ours, or its link is not whole. No money moved. Please ask whoever gave it to you to "
        "send it again.")),
    _entry(refusals.VoucherOwn, 409, lambda _r: _(
        "This is your own voucher, so nothing moved. Give it to somebody, or take back what is left in it: see "
        "/voucher.")),
    _entry(refusals.VoucherNotForYou, 403, lambda _r: _(
        "This voucher is for somebody else, so no money moved. Only they can redeem it.")),
    _entry(refusals.RedeemedBefore, 409, lambda r: _(
        "You have redeemed this voucher: {amount} is yours already, so nothing more moved. You find it in /history.",
        amount=Money(r.amount))),
    _entry(refusals.VoucherUsedUp, 409, lambda _r: _(
        "This voucher is used up: others were quicker. No money moved. Ask whoever gave it to you for another.")),
    _entry(refusals.VoucherWithdrawn, 409, lambda _r: _(
        "This voucher was taken back by whoever made it, so no money moved. Please ask them.")),
    _entry(refusals.VoucherOver, 409, lambda _r: _(
        "The time of this voucher is over and what was left goes back, so no money moved. Ask whoever made it for "
        "another.")),
    _entry(refusals.VoucherNotDue, 409, lambda _r: _(
        "This voucher may still be redeemed, so no money moved. Please wait until its time is over.")),
    _entry(refusals.PasswordNeeded, 422, lambda _r: _(
        "This voucher has a password, and none came with it. No money moved. Please open its link and send me the "
        "password.")),
    _entry(refusals.PasswordWrong, 403, lambda r: _(
        "That is not the password, so no money moved. You have {n} try left.",
        "That is not the password, so no money moved. You have {n} tries left.", n=r.left)),
    _entry(refusals.PasswordShut, 429, lambda _r: _(
        "Too many wrong passwords were sent, so no more are looked at and no money moved. Ask whoever made the voucher "
        "for another.")),
    _entry(refusals.TooManyLinks, 429, lambda _r: _(
        "You came with too many links that are none of ours. No money moved. Please try again in an hour.")),
    # Splits.
    _entry(refusals.SplitOutOfRange, 422, lambda r: _(
        "A bill can be split with 1 to {most} others. No money moved. Please send it again with another number.",
        most=r.most)),
    _entry(refusals.SplitWithYourself, 422, lambda _r: _(
        "You are among those you named. No money moved. Name the others only; add +me if you bear a share too, like "
        "/split 120 @bob +me.")),
    _entry(refusals.SplitNeedsGroup, 422, lambda _r: _(
        "Splitting among whoever taps needs a group, where the others see the card. Nobody was asked and no money "
        "moved. Please send it in your group, or name people here, like /split 120 @bob @eve.")),
    _entry(refusals.ShareOutOfRange, 422, lambda r: _(
        "A bill to be split comes to {lowest} to {highest} here. No money moved. Please send it again with another "
        "amount.", lowest=Money(r.lowest), highest=Money(r.highest))),
    _entry(refusals.TooManySplits, 429, lambda r: _(
        "You have {most} open bills to be split, as many as one may have. No money moved. /split shows them; please "
        "close one first.", most=r.most)),
    _entry(refusals.SplitTooOften, 429, lambda r: _(
        "You can split {most} bills a day, and these are used up. No money moved. Please try again tomorrow.",
        most=r.most)),
    _entry(refusals.SplitUnknown, 404, lambda _r: _(
        "There is no such bill that you could pay a share of here, so no money moved. Please use the button under its "
        "card.")),
    _entry(refusals.OwnSplit, 409, lambda _r: _(
        "You collect here, so you have nothing to pay and no money moved. The others press this button.")),
    _entry(refusals.NotInSplit, 403, lambda _r: _(
        "You are not among those who are asked for a share, so no money moved. Only those who are named pay.")),
    _entry(refusals.SharePaidBefore, 409, lambda r: _(
        "You have paid your share of {amount} already, so nothing more moved. You find it in /history.",
        amount=Money(r.amount))),
    _entry(refusals.SplitClosed, 409, _split_over),
    _entry(refusals.RemindedLately, 429, lambda r: _(
        "They were reminded within the last hour. No money moved. You can remind them again from {time} on.",
        time=Moment.of_microseconds(r.again))),
    _entry(refusals.SplitNotDue, 409, lambda _r: _(
        "This bill is still being split, so no money moved. Please wait until its time has come.")),
    # Payments that come again.
    _entry(refusals.ScheduleUnknown, 404, lambda _r: _(
        "You have no such recurring payment, so nothing happened and no money moved. /schedules shows yours.")),
    _entry(refusals.ScheduleOver, 409, lambda _r: _(
        "This recurring payment has ended already, so nothing happened and no money moved. /schedules shows the "
        "others.")),
    _entry(refusals.ScheduleNotDue, 409, lambda _r: _(
        "This recurring payment is not due, so no money moved. Please wait for its day.")),
    _entry(refusals.ScheduleEndsTooSoon, 422, lambda _r: _(
        "That would end before it begins, or much too late. Nothing was set up and no money moved. Please name another "
        "last day, or none.")),
    _entry(refusals.TooManySchedules, 409, lambda r: _(
        "You have {most} recurring payments, and that is the most. Nothing was set up and no money moved. Stop one in "
        "/schedules first.", most=r.most)),
    _entry(refusals.ReceiverHasNotJoined, 409, lambda _r: _(
        "Only somebody with a wallet can be paid again and again. Nothing was set up and no money moved. Please ask "
        "them to open one first.")),
    # The way in.
    _entry(refusals.NotInGroup, 403, lambda _r: _(
        "We have to be in that group both, you and I, and we are not. No money moved. Please pick another group, or "
        "add me there first.")),
    _entry(refusals.PersonUnknown, 404, _person_unknown),
    _entry(refusals.NumbersByThemselves, 422, lambda _r: _(
        "Phone numbers and people named otherwise can't be paid in one message. No money moved. Please send to the "
        "phone numbers by themselves.")),
    _entry(refusals.TooManyNumbers, 429, lambda r: _(
        "You can name {most} phone numbers a day, and these are used up. No money moved. Please name the person by "
        "user name, or try again tomorrow.", most=r.most)),
    _entry(refusals.ReceiverIsNotAPerson, 422, lambda _r: _(
        "Bots, channels and anonymous administrators can't be paid. No money moved. Please name a person.")),
    _entry(refusals.MessageTooOld, 409, lambda _r: _(
        "This message is more than 5 minutes old, so I did nothing and no money moved. If you still want it, please "
        "send it again.")),
    _entry(refusals.MessageEdited, 409, lambda _r: _(
        "Editing a message moves no money; what happened before the edit stands. If you want it, please send it again "
        "as a new message.")),
    _entry(refusals.MessageForwarded, 409, lambda _r: _(
        "A message that was forwarded, or written by another bot, moves no money, so nothing happened. If you want "
        "it, please type it yourself.")),
    _entry(refusals.SenderIsNotAPerson, 403, lambda _r: _(
        "I can't tell who you are when you write as a channel or an anonymous administrator. No money moved. Please "
        "write as yourself.")),
    _entry(refusals.ButtonStale, 409, lambda _r: _(
        "This button is out of date, so nothing happened and no money moved. Please send the command again.")),
    _entry(refusals.PrivateOnly, 403, lambda _r: _(
        "This works only in a private chat with me. Nothing happened and no money moved. Please send it there.")),
    _entry(refusals.GroupOnly, 403, lambda _r: _(
        "This works only in a group. Nothing happened and no money moved. Please send it in the group that you mean.")),
    _entry(refusals.NotAnAdministrator, 403, lambda _r: _(
        "Only this group's administrators can do this. Nothing was changed and no money moved. Please ask one of "
        "them.")),
    _entry(refusals.FeatureOff, 403, lambda r: _(
        "The administrators of this group have switched off: {feature}. No money moved. In our private chat, and in "
        "other groups, it works as before.", feature=Feature(r.feature).called)),
    _entry(refusals.LevelNeeded, 403, lambda r: _(
        "This needs identity level {level}. No money moved. Please prove who you are first, then send it again.",
        level=r.level)),
))


def _decimals(currency: Currency, _named: str) -> Text:
    if not currency.digits:
        return _("Amounts in {currency} have no decimals. No money moved. Write it like 20.", currency=currency.code)
    return _("Amounts in {currency} have {most} decimals at most. No money moved. Write it like 20 or 20.50.",
             currency=currency.code, most=currency.digits)


_AMOUNTS: Final[Mapping[AmountReason, Callable[[Currency, str], Text]]] = {
    AmountReason.EMPTY: lambda _c, _n: _("There is no amount. No money moved. Write it like 20 or 20.50."),
    AmountReason.ZERO: lambda _c, _n: _("The amount is zero, so no money moved. Please name one above zero."),
    AmountReason.NEGATIVE: lambda _c, _n: _("An amount can't be negative. No money moved. Write it like 20 or 20.50."),
    AmountReason.DECIMALS: _decimals,
    AmountReason.DIGITS: lambda _c, _n: _("That number is too long for an amount. No money moved. Please name a "
                                          "smaller one."),
    AmountReason.EXPONENT: lambda _c, _n: _("Amounts can't be written with an exponent. No money moved. Write all "
                                            "digits, like 1,000."),
    AmountReason.CURRENCY: lambda currency, named: _(
        "{named} isn't used here, only {currency}. No money moved. Please name the amount in {currency}.",
        named=named, currency=currency.code),
    AmountReason.GROUPING: lambda _c, _n: _("The commas in that number are in odd places. No money moved. Write it "
                                            "like 1,000.50."),
    AmountReason.MALFORMED: lambda _c, _n: _("I can't read that as an amount. No money moved. Write it like 20 or "
                                             "20.50."),
}


_OF_ONE: Final = (ParseProblem.NO_AMOUNT, ParseProblem.SPACE_MISSING, ParseProblem.RECEIVER_AFTER_AMOUNT)
"""What is wrong with a payment to somebody; with an envelope it is said in its own words."""

_HOW_TO_SPLIT: Final = frozenset({
    ParseProblem.NO_RECEIVER, ParseProblem.NO_AMOUNT, ParseProblem.SPACE_MISSING, ParseProblem.EACH_MISSING,
    ParseProblem.AMOUNT_UNCLEAR, ParseProblem.RECEIVER_AFTER_AMOUNT})
"""What /split is told in its own words."""

_PROBLEMS: Final[Mapping[ParseProblem, Callable[[int], Text]]] = {
    ParseProblem.SURPLUS: lambda _n: _("I don't understand what follows that word, so nothing happened and no money "
                                       "moved. Send the word alone, or look into /help."),
    ParseProblem.NO_RECEIVER: lambda _n: _("I can't tell whom to pay. No money moved. Reply to somebody's message, or "
                                           "write it like /send @bob 20 lunch."),
    ParseProblem.NO_AMOUNT: lambda _n: _("There is no amount. No money moved. Write it like /send @bob 20 lunch."),
    ParseProblem.SPACE_MISSING: lambda _n: _("There is no amount, or a space is missing between the name and the "
                                             "amount. No money moved. Write it like /send @bob 20 lunch."),
    ParseProblem.AMOUNT_UNCLEAR: lambda _n: _("I can't tell which amount you mean. No money moved. Write it in digits "
                                              "without spaces, like 1000 or 20.50, and don't begin the note with a "
                                              "number or a unit."),
    ParseProblem.EACH_MISSING: lambda _n: _("For several people, say that the amount is for each. No money moved. "
                                            "Write it like /send @bob @eve 20 each."),
    ParseProblem.RECEIVER_AFTER_AMOUNT: lambda _n: _("Somebody is named after the amount. No money moved. Put "
                                                     "everybody before it, like /send @bob @eve 20 each."),
    ParseProblem.TOO_MANY_RECEIVERS: _too_many_receivers,
    ParseProblem.SHARES: lambda _n: _("I need an amount and a number of shares. No money moved. In a group, write it "
                                      "like /red 100 10 good luck, or /red =5 10 for shares of 5 each."),
    ParseProblem.USES: lambda _n: _("I need an amount, and behind it at most for how many people, a password and one "
                                    "person. No money moved. Write it like /voucher 50, /voucher 50 3 !word or "
                                    "/voucher 50 @bob."),
    ParseProblem.PASSWORD: lambda n: _("A password is one word of 1 to {n} characters behind “!”. No money moved. "
                                       "Write it like /voucher 50 !word.", n=n),
    ParseProblem.PASSWORD_SHOWN: lambda _n: _("Everybody here can read that password now. No money moved. Please "
                                              "make a voucher with a password in our private chat, and choose another "
                                              "one."),
    ParseProblem.ONE_PERSON: lambda _n: _("A voucher that is for somebody in particular is for one person, once. No "
                                          "money moved. Write it like /voucher 50 @bob."),
    ParseProblem.SPLIT: lambda _n: _("I can't tell who shall pay how much. No money moved. Write it like /split 120 4 "
                                     "hot pot, /split 100 @bob @eve, or /split @bob 20 @eve 35."),
    ParseProblem.NAMES: lambda _n: _("A bill is split among people by user name or mention, not by phone number, which "
                                     "everybody would read. No money moved. Write it like /split 100 @bob @eve."),
    ParseProblem.PHONE: lambda _n: _("No such phone number can exist. No money moved. Please check it and send it "
                                     "again."),
    ParseProblem.NOTE_TOO_LONG: _long_note,
    ParseProblem.NOTE_OFFENSIVE: lambda _n: _offensive_note(),
    ParseProblem.FOR_ONE: lambda _n: _(
        "A red envelope for one person needs to know whom, and how much. No money moved. Write it like /red @bob 8.8, "
        "or reply to them with /red 8.8."),
    ParseProblem.WORD: lambda _n: _(
        "That can't be the word of a red envelope: it has 1 to 20 signs without spaces and is no command. No money "
        "moved. Write it like /red 100 10 !cheers."),
    ParseProblem.RHYTHM: lambda _n: _("I can't tell on which days to pay. No money moved. Write it like /send @bob 20 "
                                      "rent every month on 5, every week on Monday, or every day."),
    ParseProblem.RHYTHM_FOR_ONE: lambda _n: _("Only one person at a time can be paid again and again. No money moved. "
                                              "Please set it up for each of them."),
    ParseProblem.CODE: lambda _n: _("That isn't a receipt's code: it has nine letters and digits. No money moved. "
                                    "Please check it, or look into /history."),
}
_ASKING: Final[Mapping[ParseProblem, Callable[[], Text]]] = {
    ParseProblem.NO_RECEIVER: lambda: _("I can't tell whom to ask. Nothing happened and no money moved. Reply to "
                                        "somebody's message, or write it like /request @bob 20 lunch."),
    ParseProblem.NO_AMOUNT: lambda: _("There is no amount. Nothing happened and no money moved. Write it like /request "
                                      "@bob 20 lunch."),
    ParseProblem.SPACE_MISSING: lambda: _("There is no amount, or a space is missing between the name and the amount. "
                                          "No money moved. Write it like /request @bob 20 lunch."),
    ParseProblem.EACH_MISSING: lambda: _("For several people, say that the amount is from each. No money moved. Write "
                                         "it like /request @bob @eve 20 each."),
    ParseProblem.RECEIVER_AFTER_AMOUNT: lambda: _("Somebody is named after the amount. No money moved. Put everybody "
                                                  "before it, like /request @bob @eve 20 each."),
}
"""What is said in another way where somebody asks for money instead of sending it."""
