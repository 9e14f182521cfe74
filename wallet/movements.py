"""Every legal way money moves. What is not in this file cannot happen.

Guards: the ledger accepts a transfer only when its kind, its two accounts' kinds and their owners fit one of
these lines, so a rule with a slip in it fails before it reaches the database.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class AccountKind(IntEnum):
    """What an account is for. The value is part of every account's id: append, never renumber."""

    AVAILABLE = 0
    """A member's money that can be spent."""
    HELD = 1
    """A member's money that is set aside until a hold ends."""
    ENVELOPE = 2
    """What a red envelope still holds. Its owner is the envelope."""
    VOUCHER = 3
    """What a voucher still holds. Its owner is the voucher."""
    CLEARING = 8
    """The border of the ledger: what came in from outside and has not gone out (house, one per lane)."""
    FEES = 9
    """What the house earned (house, one per lane)."""
    PROMOTION = 10
    """What the house gives away (house, one per lane)."""
    ADJUSTMENT = 11
    """What operators corrected: the house bears it, or has it (house, one per lane)."""


HOUSE: Final = frozenset({AccountKind.CLEARING, AccountKind.FEES, AccountKind.PROMOTION, AccountKind.ADJUSTMENT})
"""Kinds of which each lane has an account of its own, guarded by the lane's lock."""

MAY_GO_BELOW_ZERO: Final = frozenset({AccountKind.CLEARING, AccountKind.ADJUSTMENT})
"""Money that entered the ledger is owed by the clearing account, so its balance is at most zero; what operators gave
more than they took is the house's loss."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One legal way: a name that is stored, and from which kind of account to which."""

    name: str
    source: AccountKind
    target: AccountKind
    same_owner: bool
    """Whether both accounts are one member's."""


TOP_UP: Final = Movement("top_up", AccountKind.CLEARING, AccountKind.AVAILABLE, same_owner=False)
"""Money enters: play money now, a bank's or a card's later."""
SEND: Final = Movement("send", AccountKind.AVAILABLE, AccountKind.AVAILABLE, same_owner=False)
"""One member pays another."""
SET_ASIDE: Final = Movement("set_aside", AccountKind.AVAILABLE, AccountKind.HELD, same_owner=True)
"""The payer's money waits for somebody who has yet to join, or to say yes."""
CLAIM: Final = Movement("claim", AccountKind.HELD, AccountKind.AVAILABLE, same_owner=False)
"""Money that waited reaches the one it was meant for."""
RETURN: Final = Movement("return", AccountKind.HELD, AccountKind.AVAILABLE, same_owner=True)
"""Money that waited goes back: not taken in time, declined, or taken back by the payer."""
GIVEBACK: Final = Movement("giveback", AccountKind.AVAILABLE, AccountKind.AVAILABLE, same_owner=False)
"""A receiver returns a payment to whoever made it."""
ENVELOPE: Final = Movement("envelope", AccountKind.AVAILABLE, AccountKind.ENVELOPE, same_owner=False)
"""A member fills a red envelope."""
SHARE: Final = Movement("share", AccountKind.ENVELOPE, AccountKind.AVAILABLE, same_owner=False)
"""Somebody opens their share of one."""
ENVELOPE_BACK: Final = Movement("envelope_back", AccountKind.ENVELOPE, AccountKind.AVAILABLE, same_owner=False)
"""What nobody opened goes back to whoever made the envelope."""
VOUCHER: Final = Movement("voucher", AccountKind.AVAILABLE, AccountKind.VOUCHER, same_owner=False)
"""A member makes a voucher."""
VOUCHER_USE: Final = Movement("voucher_use", AccountKind.VOUCHER, AccountKind.AVAILABLE, same_owner=False)
"""Somebody redeems one."""
VOUCHER_BACK: Final = Movement("voucher_back", AccountKind.VOUCHER, AccountKind.AVAILABLE, same_owner=False)
"""What nobody redeemed goes back to whoever made the voucher."""
SPLIT: Final = Movement("split", AccountKind.AVAILABLE, AccountKind.AVAILABLE, same_owner=False)
"""Somebody pays their share of what another member paid for all."""

ADJUST_IN: Final = Movement("adjust_in", AccountKind.ADJUSTMENT, AccountKind.AVAILABLE, same_owner=False)
"""Two operators give a member what was missing."""
ADJUST_OUT: Final = Movement("adjust_out", AccountKind.AVAILABLE, AccountKind.ADJUSTMENT, same_owner=False)
"""Two operators take from a member what was too much."""

ALL: Final = {way.name: way for way in (TOP_UP, SEND, SET_ASIDE, CLAIM, RETURN, GIVEBACK, ENVELOPE, SHARE,
                                        ENVELOPE_BACK, VOUCHER, VOUCHER_USE, VOUCHER_BACK, SPLIT,
                                        ADJUST_IN, ADJUST_OUT)}

LEAVES: Final = frozenset(way.name for way in ALL.values() if way is not RETURN
                          and way.source in (AccountKind.AVAILABLE, AccountKind.HELD))
"""By which a member's balance becomes less, or what they set aside is no more theirs."""

ARRIVED: Final = tuple(way.name for way in (SEND, CLAIM, SHARE, VOUCHER_USE, SPLIT))
"""By which money reached somebody else: what waits has yet to, and what comes back never did."""
