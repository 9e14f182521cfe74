"""The ways back in: a member's e-mail address, and a PIN that was forgotten."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Email(Row):
    """A member's e-mail address, and the code by which they prove that mail there reaches them. Erasable."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    address: bytes
    """The one that is bound, sealed with the member's key; empty for none."""
    bound_at: int
    asked: bytes
    """The one that a code was sent to, to be bound, sealed likewise; empty where the code is for something else."""
    purpose: str
    """What the code is for: one of `wallet.emails.PURPOSES`, or "" where there is none."""
    code: str
    """Keyed digest of the code."""
    until: int
    """When it is worth nothing any more."""
    tries: int
    """How many codes were typed since."""


class OneTimeCodes(Row):
    """That an operator signs with one-time codes, too."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    sealed: bytes
    """Their secret, sealed with the member's key; empty for none any more."""
    since: int
    """When the first code was typed, 0 before."""
    step: int
    """Of the last code that was used."""


class PinReset(Row):
    """That a member forgot their PIN and waits until they may choose another one."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    state: str
    """"waits", "stopped" or "used"."""
    version: int
    """The PIN that was forgotten; it is void once that is changed."""
    ready_at: int
    ends_at: int
    tell_at: int
    """When its member is told of it next, or 0."""


class Move(Row):
    """That somebody on another Telegram account asked for a wallet, and what became of it; one at a time."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    """The wallet."""
    person: int
    """The Telegram id of whoever asked."""
    asker: int
    """Their number, under which they began to join."""
    state: str
    """"asked", "objected", "rejected", "expired", "moved" (a minute ago), "done"."""
    asked_at: int
    ready_at: int
    """From then on operators may decide."""
    due_at: int
    """When the clock has to do with it, or 0."""


class FormerAccount(Row):
    """A Telegram account that a wallet belonged to before it moved: what was written then names it."""

    KEY: ClassVar[tuple[str, ...]] = ("member", "telegram_id")
    ONCE: ClassVar[bool] = True

    member: int
    telegram_id: int
    until: int
