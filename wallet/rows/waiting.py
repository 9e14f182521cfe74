"""Debits that wait for their owner's word, and money that waits for somebody to take it."""
from __future__ import annotations

from typing import ClassVar, Final

from wallet.rows.base import Row


class Draft(Row):
    """A debit that waits for its owner's word. Its token is the button's: random, one use, bound to the member."""

    KEY: ClassVar[tuple[str, ...]] = ("token",)

    token: str
    member: int
    needs: str
    """"confirm" or "pin"."""
    intent: str
    """What its owner wants, as JSON (see `wallet.drafts.Intent`)."""
    state: str
    """"open", "used", "cancelled" or "expired"."""
    expires_at: int
    chat: int
    message: int
    """The chat and the message that asked, so that the waiting line there can be changed."""
    card: str
    """What Telegram calls the card under which it was asked, where that was sent through us, or ""."""
    transfer: int
    """The transfer by which somebody else paid what it asks for, or 0."""


TO_CLAIM: Final = "claim"
"""What a hold is for: it waits for a person who has not joined."""
TO_ACCEPT: Final = "accept"
"""It waits for the word of a member who confirms what comes in."""
TO_ARRIVE: Final = "delay"
"""It arrives by itself when its time has come, because its payer wanted to be able to take it back until then."""
TO_CHECK: Final = "check"
"""Operators look at it first: a rule held it back."""
TO_THAW: Final = "frozen"
"""It waits for the freeze of whoever it is for to be lifted."""


class Hold(Row):
    """Money set aside until exactly one of: settled, released, declined, expired. A child of the paying member."""

    id: int
    member: int
    """Whose money it is."""
    purpose: str
    """`TO_CLAIM`, `TO_ACCEPT`, `TO_ARRIVE`, `TO_CHECK` or `TO_THAW`."""
    amount: int
    beneficiary: int
    """The Telegram id of the person it waits for; 0 when it is for whoever takes it first under its card."""
    transfer: int
    """The transfer that set it aside; its code is what people quote."""
    state: str
    """"open", "settled", "released", "declined" or "expired"."""
    expires_at: int
    ended_at: int
    ended_by: int
    """The transfer that ended it, or 0."""
    chat: int
    """The chat in which its card stands, or 0."""
    message: int
    """The card's message there, or 0."""
    by_number: int
    """1 when the payer named the person by nothing but a phone number, which tells no name; else 0."""
    pinless_on: int
    """The day on which it was counted among what its payer paid without the PIN, or 0."""
    offer: int
    """The message that offers it to the person, in their private chat, or 0."""
    card: str
    """What Telegram calls a card that was sent through us, or "": only under it this is taken."""
    counted_on: int
    """The day on which it was counted among what its payer paid."""
