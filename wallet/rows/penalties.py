"""What operators decided against members."""
from __future__ import annotations

from typing import Final

from wallet.rows.base import Row

WARNING: Final = "warning"
LIMITED: Final = "limited"


class Penalty(Row):
    """A warning, or something that a member has to do without. A child of the member."""

    id: int
    member: int
    kind: str
    """"warning", "limited", "frozen" or "banned"."""
    direction: str
    """Of one that limits: "sending", "receiving" or "envelopes"; else ""."""
    reason: str
    """The clause of the user agreement, by its anchor there."""
    note: str
    """The operator's own words, which other operators read."""
    at: int
    by: int
    """The operator's Telegram id."""
    until: int
    """When it ends by itself; 0 for never, and of a warning."""
    ended_at: int
    """When it ended; 0 while it is in force. A warning is over at once."""
    ended_by: int
    """The Telegram id of the operator who ended it; 0 for the clock."""
    swept: int
    """1 once all that a ban ends has ended, and for everything that ends nothing."""
