"""Days that come again, computed at once and by walking."""
from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from wallet.dates import DAILY, MONTHLY, WEEKLY, can_be, latest, next_after

rhythms = st.one_of(st.just((DAILY, 0)), st.tuples(st.just(WEEKLY), st.integers(0, 6)),
                    st.tuples(st.just(MONTHLY), st.integers(1, 31)))
days = st.integers(date(2024, 1, 1).toordinal(), date(2034, 1, 1).toordinal())


def walked(unit: str, on: int, day: int) -> int:
    """The next one, by looking at every day."""
    while True:
        day += 1
        here = date.fromordinal(day)
        last = (date.fromordinal(day + 1)).day == 1
        if unit == DAILY or (unit == WEEKLY and here.weekday() == on) or (
                unit == MONTHLY and (here.day == on or (last and here.day < on))):
            return day


@given(rhythms, days)
def test_the_next_day_is_the_first_that_fits(rhythm: tuple[str, int], day: int) -> None:
    assert next_after(*rhythm, day) == walked(*rhythm, day)


@given(rhythms, days, st.integers(0, 400))
def test_the_latest_day_is_found_without_walking(rhythm: tuple[str, int], day: int, more: int) -> None:
    first = found = next_after(*rhythm, day)
    passed = 0
    while (following := next_after(*rhythm, found)) <= first + more:
        found, passed = following, passed + 1
    assert latest(*rhythm, first, first + more) == (found, passed)


def test_a_month_without_the_day_has_its_last_day() -> None:
    january = date(2027, 1, 31).toordinal()
    assert date.fromordinal(next_after(MONTHLY, 31, january)) == date(2027, 2, 28)
    assert date.fromordinal(next_after(MONTHLY, 31, date(2027, 2, 28).toordinal())) == date(2027, 3, 31)
    assert date.fromordinal(next_after(MONTHLY, 30, date(2028, 2, 1).toordinal())) == date(2028, 2, 29)


def test_days_that_cannot_be() -> None:
    assert [can_be(MONTHLY, 0), can_be(MONTHLY, 32), can_be(WEEKLY, 7), can_be(DAILY, 1)] == [False] * 4
    assert [can_be(MONTHLY, 31), can_be(WEEKLY, 0), can_be(DAILY, 0)] == [True] * 3
