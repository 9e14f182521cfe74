"""Requests for money."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Request(Row):
    """That a member asks one person for money, and what became of it. A root, because whoever is asked ends it too."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who asks."""
    person: int
    """The Telegram id of whoever is asked; they need not have joined."""
    amount: int
    note: str
    """Erasable; no hash depends on it."""
    by_number: int
    """1 when the asker named the person by nothing but a phone number, which tells no name; else 0."""
    state: str
    """"open", "paid", "declined", "withdrawn" or "expired"."""
    created_at: int
    remind_at: int
    """When the person is reminded; 0 once they were."""
    expires_at: int
    ended_at: int
    transfer: int
    """The transfer that paid it, or 0."""
    chat: int
    """The chat in which its card stands, or 0."""
    message: int
    """The card's message there, or 0."""
    offer: int
    """The newest message that asks the person, in their private chat, or 0."""
