"""What an operator types behind the person whom they mean: a direction, a reason, a time, a note.

Guards: nothing is guessed. A reason is a clause's name and a time a whole number of hours or days; whatever else stands
in their place is asked about, and the rest is the note, as it was typed.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from wallet.money import fold_width
from wallet.penalties import MOST_HOURS, NOTE_MOST, REASONS
from wallet.plain import frozen
from wallet.standing import DIRECTIONS

_REASONS: Final[Mapping[str, str]] = {
    **{reason: reason for reason in REASONS},
    "抓取": "scraping", "入侵": "intrusion", "猜测": "bruteforce", "隐私": "privacy", "盗窃": "theft",
    "篡改": "tampering", "漏洞": "exploit", "洗钱": "laundering", "欺诈": "fraud", "内容": "content",
    "冒充": "impersonation", "诽谤": "defamation", "其他": "other"}
_DIRECTIONS: Final[Mapping[str, str]] = {
    **{direction: direction for direction in DIRECTIONS},
    "转账": "sending", "转出": "sending", "收款": "receiving", "红包": "envelopes"}
assert set(_DIRECTIONS.values()) == set(DIRECTIONS)
_OFF: Final = frozenset({"off", "none", "解除"})
_FOR_EVER: Final = frozenset({"forever", "永久"})
_TIME: Final = re.compile(r"([0-9]{1,5})(d|h|天|小时)")
_HOURS: Final[Mapping[str, int]] = {"h": 1, "小时": 1, "d": 24, "天": 24}


@frozen()
class PenaltyWords:
    """What was typed."""

    direction: str = ""
    reason: str = ""
    """"" where it has yet to be asked."""
    hours: int | None = None
    """0 for ever; nothing where no time was typed."""
    note: str = ""
    off: bool = False
    """Whether what limits is to be lifted."""


def penalty_said(words: str, *, limits: bool, timed: bool) -> PenaltyWords | None:
    """The words behind a person; nothing where they are something else."""
    rest, direction, hours = words, "", None
    if limits:
        typed, rest = _next(rest)
        direction = _DIRECTIONS.get(typed, "")
        if not direction and typed:
            return None
        if _next(rest)[0] in _OFF:
            return PenaltyWords(direction, off=True) if direction else None
    typed, rest = _next(rest)
    reason = _REASONS.get(typed, "")
    if not reason:
        return PenaltyWords(direction) if not typed else None
    if timed:
        typed, behind = _next(rest)
        hours = _hours(typed)
        if hours is not None:
            rest = behind
    return PenaltyWords(direction, reason, hours, rest[:NOTE_MOST])


def _next(words: str) -> tuple[str, str]:
    """The first word, and what stands behind it."""
    first, _, rest = words.strip().partition(" ")
    return fold_width(first).lower(), rest.strip()


def _hours(typed: str) -> int | None:
    """A time in hours, 0 for ever; nothing for what is none."""
    if typed in _FOR_EVER:
        return 0
    found = _TIME.fullmatch(typed)
    hours = int(found[1]) * _HOURS[found[2]] if found else 0
    return hours if 0 < hours <= MOST_HOURS else None
