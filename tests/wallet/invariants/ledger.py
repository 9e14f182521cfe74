"""All rows of a wallet at one moment, from whatever store."""
from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from sqlalchemy import Connection, select

from storage.database import Database
from storage.tables import OF_ROW, lanes
from tests.fakes.store import FakeStore
from wallet.books import Lane
from wallet.rows import ALL, FormerAccount, Member, Row

R = TypeVar("R", bound=Row)


@dataclass
class Ledger:
    """All rows of a wallet at one moment."""

    rows: Mapping[type[Row], Sequence[Row]]
    lanes: Sequence[Lane]

    def all(self, cls: type[R]) -> list[R]:
        """The rows of one table, by key."""
        return cast("list[R]", list(self.rows.get(cls, ())))

    def persons(self) -> Mapping[int, frozenset[int]]:
        """The Telegram accounts that each member has, or had before their wallet moved."""
        found = {member.id: {member.telegram_id} for member in self.all(Member)}
        for row in self.all(FormerAccount):
            found[row.member].add(row.telegram_id)
        return {member: frozenset(accounts) for member, accounts in found.items()}

    def same(self, other: Ledger) -> list[str]:
        """Where two ledgers differ; lanes' epochs count starts and may."""
        found = []
        for cls in ALL:
            mine, theirs = (Tally(row.values() for row in ledger.all(cls)) for ledger in (self, other))
            found += [f"only here: {cls.__name__} {row}" for row in (mine - theirs)]
            found += [f"only there: {cls.__name__} {row}" for row in (theirs - mine)]
        return found


async def ledger_of(where: Database | FakeStore) -> Ledger:
    """Everything that is in a store."""
    if isinstance(where, FakeStore):
        return Ledger({cls: [row.copy() for row in where.all(cls)] for cls in ALL}, list(where.lanes.values()))
    async with where.reading.connect() as connection:
        found: Ledger = await connection.run_sync(_read)
        return found


def _read(connection: Connection) -> Ledger:
    rows: dict[type[Row], list[Row]] = {}
    for cls in ALL:
        table = OF_ROW[cls]
        query = select(*[table.c[name] for name in cls.columns()]).order_by(*[table.c[name] for name in cls.KEY])
        rows[cls] = [cls(*row) for row in connection.execute(query)]
    query = select(*[lanes.c[name] for name in ("lane", "epoch", "seq", "head", "counter", "last_now")])
    return Ledger(rows, [Lane(*row) for row in connection.execute(query)])
