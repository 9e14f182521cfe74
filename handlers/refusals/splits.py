"""What is said about splits."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Moment, Money, Text, _
from wallet import refusals


def _split_over(refusal: refusals.SplitClosed) -> Text:
    if refusal.state == "complete":
        return _("Everybody who was to pay has paid, so no money moved. There is nothing left to do.")
    if refusal.state == "closed":
        return _("Whoever collected has closed this, so no money moved. If you still owe them, /send it.")
    return _("This could be paid for 7 days and is over, so no money moved. If you still owe them, /send it.")


SAID: Final[Sentences] = dict((
    entry(refusals.SplitOutOfRange, 422, lambda r: _(
        "A bill can be split with 1 to {most} others. No money moved. Please send it again with another number.",
        most=r.most)),
    entry(refusals.SplitWithYourself, 422, lambda _r: _(
        "You are among those you named. No money moved. Name the others only; add +me if you bear a share too, like "
        "/split 120 @bob +me.")),
    entry(refusals.ShareOutOfRange, 422, lambda r: _(
        "A bill to be split comes to {lowest} to {highest} here. No money moved. Please send it again with another "
        "amount.", lowest=Money(r.lowest), highest=Money(r.highest))),
    entry(refusals.TooManySplits, 429, lambda r: _(
        "You have {most} open bills to be split, as many as one may have. No money moved. /split shows them; please "
        "close one first.", most=r.most)),
    entry(refusals.SplitTooOften, 429, lambda r: _(
        "You can split {most} bills a day, and these are used up. No money moved. Please try again tomorrow.",
        most=r.most)),
    entry(refusals.SplitUnknown, 404, lambda _r: _(
        "There is no such bill that you could pay a share of here, so no money moved. Please use the button under its "
        "card.")),
    entry(refusals.OwnSplit, 409, lambda _r: _(
        "You collect here, so you have nothing to pay and no money moved. The others press this button.")),
    entry(refusals.NotInSplit, 403, lambda _r: _(
        "You are not among those who are asked for a share, so no money moved. Only those who are named pay.")),
    entry(refusals.SharePaidBefore, 409, lambda r: _(
        "You have paid your share of {amount} already, so nothing more moved. You find it in /history.",
        amount=Money(r.amount))),
    entry(refusals.SplitClosed, 409, _split_over),
    entry(refusals.RemindedLately, 429, lambda r: _(
        "They were asked within the last hour. No money moved. You can remind them from {time} on.",
        time=Moment.of_microseconds(r.again))),
    entry(refusals.SplitNotDue, 409, lambda _r: _(
        "This bill is still being split, so no money moved. Please wait until its time has come.")),
))
