"""Reconciling: everything that must hold of the ledger, computed again from the rows.

Guards: the invariants. A balance is the fold of its entries, entries are numbered without gaps, every transfer has
its two sides, money is neither made nor lost, holds match the money that is held and whom it was set aside for, one
card hides one debit or is paid once, counters and pairs match the payments, requests were paid as they say and
tallied, envelopes are divided as they were drawn, they and vouchers hold what is left of them and go to whom they are
for, shares of splits were paid once and to whoever collects, all of that in its time, what members accepted is on
record, notes are what was written, and every commit's journal hash is that of its rows. What is broken is named.
"""
from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.checks import CHEAP, QUERIES
from storage.database import normal
from storage.shapes import GENESIS
from storage.tables import (
    OF_ROW,
    acceptances,
    draws,
    envelopes,
    journal,
    lanes,
    members,
    notes,
    shares,
    transfers,
)
from wallet import movements
from wallet import shares as dividing
from wallet.books import digest_of
from wallet.engine import chain_hash
from wallet.rows import ALL, LUCKY, Row

SHOWN: Final = 20
"""How many broken things of one kind are named."""
PAGE: Final = 500
"""How many rows of a long list are in memory at once."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: how many were looked at, and what is broken."""

    name: str
    looked_at: int
    broken: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """All checks of one run."""

    checks: list[Check] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is broken."""
        return not any(check.broken for check in self.checks)


SMALL: Final = 200_000
"""Up to so many entries a ledger is small: then all that the database can check by itself takes a second or two."""


async def reconcile(url: str, digest_key: bytes | None = None) -> Report:
    """Check a database, in one reading transaction; notes too, when the key of their digests is given."""
    return await _in_one_moment(url, lambda connection: checked(connection, digest_key))


async def watch(url: str, *, small: int = SMALL) -> Report:
    """The part of `reconcile` that may run beside payments, in one reading transaction on a connection of its own.

    A large ledger gets the cheap checks only. The chain of commits and the acceptances are left to `reconcile`: they
    are computed here rather than by the database, and would make whoever is being served wait.
    """
    return await _in_one_moment(url, lambda connection: _watched(connection, small))


async def _in_one_moment(url: str, look: Callable[[Connection], Report]) -> Report:
    engine = create_async_engine(normal(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            else:
                # The driver's own transactions begin with a write, so each query would see another moment.
                await connection.exec_driver_sql("BEGIN")
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


def _watched(connection: Connection, small: int) -> Report:
    # The accounts know how many entries there are; counting those would take as long as checking them.
    moved = int(connection.execute(text("SELECT coalesce(sum(entries), 0) FROM accounts")).scalar_one())
    report = Report([_queried(connection, name) for name in (QUERIES if moved <= small else CHEAP)])
    if moved <= small:
        report.checks.append(_legal_movements(connection))
    return report


def checked(connection: Connection, digest_key: bytes | None = None) -> Report:
    """Run every check on an open connection."""
    report = Report([_queried(connection, name) for name in QUERIES])
    report.checks.append(_legal_movements(connection))
    report.checks.append(_acceptances(connection))
    report.checks.append(_draws(connection))
    report.checks.append(_chains(connection))
    if digest_key is not None:
        report.checks.append(_notes(connection, digest_key))
    return report


def _queried(connection: Connection, name: str) -> Check:
    """One check that the database makes by itself."""
    count, query = QUERIES[name]
    looked_at = int(connection.execute(text(count)).scalar_one())
    broken = [str(row[0]) for row in connection.execute(text(f"{query} LIMIT {SHOWN}"))]
    return Check(name, looked_at, tuple(broken))


def _legal_movements(connection: Connection) -> Check:
    """Every transfer goes a way that `wallet.movements` lists."""
    broken = []
    count = 0
    for row in connection.execute(text(
            "SELECT kind, debit % 16, credit % 16, (debit / 16) = (credit / 16), count(*) FROM transfers"
            " GROUP BY kind, debit % 16, credit % 16, (debit / 16) = (credit / 16)")):
        kind, source, target, same, number = row
        count += number
        way = movements.ALL.get(kind)
        if way is None or (way.source, way.target, way.same_owner) != (source, target, bool(same)):
            broken.append(f"{number} of kind {kind} from {source} to {target}")
    return Check("every movement is a legal one", count, tuple(broken[:SHOWN]))


def _acceptances(connection: Connection) -> Check:
    """Whoever may pass a gate has accepted its documents: the record is final, what the gate reads is not."""
    recorded = groupby(_streamed(connection, select(acceptances.c.member, acceptances.c.document, acceptances.c.version)
                                 .order_by(acceptances.c.member)), key=lambda row: row.member)
    broken = []
    count = 0
    next_one = next(recorded, None)
    for member in _streamed(connection, select(members.c.id, members.c.accepted).order_by(members.c.id)):
        while next_one is not None and next_one[0] < member.id:
            next_one = next(recorded, None)
        own = {f"{row.document}@{row.version}" for row in next_one[1]} if next_one and next_one[0] == member.id else ()
        count += 1
        broken += [f"member {member.id}: {part}" for part in member.accepted.split() if part not in own]
    return Check("what members accepted is on record", count, tuple(broken[:SHOWN]))


def _draws(connection: Connection) -> Check:
    """Every envelope was divided as its seed says, and what was opened is what was drawn for its place."""
    opened = groupby(_streamed(connection, select(shares).order_by(shares.c.envelope, shares.c.number)),
                     key=lambda row: row.envelope)
    next_one = next(opened, None)
    broken = []
    count = 0
    for row in _streamed(connection, select(envelopes, draws.c.seed, draws.c.shares.label("drawn")).select_from(
            envelopes.outerjoin(draws, draws.c.envelope == envelopes.c.id)).order_by(envelopes.c.id)):
        while next_one is not None and next_one[0] < row.id:
            next_one = next(opened, None)
        taken = [share.amount for share in next_one[1]] if next_one is not None and next_one[0] == row.id else []
        count += 1
        if not _as_drawn(row, taken):
            broken.append(f"envelope {row.id}")
    return Check("every envelope was divided as it was drawn", count, tuple(broken[:SHOWN]))


def _as_drawn(row: Any, taken: list[int]) -> bool:
    """Whether an envelope's draw is that of its seed, and what was taken is what it begins with."""
    if row.drawn is None or not 0 < row.shares <= row.amount:
        return False
    drawn = dividing.divide(row.kind == LUCKY, row.seed, row.amount, row.shares)
    return row.drawn == dividing.listed(drawn) and taken == list(drawn[:len(taken)])


def _notes(connection: Connection, digest_key: bytes) -> Check:
    """A note says what its payer wrote, or nothing any more."""
    broken = []
    count = 0
    query = select(notes.c.transfer, notes.c.text, transfers.c.note_digest).select_from(
        notes.outerjoin(transfers, transfers.c.id == notes.c.transfer)).order_by(notes.c.transfer)
    for transfer, said, digest in _streamed(connection, query):
        count += 1
        if not digest or (said and bytes(digest) != digest_of(digest_key, said)):
            broken.append(f"transfer {transfer}")
    return Check("every note is what its payer wrote", count, tuple(broken[:SHOWN]))


def _chains(connection: Connection) -> Check:
    """Every lane's chain has no gap and its hashes are those of the rows."""
    looked_at = int(connection.execute(select(func.count()).select_from(journal)).scalar_one())
    ends = connection.execute(select(lanes.c.lane, lanes.c.seq, lanes.c.head).order_by(lanes.c.lane)).all()
    known = [lane for lane, _, _ in ends]
    tables = [journal, *(OF_ROW[cls] for cls in ALL if cls.FINAL and "lane" in cls.columns())]
    lost = [(table.name, lane) for table in tables for lane in connection.execute(
        select(table.c.lane).where(table.c.lane.not_in(known)).distinct()).scalars()]
    found = chain((f"lane {lane} is gone, but not its {name}" for name, lane in lost),
                  *(_chain(connection, lane, seq, bytes(head)) for lane, seq, head in ends))
    return Check("every lane's journal is whole", looked_at, tuple(islice(found, SHOWN)))


def _chain(connection: Connection, lane: int, seq: int, head: bytes) -> Iterator[str]:
    """What is broken in one lane's chain."""
    number, previous = 0, GENESIS
    rows = _final_rows(connection, lane)
    pending = next(rows, None)
    for commit in _streamed(connection, select(journal).where(journal.c.lane == lane).order_by(journal.c.seq)):
        number += 1
        mine: list[Row] = []
        while pending is not None and pending[0] <= commit.seq:
            if pending[0] < commit.seq:
                yield f"lane {lane}: rows of commit {pending[0]} stand behind commit {commit.seq - 1}"
            mine.append(pending[1])
            pending = next(rows, None)
        if commit.seq != number or bytes(commit.previous) != previous:
            yield f"lane {lane}: the chain breaks before commit {commit.seq}"
            number = commit.seq
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
    for seq, *row in _streamed(connection, query):
        yield seq, cls(*[bytes(value) if isinstance(value, memoryview) else value for value in row])


def _streamed(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """A query's rows, a page at a time."""
    return iter(connection.execute(query, execution_options={"yield_per": PAGE}))
