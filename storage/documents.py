"""Which documents were published, and in which wordings, so that what a person accepted never changes under them.

Guards: the text of a version that somebody accepted or operators published never changes: a process that finds another
text under it does not start. What the placeholders stood for is kept from the first acceptance on, so that settings may
change and every text can still be shown as it was.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from sqlalchemy import Connection, delete, insert, select, update

from storage.database import Database
from storage.tables import acceptances, claims, documents, publications
from wallet.agreements import Published

Kept: TypeAlias = tuple[int, str, str]
"""A wording as it is kept: its number, its first day, and its words."""

MOST_WORDINGS: Final = 99
DAY_LENGTH: Final = len("2026-11-22")
"""A version begins with the day that its file is called after."""
_CLAIM: Final = "deployment:wording:"
"""How the claims begin that keep the wordings; they belong to their number instead of a member."""


class TextChanged(RuntimeError):
    """A published version says something else than when people accepted it. What can be done about it is another thing
    for whoever serves people than for whoever tries it out: `found` is only what was found."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(f"{found} {remedy}")
        self.found = found


async def wordings(database: Database, words: str, today: str, now: int) -> tuple[Kept, ...]:
    """All wordings, the one that is given the newest; while nobody accepted or published anything it is the only one.
    Raises `TextChanged` when they changed too often."""

    def job(connection: Connection) -> tuple[Kept, ...]:
        rows = connection.execute(
            select(claims.c.text).where(claims.c.text.startswith(_CLAIM)).order_by(claims.c.owner)).scalars()
        kept = [_kept(text) for text in rows]
        if kept and kept[-1][2] == words:
            return tuple(kept)
        if not any(connection.execute(select(table.c.id).limit(1)).first() for table in (acceptances, publications)):
            connection.execute(delete(claims).where(claims.c.text.startswith(_CLAIM)))
            kept = []
        if len(kept) >= MOST_WORDINGS:
            raise TextChanged(f"The agreements were reworded {MOST_WORDINGS} times.",
                              "Set BRAND, CURRENCY, NO_PIN_LIMIT, OPERATOR, COURT and CONTACT as they were, and alike "
                              "in every process.")
        kept.append((len(kept) + 1, today, words))
        text = f"{_CLAIM}{len(kept):02}:{today}:{words}"
        connection.execute(insert(claims).values(text=text, owner=len(kept), at=now))
        return tuple(kept)

    return await database.write(job)


def _kept(text: str) -> Kept:
    number, since, words = text.removeprefix(_CLAIM).split(":", 2)
    return int(number), since, words


async def published(database: Database) -> tuple[tuple[str, str, dict[str, str]], ...]:
    """(document, version, SHA-256 by language) of what operators published, from old to new."""
    async with database.reading.connect() as connection:
        rows = await connection.execute(select(publications).order_by(publications.c.at, publications.c.id))
        return tuple((row.document, row.version, {"en": row.english, "zh_CN": row.chinese}) for row in rows)


async def days_published(database: Database) -> dict[str, frozenset[str]]:
    """The days in whose files the versions are that were published: by operators, or before they were asked for it."""
    async with database.reading.connect() as connection:
        days: dict[str, set[str]] = {}
        for name, version in (await connection.execute(
                select(documents.c.name, documents.c.version)
                .union(select(publications.c.document, publications.c.version)))):
            days.setdefault(name, set()).add(version[:DAY_LENGTH])
        return {name: frozenset(found) for name, found in days.items()}


async def register(database: Database, published: Sequence[Published], now: int) -> int:
    """Write down versions that are new or that nobody accepted as they were; returns how many texts. Raises
    `TextChanged`."""

    def job(connection: Connection) -> int:
        _check_published(connection, {(one.name, one.version): dict(one.hashes) for one in published})
        known = {(row.name, row.version, row.language): row.sha256 for row in connection.execute(select(documents))}
        query = select(acceptances.c.document, acceptances.c.version).distinct()
        accepted = {(row.document, row.version) for row in connection.execute(query)}
        new, changed = [], 0
        for document in published:
            for language, sha256 in document.hashes:
                before = known.get((document.name, document.version, language))
                if before is None:
                    new.append({"name": document.name, "version": document.version, "language": language,
                                "sha256": sha256, "effective": document.effective, "published_at": now})
                elif before != sha256 and (document.name, document.version) in accepted:
                    raise TextChanged(
                        f"{document.name} {document.version} ({language}) says something else than when people "
                        f"accepted it (SHA-256 {before}, now {sha256}).",
                        "Put its file under locales/legal back as it was, and publish what is new as a version of its "
                        "own, in a file with a new date.")
                elif before != sha256:
                    _replace(connection, document, language, sha256, now)
                    changed += 1
        if new:
            connection.execute(insert(documents), new)
        return len(new) + changed

    return await database.write(job)


def _check_published(connection: Connection, ours: Mapping[tuple[str, str], Mapping[str, str]]) -> None:
    """What operators published is there, in the very words that they saw."""
    for row in connection.execute(select(publications)):
        found = ours.get((row.document, row.version), {})
        if found != {"en": row.english, "zh_CN": row.chinese}:
            raise TextChanged(
                f"{row.document} {row.version} was published by the operators, and "
                f"{'its text is another one now' if found else 'its files are gone'} (SHA-256 {row.english} in "
                f"English, {row.chinese} in Chinese).",
                "Put its files under locales/legal back as they were, and publish what is new as a version of its own, "
                "in files with a new date.")


def _replace(connection: Connection, document: Published, language: str, sha256: str, now: int) -> None:
    connection.execute(
        update(documents).values(sha256=sha256, effective=document.effective, published_at=now)
        .where(documents.c.name == document.name, documents.c.version == document.version,
               documents.c.language == language))
