"""Members under 18 and their guardians."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Ward(Row):
    """That a member is a minor or was one here, who answers for them, and what that person allows. Read by every debit
    of a minor and by nobody else's. That they are one still, and whether anything may go out at all, stands in their
    member row, as `wallet.gate.Safeguard`."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    guardian: int
    """The guardian's member number; 0 while there is none."""
    payment: int
    """The most that one payment may be; 0 for what everybody may."""
    day: int
    """The most that may be paid in a day; 0 for what everybody may."""
    month: int
    """The most that may be paid in a calendar month; 0 for what everybody may."""
    free_on: int
    """The number of the day from which nobody has to answer for them any more; 0 while no ID number tells it."""
    since: int
    """When the guardian accepted or left: a link that asks for one is made for this moment, and works once."""
    away: int = 0
    """1 once they were told that their guardian's own wallet is stopped or asleep, until they are told otherwise."""
