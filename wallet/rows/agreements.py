"""What operators published."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Publication(Row):
    """That operators published a version of an agreement: which texts exactly, and from when on it holds."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    ONCE: ClassVar[bool] = True

    id: int
    document: str
    version: str
    english: str
    """SHA-256 of the text."""
    chinese: str
    effective: int
    at: int
