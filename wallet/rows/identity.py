"""Who members say and prove that they are."""
from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wallet.rows.base import Row


@dataclass(slots=True)
class Identity(Row):
    """A member's name and ID number, and what became of their documents. Erasable: no hash depends on it."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    sealed: bytes
    """Name and number, sealed with the member's key."""
    given_at: int
    state: str
    """Of the documents: "none", "waiting", "approved" or "rejected"."""
    papers: bytes
    """What Telegram calls the pictures of them, sealed with the member's key; empty for none."""
    asked_at: int
    decided_at: int
    decided_by: int
    """The Telegram id of the operator who looked at them, or 0."""
    reason: str
    """Why they were rejected, as `wallet.identity.REASONS` names it, or ""."""
