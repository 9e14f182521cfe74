"""Who members say and prove that they are."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Identity(Row):
    """A member's name and ID number. Erasable: no hash depends on it."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    sealed: bytes
    """Name and number, sealed with the member's key."""
    given_at: int
    """0 once they were taken off as wrong: then they count no longer."""
    screened: str
    """With which screening list the name was compared, as its digest; "" for none."""


class Enterprise(Row):
    """The company for which a member was found entitled to act. Erasable: no hash depends on it."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    sealed: bytes
    """Name, credit code, contact person and invoice title, sealed with the member's key."""
    since: int
