"""Which documents were published, so that nobody can change under a person what that person accepted.

Guards: the text of a published version never changes: a process that finds another text under a known version does
not start.
"""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from storage.database import Database
from storage.tables import documents
from wallet.agreements import Published


class TextChanged(RuntimeError):
    """A published version says something else than when it was published."""


async def register(database: Database, published: Sequence[Published], now: int) -> int:
    """Write down versions that are new; returns how many. Raises `TextChanged`."""

    def job(connection: Connection) -> int:
        known = {(row.name, row.version, row.language): row.sha256 for row in connection.execute(select(documents))}
        new = []
        for document in published:
            for language, sha256 in document.hashes:
                before = known.get((document.name, document.version, language))
                if before is None:
                    new.append({"name": document.name, "version": document.version, "language": language,
                                "sha256": sha256, "effective": document.effective, "published_at": now})
                elif before != sha256:
                    raise TextChanged(
                        f"{document.name} {document.version} ({language}) was published with other words (SHA-256 "
                        f"{before}, now {sha256}). People accepted those: publish a new version instead, and keep "
                        "BRAND, CURRENCY, NO_PIN_LIMIT, OPERATOR, COURT and CONTACT as they were, which are part of "
                        "the text.")
        if new:
            connection.execute(insert(documents), new)
        return len(new)

    return await database.write(job)
