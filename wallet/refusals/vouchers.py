"""What is refused about vouchers."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class UsesOutOfRange(Refusal):
    """A voucher can't be redeemed so often, or not at all."""

    most: int


@dataclass(eq=False)
class VoucherUnknown(Refusal):
    """No voucher has this link, or it is not the asker's to take back."""


@dataclass(eq=False)
class VoucherOwn(Refusal):
    """Whoever made a voucher takes it back and doesn't redeem it."""


@dataclass(eq=False)
class VoucherNotForYou(Refusal):
    """The voucher is for one person, who is somebody else."""


@dataclass(eq=False)
class RedeemedBefore(Refusal):
    """The asker redeemed it already. Not stored: that stays as it is, and is found without."""

    amount: int
    transfer: int
    stored = False


@dataclass(eq=False)
class VoucherUsedUp(Refusal):
    """Others have redeemed it to the last. Not stored: that stays as it is."""

    stored = False


@dataclass(eq=False)
class VoucherWithdrawn(Refusal):
    """Its maker took it back. Not stored: that stays as it is."""

    stored = False


@dataclass(eq=False)
class VoucherOver(Refusal):
    """The voucher's time is over and what was left went back, or is about to. Not stored: that stays as it is."""

    stored = False


@dataclass(eq=False)
class VoucherNotDue(Refusal):
    """The clock came too early; the voucher stays open. Not stored: the clock comes again."""

    stored = False


@dataclass(eq=False)
class PasswordNeeded(Refusal):
    """The voucher has a password and came without. Not stored: it can be typed and tried again."""

    stored = False


@dataclass(eq=False)
class PasswordWrong(Refusal):
    """The voucher's password was wrong; `left` attempts remain."""

    left: int


@dataclass(eq=False)
class PasswordShut(Refusal):
    """The asker typed too many wrong passwords; no more of theirs are looked at. Not stored: that stays as it is."""

    stored = False


@dataclass(eq=False)
class PasswordPaced(Refusal):
    """Many wrong passwords were typed for the voucher within an hour, one of them by the asker, who may try again at
    `again`. Not stored: later they may come again."""

    again: int

    stored = False


@dataclass(eq=False)
class TooManyVouchers(Refusal):
    """The maker has as many open vouchers as one may have."""

    most: int


@dataclass(eq=False)
class TooManyLinks(Refusal):
    """Somebody came by one made-up link to vouchers after the other. Not stored: later they may come again."""

    stored = False
