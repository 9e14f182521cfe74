"""What is said about the payment PIN."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Moment, _
from wallet import refusals

SAID: Final[Sentences] = dict((
    entry(refusals.PinNotSet, 403, lambda _r: _(
        "This needs a payment PIN and you have none yet. No money moved. Set one with /pin in a private chat with "
        "me.")),
    entry(refusals.PinNeeded, 403, lambda _r: _(
        "This needs your payment PIN. Nothing changed and no money moved. Please start again and type it on the "
        "keypad.")),
    entry(refusals.PinTooSimple, 422, lambda _r: _(
        "That PIN is too easy to guess, so it wasn't set. No money moved. Choose six digits without a pattern, not "
        "from your phone number.")),
    entry(refusals.PinLocked, 429, lambda r: _(
        "Your PIN is locked until {until} after too many wrong tries. No money moved. Please try again after that.",
        until=Moment.of_microseconds(r.until))),
    entry(refusals.PinWrong, 403, lambda r: _(
        "That PIN is wrong; {n} try is left. No money moved. Please type it again.",
        "That PIN is wrong; {n} tries are left. No money moved. Please type it again.", n=r.left)),
    entry(refusals.CodeUsed, 409, lambda _r: _(
        "That code was used already. Nothing was signed and no money moved. Please wait until your app shows the next "
        "one, half a minute at most.")),
    entry(refusals.PinChanged, 409, lambda _r: _(
        "Your PIN was changed in the meantime, so no money moved. Please start again with the new one.")),
))
