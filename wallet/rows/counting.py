"""What is counted for limits and habits, in the commit that moves the money."""
from __future__ import annotations

from typing import ClassVar, Final

from wallet.rows.base import Row


class Counter(Row):
    """What a member paid on one day (day 0: ever, and in one year), counted in the commit that moved the money."""

    KEY: ClassVar[tuple[str, ...]] = ("member", "day")

    member: int
    day: int
    sent_sum: int
    sent_count: int
    pinless_sum: int
    uncounted: int
    """What of the sum counts towards no limit: it came back, or gave back what had been received."""
    year: int
    """The year in which the member last paid; 0 in a day's row."""
    year_sum: int
    """What counts in that year; 0 in a day's row."""
    hour: int = 0
    """The number of the hour that is being counted; 0 in a day's row, as is all that follows."""
    hour_count: int = 0
    """How often they paid in it."""
    hour_sum: int = 0
    hour_new: int = 0
    """How many of those whom they paid they had never paid before."""
    before_count: int = 0
    """The same of the hour before, here and below."""
    before_sum: int = 0
    before_new: int = 0


class OwnLimits(Row):
    """The limits that a member chose, lower than those of the identity level. 0 stands for none."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    payment: int
    """The most that one payment may be."""
    day: int
    """The most that may be paid in a day."""
    next_payment: int
    """The same from a day on: what was raised waits for the next one."""
    next_day: int
    from_day: int
    """From which, or 0."""


class Tally(Row):
    """How many of something a member has open, and how many they began on the last day, or in the last other window of
    time, in which they began one."""

    KEY: ClassVar[tuple[str, ...]] = ("member", "what")

    member: int
    what: str
    """Of what, as `wallet.tallies` names it."""
    open: int
    day: int
    began: int
    """On that day."""


BY_NAME: Final = 0
"""Somebody was pointed at, or named by anything but a phone number."""
BY_NUMBER: Final = 1
"""By nothing but a phone number."""
BOTH: Final = 2
"""In both ways, and neither was told to be the same person."""


class Pair(Row):
    """How often, how much and when last one member paid another."""

    KEY: ClassVar[tuple[str, ...]] = ("sender", "receiver")

    sender: int
    receiver: int
    count: int
    total: int
    last_at: int
    """When it was by name last; by number as long as no name was named."""
    by_number: int
    """How the sender has named the receiver: `BY_NAME`, `BY_NUMBER` (which tells no name) or `BOTH`."""
