"""What is to be split, and among whom: `120 4 火锅`, `120 @a @b +me`, `@a 20 @b 35 taxi`.

Guards: nobody is left out by being taken for a part of the note, and no second number is: who owes how much is read to
its end or not at all.
"""

from __future__ import annotations

import re
from typing import Final

from handlers.parsing.amounts import read_amount, read_words
from handlers.parsing.people import MAX_RECEIVERS, read_receivers
from handlers.parsing.reading import MAX_TEXT, USERNAME, Reading, fold
from handlers.parsing.requests import ParseProblem, PhoneNumber, Receiver, SplitRequest, Username

_ME: Final = re.compile(r"(?:\+|加上?|和|跟|与|與|and ) *(?:me|myself|我自己|我|自己)(?![A-Za-z0-9_])", re.IGNORECASE)
_HEADS: Final = re.compile(r"([0-9]{1,4})(?: ?(?:个人|個人|人|位|people|ways)(?![A-Za-z]))?(?![0-9]|[.,][0-9])",
                           re.IGNORECASE)
_SEPARATORS: Final = " ,、;:"
# What opens a note like this could be meant for the split itself.
_MORE_NUMBER: Final = re.compile(r"[¥￥$€£]?[0-9][0-9.,]*(?= |$)")
_OWES: Final = re.compile(USERNAME.pattern + r" *[¥￥]?[0-9]")


def read_split(reading: Reading) -> SplitRequest | None:
    """People with amounts of their own; or one amount, and then people or how many."""
    if not reading.rest:
        return None
    return _own_amounts(reading) if reading.names_somebody(reading.position) else _one_amount(reading)


def _one_amount(reading: Reading) -> SplitRequest:
    minor_units, each = read_amount(reading, behind_digits=False)
    if each:
        reading.stop(ParseProblem.SPLIT)
    with_me = _take_me(reading)
    people = _people(reading)
    if people:
        with_me = _take_me(reading) or with_me
        return SplitRequest(minor_units, receivers=people, with_me=with_me, note=_note(reading))
    heads = reading.take(_HEADS)
    if heads is None or with_me:
        reading.stop(ParseProblem.SPLIT)
    return SplitRequest(minor_units, heads=int(heads[1]), note=_note(reading))


def _own_amounts(reading: Reading) -> SplitRequest:
    people: list[Receiver] = []
    amounts: list[int] = []
    while reading.names_somebody(reading.position):
        named = _people(reading)
        last = named[-1]
        minor_units, each = read_amount(reading, isinstance(last, Username) and last.name[-1].isdigit())
        if len(named) > 1 and not each:
            reading.stop(ParseProblem.SPLIT)
        people += named
        amounts += [minor_units] * len(named)
        if len(people) > MAX_RECEIVERS:
            reading.stop(ParseProblem.TOO_MANY_RECEIVERS, limit=MAX_RECEIVERS)
        reading.skip(_SEPARATORS)
    if _take_me(reading):
        reading.stop(ParseProblem.SPLIT)
    return SplitRequest(sum(amounts), receivers=tuple(people), amounts=tuple(amounts), note=_note(reading))


def _people(reading: Reading) -> tuple[Receiver, ...]:
    """Everybody who is named here. A number stays with whoever knows it: a card would show it to all."""
    people = read_receivers(reading, alone=False)
    if any(isinstance(person, PhoneNumber) for person in people):
        reading.stop(ParseProblem.NAMES)
    return people


def _take_me(reading: Reading) -> bool:
    """Whether whoever asks names themselves here."""
    found = reading.take(_ME) is not None
    if found:
        reading.skip(_SEPARATORS)
    return found


def _note(reading: Reading) -> str | None:
    reading.skip(_SEPARATORS)
    rest = reading.rest
    if not rest:
        return None
    if reading.names_somebody(reading.position) or _MORE_NUMBER.match(rest) or _OWES.search(rest):
        reading.stop(ParseProblem.SPLIT)
    return read_words(reading)


def heads_said(typed: str) -> int:
    """A message that is a number of people: `4`, `４ 个人`; 0 where it is none."""
    heads = _HEADS.fullmatch(fold(typed[:MAX_TEXT]).strip())
    return int(heads[1]) if heads else 0
