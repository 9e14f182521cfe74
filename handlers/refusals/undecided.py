"""What is said before anything is decided, whatever was asked."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Moment, Text, _
from wallet import refusals


def _maintenance(refusal: refusals.Maintenance) -> Text:
    if not refusal.until:
        return _("We're doing maintenance. No money moved. Please try again later; /balance and /history still work.")
    return _("We're doing maintenance until {time}. No money moved. Please try again after that; /balance and "
             "/history still work.", time=Moment.of_microseconds(refusal.until))


SAID: Final[Sentences] = dict((
    entry(refusals.Busy, 503, lambda _r: _(
        "We're very busy and did nothing yet, so no money moved. Please try again in a minute.")),
    entry(refusals.DeadlinePassed, 503, lambda _r: _(
        "That took too long, so we stopped before anything happened: no money moved. Please try again.")),
    entry(refusals.Maintenance, 503, _maintenance),
    entry(refusals.ReadOnly, 503, lambda _r: _(
        "Payments are paused while we check something. No money moved. Please try again later; /balance and /history "
        "still work.")),
))
