"""Which cover an envelope has for which nobody chose one: at Chinese New Year everybody's is for it.

Guards: the same envelope has the same cover whenever it is drawn, for it depends on the day when it was made.
"""
from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from handlers.pictures.cover import Theme

_NEW_YEARS: Final = tuple(map(date.fromisoformat, (
    "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11", "2033-01-31",
    "2034-02-19", "2035-02-08", "2036-01-28", "2037-02-15", "2038-02-04", "2039-01-24", "2040-02-12")))
"""By the Chinese calendar, which no short rule gives."""
_BEFORE, _AFTER = timedelta(days=8), timedelta(days=15)
"""From the day of the kitchen god to the lanterns."""


def theme_of(chosen: str, made_on: date) -> Theme:
    """What its maker chose, or what fits the day."""
    if chosen:
        return Theme(chosen)
    in_season = any(day - _BEFORE <= made_on < day + _AFTER for day in _NEW_YEARS)
    return Theme.NEW_YEAR if in_season else Theme.CLASSIC
