"""What an operator types of an order of a court: how much, until when, who ordered it, its reference, its day, a note.

Guards: nothing is guessed. The parts stand in one order with semicolons between them, and what can't be read is asked
for again; the note is what is left, as it was typed.
"""
from __future__ import annotations

import re
from datetime import date
from typing import Final

from handlers.parsing.amounts import amount_said
from wallet.money import Currency, fold_width
from wallet.plain import frozen

_PARTS: Final = re.compile(r" *[;；] *")
_EVERYTHING: Final = frozenset({"all", "everything", "全部", "所有"})
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@frozen()
class OrderWords:
    """What was typed."""

    amount: int
    """0 for everything."""
    last_day: date | None
    """The last on which it holds; none for until it is lifted."""
    authority: str
    reference: str
    dated: date
    note: str


def order_said(words: str, currency: Currency) -> OrderWords | None:
    """The words behind a person; nothing where they are something else. Raises `AmountRefused`."""
    parts = _PARTS.split(words.strip(), maxsplit=4)
    if len(parts) < 4 or not all(parts[:4]):
        return None
    much, _space, until = fold_width(parts[0]).strip().partition(" ")
    dated, last_day = _day(parts[3]), _day(until) if until else None
    if dated is None or (until and last_day is None):
        return None
    amount = 0 if much.lower() in _EVERYTHING else amount_said(much, currency)
    return OrderWords(amount, last_day, parts[1], parts[2], dated, parts[4] if len(parts) > 4 else "")


def _day(typed: str) -> date | None:
    folded = fold_width(typed).strip()
    try:
        return date.fromisoformat(folded) if _DAY.fullmatch(folded) else None
    except ValueError:
        return None
