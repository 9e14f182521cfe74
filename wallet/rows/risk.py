"""What rules look at and what they decided: habits, and movements that were looked at twice."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Habit(Row):
    """What rules know of a member that hardly ever happens: wrong PINs and reports. A child of the member, in whose row
    stands whether there is anything to be found here."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    wrong_pins: int
    """Wrong PINs since `wrong_since`."""
    wrong_since: int
    reports: int
    """By how many others they were reported since `reports_since`."""
    reports_since: int
    rang_at: int
    """When the operators last heard that a payment of theirs was refused."""


class Interception(Row):
    """That a rule applied to a movement, and what became of it. A child of the paying member."""

    id: int
    """Where money is held back, the number of its hold."""
    member: int
    person: int
    """Who is paid, by Telegram id; 0 for nobody in particular, or several."""
    amount: int
    rule: str
    verdict: str
    """"ask", "cool", "hold" or "refuse", with "dry " before it where nothing was done."""
    facts: str
    state: str
    """"noted" where there is nothing to decide, "open", "released", "sent_back" or "expired"."""
    at: int
    decided_at: int
    decided_by: int
    """The Telegram id of the operator who sent it back; 0 for the clock, and for what operators signed, whom the audit
    names."""
    reason: str
