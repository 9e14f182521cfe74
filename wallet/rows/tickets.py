"""What people write to the operators, and what these answer."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Ticket(Row):
    """A conversation with the operators. A root, because an operator and whoever asks may write into it at once."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who asks; they may still be joining, or never get to the end of it."""
    category: str
    """One of `wallet.tickets.CATEGORIES`."""
    subject: int
    """The number of what it is about, of the kind that its category is about; 0 for nothing."""
    state: str
    """"open" or "closed"."""
    opened_at: int
    waits_since: int
    """Since when it waits for the operators; 0 while it waits for whoever asks, or for nobody."""
    operator: int
    """The Telegram id of whoever took it, or 0."""
    words: int
    """How many messages it has."""
    pictures: int
    """How many pictures its member sent with them."""
    unanswered: int
    """How many messages its member wrote since the last answer."""
    rung: int
    """1 when the operators were told that it waits and none has looked since, else 0."""
    ended_at: int
    wrapped_key: bytes
    """The key that seals it, itself sealed, for somebody who had no member's key yet; empty where the member's own
    does. Destroying it makes what was sealed unreadable."""


class TicketWords(Row):
    """One message of a ticket. Erasable: no hash depends on it but the digest that the audit keeps."""

    KEY: ClassVar[tuple[str, ...]] = ("ticket", "number")
    ONCE: ClassVar[bool] = True

    ticket: int
    number: int
    operator: int
    """The Telegram id of the operator who wrote it, 0 for the member."""
    sealed: bytes
    """The text and what Telegram calls its pictures, sealed with the ticket's key or the member's."""
    at: int
