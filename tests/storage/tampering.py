"""Rows of the ledger and the audit changed by hand, one at a time, by chance: edited, deleted, exchanged.

Guards: each change is made on a database that is whole and is taken back after it was looked for, so what is found was
found for itself; a failing seed does the same again.
"""
from __future__ import annotations

import random
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Table, delete, select, update
from sqlalchemy.exc import IntegrityError

from storage.audit import looked_at
from storage.tables import OF_ROW, accounts, journal, transfers
from wallet.rows import ALL

TABLES: Final[tuple[Table, ...]] = (accounts, journal, *(OF_ROW[cls] for cls in ALL if cls.FINAL))
LATELY: Final = frozenset({"hour", "came_from", "came_sum", "before_from", "before_sum"})
"""Columns of accounts that rules go by for two hours: no entry and no hash tells what stood in them."""
WAYS: Final = ("edit", "edit", "delete", "exchange")


class Tampering:
    """Changes a row and looks whether that is found, again and again."""

    def __init__(self, connection: Connection, seed: int) -> None:
        self._connection = connection
        self._chance = random.Random(seed)
        self._rows = {table: list(connection.execute(select(table)).all()) for table in TABLES}
        self.done = 0
        self.missed: list[str] = []

    def run(self, count: int) -> list[str]:
        """So many changes; returns those that nobody found, or found under another name."""
        for _ in range(20 * count):  # What the database itself refuses is no change.
            if self.done == count:
                break
            self._once()
        assert self.done == count
        return self.missed

    def _once(self) -> None:
        table = self._chance.choice([table for table in TABLES if len(self._rows[table]) > 1])
        row, other = self._chance.sample(self._rows[table], 2)
        way = self._chance.choice(WAYS)
        point = self._connection.begin_nested()
        try:
            said = getattr(self, f"_{way}")(table, row, other)
            if said:
                self.done += 1
                named = self._named(table, row)
                broken = looked_at(self._connection).broken
                if not any(name in one for name in named for one in broken):
                    self.missed.append(f"{said} {named}: {broken}")
        except IntegrityError:
            pass
        finally:
            point.rollback()

    def _where(self, table: Table, row: Row[Any]) -> list[Any]:
        return [column == getattr(row, column.name) for column in table.primary_key]

    def _edit(self, table: Table, row: Row[Any], _other: Row[Any]) -> str:
        column = self._chance.choice(_told(table))
        value = getattr(row, column.name)
        changed = (value + self._chance.choice((-1, 1)) if isinstance(value, int) else
                   value + "x" if isinstance(value, str) else bytes(value) + b"x")
        self._connection.execute(update(table).where(*self._where(table, row)).values({column: changed}))
        return f"{table.name}.{column.name} of {tuple(row)[:2]} edited"

    def _delete(self, table: Table, row: Row[Any], _other: Row[Any]) -> str:
        if table is accounts and not row.entries:
            return ""  # Nothing was ever said of it.
        self._connection.execute(delete(table).where(*self._where(table, row)))
        return f"{table.name} {tuple(row)[:2]} deleted"

    def _exchange(self, table: Table, row: Row[Any], other: Row[Any]) -> str:
        column = self._chance.choice([column for column in _told(table) if not column.primary_key])
        mine, theirs = getattr(row, column.name), getattr(other, column.name)
        if mine == theirs:
            return ""
        for one, value in ((row, theirs), (other, mine)):
            self._connection.execute(update(table).where(*self._where(table, one)).values({column: value}))
        return f"{table.name}.{column.name} of {tuple(row)[:2]} and {tuple(other)[:2]} exchanged"

    def _named(self, table: Table, row: Row[Any]) -> tuple[str, ...]:
        """What has to be said of it, one of these: its account, also under another number, or its commit."""
        if table is accounts:
            return f"account {row.id}", f"account {row.id - 1}", f"account {row.id + 1}"
        if "seq" in table.columns:
            return (f"commit {row.seq}",)
        return (f"commit {next(one.seq for one in self._rows[transfers] if one.id == row.transfer)}",)


def _told(table: Table) -> list[Column[Any]]:
    """The columns that say what happened to money, or what people answer for."""
    return [column for column in table.columns if table is not accounts or column.name not in LATELY]
