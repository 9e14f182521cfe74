"""Names and numbers of identity cards, as people type them.

Guards: a number is one that could have been given to somebody: eighteen signs of the form of GB 11643-1999, a day of
birth that there was, and the right check sign. Full-width digits and blanks are forgiven, digits of other scripts are
not.
"""
from __future__ import annotations

import re
import unicodedata
from calendar import isleap
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

LONGEST_TYPED: Final = 100
"""Nothing longer is looked at."""
MOST_NAME: Final = 50
ADULT: Final = 18
"""Years."""

_FORM: Final = re.compile(r"[1-9][0-9]{5}((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SIGNS: Final = "10X98765432"
_NARROW: Final = {0xFF01 + place: 0x21 + place for place in range(94)}
"""Full-width signs as narrow ones."""
_DOTS: Final = str.maketrans("•・‧∙．’", "·····'")
_BETWEEN: Final = frozenset(" ·-.'")


class IdProblem(StrEnum):
    """Why a number can't be one."""

    FORM = "form"
    DATE = "date"
    CHECKSUM = "checksum"


class IdRefused(ValueError):
    """What was typed is no number of an identity card."""

    def __init__(self, problem: IdProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class IdNumber(NamedTuple):
    """A number in its one form, and the day of birth in it."""

    text: str
    born: date


def read_number(typed: str) -> IdNumber:
    """The number that was typed. Raises `IdRefused`."""
    if len(typed) > LONGEST_TYPED:
        raise IdRefused(IdProblem.FORM)
    text = re.sub(r"[\s-]", "", typed.translate(_NARROW)).upper()
    form = _FORM.fullmatch(text)
    if form is None:
        raise IdRefused(IdProblem.FORM)
    try:
        born = date(*(int(part) for part in form.groups()))
    except ValueError:
        raise IdRefused(IdProblem.DATE) from None
    if check_sign(text[:17]) != text[17]:
        raise IdRefused(IdProblem.CHECKSUM)
    return IdNumber(text, born)


def check_sign(digits: str) -> str:
    """The last sign of a number that begins with these seventeen."""
    return _SIGNS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11]


def of_age_on(born: date) -> date:
    """The day from which somebody is of age. Who was born on 29 February is so from 1 March where there is none."""
    year = born.year + ADULT
    return date(year, 3, 1) if (born.month, born.day) == (2, 29) and not isleap(year) else born.replace(year=year)


def read_name(typed: str) -> str | None:
    """A name as it stands on an identity card or a passport; None for what can be none."""
    if len(typed) > LONGEST_TYPED:
        return None
    name = " ".join(unicodedata.normalize("NFKC", typed.translate(_DOTS)).split())
    letters = sum(sign.isalpha() for sign in name)
    if letters < 2 or len(name) > MOST_NAME or not all(sign.isalpha() or sign in _BETWEEN for sign in name):
        return None
    return name if name[0].isalpha() else None


def masked_number(number: str) -> str:
    """Enough of a number to recognise one's own."""
    return f"{number[:1]}{'*' * 16}{number[-1:]}"
