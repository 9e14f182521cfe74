"""Orders of courts and other authorities that keep money where it is."""
from __future__ import annotations

from wallet.rows.base import Row


class LegalHold(Row):
    """An order that keeps a member's money where it is. A child of the member."""

    id: int
    member: int
    authority: str
    """Which court, or whoever else may order it."""
    reference: str
    """How that calls the order."""
    dated: int
    """The number of the day that stands on it."""
    amount: int
    """So much stays; 0 for everything."""
    until: int
    """When it ends by itself; 0 for not before it is lifted."""
    note: str
    """For operators alone."""
    at: int
    proposal: int
    """What two operators signed so that it stands."""
    since_entry: int
    """How many entries the member's available money had then: what came later is what it holds for."""
    since_held: int
    """The same of the money that was set aside."""
    ended_at: int
    """0 while it stands."""
    ended_by: int
    """What two operators signed to end it, be it in words of their own or by the same order anew; 0 for the clock."""
    why: str
    """Why it was lifted; "" where another took its place, or its time was over."""
    last_entry: int
    """How many entries the available money had when it ended."""
    last_held: int
    """The same of what was set aside."""
