"""Days: on which one a moment falls, and those that come again, every day, every week on one, every month on one.

Guards: days are whole numbers as the calendar counts them, so no clock is in it, and a time zone only where a moment
becomes a day; a month without the day that was named has its last day instead.
"""
from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, tzinfo
from typing import Final

DAILY: Final = "day"
WEEKLY: Final = "week"
"""`on` is the weekday, 0 for Monday."""
MONTHLY: Final = "month"
"""`on` is the day of the month, 1 to 31."""
LAST: Final = date.max.toordinal() - 1_000
"""No day is later."""


def day_of(moment: int, zone: tzinfo) -> int:
    """The number of the day on which a moment falls where the deployment lives."""
    return datetime.fromtimestamp(moment // 1_000_000, UTC).astimezone(zone).toordinal()


def year_of(day: int) -> int:
    """The year in which a day falls, by its number."""
    return date.fromordinal(day).year


def first_of_month(day: int) -> int:
    """The number of the first day of the month in which a day falls."""
    return day - date.fromordinal(day).day + 1


def can_be(unit: str, on: int) -> bool:
    """Whether there are such days."""
    return on in {DAILY: range(1), WEEKLY: range(7), MONTHLY: range(1, 32)}[unit]


def next_after(unit: str, on: int, day: int) -> int:
    """The first such day after another one."""
    if unit == DAILY:
        return day + 1
    if unit == WEEKLY:
        return day + 1 + (on - day) % 7
    here = date.fromordinal(day)
    this = _in_month(here.year, here.month, on)
    return this if this > day else _in_month(here.year + here.month // 12, here.month % 12 + 1, on)


def latest(unit: str, on: int, first: int, until: int) -> tuple[int, int]:
    """The last such day from `first`, which is one, up to `until`; and how many come before it."""
    assert first <= until
    if unit == DAILY:
        return until, until - first
    if unit == WEEKLY:
        weeks = (until - first) // 7
        return first + 7 * weeks, weeks
    begin, end = date.fromordinal(first), date.fromordinal(until)
    months = (end.year - begin.year) * 12 + end.month - begin.month
    months -= months > 0 and _in_month(end.year, end.month, on) > until
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    return _in_month(year, month + 1, on), months


def _in_month(year: int, month: int, on: int) -> int:
    return date(year, month, min(on, monthrange(year, month)[1])).toordinal()
