"""What people are told of recurring payments."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class ScheduleSoon(Event):
    """To the payer, the day before: a payment that comes again is due. `day` is a number of the calendar."""

    schedule: int
    receiver_telegram_id: int
    amount: int
    note: str
    by_number: bool
    day: int


@frozen()
class ScheduleRan(Event):
    """To the payer: it was paid."""

    URGENT: ClassVar[bool] = True
    schedule: int
    transfer: int
    receiver: int
    amount: int
    note: str
    hold: int
    """The hold where the money waits for the receiver's word, or 0."""
    by_number: bool
    day: int
    again: int
    """The next day, 0 for none."""
    missed: int
    """How many days before it were not paid, because nothing ran then."""


@frozen()
class ScheduleFailed(Event):
    """To the payer: it could not be paid."""

    URGENT: ClassVar[bool] = True
    schedule: int
    receiver_telegram_id: int
    amount: int
    by_number: bool
    day: int
    why: str
    """"frozen", "restricted", "locked", "guardian", "agreements", "balance", "order", "waiting", "limit" or "risk"."""
    again: int
    """The day on which it is tried again or, when this one is skipped, due next; 0 for none."""
    skipped: bool
    missed: int


@frozen()
class ScheduleEnded(Event):
    """To the payer: it was stopped. `why` is "payer" or "receiver", whose wallet can't do it any more, or what kept it
    from being paid too often in a row, as in `ScheduleFailed`."""

    URGENT: ClassVar[bool] = True
    schedule: int
    receiver_telegram_id: int
    amount: int
    by_number: bool
    why: str
