"""What people are told of bills that are split."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class ShareAsked(Event):
    """To somebody who is named in a split: their share is asked for, or asked for again."""

    split: int
    receiver: int
    """Who collects."""
    person: int
    """Whose share it is, by Telegram id."""
    again: bool


@frozen()
class ShareClosed(Event):
    """For the message that asked for a share in private, which is all that changes: "closed" or "expired"."""

    split: int
    receiver: int
    """Who collected."""
    person: int
    """Whose share it was, by Telegram id."""
    amount: int
    state: str


@frozen()
class OfferClosed(Event):
    """For a private message that offered a place, which is all that changes: "complete", "closed" or "expired"."""

    split: int
    receiver: int
    person: int
    """Who was offered it, by Telegram id."""
    message: int
    state: str


@frozen()
class ShareWent(Event):
    """To the payer: the receipt of a share that was paid in a group."""

    URGENT: ClassVar[bool] = True
    transfer: int
    split: int
    receiver: int
    amount: int
    note: str


@frozen()
class SharePaidIn(Event):
    """To whoever collects: somebody paid their share. `paid` of `payers` have."""

    URGENT: ClassVar[bool] = True
    transfer: int
    split: int
    payer: int
    amount: int
    note: str
    paid: int
    payers: int


@frozen()
class SplitLags(Event):
    """To whoever collects: a day has gone by, and some have yet to pay."""

    split: int
    paid: int
    payers: int
    collected: int


@frozen()
class SplitEnded(Event):
    """To whoever collects: the split's time is over, and some have not paid."""

    split: int
    paid: int
    payers: int
    collected: int
