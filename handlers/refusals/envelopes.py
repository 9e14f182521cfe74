"""What is said about red envelopes."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Moment, Money, _
from wallet import refusals

SAID: Final[Sentences] = dict((
    entry(refusals.SharesOutOfRange, 422, lambda r: _(
        "A red envelope has 1 to {most} shares. No money moved. Please send it again with another number.",
        most=r.most)),
    entry(refusals.EnvelopeOutOfRange, 422, lambda r: _(
        "A red envelope of {n} share holds {lowest} to {highest}. No money moved. Please change the amount or the "
        "number of shares.",
        "A red envelope of {n} shares holds {lowest} to {highest}. No money moved. Please change the amount or the "
        "number of shares.", n=r.shares, lowest=Money(r.lowest), highest=Money(r.highest))),
    entry(refusals.EnvelopeUnknown, 404, lambda _r: _(
        "There is no such red envelope in this chat, so no money moved. Please use the button under its card.")),
    entry(refusals.EnvelopeNotFound, 404, lambda _r: _(
        "I find no red envelope with this code, neither of this chat nor with a part of yours. No money moved. Its "
        "code stands on its card.")),
    entry(refusals.OpenedBefore, 409, lambda r: _(
        "You have opened this red envelope: {amount} is yours already, so nothing more moved. You find it in "
        "/history.", amount=Money(r.amount))),
    entry(refusals.EnvelopeForAnother, 403, lambda _r: _(
        "This red envelope is for somebody else alone, so no money moved. Its card says for whom.")),
    entry(refusals.WordNeeded, 403, lambda r: _(
        "This red envelope opens by a word, so no money moved. Reply to its card with “{word}”.", word=r.word)),
    entry(refusals.EnvelopeEmpty, 409, lambda _r: _(
        "All shares of this red envelope are gone, so no money moved. Better luck next time!")),
    entry(refusals.EnvelopeOver, 409, lambda _r: _(
        "This red envelope was open for 24 hours and is over, so no money moved. What was left goes back to whoever "
        "sent it.")),
    entry(refusals.TooManyEnvelopes, 409, lambda r: _(
        "You have {n} red envelope open, which is as many as anybody may. No money moved. Please wait until it has "
        "been opened or is over.",
        "You have {n} red envelopes open, which is as many as anybody may. No money moved. Please wait until some have "
        "been opened or are over.", n=r.most)),
    entry(refusals.OpeningTooFast, 429, lambda r: _(
        "You have opened {n} red envelope in this minute, which is as many as anybody may, so no money moved. Please "
        "try again in a minute.",
        "You have opened {n} red envelopes in this minute, which is as many as anybody may, so no money moved. Please "
        "try again in a minute.", n=r.most)),
    entry(refusals.WalletTooNew, 403, lambda r: _(
        "In this group new wallets wait a little before they open red envelopes, so no money moved. Yours may from "
        "{until} on.", until=Moment.of_microseconds(r.until))),
    entry(refusals.QuestionAsked, 409, lambda r: _(
        "Before a share opens here, please say what {first} and {second} come to. No money moved yet. Tap the red "
        "envelope to answer.", first=r.words.first, second=r.words.second)),
    entry(refusals.AnswerWrong, 422, lambda r: _(
        "That isn't right, so no money moved. Tap the red envelope for another question; you have {n} more try.",
        "That isn't right, so no money moved. Tap the red envelope for another question; you have {n} more tries.",
        n=r.left)),
    entry(refusals.AnswersUsedUp, 403, lambda _r: _(
        "You have answered wrong too often, so this red envelope stays closed for you. No money moved.")),
    entry(refusals.SharesKept, 409, lambda _r: _(
        "The shares that are left are kept for a few minutes for people who are opening a wallet, so no money moved. "
        "Whatever they leave is yours to open: please try again in 10 minutes.")),
    entry(refusals.NothingKept, 404, lambda _r: _(
        "No share of a red envelope is kept for you any more, so no money moved. If any is left, you can open one "
        "under the envelope in its group.")),
    entry(refusals.EnvelopeNotDue, 409, lambda _r: _(
        "This red envelope may still be opened, so no money moved. Please wait until its time is over.")),
))
