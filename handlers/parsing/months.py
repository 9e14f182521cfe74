"""Months as people write them: `2026-11`, `11月`, `Nov 2026`, `last month`, `上个月`.

Guards: what is no month is none; nothing is rounded to one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from handlers.parsing.requests import MonthAsked

_MONTH_NAMES: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "jan january 一月", "feb february 二月", "mar march 三月", "apr april 四月", "may 五月", "jun june 六月",
            "jul july 七月", "aug august 八月", "sep sept september 九月", "oct october 十月",
            "nov november 十一月", "dec december 十二月",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTHS_AGO: Final[Mapping[str, int]] = {
    words: ago
    for ago, named in ((0, "this month/本月/这个月/這個月/当月/當月"), (-1, "last month/上月/上个月/上個月"))
    for words in named.split("/")
}
_MONTH_NUMBER: Final = re.compile(r"(?:(?P<year>20[0-9]{2})(?:[-/. ]|年 ?))?(?P<month>1[0-2]|0?[1-9])(?: ?月份?)?")
_MONTH_NAME: Final = re.compile(r"(?P<name>[a-z]{3,9}|[一二三四五六七八九十]{1,2}月)\.?份?(?: +(?P<year>20[0-9]{2}))?")


def month_of(written: str) -> MonthAsked | None:
    """The month that somebody wrote, else None."""
    written = " ".join(written.lower().split())
    if written in _MONTHS_AGO:
        return MonthAsked(_MONTHS_AGO[written])
    numeric = _MONTH_NUMBER.fullmatch(written)
    if numeric is not None:
        return MonthAsked(int(numeric["month"]), int(numeric["year"]) if numeric["year"] else None)
    named = _MONTH_NAME.fullmatch(written)
    month = _MONTH_NAMES.get(named["name"]) if named else None
    if named is None or month is None:
        return None
    return MonthAsked(month, int(named["year"]) if named["year"] else None)
