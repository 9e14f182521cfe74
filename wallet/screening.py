"""Screening: whether a name stands on a list of those with whom one may have no dealings.

Guards: what is compared is a name's letters alone, however they are drawn, spaced or ordered; the longer it is the more
may be mistyped, and nothing in a short one, because most Chinese names are a letter apart from somebody else's. A
match is a question for people and decides nothing by itself. The name that is looked up is kept nowhere.
"""
from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

from wallet.plain import frozen

SAMPLE: Final = Path(__file__).with_name("screening.csv")
"""A list with invented names."""
COLUMNS: Final = ("name", "aliases", "kind", "source", "reference")
"""Of a list as a file; aliases are separated by semicolons."""
KINDS: Final = ("person", "company")
MOST_LISTED: Final = 50_000
LONGEST: Final = 200
"""Characters of a name, a source or a reference."""
MOST_ALIASES: Final = 20
MOST_WORDS: Final = 12
"""Of a name with more only the first are compared in every order."""
MOST_HITS: Final = 5
"""No more are shown for one name."""
_LATIN: Final = ((12, 2), (6, 1))
"""From how many letters on how many may be mistyped."""
_HAN: Final = ((6, 1),)
"""The same of Chinese letters, each of which is a word."""


class ListWrong(ValueError):
    """A list that can't be read; the text says where."""


@frozen()
class Entry:
    """Somebody on the list."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    """One of `KINDS`."""
    source: str
    """Who put them on it."""
    reference: str
    """By which the source knows them."""


    @property
    def key(self) -> str:
        """By which it is known whatever it says: references are their source's own."""
        return f"{self.reference} {self.source}"


@frozen()
class Likeness:
    """How like a name is to an entry, without either name."""

    entry: str
    """The entry's key."""
    percent: int
    """Of its letters that are the same."""

    def __post_init__(self) -> None:
        assert " " in self.entry
        assert 0 <= self.percent <= 100


class Screening(Protocol):
    """Whoever knows such names: a list of ours, or somebody who is asked."""

    @property
    def version(self) -> str:
        """What the list is now, as a digest: another one where anything in it is different; "" for none."""

    def likenesses(self, names: Sequence[str]) -> Sequence[Likeness]:
        """Whom one of these names may mean, the likeliest first; at most `MOST_HITS`."""

    def entry(self, key: str) -> Entry | None:
        """What is known under a key, None for what is on the list no more."""


class Listed:
    """A list in memory."""

    def __init__(self, entries: Iterable[Entry], version: str = "") -> None:
        self.version = version
        self._entries: dict[str, Entry] = {}
        self._by_length: dict[int, list[tuple[str, int, Entry]]] = {}
        for entry in entries:
            self._entries[entry.key] = entry
            for form in set(chain.from_iterable(forms(name) for name in (entry.name, *entry.aliases))):
                self._by_length.setdefault(len(form), []).append((form, _mask(form), entry))

    def likenesses(self, names: Sequence[str]) -> Sequence[Likeness]:
        """Whom one of these names may mean, the likeliest first."""
        best: dict[str, int] = {}
        for form in set(chain.from_iterable(map(forms, names))):
            for entry, wrong in self._near(form):
                best[entry.key] = max(100 - 100 * wrong // len(form), best.get(entry.key, 0))
        return [Likeness(key, best[key]) for key in sorted(best, key=lambda key: (-best[key], key))[:MOST_HITS]]

    def entry(self, key: str) -> Entry | None:
        """What is known under a key."""
        return self._entries.get(key)

    def _near(self, form: str) -> Iterator[tuple[Entry, int]]:
        bound, mask = allowed(form), _mask(form)
        for length in range(len(form) - bound, len(form) + bound + 1):
            for other, others, entry in self._by_length.get(length, ()):
                most = min(bound, allowed(other))
                # A mistyped letter changes two of these bits at most: hardly any pair is looked at closely.
                if (mask ^ others).bit_count() <= 2 * most and (found := distance(form, other, most)) <= most:
                    yield entry, found


def version_of(text: str) -> str:
    """What tells a list from every other one."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def read_list(text: str) -> tuple[Entry, ...]:
    """The entries of a file. Raises `ListWrong`."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ListWrong(f"its first line has to be {','.join(COLUMNS)}")
        found = []
        for row in rows:
            found.append(_entry(row, rows.line_num))
            if len(found) > MOST_LISTED:
                raise ListWrong(f"it has more than {MOST_LISTED} entries")
    except csv.Error as error:
        raise ListWrong(f"line {rows.reader.line_num}: {error}") from None
    return tuple(found)


def _entry(row: dict[str, str | None], line: int) -> Entry:
    if None in row or None in row.values():
        raise ListWrong(f"line {line}: it has not {len(COLUMNS)} columns")
    name, aliases, kind, source, reference = ((row[column] or "").strip() for column in COLUMNS)
    others = tuple(alias for alias in map(str.strip, aliases.split(";")) if alias)
    if kind not in KINDS:
        raise ListWrong(f"line {line}: the kind is {' or '.join(KINDS)}")
    if not source or not reference or len(reference.split()) != 1:
        raise ListWrong(f"line {line}: a source and a reference without spaces are wanted")
    if max(map(len, (name, source, reference, *others))) > LONGEST or len(others) > MOST_ALIASES:
        raise ListWrong(f"line {line}: {LONGEST} characters and {MOST_ALIASES} aliases are the most")
    if not all(letters(one) for one in (name, *others)):
        raise ListWrong(f"line {line}: a name without letters would mean nobody")
    return Entry(name, others, kind, source, reference)


# ------------------------------------------------------------------------------------------------- how it is compared
def letters(name: str) -> list[str]:
    """The words of a name as they are compared: without marks, case, width and whatever is no letter."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name[:LONGEST]).casefold())
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign not in "'’ʼ`")
    return "".join(sign if sign.isalnum() else " " for sign in kept).split()


def forms(name: str) -> set[str]:
    """All ways in which a name may be written: Latin words beginning with any of them, and sorted; Chinese in a row."""
    words = letters(name)
    if not words:
        return set()
    if any(map(is_han, "".join(words))):
        return {"".join(words)}
    turned = words[:MOST_WORDS]
    return {"".join(sorted(words)), "".join(words),
            *("".join(turned[start:] + turned[:start]) for start in range(len(turned)))}


def is_han(sign: str) -> bool:
    """Whether it is a Chinese letter."""
    return "\u3400" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or "\U00020000" <= sign <= "\U0003ffff"


def allowed(form: str) -> int:
    """How much of it may be mistyped."""
    bounds = _HAN if any(map(is_han, form)) else _LATIN
    return next((most for least, most in bounds if len(form) >= least), 0)


def _mask(form: str) -> int:
    """Which letters it has, as far as 64 bits tell them apart."""
    mask = 0
    for sign in form:
        mask |= 1 << (ord(sign) & 63)
    return mask


def distance(one: str, other: str, most: int) -> int:
    """How many letters are changed, missing, too many or swapped with their neighbour; `most` + 1 for all beyond."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (sign != against))
            if row > 1 and column > 1 and sign == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > most and min(last) > most:  # A swap looks two rows back.
            return most + 1
        before, last = last, now
    return min(last[-1], most + 1)
