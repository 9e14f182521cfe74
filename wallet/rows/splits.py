"""Splits, and what each pays of them."""
from __future__ import annotations

from typing import ClassVar, Final

from wallet.rows.base import Row

NAMED: Final = "named"
"""A split whose payers are named."""
BY_PLACE: Final = "open"
"""One that whoever comes first may pay."""


class Split(Row):
    """What somebody asks others their shares of, and how far that is. The root of its shares."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who made it and collects."""
    kind: str
    """`NAMED` or `BY_PLACE`."""
    amount: int
    """What is divided."""
    heads: int
    """Among how many, whoever collects counted where they bear a share."""
    payers: int
    """How many are to pay."""
    due: int
    """What they pay in all."""
    paid: int
    """How many have paid."""
    collected: int
    """What these paid."""
    state: str
    """"open", "complete", "closed" or "expired"."""
    made_at: int
    expires_at: int
    remind_at: int
    """When the clock reminds; 0 once it has."""
    reminded_at: int
    """When those who have yet to pay were asked last; 0 in older ones of which nobody was reminded."""
    ended_at: int
    chat: int
    """The group that it is for, or the maker's private chat."""
    message: int
    """Its card there, or 0."""
    note: str
    offers: int
    """How many private messages offer a place of it to people who have not paid."""


class SplitShare(Row):
    """What somebody pays of a split, which they can do once. Those who are not named have one when they have paid."""

    KEY: ClassVar[tuple[str, ...]] = ("split", "person")

    split: int
    person: int
    """Telegram id."""
    number: int
    """Its place, from 1."""
    amount: int
    member: int
    """Who paid it, or 0."""
    transfer: int
    """The transfer by which they did, or 0."""
    offer: int
    """The newest message that asks them, in their private chat, or 0."""


class SplitOffer(Row):
    """Where somebody who is not named was shown, in private, that they can take a place of a split."""

    KEY: ClassVar[tuple[str, ...]] = ("split", "person")

    split: int
    person: int
    """Telegram id."""
    message: int
    """The newest message that offers it, in their private chat; 0 when it offers it no more."""
