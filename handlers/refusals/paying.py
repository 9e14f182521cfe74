"""What is said of a payment, and of topping up."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Money, Text, _
from wallet import refusals


def too_many_receivers(most: int) -> Text:
    """Somebody named more people than one command may pay."""
    return _("One command pays {most} people at most. No money moved. Please name fewer, or send several commands.",
             most=most)


def _top_up_range(refusal: refusals.TopUpOutOfRange) -> Text:
    if refusal.highest <= 0:
        return _("Your wallet is as full of play money as it may be. Nothing was added. Send some of it to somebody "
                 "first.")
    return _("You can add up to {highest} of play money at a time. Nothing was added. Please choose an amount up to "
             "that.", highest=Money(refusal.highest))


SAID: Final[Sentences] = dict((
    entry(refusals.AmountOutOfRange, 422, lambda r: _(
        "One payment can be from {lowest} to {highest}. No money moved. Please send it again with another amount.",
        lowest=Money(r.lowest), highest=Money(r.highest))),
    entry(refusals.NotEnough, 402, lambda r: _(
        "That takes {needed}, but you have {available}. No money moved. Send less, or add money with /topup first.",
        needed=Money(r.needed), available=Money(r.available))),
    entry(refusals.PayToYourself, 422, lambda _r: _(
        "That would be a payment to yourself. No money moved. Please name somebody else.")),
    entry(refusals.TooManyReceivers, 422, lambda r: too_many_receivers(r.most)),
    entry(refusals.NamedTwice, 422, lambda _r: _(
        "You named the same person twice. No money moved. Please send it again with everybody named once.")),
    entry(refusals.ReceiverUnavailable, 409, lambda _r: _(
        "The receiver can't take money at the moment. No money moved. Please ask them to look at their wallet, then "
        "try again.")),
    entry(refusals.PayerUnavailable, 409, lambda _r: _(
        "This money can't be taken at the moment. No money moved. If it stays like that, it goes back to the sender "
        "in time; please ask them about it.")),
    entry(refusals.TooManyWaiting, 409, lambda r: _(
        "{most} of your payments already wait for others, and that is the most. No money moved. Wait for one, or "
        "take one back in /balance.", most=r.most)),
    entry(refusals.TopUpOutOfRange, 422, _top_up_range),
    entry(refusals.TopUpClosed, 403, lambda _r: _(
        "There is no way to top up here yet. Nothing was added. You can receive money from other members.")),
    entry(refusals.KeyReused, 409, lambda _r: _(
        "This was already handled with other content; what you asked first stands and nothing more moved. For "
        "something new, please send a new message.")),
))
