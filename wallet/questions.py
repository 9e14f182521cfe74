"""The small questions before a share opens: what two numbers come to, or which signs stand in a picture.

Guards: all of a question follows from a secret and from what it is about, so nothing has to be kept for it. What goes
with an answer says neither which one is right nor what that is: an answer is its place among those that are offered,
and none of these looks more likely than another.
"""
from __future__ import annotations

import hmac
from typing import Final, NamedTuple

from wallet.shares import below, numbers

OFFERED: Final = 4
"""So many answers are offered to a sum."""
SIGNS: Final = "ACDEFHJKLMNPRTUVWXY34679"
"""What stands in a picture: nothing that is easily taken for another."""
HALVES: Final = 3
"""The signs of a picture are two halves. So many first ones with as many second ones are offered, each with each."""


class Sum(NamedTuple):
    """What two numbers come to."""

    first: int
    second: int
    offered: tuple[int, ...]
    right: int
    """The place of the right one."""
    proof: str
    """That it was asked: who was not asked does not know it."""


class Picture(NamedTuple):
    """Which signs stand in a picture."""

    signs: str
    offered: tuple[str, ...]
    right: int
    proof: str


def small_sum(secret: bytes, about: str) -> Sum:
    """The sum that somebody is asked."""
    seed, proof = _drawn(secret, f"sum:{about}")
    chance = numbers(seed)
    first, second, right = 2 + below(8, chance), 2 + below(8, chance), below(OFFERED, chance)
    lowest = first + second - right
    return Sum(first, second, tuple(range(lowest, lowest + OFFERED)), right, proof)


def picture(secret: bytes, about: str) -> Picture:
    """The picture that somebody is shown."""
    seed, proof = _drawn(secret, f"picture:{about}")
    chance, left = numbers(seed), list(SIGNS)
    halves = ["".join(left.pop(below(len(left), chance)) for _ in range(2)) for _ in range(2 * HALVES)]
    offered = tuple(first + second for first in halves[:HALVES] for second in halves[HALVES:])
    right = below(len(offered), chance)
    return Picture(offered[right], offered, right, proof)


def _drawn(secret: bytes, about: str) -> tuple[str, str]:
    """What all chance of a question comes from, and its proof."""
    digest = hmac.digest(secret, f"question:{about}".encode(), "sha256").hex()
    return digest[16:], digest[:16]
