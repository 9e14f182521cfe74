"""Anchors that are posted: the fingerprint of all that was written, where nobody can take it back.

Guards: what is posted is in the audit of the same commit, each anchor once, however often the clock asks.
"""
from __future__ import annotations

from typing import Final

from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.events import AnchorPosted
from wallet.operators import HOUSE
from wallet.plain import frozen

POSTED: Final = "anchor_posted"
"""What the audit calls it."""


@frozen(kw_only=True)
class PostAnchor(Command):
    """The clock posts an anchor to the channel that is set for that."""

    channel: int
    anchor: int
    at: int
    hash: str
    """As hex."""

    def decide(self, books: Books) -> Outcome:
        """Always done."""
        books.audit(HOUSE, POSTED, f"{self.anchor} {self.hash} in {self.channel}")
        books.tell(0, AnchorPosted(self.anchor, self.at, self.hash), telegram_id=self.channel)
        return Done()
