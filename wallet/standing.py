"""What stops a member, as their row lists it: which penalties are in force, and until when each.

Guards: what the penalties in force together say is one pure function. One whose time is over stops nothing from that
moment on, however late the clock comes to end it; of each sort at most one is in force.
"""
from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag
from typing import Final

from wallet.plain import frozen

FROZEN: Final = "frozen"
BANNED: Final = "banned"
DORMANT: Final = "dormant"
"""Not a penalty: what a wallet is that nobody used for long (see `wallet.dormancy`)."""


class Restriction(IntFlag):
    """What a member may not do for a time."""

    SENDING = 1
    RECEIVING = 2
    ENVELOPES = 4


DIRECTIONS: Final = {one.name.lower(): one for one in Restriction if one.name}
"""By the names under which they are stored and typed."""
SORTS: Final = (BANNED, FROZEN, *DIRECTIONS)
"""What may be in force, the gravest first."""


@frozen()
class InForce:
    """A penalty in force."""

    sort: str
    """One of `SORTS`."""
    until: int
    """0 for ever."""
    penalty: int
    """Its number."""


@frozen()
class Summary:
    """What the penalties in force together say."""

    state: str
    """`BANNED`, `FROZEN`, or "" where the wallet is stopped in neither way."""
    restrictions: int
    """Bits of `Restriction`."""
    until: int
    """When the last of what is restricted ends; 0 for not by itself."""


def read(text: str) -> tuple[InForce, ...]:
    """What a member's row lists."""
    parts = [one.split(":") for one in text.split()]
    return tuple(InForce(sort, int(until), int(penalty)) for sort, until, penalty in parts)


def written(items: Iterable[InForce]) -> str:
    """As a member's row lists it, the gravest first."""
    ordered = sorted(items, key=lambda one: SORTS.index(one.sort))
    assert len({one.sort for one in ordered}) == len(ordered)
    return " ".join(f"{one.sort}:{one.until}:{one.penalty}" for one in ordered)


def found(text: str, sort: str, now: int) -> InForce | None:
    """What is in force of a sort at a moment."""
    return next((one for one in read(text) if one.sort == sort and not 0 < one.until <= now), None)


def summary(items: Iterable[InForce], now: int) -> Summary:
    """What penalties together say at a moment."""
    sorts = {one.sort: one.until for one in items if not 0 < one.until <= now}
    state = next((sort for sort in (BANNED, FROZEN) if sort in sorts), "")
    ends = [sorts[name] for name in DIRECTIONS if name in sorts]
    bits = sum(bit for name, bit in DIRECTIONS.items() if name in sorts)
    return Summary(state, int(bits), 0 if 0 in ends else max(ends, default=0))
