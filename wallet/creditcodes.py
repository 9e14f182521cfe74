"""Unified social credit codes of organisations, as people type them.

Guards: a code is one that could have been given: eighteen signs of the alphabet of GB 32100-2015, digits where they say
where it was given, and the right check sign. Full-width signs and blanks are forgiven.
"""
from __future__ import annotations

import re
import unicodedata
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Without I, O, S, V and Z, which look like others."""
LONGEST_TYPED: Final = 100
"""Nothing longer is looked at."""
_FORM: Final = re.compile(rf"[1-9A-GY][{ALPHABET}][0-9]{{6}}[{ALPHABET}]{{10}}")
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))


class CodeRefused(ValueError):
    """What was typed is no credit code; it says whether that is "form" or "checksum"."""


def read_code(typed: str) -> str:
    """The code that was typed, in its one form. Raises `CodeRefused`."""
    if len(typed) > LONGEST_TYPED:
        raise CodeRefused("form")
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()
    if _FORM.fullmatch(code) is None:
        raise CodeRefused("form")
    if check_sign(code[:17]) != code[17]:
        raise CodeRefused("checksum")
    return code


def check_sign(signs: str) -> str:
    """The last sign of a code that begins with these seventeen."""
    return ALPHABET[-sum(weight * ALPHABET.index(sign) for weight, sign in zip(_WEIGHTS, signs, strict=True)) % 31]
