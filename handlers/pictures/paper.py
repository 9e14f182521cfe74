"""What a statement on paper says, as it is handed to the process that prints it.

Guards: everything is a text that is ready to be read, so whoever prints knows no member, no language and no money; and
it needs nothing to be loaded but Python itself.
"""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

PAGE: Final = "{x}"
PAGES: Final = "{y}"
"""Where the numbers of a page and of all pages stand in `Paper.page`."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind of movement came to; `size` of 1000 is as much as the largest of all."""

    label: str
    amount: str
    size: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One row."""

    at: str
    kind: str
    name: str
    note: str
    code: str
    amount: str
    came: bool
    balance: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A statement, from top to bottom."""

    language: str
    """As documents are marked: "en", "zh-CN"."""
    made_at: int
    """In seconds since 1970: the document carries this moment and no other."""
    brand: str
    title: str
    period: str
    about: Sequence[tuple[str, str]]
    """Labels and what they say."""
    opening: tuple[str, str]
    closing: tuple[str, str]
    came: tuple[str, str]
    went: tuple[str, str]
    """The four sums, each with its label."""
    came_parts: Sequence[Part]
    went_parts: Sequence[Part]
    heading: str
    """Above the movements."""
    remarks: Sequence[str]
    """Below it, where not every movement is listed."""
    columns: Sequence[str]
    """Over date, kind, name with note, code, amount and balance."""
    carried: tuple[str, str]
    """The balance before the first listed movement, with its label."""
    movements: Sequence[Movement]
    count: str
    """How many there were, beside the sums below the list."""
    foot: str
    page: str


def packed(paper: Paper) -> bytes:
    """For the way to the process: fields in their order, so that none has to be named a thousand times."""
    return json.dumps(paper, default=_fields, ensure_ascii=False).encode()


def _fields(row: Paper | Part | Movement) -> list[object]:
    return [getattr(row, name) for name in row.__dataclass_fields__]


def unpacked(data: bytes) -> Paper:
    """The same on the other side."""
    fields: dict[str, Any] = dict(zip(Paper.__dataclass_fields__, json.loads(data), strict=True))
    for name, kind in (("came_parts", Part), ("went_parts", Part), ("movements", Movement)):
        fields[name] = [kind(*one) for one in fields[name]]
    return Paper(**fields)
