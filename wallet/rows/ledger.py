"""Double entry: accounts, what moved between them, and what was said of it."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Account(Row):
    """A balance and how many entries made it. Its id tells its owner and its kind. What came lately is counted here,
    because whoever is paid has this row written anyway."""

    id: int
    kind: int
    balance: int
    entries: int
    hour: int = 0
    """The number of the hour that is being counted; 0 where only a balance is kept."""
    came_from: int = 0
    """How many paid its owner in it who never had before."""
    came_sum: int = 0
    """How much that was."""
    before_from: int = 0
    """The same of the hour before, here and below."""
    before_sum: int = 0


class Transfer(Row):
    """One movement of money: what, between which accounts, how much, when, and which commit wrote it."""

    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    id: int
    kind: str
    debit: int
    credit: int
    amount: int
    at: int
    reverses: int
    """The transfer that this one takes back, or 0."""
    hold: int
    """The hold it begins or ends, or 0."""
    note_digest: bytes
    """Keyed digest of its note, empty without one: erasing the note changes no hash."""
    lane: int
    seq: int


class Entry(Row):
    """One side of a transfer, numbered per account without gaps, with the balance it left."""

    KEY: ClassVar[tuple[str, ...]] = ("account", "number")
    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    account: int
    number: int
    transfer: int
    amount: int
    balance_after: int


class Note(Row):
    """What a payer wrote to a transfer; erasable."""

    KEY: ClassVar[tuple[str, ...]] = ("transfer",)
    ONCE: ClassVar[bool] = True

    transfer: int
    text: str


class Unnamed(Row):
    """A transfer of which one side named the other by nothing but a phone number, and is told no more."""

    KEY: ClassVar[tuple[str, ...]] = ("transfer",)
    ONCE: ClassVar[bool] = True

    transfer: int
    member: int
    """Who is told no name."""
