"""How much of a member's balance orders of courts keep where it is, as the member's row lists them.

Guards: what several orders come to is one pure function. One whose time is over keeps nothing from that moment on,
however late the clock comes to end it.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallet.plain import frozen

EVERYTHING: Final = 2**62
"""More than any balance may be: nothing at all goes out."""


@frozen()
class Order:
    """An order that stands."""

    hold: int
    """The number of its `LegalHold`."""
    amount: int
    """0 for everything."""
    until: int
    """0 for until it is lifted."""


def read(text: str) -> tuple[Order, ...]:
    """What a member's row lists."""
    return tuple(Order(*map(int, one.split(":"))) for one in text.split())


def written(orders: Iterable[Order]) -> str:
    """As a member's row lists them, in the order in which they came."""
    ordered = sorted(orders, key=lambda one: one.hold)
    assert len({one.hold for one in ordered}) == len(ordered)
    return " ".join(f"{one.hold}:{one.amount}:{one.until}" for one in ordered)


def standing(text: str, now: int) -> tuple[Order, ...]:
    """Those that keep something at a moment."""
    return tuple(one for one in read(text) if not 0 < one.until <= now)


def total(text: str, now: int) -> int:
    """What has to stay at a moment: each order wants its own amount, and one for everything leaves nothing free."""
    amounts = [one.amount for one in standing(text, now)]
    return EVERYTHING if 0 in amounts else min(sum(amounts), EVERYTHING)
