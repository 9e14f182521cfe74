"""What is said of asking for money."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Text, _
from wallet import refusals


def _request_over(refusal: refusals.RequestOver) -> Text:
    if refusal.state == "declined":
        return _("This request was declined, so no money moved. Whoever asked can send a new one.")
    if refusal.state == "withdrawn":
        return _("Whoever sent this request took it back, so no money moved. There is nothing to pay.")
    if refusal.state == "expired":
        return _("This request was open for 7 days and is over, so no money moved. Whoever asked can send a new one.")
    return _("This request was paid already, so nothing more moved. /history has the payment.")


SAID: Final[Sentences] = dict((
    entry(refusals.RequestUnknown, 404, lambda _r: _(
        "There is no such request for you, so no money moved. Please check the link, or ask whoever sent it.")),
    entry(refusals.RequestOver, 409, _request_over),
    entry(refusals.RequestNotDue, 409, lambda _r: _(
        "This request may still be paid, so nothing happened and no money moved. Please wait until its time is over.")),
    entry(refusals.AskYourself, 422, lambda _r: _(
        "You can't ask yourself for money. Nothing happened and no money moved. Please name somebody else.")),
    entry(refusals.TooManyAsked, 422, lambda r: _(
        "One request asks {most} people at most. Nobody was asked and no money moved. Please name fewer, or send "
        "several.", most=r.most)),
    entry(refusals.TooManyRequests, 409, lambda r: _(
        "{most} requests of yours are open at most. Nobody was asked and no money moved. Wait for one, or take one "
        "back: /request shows them.", most=r.most)),
    entry(refusals.TooManyAppeals, 409, lambda r: _(
        "{n} card of yours already asks for money, which is as many as may. This one asks for nothing yet, and no "
        "money moved. Take the other back, or wait until it is paid.",
        "{n} cards of yours already ask for money, which is as many as may. This one asks for nothing yet, and no "
        "money moved. Take one back, or wait until one is paid.", n=r.most)),
    entry(refusals.AskedTooOften, 429, lambda r: _(
        "You can ask the same person {most} times a day, with {most} requests open. Nobody was asked and no money "
        "moved. Please try again tomorrow.", most=r.most)),
))
