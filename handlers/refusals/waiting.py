"""What is said about what waits for somebody's word, drafts and held money; and about receipts."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Text, _
from wallet import refusals


def _draft_over(refusal: refusals.DraftOver) -> Text:
    if refusal.state == "used":
        return _("This payment was already made, and pressing again moved nothing. You find it in /history.")
    if refusal.state == "cancelled":
        return _("This payment was cancelled and no money moved. If you still want it, please send it again.")
    return _("This payment waited 10 minutes for your word and ran out; no money moved. If you still want it, "
             "please send it again.")


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


SAID: Final[Sentences] = dict((
    entry(refusals.NotYours, 403, lambda _r: _(
        "This button is for somebody else, so nothing happened and no money moved. What you can do yourself stands in "
        "/help.")),
    entry(refusals.DraftUnknown, 404, lambda _r: _(
        "I can't find this payment any more; it moved no money. If you still want it, please send it again.")),
    entry(refusals.DraftOver, 409, _draft_over),
    entry(refusals.HoldUnknown, 404, lambda _r: _(
        "No such payment waits for you, so no money moved. Please check the link, or ask the sender.")),
    entry(refusals.HoldOver, 409, _hold_over),
    entry(refusals.HoldNotDue, 409, lambda _r: _(
        "This payment may still be taken, so no money moved. Please wait until its time is over.")),
    entry(refusals.HoldArriving, 409, lambda _r: _(
        "The time of this payment has come and it is arriving, so it can't be taken back any more. No money moved by "
        "this. Ask whoever receives it for /giveback.")),
    entry(refusals.DraftNotDue, 409, lambda _r: _(
        "This payment still waits for its sender's word, so no money moved. Please wait until its time is over.")),
    entry(refusals.NotForYou, 403, lambda _r: _(
        "This money is meant for somebody else, so nothing moved. Only they can take it.")),
    entry(refusals.OwnGift, 403, lambda _r: _(
        "You sent this money, so it is for somebody else here, and nothing moved. Take back brings it home at once; "
        "what nobody claims comes back after 24 hours.")),
    entry(refusals.ReceiptUnknown, 404, lambda _r: _(
        "I find no receipt of yours with this code. No money moved. Please check the code, or look into /history.")),
    entry(refusals.NotReceived, 422, lambda _r: _(
        "You sent this payment yourself, so it isn't yours to give back. No money moved. Only whoever received it can "
        "do that; please ask them.")),
    entry(refusals.NothingToGiveBack, 422, lambda _r: _(
        "Only a payment that somebody sent you can be given back, and this is none. No money moved. /history shows "
        "what you received.")),
    entry(refusals.GivenBackBefore, 409, lambda _r: _(
        "You have given this payment back before, so no money moved now. You find it in /history.")),
))
