"""What members hand in to be looked at by operators: documents, and whatever else is reviewed."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Application(Row):
    """What a member asks operators to look at and to decide. A root, because both may do something to it at once."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who asks."""
    kind: str
    """One of `wallet.applications.KINDS`."""
    subject: int
    """Another member whom it is about, or 0."""
    state: str
    """"open" while the member is still at it, then "waiting", "approved" or "rejected"; or "withdrawn"."""
    digest: str
    """Keyed digest of what may belong to one alone, or ""."""
    sealed: bytes
    """What was stated besides the pictures, sealed; empty for nothing, and after it was forgotten."""
    wrapped_key: bytes
    """The key that seals it, itself sealed, where that is not the member's own."""
    papers: str
    """Which pictures there are, by their names with blanks between."""
    began_at: int
    asked_at: int
    """Since when it waits for operators, or 0."""
    operator: int
    """The Telegram id of whoever sees to it or has decided, or 0."""
    taken_at: int
    """When they took it."""
    ended_at: int
    reason: str
    """Why it was rejected, as `wallet.applications.REASONS` names it, or ""."""
    seen_by: int = 0
    """The Telegram id of the operator who looked at the pictures last, or 0."""


class Paper(Row):
    """One picture of an application. Erasable: no hash depends on it but the digest that the audit keeps."""

    KEY: ClassVar[tuple[str, ...]] = ("application", "name")

    application: int
    name: str
    sealed: bytes
    """The picture, sealed with the key of its application."""
    at: int
