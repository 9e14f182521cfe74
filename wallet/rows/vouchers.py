"""Vouchers: who redeemed them, and who guessed at their passwords."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Voucher(Row):
    """Money that whoever has its link may redeem, once each. The root of its account, its uses and its tries."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who made it."""
    amount: int
    """Of each use."""
    uses: int
    """How often it may be redeemed."""
    used: int
    """How often it was."""
    returned: int
    """What went back to its maker."""
    state: str
    """"open", "used" (to the last), "withdrawn" or "expired"."""
    transfer: int
    """The transfer that filled it."""
    only: int
    """The Telegram id of the one person who may redeem it, or 0."""
    nonce: str
    """From it and from a key outside the database its link follows."""
    password: str
    """Its password, sealed with the same key; "" for none."""
    tries: int
    """How many wrong passwords were typed, by whomever."""
    expires_at: int
    ended_at: int
    ended_by: int
    """The transfer by which the rest went back, or 0."""
    chat: int
    """The chat in which its card stands."""
    message: int
    """The card's message there, or 0."""
    pinless_on: int
    """The day on which it was counted among what its maker paid without the PIN, or 0."""
    counted_on: int
    """The day on which it was counted among what its maker paid."""


class VoucherUse(Row):
    """That somebody redeemed a voucher, which they can do once."""

    KEY: ClassVar[tuple[str, ...]] = ("voucher", "member")

    voucher: int
    member: int
    number: int
    """Its place among the uses, from 1."""
    transfer: int


class VoucherTry(Row):
    """How often somebody typed a wrong password for a voucher."""

    KEY: ClassVar[tuple[str, ...]] = ("voucher", "member")

    voucher: int
    member: int
    tries: int
