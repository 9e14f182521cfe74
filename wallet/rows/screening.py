"""Whose names may stand on the screening list, and what operators found."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Hit(Row):
    """That a member's name is like an entry of the screening list, and what became of it. A child of the member, in
    whose row stands whether any waits. It holds neither name."""

    KEY: ClassVar[tuple[str, ...]] = ("member", "entry")

    member: int
    entry: str
    """The entry's key: see `wallet.screening.Entry`."""
    id: int
    """By which people name it."""
    likeness: int
    """Per cent."""
    version: str
    """Of the list, as its digest."""
    state: str
    """"open", "pending" while a second operator has to confirm it, "cleared" or "confirmed"."""
    found_at: int
    operator: int
    """The Telegram id of whoever cleared it, or was the first to confirm it; 0 while it is open."""
    second: int
    """The Telegram id of whoever confirmed it as the second, or 0."""
    reason: str
    """One of `wallet.hits.CLEARED` or `wallet.hits.CONFIRMED`, or ""."""
    decided_at: int
    proposal: int
    """What a second operator has to sign, or did, or 0."""
    penalty: int
    """The freeze that was put in force for it, or 0."""


class NameList(Row):
    """The screening list in force, and how far the names that were given are compared with it. There is one."""

    ROOT: ClassVar[bool] = True

    id: int
    """1."""
    version: str
    """Its digest."""
    since: int
    """When it took the place of another one, or when names were found that were compared with another one."""
    after: int
    """Members up to this number are done."""
    compared: int
    """How many were."""
    found: int
    """How many likenesses the operators heard of by it."""
    ended_at: int
    """When all were done, or 0."""
