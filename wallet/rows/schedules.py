"""Payments that come again, and what became of each of their days."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Schedule(Row):
    """A payment that comes again on certain days, as its payer said with the PIN. The root of what became of each day.

    Days are numbers of the calendar where the deployment lives."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who pays."""
    person: int
    """The receiver's Telegram id."""
    amount: int
    note: str
    """Erasable; no hash depends on it."""
    by_number: int
    """1 when the payer named the receiver by nothing but a phone number, which tells no name; else 0."""
    unit: str
    """"day", "week" or "month"."""
    on_day: int
    """Which of it, as in `wallet.dates`."""
    last_day: int
    """None is later; 0 for no end."""
    state: str
    """"active", "stopped" or "ended"."""
    next_day: int
    """The day that is due next."""
    try_day: int
    """When that is paid or tried again."""
    tries: int
    """How often that was tried."""
    told_day: int
    """The day of which the payer was told beforehand last."""
    created_at: int
    ended_at: int


class Ran(Row):
    """What became of one day of a schedule: nothing does so twice."""

    KEY: ClassVar[tuple[str, ...]] = ("schedule", "day")
    ONCE: ClassVar[bool] = True

    schedule: int
    day: int
    transfer: int
    """The payment, or 0 when the day was skipped."""
    at: int
