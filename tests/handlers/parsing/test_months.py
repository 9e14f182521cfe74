"""Months as people write them, and which year they mean."""
from __future__ import annotations

from datetime import date

import pytest

from handlers.parsing import Asked, MonthAsked
from tests.handlers.parsing.saying import private


@pytest.mark.parametrize(
    ("typed", "year", "month"),
    [
        ("2026-11", 2026, 11),
        ("2026/1", 2026, 1),
        ("2026年11月", 2026, 11),
        ("2026年 1月份", 2026, 1),
        ("２０２６年１１月", 2026, 11),
        ("11", None, 11),
        ("03", None, 3),
        ("11月", None, 11),
        ("十一月", None, 11),
        ("一月", None, 1),
        ("nov", None, 11),
        ("Nov.", None, 11),
        ("NOVEMBER", None, 11),
        ("november 2025", 2025, 11),
        ("sept", None, 9),
        ("may", None, 5),
        ("this month", None, 0),
        ("本月", None, 0),
        ("Last  month", None, -1),
        ("上个月", None, -1),
        ("上月", None, -1),
    ],
)
def test_months_are_read_as_people_write_them(typed: str, year: int | None, month: int) -> None:
    for text in (f"/history {typed}", f"账单 {typed}", f"/statement {typed}", f"月账单{typed}"):
        answer = private(text)
        assert isinstance(answer, Asked)
        assert answer.argument == MonthAsked(month, year)


def test_this_month_and_the_last_one_know_where_a_year_begins() -> None:
    assert MonthAsked(0).resolve(date(2026, 11, 22)) == (2026, 11)
    assert MonthAsked(-1).resolve(date(2026, 12, 31)) == (2026, 11)
    assert MonthAsked(0).resolve(date(2026, 12, 1)) == (2026, 12)
    assert MonthAsked(-1).resolve(date(2027, 1, 1)) == (2026, 12)


def test_a_month_without_its_year_is_the_latest_that_has_begun() -> None:
    today = date(2026, 11, 22)
    assert MonthAsked(11).resolve(today) == (2026, 11)
    assert MonthAsked(12).resolve(today) == (2025, 12)
    assert MonthAsked(1).resolve(today) == (2026, 1)
    assert MonthAsked(12, 2026).resolve(today) == (2026, 12)
