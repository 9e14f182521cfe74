"""What is known of a wallet that somebody asks for from another Telegram account."""
from __future__ import annotations

from wallet.plain import frozen


@frozen()
class MoveView:
    """Somebody's asking for a wallet from another Telegram account."""

    member: int
    person: int
    """The Telegram id of whoever asks."""
    asker: int
    """Their number."""
    state: str
    ready_at: int
