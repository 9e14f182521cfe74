"""The audit for operators: its lines, and whether it and the ledger are still what was written.

Guards: a line is shown to operators only, and none that is kept from whom it is about to that one. Verifying computes
every chain of commits again from the rows, and the ledger's own sums, and compares the anchors outside the database: an
edit, a deletion or an exchange of immutable rows is found and its commit named. It reads one moment of the database and
changes nothing.
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select, text, union

from storage.anchors import verify_anchors
from storage.chains import chains
from storage.database import Database
from storage.facts import first_number, named_by
from storage.operators import is_operator
from storage.reads.base import Reading
from storage.reconcile import SHOWN, in_one_moment, queried
from storage.tables import OF_ROW, audit, journal, members, tickets
from wallet.rows import ALL
from wallet.tickets import REPORT
from wallet.views import AuditLine, AuditVerdict, PostedAnchor

MOST: Final = 50
"""No page is longer."""
SUMS: Final = ("all accounts sum to zero", "a balance is the fold of its entries",
               "the balance after each entry follows from the one before", "every transfer has its two sides",
               "every entry belongs to a transfer", "every entry belongs to an account",
               "an account is of the kind that its number says", "no balance is below zero")
"""What is checked of the ledger besides its chains: balances are in no hash."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What verifying the rows of one moment found."""

    rows: int
    commits: int
    broken: tuple[str, ...]


def looked_at(connection: Connection) -> Looked:
    """Verify on an open connection."""
    tables = [journal, *(OF_ROW[cls] for cls in ALL if cls.FINAL)]
    rows = sum(int(connection.execute(select(func.count()).select_from(table)).scalar_one()) for table in tables)
    commits, found = chains(connection)
    broken = list(islice(found, SHOWN))
    for name in SUMS:
        broken += (f"{name}: {one}" for one in queried(connection, name).broken)
    return Looked(rows, commits, tuple(broken[:SHOWN]))


async def verify(url: str, anchors: Path, fingerprint: str = "") -> AuditVerdict:
    """Verify a database and the file of its anchors; with the fingerprint of one that was posted, that it is there."""
    began = time.perf_counter()
    looked = await in_one_moment(url, looked_at)
    anchored = await verify_anchors(url, anchors, fingerprint)
    took = int((time.perf_counter() - began) * 1_000)
    last = anchored.posted
    return AuditVerdict(looked.rows, looked.commits, anchored.looked_at, took,
                        (*anchored.broken, *looked.broken)[:SHOWN], anchored.named,
                        PostedAnchor(last.anchor, last.at, last.hash) if last else None)


class SqlAudit(Reading):
    """`wallet.protocols.AuditReads` over a database."""

    def __init__(self, database: Database, anchors: Path) -> None:
        super().__init__(database)
        self._url = database.url.render_as_string(hide_password=False)
        self._anchors = anchors
        self._verifying = asyncio.Lock()

    async def lines(self, viewer: int, *, member: int = 0, operator: int = 0, skip: int = 0, limit: int = 10
                    ) -> Sequence[AuditLine]:
        newest = audit.c.at.desc(), audit.c.id.desc()
        query = select(audit).where(is_operator(viewer), not_(_kept_from(viewer)))
        limit = min(limit, MOST)
        about = [audit.c.member == member] if member else []
        if operator:
            about += [named_by(audit.c.facts) == operator,
                      (audit.c.act == text("'appointed'")) & (first_number(audit.c.facts) == operator)]
        if about:  # Each by its own index, which has them in order; a line may be found by two.
            some = [query.where(one).order_by(*newest).limit(skip + limit).subquery() for one in about]
            found = union(*[select(one) for one in some]).subquery()
            query, newest = select(found), (found.c.at.desc(), found.c.id.desc())
        rows = await self._all(query.order_by(*newest).offset(skip).limit(limit))
        return [AuditLine(row.at, row.member, row.act, row.facts) for row in rows]

    async def verify(self, fingerprint: str = "") -> AuditVerdict:
        async with self._verifying:  # It takes a core for as long as it takes, so one at a time is enough.
            return await asyncio.to_thread(asyncio.run, verify(self._url, self._anchors, fingerprint))


def _kept_from(viewer: int) -> ColumnElement[bool]:
    """Whether a line tells an operator what is kept from whom it is about: who reported them, and that their name may
    stand on the screening list."""
    themselves = func.coalesce(select(members.c.id).where(members.c.telegram_id == viewer).scalar_subquery(), -1)
    reports = select(tickets.c.id).where(text(f"tickets.category = '{REPORT}'"), tickets.c.subject == themselves)
    return or_(and_(audit.c.act.startswith("ticket_"), first_number(audit.c.facts).in_(reports)),
               and_(audit.c.act.startswith("name_"), audit.c.member == themselves))
