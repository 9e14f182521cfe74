"""How a lucky envelope is divided: drawn when it is made, shuffled, and provable afterwards.

Guards: the shares follow from a seed alone, each is at least one minor unit, and together they are the amount to the
last unit. Every place in the order of opening has the same chances. Who knows the seed can compute all of it again,
with nothing but SHA-256; who knows the fingerprint only can tell nothing.

The seed is text. Chance is the SHA-256 digests of "SEED/0", "SEED/1", …, read as numbers of 64 bits; a number below n
is the remainder of the next one that does not favour small remainders.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

SEED_LENGTH: Final = 64
"""256 bits, written down as hexadecimal digits."""
_RANGE: Final = 2**64


def divide(lucky: bool, seed: str, amount: int, count: int) -> tuple[int, ...]:
    """The shares of an envelope in the order in which they will be opened: by chance, or all the same."""
    if lucky:
        return draw(seed, amount, count)
    return (amount // count,) * count


def draw(seed: str, amount: int, count: int) -> tuple[int, ...]:
    """The shares of an amount in the order in which they will be opened.

    One after the other is drawn between one unit and twice what is left per head, less that unit, so that each can
    expect the same; the last takes the rest. Then they are shuffled: the spread grows with every draw, and those who
    open late would have more of it.
    """
    assert 0 < count <= amount
    chance = numbers(seed)
    shares: list[int] = []
    spare = amount - count
    for heads in range(count, 1, -1):
        more = below(2 * spare // heads + 1, chance)
        shares.append(1 + more)
        spare -= more
    shares.append(1 + spare)
    for last in range(count - 1, 0, -1):
        other = below(last + 1, chance)
        shares[last], shares[other] = shares[other], shares[last]
    return tuple(shares)


def fingerprint(seed: str, shares: Sequence[int]) -> str:
    """What is shown before anything is opened: SHA-256 over "SEED:SHARE,SHARE,…", in hexadecimal digits."""
    return hashlib.sha256(f"{seed}:{listed(shares)}".encode()).hexdigest()


def listed(shares: Sequence[int]) -> str:
    """Shares as text."""
    return ",".join(map(str, shares))


@lru_cache(maxsize=64)
def read(text: str) -> tuple[int, ...]:
    """The shares behind a text. Whoever opens one needs its place only, so what was read for others is kept."""
    return tuple(map(int, text.split(",")))


def numbers(seed: str) -> Iterator[int]:
    """As many numbers of 64 bits as are asked for."""
    block = 0
    while True:
        digest = hashlib.sha256(f"{seed}/{block}".encode()).digest()
        for start in range(0, len(digest), 8):
            yield int.from_bytes(digest[start:start + 8], "big")
        block += 1


def below(bound: int, chance: Iterator[int]) -> int:
    """A number from 0 to one below the bound, each as likely as the others."""
    assert 0 < bound <= _RANGE
    fair = _RANGE - _RANGE % bound
    return next(number for number in chance if number < fair) % bound
