"""What people are told of what is asked of them one by one."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class RequestCame(Event):
    """To whoever is asked: somebody asks you for money."""

    request: int
    payee: int
    """The member who asks."""
    amount: int
    note: str
    expires_at: int


@frozen()
class RequestReminder(Event):
    """The same once more, a day later."""

    request: int
    payee: int
    amount: int
    note: str
    expires_at: int


@frozen()
class RequestPaid(Event):
    """To the asker: what they asked for has come."""

    URGENT: ClassVar[bool] = True
    request: int
    transfer: int
    payer: int
    amount: int
    note: str


@frozen()
class RequestEnded(Event):
    """To the asker: nothing comes of it. `state` is "declined" or "expired"."""

    request: int
    amount: int
    state: str


@frozen()
class RequestClosed(Event):
    """For the message that asked somebody in private, which is all that changes: "withdrawn" or "expired"."""

    request: int
    payee: int
    amount: int
    state: str
