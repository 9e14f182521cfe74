"""Reconciling: everything that must hold of the ledger, computed again from the rows.

Guards: the invariants. A balance is the fold of its entries, entries are numbered without gaps, every transfer has its
two sides, money is neither made nor lost, holds match the money that is held and whom it was set aside for, one card
hides one debit or is paid once, counters and pairs match the payments, requests are as asked, paid so and tallied,
envelopes are divided as they were drawn, they and vouchers hold what is left of them and go to whom they are for,
corrections have two operators, shares of splits were paid once and to whoever collects, all of that in its time, what
members accepted is on record, minors have a guardian or are known to have none, notes are what was written, and every
commit's journal hash is that of its rows. What is broken is named.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.chains import chains, streamed
from storage.checks import CHEAP, QUERIES
from storage.database import normal
from storage.tables import (
    acceptances,
    draws,
    envelopes,
    members,
    notes,
    shares,
    transfers,
)
from wallet import movements
from wallet import shares as dividing
from wallet.books import digest_of
from wallet.rows import LUCKY

T = TypeVar("T")

SHOWN: Final = 20
"""How many broken things of one kind are named."""


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
    return await in_one_moment(url, lambda connection: checked(connection, digest_key))


async def watch(url: str, *, small: int = SMALL) -> Report:
    """The part of `reconcile` that may run beside payments, in one reading transaction on a connection of its own.

    A large ledger gets the cheap checks only. The chain of commits and the acceptances are left to `reconcile`: they
    are computed here rather than by the database, and would make whoever is being served wait.
    """
    return await in_one_moment(url, lambda connection: _watched(connection, small))


async def in_one_moment(url: str, look: Callable[[Connection], T]) -> T:
    """Look at a database in one reading transaction."""
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
    report = Report([queried(connection, name) for name in (QUERIES if moved <= small else CHEAP)])
    if moved <= small:
        report.checks.append(_legal_movements(connection))
    return report


def checked(connection: Connection, digest_key: bytes | None = None) -> Report:
    """Run every check on an open connection."""
    report = Report([queried(connection, name) for name in QUERIES])
    report.checks.append(_legal_movements(connection))
    report.checks.append(_acceptances(connection))
    report.checks.append(_draws(connection))
    looked_at, broken = chains(connection)
    report.checks.append(Check("every lane's journal is whole", looked_at, tuple(islice(broken, SHOWN))))
    if digest_key is not None:
        report.checks.append(_notes(connection, digest_key))
    return report


def queried(connection: Connection, name: str) -> Check:
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
    recorded = groupby(streamed(connection, select(acceptances.c.member, acceptances.c.document, acceptances.c.version)
                                 .order_by(acceptances.c.member)), key=lambda row: row.member)
    broken = []
    count = 0
    next_one = next(recorded, None)
    for member in streamed(connection, select(members.c.id, members.c.accepted).order_by(members.c.id)):
        while next_one is not None and next_one[0] < member.id:
            next_one = next(recorded, None)
        own = {f"{row.document}@{row.version}" for row in next_one[1]} if next_one and next_one[0] == member.id else ()
        count += 1
        broken += [f"member {member.id}: {part}" for part in member.accepted.split() if part not in own]
    return Check("what members accepted is on record", count, tuple(broken[:SHOWN]))


def _draws(connection: Connection) -> Check:
    """Every envelope was divided as its seed says, and what was opened is what was drawn for its place."""
    opened = groupby(streamed(connection, select(shares).order_by(shares.c.envelope, shares.c.number)),
                     key=lambda row: row.envelope)
    next_one = next(opened, None)
    broken = []
    count = 0
    for row in streamed(connection, select(envelopes, draws.c.seed, draws.c.shares.label("drawn")).select_from(
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
    for transfer, said, digest in streamed(connection, query):
        count += 1
        if not digest or (said and bytes(digest) != digest_of(digest_key, said)):
            broken.append(f"transfer {transfer}")
    return Check("every note is what its payer wrote", count, tuple(broken[:SHOWN]))
