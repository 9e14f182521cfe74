"""A message being read from left to right, and how its reading ends early.

Guards: decisions are made on folded text (full-width forms and odd spaces as their ASCII twins) and words are cut from
what was typed; folding keeps positions, so both are the same place. Every look takes time linear to the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NoReturn

from handlers.commands import Verb
from handlers.parsing.requests import ParseProblem, Said, Unclear
from wallet.money import AmountRefused, Currency, fold_width

MAX_TEXT: Final = 4096
"""Telegram's own limit for a message."""
MAX_ENTITIES: Final = 100
"""Telegram marks at most a hundred entities in a message."""

_SPACES: Final[dict[int, str]] = {
    ord(space): " " for space in "\t\n\x0b\x0c\r\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"
} | dict.fromkeys(range(8192, 8203), " ")
_WORD: Final = re.compile(r"[^ ]+")
TOWARDS: Final = re.compile(r"(?:给|給|to ) *", re.IGNORECASE)
USERNAME: Final = re.compile(r"@([A-Za-z][A-Za-z0-9_]{0,31})(?![A-Za-z0-9_])")


class Stop(Exception):
    """Ends a reading with what is unclear."""

    def __init__(self, unclear: Unclear) -> None:
        super().__init__(unclear)
        self.unclear = unclear


class Reading:
    """A text being read from left to right.

    Folding keeps positions, so that decisions are made on the folded text and notes are cut from the original.
    """

    def __init__(self, said: Said, folded: str, start: int, verb: Verb, currency: Currency, region: str) -> None:
        self.said = said
        self.folded = folded
        self.position = start
        self.verb = verb
        self.currency = currency
        self.region = region
        self.people, self.phones = _marked(said)
        self.skip(" ")

    def stop(self, problem: ParseProblem, refused: AmountRefused | None = None, limit: int | None = None) -> NoReturn:
        """Ends the reading."""
        reason, named = (refused.reason, refused.named) if refused else (None, None)
        raise Stop(Unclear(self.verb, problem, reason, named, limit))

    @property
    def rest(self) -> str:
        """What has not been read yet, folded."""
        return self.folded[self.position :].rstrip(" ")

    @property
    def rest_as_typed(self) -> str:
        """The same in the characters that the person typed."""
        return self.said.text[self.position : MAX_TEXT]

    @property
    def last(self) -> str:
        """The character that was read last, spaces apart; "" at the beginning."""
        return self.folded[: self.position].rstrip(" ")[-1:]

    def skip(self, characters: str) -> None:
        """Passes over any of these characters."""
        while self.position < len(self.folded) and self.folded[self.position] in characters:
            self.position += 1

    def names_somebody(self, position: int) -> bool:
        """Whether a person stands there, by a user name or a text mention."""
        return position in self.people or USERNAME.match(self.folded, position) is not None

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Passes over what the pattern matches here, and the spaces after it."""
        found = pattern.match(self.folded, self.position)
        if found is not None:
            self.position = found.end()
            self.skip(" ")
        return found

    def pass_over(self, length: int) -> None:
        """Passes over so many characters, and the spaces after them."""
        self.position += length
        self.skip(" ")

    def cut(self, start: int, end: int) -> None:
        """Takes out what stands there, as if it had never been typed; it comes after all that was read."""
        assert self.position <= start
        text = self.said.text
        self.said = replace(self.said, text=f"{text[:start]}{text[end:]}")
        self.folded = f"{self.folded[:start]}{self.folded[end:]}"
        self.skip(" ")

    def peek(self) -> str:
        """The next word, without reading it."""
        found = _WORD.match(self.folded, self.position)
        return found[0] if found else ""


def fold(text: str) -> str:
    """Full-width forms and every kind of space as their ASCII twins, character for character."""
    if text.isascii() and text.isprintable():
        return text
    return fold_width(text.translate(_SPACES))


def _marked(said: Said) -> tuple[Mapping[int, tuple[int, int]], Mapping[int, int]]:
    """Text mentions by their start, as (end, id), and phone numbers by their start, as end."""
    people: dict[int, tuple[int, int]] = {}
    phones: dict[int, int] = {}
    wanted = [entity for entity in said.entities[:MAX_ENTITIES] if entity.type in ("text_mention", "phone_number")]
    if not wanted:
        return people, phones
    index_of = _indices_by_unit(said.text)
    for entity in wanted:
        start, end = index_of.get(entity.offset), index_of.get(entity.offset + entity.length)
        if start is None or end is None or start >= end:
            continue
        if entity.type == "text_mention" and entity.user_id is not None:
            people[start] = (end, entity.user_id)
        elif entity.type == "phone_number":
            phones[start] = end
    return people, phones


def _indices_by_unit(text: str) -> Mapping[int, int]:
    """Python's index for each UTF-16 unit at which a character starts, and for the end."""
    if text.isascii():
        return {index: index for index in range(len(text) + 1)}
    indices: dict[int, int] = {}
    unit = 0
    for index, letter in enumerate(text):
        indices[unit] = index
        unit += 2 if letter > "\uffff" else 1
    indices[unit] = len(text)
    return indices
