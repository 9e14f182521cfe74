"""What the engine itself reads and writes: the switch, its journal, what was decided and who is told."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Switch(Row):
    """The money switch, one row: read, under lock, by every commit."""

    ROOT: ClassVar[bool] = True

    id: int
    state: str
    """"open", "maintenance" or "read_only"."""
    until: int
    reason: str
    winds_down: int = 0
    """When the service closes, 0 for not at all: from the decision on nothing new is taken in."""


class Operation(Row):
    """That a key was decided, what was asked and what came of it. Expires after 90 days."""

    KEY: ClassVar[tuple[str, ...]] = ("key",)
    ONCE: ClassVar[bool] = True

    key: str
    fingerprint: bytes
    outcome: str
    at: int


class Journal(Row):
    """One commit of a lane: its place in the lane's chain and the hash over what it wrote."""

    KEY: ClassVar[tuple[str, ...]] = ("lane", "seq")

    lane: int
    seq: int
    previous: bytes
    hash: bytes
    at: int


class Notice(Row):
    """Somebody must be told something; written with what happened, delivered at least once."""

    ONCE: ClassVar[bool] = True

    id: int
    member: int
    """To whom, or 0 when `telegram_id` is somebody who has not joined, or `ids.OPERATORS` for whoever runs it all."""
    telegram_id: int
    event: str
    facts: str
    """The event's facts as JSON; words are found at delivery, in the reader's language."""
    at: int
    lane: int


class Audit(Row):
    """Something that people answer for: a step of joining, a PIN lock, an operator's act. Append-only."""

    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    id: int
    member: int
    act: str
    facts: str
    at: int
    lane: int
    seq: int
