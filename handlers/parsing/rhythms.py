"""On which days something shall come again: `every month on 5 until 2027-06-30`, `每月5号`, `每周一`, `每天`.

Guards: the words stand for themselves, before the note or behind it and never inside it; days that can't be, and words
that leave the day open, are unclear and never taken for a note, which would pay once at once.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from handlers.parsing.reading import Reading
from handlers.parsing.requests import Every, ParseProblem
from wallet.dates import DAILY, MONTHLY, WEEKLY, can_be

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHINESE_DAYS: Final = "一二三四五六日"
_ANY_DAY: Final = "|".join(_WEEKDAYS)
_LAST: Final = 31
"""Months without such a day have their last one instead."""
# Before them nothing or a sign that parts, behind them the same.
_BEFORE: Final = "(?:^|(?<=[ ,、;:。.，；]))"
_BEHIND: Final = "(?=[ ,、;:。.]|$)"
_UNTIL: Final = (r"(?: *,? *(?:until|till|直到|至|到) *(?P<year>[0-9]{4})(?:-|年)(?P<later>[0-9]{1,2})(?:-|月)"
                 r"(?P<last>[0-9]{1,2})[日号號]?(?:为止)?)?")
_RHYTHM: Final = re.compile(
    rf"{_BEFORE}(?:(?P<daily>every +day|每天|每日)"
    rf"|every +(?:week +on +)?(?P<weekday>{_ANY_DAY})|每个?(?:[周週]|星期|[礼禮]拜)(?P<zhou>[一二三四五六日天])"
    r"|(?P<end>every +month +on +(?:the|its) +last +day|每个?月(?:的?最后一天|底|末))"
    r"|(?:every +month +on +(?:the +)?(?:day +)?|每个?月的? *)(?P<day>[0-9]{1,2})(?:st|nd|rd|th| *[号日號])?"
    r"|every +(?P<nth>[0-9]{1,2})(?:st|nd|rd|th)(?: +of +the +month)?"
    rf"|(?P<open>every +(?:week|month|year)(?: +on)?|每个?(?:[周週]|星期|月|年)))"
    rf"{_UNTIL}{_BEHIND}", re.IGNORECASE)


def take_rhythm(reading: Reading) -> Every | None:
    """The days that are named at the beginning or at the end of what is left, which are taken out of it."""
    rest = reading.rest
    found = [match for match in _RHYTHM.finditer(rest)
             if not match.start() or not rest[match.end():].strip(" ,、;:。.")]
    if not found:
        return None
    match = found[-1]
    every = _meant(match)
    if every is None or len(found) > 1:
        reading.stop(ParseProblem.RHYTHM)
    start, end = reading.position + match.start(), reading.position + match.end()
    if not match.start():
        end += len(rest[match.end():]) - len(rest[match.end():].lstrip(" ,、;:。."))
    else:
        start = reading.position + len(rest[:match.start()].rstrip(" ,、;:"))
        end = reading.position + len(rest)
    reading.cut(start, end)
    return every


def _meant(match: re.Match[str]) -> Every | None:
    """What the words say; None for what can't be, or leaves the day open."""
    until = None
    if match["year"]:
        try:
            until = date(*(int(match[part]) for part in ("year", "later", "last")))
        except ValueError:
            return None
    if match["daily"]:
        return Every(DAILY, 0, until)
    if match["weekday"]:
        return Every(WEEKLY, _WEEKDAYS.index(match["weekday"].lower()), until)
    if match["zhou"]:
        return Every(WEEKLY, _CHINESE_DAYS.index(match["zhou"].replace("天", "日")), until)
    if match["end"]:
        return Every(MONTHLY, _LAST, until)
    named = match["day"] or match["nth"]
    return Every(MONTHLY, int(named), until) if named and can_be(MONTHLY, int(named)) else None
