"""What people are told of red envelopes."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class EnvelopeWent(Event):
    """To the maker: the receipt of a red envelope."""

    URGENT: ClassVar[bool] = True
    transfer: int
    envelope: int
    kind: str
    amount: int
    shares: int
    greeting: str
    expires_at: int


@frozen()
class ShareCame(Event):
    """To whoever opened an envelope: the receipt of their share."""

    URGENT: ClassVar[bool] = True
    transfer: int
    envelope: int
    payer: int
    """Who made it."""
    amount: int


@frozen()
class EnvelopeEmptied(Event):
    """To the maker: somebody opened the last share. The card in the group changes by it, whatever happens meanwhile."""

    URGENT: ClassVar[bool] = True
    filled: int
    """The transfer by whose code it is known."""
    envelope: int
    amount: int
    shares: int


@frozen()
class EnvelopeReturned(Event):
    """To the maker: the envelope's time is over, and what nobody opened came back."""

    URGENT: ClassVar[bool] = True
    transfer: int
    envelope: int
    filled: int
    """The transfer by whose code it is known."""
    amount: int
    """What came back."""
    opened: int
    shares: int
