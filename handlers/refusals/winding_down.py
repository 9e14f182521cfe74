"""What is said when something is refused because the service closes."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Moment, _
from wallet import refusals

SAID: Final[Sentences] = dict((
    entry(refusals.WindingDown, 409, lambda r: _(
        "{brand} closes on {time}: nobody joins, nothing new is topped up or set aside. No money moved. What you have "
        "stays yours: see /balance.",
        time=Moment.of_microseconds(r.closes_at))),
    entry(refusals.NotWindingDown, 409, lambda r: _(
        "The day has come, so it can't be called off any more. Nothing changed and no money moved. See /winddown.")
        if r.closes_at else _(
        "It does not close, so there is nothing to call off. Nothing changed and no money moved. See /winddown.")),
    entry(refusals.ClosingDayWrong, 400, lambda r: _(
        "The day can be {time} at the earliest, and two years away at the most. No money moved. Please name another "
        "day: /winddown 2027-06-30",
        time=Moment.of_microseconds(r.least))),
))
