"""Amounts and the notes behind them.

Guards: no amount is guessed. Whatever could still belong to the number or change who is paid (`1 000`, `20 万`,
`20 USD`, a second person) is unclear, and never taken for the note.
"""

from __future__ import annotations

import re
from typing import Final

from handlers.parsing.reading import USERNAME, WORD, Reading
from handlers.parsing.requests import ParseProblem
from wallet.money import AmountRefused, is_currency_word, parse_amount
from wallet.text import TextReason, TextRefused, clean_note

EACH: Final = "每人|每位|每个人|每個人|各自|各"
_EACH_BEFORE: Final = re.compile(rf"(?:each|{EACH})(?=[^A-Za-z]|$)", re.IGNORECASE)
_EACH_AFTER: Final = re.compile(rf"(?:each(?![A-Za-z0-9_])|/人|(?:{EACH})(?= |$))", re.IGNORECASE)
# A number with its sign and currency, up to a space, a word for "each", or a comma that opens the note.
_AMOUNT: Final = re.compile(
    rf"(?:[^ 0-9]{{1,8}} (?=[0-9]))?[^ ]*?[0-9][^ ]*?(?= |$|(?:{EACH}|/人|each)(?: |$)|[,、;:](?:[^0-9]|$))",
    re.IGNORECASE,
)
# What could still belong to the number before it: `1 000`, `20 .50`, `20 万`.
_MORE_NUMBER: Final = re.compile(r"[0-9]{3}(?:[.,][0-9]*)?|[.,][0-9].*")
_UNIT: Final = re.compile(
    r"[万萬千仟百佰亿億]{1,2}[元块塊]?|[角毛分]钱?|k|w|kk|m|b|bn|mio|wan|hundred|thousand|million|billion|cents?"
)


def read_amount(reading: Reading) -> tuple[int, bool]:
    """The amount that stands here in minor units, and whether it is for each receiver."""
    each = reading.take(_EACH_BEFORE) is not None
    if not reading.rest:
        reading.stop(ParseProblem.NO_AMOUNT)
    written = reading.take(_AMOUNT)
    text = written[0].rstrip(" ") if written else reading.peek()
    if written is not None and is_currency_word(reading.peek(), reading.currency):
        # A currency beside the number belongs to it; as a note it would hide that yuan were sent for dollars.
        text = f"{text} {reading.peek()}"
        reading.take(WORD)
    try:
        minor_units = parse_amount(text, reading.currency)
    except AmountRefused as refused:
        reading.stop(ParseProblem.AMOUNT, refused)
    each = reading.take(_EACH_AFTER) is not None or each
    return minor_units, each


def read_note(reading: Reading) -> str | None:
    """Everything after the amount, unless it could change what the amount or the receiver is."""
    if not reading.rest:
        return None
    for separators in ("", " ,、;:"):
        reading.skip(separators)
        first = reading.peek()
        if _MORE_NUMBER.fullmatch(first) or _UNIT.fullmatch(first.lower()):
            reading.stop(ParseProblem.AMOUNT_UNCLEAR)
        if reading.position in reading.people or USERNAME.match(reading.folded, reading.position):
            reading.stop(ParseProblem.RECEIVER_AFTER_AMOUNT)
    try:
        return clean_note(reading.rest_as_typed)
    except TextRefused as refused:
        if refused.reason is TextReason.OFFENSIVE:
            reading.stop(ParseProblem.NOTE_OFFENSIVE)
        reading.stop(ParseProblem.NOTE_TOO_LONG, limit=refused.most)
