"""What people are told of vouchers."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class VoucherWent(Event):
    """To the maker: the receipt of a voucher that was asked for in a group."""

    URGENT: ClassVar[bool] = True
    transfer: int
    voucher: int
    amount: int
    """Of each use."""
    uses: int
    expires_at: int


@frozen()
class VoucherCame(Event):
    """To whoever redeemed a voucher: the receipt of it."""

    URGENT: ClassVar[bool] = True
    transfer: int
    voucher: int
    payer: int
    """Who made it."""
    amount: int


@frozen()
class VoucherRedeemed(Event):
    """To the maker: somebody redeemed the voucher."""

    voucher: int
    transfer: int
    receiver: int
    amount: int
    used: int
    uses: int


@frozen()
class VoucherReturned(Event):
    """To the maker: the voucher's time is over, and what nobody redeemed came back."""

    URGENT: ClassVar[bool] = True
    transfer: int
    voucher: int
    amount: int
    """What came back."""
    used: int
    uses: int


@frozen()
class VoucherGuessed(Event):
    """To the maker: many wrong passwords were typed for the voucher, which may be redeemed as before."""

    URGENT: ClassVar[bool] = True
    voucher: int
    transfer: int
    """The transfer that filled it."""
