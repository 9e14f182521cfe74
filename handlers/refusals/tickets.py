"""What is said when something around a ticket is refused."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Text, _
from wallet import refusals


def _too_many(refusal: refusals.TooManyTickets) -> Text:
    if refusal.daily:
        return _("You began {n} ticket today, and more have to wait for tomorrow. No money moved. Please go on in one "
                 "that you have: /support.", "You began {n} tickets today, and more have to wait for tomorrow. No "
                 "money moved. Please go on in one that you have: /support.", n=refusal.most)
    return _("You have {n} open ticket, so no other was opened. No money moved. Please go on in it: /support.",
             "You have {n} open tickets, so no other was opened. No money moved. Please go on in one of them: "
             "/support.", n=refusal.most)


SAID: Final[Sentences] = dict((
    entry(refusals.TooManyTickets, 429, _too_many),
    entry(refusals.TooManyReports, 429, lambda r: _(
        "You may report {n} member a day, so this was not passed on. No money moved. Please come back tomorrow, or "
        "write to us: /support.", "You may report {n} members a day, so this was not passed on. No money moved. Please "
        "come back tomorrow, or write to us: /support.", n=r.most)),
    entry(refusals.ReportedAlready, 409, lambda _r: _(
        "You reported them a few days ago, so it was not passed on again. No money moved. What you have to add belongs "
        "into that ticket: /support.")),
    entry(refusals.ReportsOneself, 422, lambda _r: _(
        "That would be a report about yourself, so nothing was passed on and no money moved. To be heard, write to us: "
        "/support.")),
    entry(refusals.TicketUnknown, 404, lambda _r: _(
        "There is no such ticket that you may see. Nothing happened and no money moved. /support shows your own.")),
    entry(refusals.TicketOver, 409, lambda _r: _(
        "This ticket is closed, so nothing was added and no money moved. A new one is opened by /support.")),
    entry(refusals.TicketFull, 409, lambda _r: _(
        "Nothing more fits into this ticket, so that was not added. No money moved. Please open another one: "
        "/support.")),
    entry(refusals.TicketWaits, 429, lambda _r: _(
        "That was not added: many of your messages wait for an answer already. No money moved. Please go on once the "
        "operators have answered.")),
    entry(refusals.WordsTooLong, 422, lambda r: _(
        "That is too long, so nothing was passed on and no money moved. Please send it in parts of at most {most} "
        "characters.", most=r.most)),
    entry(refusals.WordsMissing, 422, lambda _r: _(
        "There is nothing in it that I can pass on, and no money moved. Please send text or a picture.")),
))
