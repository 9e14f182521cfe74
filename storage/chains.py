"""The chains of commits: every lane's journal, computed again from the rows.

Guards: invariant 14. Every lane's journal has no gap, and each commit's hash is that of its immutable rows, so whoever
edits, deletes or exchanges one in the database is found; which commit it was is named.
"""
from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from storage.shapes import GENESIS
from storage.tables import OF_ROW, journal, lanes, transfers
from wallet.engine import chain_hash
from wallet.rows import ALL, Row

PAGE: Final = 500
"""How many rows of a long list are in memory at once."""


def chains(connection: Connection) -> tuple[int, Iterator[str]]:
    """How many commits there are, and what is broken in the lanes' chains, found as it is asked for."""
    looked_at = int(connection.execute(select(func.count()).select_from(journal)).scalar_one())
    ends = connection.execute(select(lanes.c.lane, lanes.c.seq, lanes.c.head).order_by(lanes.c.lane)).all()
    known = [lane for lane, _, _ in ends]
    tables = [journal, *(OF_ROW[cls] for cls in ALL if cls.FINAL and "lane" in cls.columns())]
    lost = [(table.name, lane) for table in tables for lane in connection.execute(
        select(table.c.lane).where(table.c.lane.not_in(known)).distinct()).scalars()]
    found = chain((f"lane {lane} is gone, but not its {name}" for name, lane in lost),
                  *(_chain(connection, lane, seq, bytes(head)) for lane, seq, head in ends))
    return looked_at, found


def _chain(connection: Connection, lane: int, seq: int, head: bytes) -> Iterator[str]:
    """What is broken in one lane's chain."""
    number, previous = 0, GENESIS
    rows = _final_rows(connection, lane)
    pending = next(rows, None)
    for commit in streamed(connection, select(journal).where(journal.c.lane == lane).order_by(journal.c.seq)):
        number += 1
        mine: list[Row] = []
        while pending is not None and pending[0] <= commit.seq:
            if pending[0] < commit.seq:
                yield f"lane {lane}: rows of commit {pending[0]} stand behind commit {commit.seq - 1}"
            mine.append(pending[1])
            pending = next(rows, None)
        if commit.seq != number:
            yield f"lane {lane}: commit {number} is missing, the next there is commit {commit.seq}"
            number = commit.seq
        elif bytes(commit.previous) != previous:
            yield f"lane {lane}: the chain breaks before commit {commit.seq}"
        if chain_hash(bytes(commit.previous), commit.at, mine) != bytes(commit.hash):
            yield f"lane {lane} commit {commit.seq}: the rows are not those that were written"
        previous = bytes(commit.hash)
    if pending is not None:
        yield f"lane {lane}: rows of commit {pending[0]} have no journal row"
    if (number, previous) != (seq, head):
        yield f"lane {lane}: its head is not the last of its chain"


def _final_rows(connection: Connection, lane: int) -> Iterator[tuple[int, Row]]:
    """A lane's immutable rows, in the order of its commits. Entries belong to their transfer's commit.

    Each table is read in the order of the commits and the streams are merged, so a large ledger needs no memory.
    """
    streams = [_of_one_table(connection, lane, cls) for cls in ALL if cls.FINAL]
    return heapq.merge(*streams, key=lambda found: found[0])


def _of_one_table(connection: Connection, lane: int, cls: type[Row]) -> Iterator[tuple[int, Row]]:
    table = OF_ROW[cls]
    values = [table.c[name] for name in cls.columns()]
    if "seq" in cls.columns():
        query = select(table.c.seq, *values).where(table.c.lane == lane).order_by(table.c.seq)
    else:
        query = (select(transfers.c.seq, *values).join_from(table, transfers, transfers.c.id == table.c.transfer)
                 .where(transfers.c.lane == lane).order_by(transfers.c.seq))
    for seq, *row in streamed(connection, query):
        yield seq, cls(*[bytes(value) if isinstance(value, memoryview) else value for value in row])


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """A query's rows, a page at a time."""
    return iter(connection.execute(query, execution_options={"yield_per": PAGE}))
