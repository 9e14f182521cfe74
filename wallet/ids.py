"""Numbers that name things, and the short codes in which people quote them.

Guards: a number is handed out once, for ever, whatever the clocks do. Every lane counts for itself and its
own number is in the last six bits, so two engines never need to ask each other. A code is a number written
in another way: nobody has to look one up to know whether it can exist.
"""
from __future__ import annotations

from typing import Final

LANES: Final = 64
"""How many lanes, and so engines at one time, a database can have."""

OPERATORS: Final = 0
"""In the place of a Telegram id: whom a notice is for that concerns all operators."""

ACCOUNTS_OF_ONE: Final = 16
"""How many kinds of account one owner can have; an account's id is its owner's number and its kind."""

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs without 0 O 1 I L: a prime number of them, so the check sign finds every single slip and swap."""

CODE_LENGTH: Final = 9
_BASE: Final = len(ALPHABET)
_DIGITS: Final = CODE_LENGTH - 1
SPACE: Final = _BASE**_DIGITS
"""Every number that has a code is below this."""
# The multiplier is prime to 31 and near the golden section of the space, so neighbours end up far apart.
_MULTIPLIER: Final = 527_115_621_019
_OFFSET: Final = 285_714_285_713
_INVERSE: Final = pow(_MULTIPLIER, -1, SPACE)
_VALUE: Final = {sign: value for value, sign in enumerate(ALPHABET)}
_FORGIVEN: Final = str.maketrans({" ": None, "-": None, "·": None, "\u00a0": None})


def number(counter: int, lane: int) -> int:
    """The number that the given lane hands out as its counter-th one (counter from 1)."""
    assert 0 <= lane < LANES
    assert counter >= 0
    return counter * LANES + lane


def account(owner: int, kind: int) -> int:
    """The id of an owner's account of one kind."""
    return owner * ACCOUNTS_OF_ONE + kind


def owner_of(account_id: int) -> int:
    """The number of an account's owner."""
    return account_id // ACCOUNTS_OF_ONE


def kind_of(account_id: int) -> int:
    """The kind of an account, as in `movements.AccountKind`."""
    return account_id % ACCOUNTS_OF_ONE


def code(some_number: int) -> str:
    """A number as people quote it: eight signs that do not count up visibly, and a check sign."""
    assert 0 <= some_number < SPACE
    rest = (some_number * _MULTIPLIER + _OFFSET) % SPACE
    rest, last = divmod(rest, _BASE**2)
    rest, third = divmod(rest, _BASE**2)
    first, second = divmod(rest, _BASE**2)
    pairs = _PAIRS[0][first], _PAIRS[1][second], _PAIRS[2][third], _PAIRS[3][last]
    (a, w), (b, x), (c, y), (d, z) = pairs
    return a + b + c + d + ALPHABET[(w + x + y + z) % _BASE]


def from_code(text: str) -> int | None:
    """The number behind a code, forgiving case, blanks and dashes; None when it cannot be one."""
    if len(text) > 4 * CODE_LENGTH:
        return None
    signs = text.strip().upper().translate(_FORGIVEN)
    if len(signs) != CODE_LENGTH or any(sign not in _VALUE for sign in signs):
        return None
    digits = [_VALUE[sign] for sign in signs]
    if _check(digits[:-1]) != digits[-1]:
        return None
    rest = 0
    for digit in digits[:-1]:
        rest = rest * _BASE + digit
    return (rest - _OFFSET) * _INVERSE % SPACE


def _check(digits: list[int]) -> int:
    """Weighted sum modulo a prime: weights differ and none is 0 modulo 31 (the ISBN-10 scheme)."""
    return sum((place + 2) * digit for place, digit in enumerate(digits)) % _BASE


_PAIRS: Final = tuple(
    tuple((ALPHABET[high] + ALPHABET[low], (place + 2) * high + (place + 3) * low)
          for high in range(_BASE) for low in range(_BASE))
    for place in range(0, _DIGITS, 2))
"""Two signs at a time, with their part of the check's sum: every payment writes codes."""
