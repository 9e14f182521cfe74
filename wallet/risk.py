"""The look that every debit gets before it is final.

Guards: there is one place where a movement can be stopped, inside the operation that would move the money. No rules
are in force yet, so everything passes; rules will be data with thresholds and decide here.
"""
from __future__ import annotations

from enum import Enum

from wallet.books import Books


class Verdict(Enum):
    """What may become of a movement."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password


def decide(books: Books, payer: int, receivers: tuple[int, ...], amount: int) -> Verdict:
    """Judge a debit of `amount` to each receiver (member numbers; 0 for somebody who has not joined)."""
    assert amount > 0
    assert receivers
    assert payer
    assert books.now
    return Verdict.PASS
