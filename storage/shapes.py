"""What both stores know about rows and tables.

Guards: the order in which tables are locked and read is decided here, once, for every database.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, Final

from sqlalchemy.dialects import postgresql

from storage.tables import OF_ROW
from wallet.ids import account
from wallet.movements import HOUSE
from wallet.rows import ALL, Key, Row

GENESIS: Final = bytes(32)
"""What the first journal row of a lane has before it."""


def house_rows(lane: int) -> list[tuple[int, int, int, int]]:
    """The house accounts of a new lane, as rows of `accounts`."""
    return [(account(lane, kind), int(kind), 0, 0) for kind in sorted(HOUSE)]


def found(base: dict[Key, Row | None], cls: type[Row], wanted: Sequence[object],
          values: Iterable[Sequence[Any]]) -> None:
    """Put what was wanted into the books: None where the database had nothing."""
    base.update(dict.fromkeys(zip(repeat(cls), wanted)))
    size = len(cls.KEY)
    for row in values:
        made = cls(*row)
        base[cls, row[0] if size == 1 else tuple(row[:size])] = made


def columns(cls: type[Row], table: str = "") -> str:
    """A row's columns as SQL."""
    prefix = f"{table}." if table else ""
    return ", ".join(f'{prefix}"{name}"' for name in cls.columns())


def sql_type(cls: type[Row], column: str) -> str:
    """A column's type as PostgreSQL calls it."""
    return str(OF_ROW[cls].c[column].type.compile(postgresql.dialect()))  # type: ignore[no-untyped-call]


def ordered(wanted: Mapping[type[Row], Any]) -> list[type[Row]]:
    """The classes in the one order in which they are locked, read and written."""
    return [cls for cls in ALL if cls in wanted]
