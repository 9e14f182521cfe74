"""The store on SQLite: one lane, one writer thread, the whole file locked while a batch is decided.

Guards: a batch is read, decided and written inside the writer's transaction, so nothing can change in between.
"""
from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from msgspec.structs import astuple
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from storage.database import SqliteDatabase, raw
from storage.shapes import GENESIS, columns, found, house_rows
from storage.tables import OF_ROW
from wallet.books import Lane
from wallet.protocols import LaneLost, Retry, Work, Writes
from wallet.rows import Journal, Key, Row, Switch


class SqliteStore:
    """Books in, books out, through the writer thread."""

    WRITERS: ClassVar[int] = 1
    AHEAD: ClassVar[int] = 2

    def __init__(self, database: SqliteDatabase, clock: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self._database = database
        self._clock = clock

    async def open_lane(self) -> Lane:
        return await self._database.write(_open_lane)

    async def commit(self, lane: Lane, work: Work) -> None:
        try:
            await self._database.write(lambda connection: self._decided(raw(connection), lane, work))
        except (sqlite3.OperationalError, OperationalError) as error:
            raise Retry from error  # Locked, full or unreadable: not the command's fault.

    def _decided(self, db: sqlite3.Connection, lane: Lane, work: Work) -> None:
        """Read, decide, write."""
        row = db.execute("SELECT l.seq, l.head, l.counter, l.last_now, s.id, s.state, s.until, s.reason,"
                         " s.winds_down"
                         " FROM lanes l, switch s WHERE l.lane = ? AND l.epoch = ?", (lane.lane, lane.epoch)).fetchone()
        if row is None:
            raise LaneLost
        here = Lane(lane.lane, lane.epoch, *row[:4])
        base: dict[Key, Row | None] = {}
        for cls, wanted in work.keys(here).items():
            found(base, cls, wanted, _read(db, cls, wanted))
        writes = work.decide(here, self._clock(), Switch(*row[4:]), base)
        if writes is not None:
            _write(db, writes)

    async def was_committed(self, lane: Lane, seq: int, head: bytes) -> bool:
        def ask(connection: Connection) -> bool:
            row = raw(connection).execute("SELECT seq, head FROM lanes WHERE lane = ?", (lane.lane,)).fetchone()
            return bool(row) and (row[0], row[1]) == (seq, head)
        return await self._database.write(ask)

    async def close_lane(self, lane: Lane) -> None:
        """Nothing to give back: the file's lock says whose it is."""


def _open_lane(connection: Connection) -> Lane:
    db = raw(connection)
    db.execute("INSERT INTO lanes(lane, epoch, seq, head, counter, last_now) VALUES (0, 0, 0, ?, 0, 0)"
               " ON CONFLICT (lane) DO NOTHING", (GENESIS,))
    db.executemany("INSERT INTO accounts(id, kind, balance, entries) VALUES (?, ?, ?, ?)"
                   " ON CONFLICT (id) DO NOTHING", house_rows(0))
    db.execute("UPDATE lanes SET epoch = epoch + 1 WHERE lane = 0")
    return Lane(*db.execute("SELECT lane, epoch, seq, head, counter, last_now FROM lanes WHERE lane = 0").fetchone())


def _read(db: sqlite3.Connection, cls: type[Row], wanted: Sequence[object]) -> list[Any]:
    """Rows by key. The number of places is rounded up to a power of two, so that few statements are ever made."""
    places = 1 << (len(wanted) - 1).bit_length()
    padded = [*wanted, *[wanted[-1]] * (places - len(wanted))]
    values: list[Any] = padded if len(cls.KEY) == 1 else [part for key in padded for part in key]  # type: ignore[attr-defined]
    return db.execute(_sqlite_select(cls, places), values).fetchall()


@lru_cache(maxsize=1024)
def _sqlite_select(cls: type[Row], places: int) -> str:
    table = OF_ROW[cls].name
    if len(cls.KEY) == 1:
        return f'SELECT {columns(cls)} FROM {table} WHERE "{cls.KEY[0]}" IN ({", ".join("?" * places)})'  # noqa: S608
    names = ", ".join(f"k{i}" for i in range(len(cls.KEY)))
    tuples = ", ".join([f"({', '.join('?' * len(cls.KEY))})"] * places)
    match = " AND ".join(f't."{name}" = u.k{i}' for i, name in enumerate(cls.KEY))
    wanted = ", ".join(f't."{name}"' for name in cls.columns())
    # CROSS JOIN keeps the order: look every wanted key up instead of scanning the table.
    return f"WITH u({names}) AS (VALUES {tuples}) SELECT {wanted} FROM u CROSS JOIN {table} t ON {match}"  # noqa: S608


def _write(db: sqlite3.Connection, writes: Writes) -> None:
    for cls, (new, changed) in writes.changes.items():
        if new:
            db.executemany(_sqlite_insert(cls), map(astuple, new))
        if changed:
            db.executemany(_sqlite_update(cls), map(astuple, changed))
    db.execute(_sqlite_insert(Journal), writes.journal.values())
    lane = writes.lane
    db.execute("UPDATE lanes SET seq = ?, head = ?, counter = ?, last_now = ? WHERE lane = ?",
               (lane.seq, lane.head, lane.counter, lane.last_now, lane.lane))


@lru_cache(maxsize=64)
def _sqlite_insert(cls: type[Row]) -> str:
    return f"INSERT INTO {OF_ROW[cls].name}({columns(cls)}) VALUES ({', '.join('?' * len(cls.columns()))})"  # noqa: S608


@lru_cache(maxsize=64)
def _sqlite_update(cls: type[Row]) -> str:
    """Its places are numbered, so that rows are taken as they are, though their key comes first."""
    places = {name: f'"{name}" = ?{place}' for place, name in enumerate(cls.columns(), start=1)}
    changes = ", ".join(place for name, place in places.items() if name not in cls.KEY)
    return f"UPDATE {OF_ROW[cls].name} SET {changes} WHERE {' AND '.join(places[name] for name in cls.KEY)}"  # noqa: S608
