"""That the service closes, and how far telling everybody has come."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class WindDown(Row):
    """That two operators decided to close, or called it off. A root, because the clock goes on telling of it."""

    ROOT: ClassVar[bool] = True

    id: int
    kind: str
    """"begun" or "off"."""
    closes_at: int
    state: str
    """"open" while members are told, then "done"."""
    after: int
    """The member who was told last: by their numbers all up to this one were told."""
    told: int
    """How many that is."""
    at: int
    ended_at: int
