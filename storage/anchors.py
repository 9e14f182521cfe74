"""Anchors: every minute the heads of all lanes are chained, and leave the database.

Guards: whoever changes history in the database has to change the file as well, which can be kept where they cannot
reach it. What is younger than the last anchor is guarded by rights only. The file is only ever appended to, a line is
on the disk before the next one begins, and lines that a crash kept from it are added later.
"""
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.database import Database, normal
from storage.tables import anchors, audit, journal, lanes
from wallet.anchoring import POSTED
from wallet.operators import HOUSE

GENESIS: Final = bytes(32)
PAGE: Final = 200
"""How many anchors are in memory at once."""
LONGEST_LINE: Final = 32 * 1024
"""All lanes' heads have room in a quarter of it."""
POSTED_EVERY: Final = 60 * 60 * 1_000_000
"""Microseconds between two anchors that are posted."""
SHOWN: Final = 20
"""How many broken things are named."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The heads of all lanes at a moment, chained to the anchor before."""

    id: int
    at: int
    previous: bytes
    hash: bytes
    heads: str
    """JSON: a list of [lane, seq, head as hex], by lane."""

    @classmethod
    def chained(cls, number: int, at: int, previous: bytes, heads: str) -> Anchor:
        """The next anchor."""
        digest = hashlib.sha256(previous + f"{number}|{at}|{heads}".encode()).digest()
        return cls(number, at, previous, digest, heads)

    def line(self) -> bytes:
        """As it stands in the file."""
        return json.dumps({"id": self.id, "at": self.at, "previous": self.previous.hex(), "hash": self.hash.hex(),
                           "heads": json.loads(self.heads)}, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Anchor:
        """From a line of the file. Raises `ValueError` for what is none."""
        try:
            found = json.loads(line)
            return cls(int(found["id"]), int(found["at"]), bytes.fromhex(found["previous"]),
                       bytes.fromhex(found["hash"]), _compact(found["heads"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not an anchor") from error


def _compact(heads: object) -> str:
    return json.dumps(heads, separators=(",", ":"))


# ----------------------------------------------------------------------------------------------- writing
async def drop_anchor(database: Database, path: Path, clock: Callable[[], int]) -> bool:
    """Chain the heads of all lanes, in the database and in the file; whether there was anything new."""
    made = await database.write(lambda connection: _chain(connection, clock()))
    # A file cannot be appended to in a transaction: what a crash leaves out is found missing here next time.
    last = _mend(path)
    while missing := await _after(database, last):
        _append(path, missing)
        last = missing[-1].id
    return made


def _chain(connection: Connection, now: int) -> bool:
    heads = _compact([[lane, seq, head.hex()] for lane, seq, head in connection.execute(
        select(lanes.c.lane, lanes.c.seq, lanes.c.head).where(lanes.c.seq > 0).order_by(lanes.c.lane))])
    last = connection.execute(select(anchors).order_by(anchors.c.id.desc()).limit(1)).first()
    if heads == (last.heads if last else "[]"):
        return False
    new = Anchor.chained(last.id + 1 if last else 1, now, last.hash if last else GENESIS, heads)
    connection.execute(insert(anchors).values(id=new.id, at=new.at, previous=new.previous, hash=new.hash,
                                              heads=new.heads))
    return True


async def _after(database: Database, number: int) -> list[Anchor]:
    async with database.reading.connect() as connection:
        return await _page(connection, number)


async def _page(connection: AsyncConnection, number: int) -> list[Anchor]:
    found = await connection.execute(select(anchors).where(anchors.c.id > number).order_by(anchors.c.id).limit(PAGE))
    return [Anchor(row.id, row.at, row.previous, row.hash, row.heads) for row in found]


def _mend(path: Path) -> int:
    """The number of the file's last whole line, after cutting off what a crash left of another; 0 for none."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return 0
    with path.open("r+b") as file:
        file.seek(max(0, size - 2 * LONGEST_LINE))
        tail = file.read()
        whole = tail[:tail.rfind(b"\n") + 1]
        if len(whole) < len(tail):
            file.truncate(size - len(tail) + len(whole))
    lines = whole.splitlines()
    return Anchor.read(lines[-1]).id if lines else 0


def _append(path: Path, new: Sequence[Anchor]) -> None:
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(b"".join(anchor.line() for anchor in new))
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


# ----------------------------------------------------------------------------------------------- posting
@dataclass(frozen=True, slots=True)
class Posted:
    """The anchor that was posted last, and the commit that says so."""

    anchor: int
    hash: str
    at: int
    lane: int
    seq: int


async def last_posted(connection: AsyncConnection) -> Posted | None:
    """Which anchor was posted last, as the audit says."""
    found = (await connection.execute(select(audit).where(audit.c.member == HOUSE, audit.c.act == POSTED).order_by(
        audit.c.at.desc(), audit.c.id.desc()).limit(1))).first()
    if found is None:
        return None
    anchor, digest, *_ = found.facts.split(" ")
    return Posted(int(anchor), digest, found.at, found.lane, found.seq)


async def to_post(database: Database, now: int) -> Anchor | None:
    """The newest anchor if it is time to post one. That the last one was posted is a commit, too, and no reason."""
    async with database.reading.connect() as connection:
        posted = await last_posted(connection)
        if posted is not None and now < posted.at + POSTED_EVERY:
            return None
        wanted = [posted.anchor] if posted else []
        rows = (await connection.execute(select(anchors).where(
            anchors.c.id.in_([*wanted, select(func.max(anchors.c.id)).scalar_subquery()]))
            .order_by(anchors.c.id.desc()))).all()
    if not rows:
        return None
    newest = Anchor(rows[0].id, rows[0].at, rows[0].previous, rows[0].hash, rows[0].heads)
    if posted is None or len(rows) == 1:
        return newest if posted is None else None
    before = {lane: seq for lane, seq, _ in json.loads(rows[1].heads)}
    moved = [(lane, seq) for lane, seq, _ in json.loads(newest.heads) if seq > before.get(lane, 0)]
    is_only_that = moved == [(posted.lane, posted.seq)] and before.get(posted.lane, 0) == posted.seq - 1
    return None if is_only_that else newest


# ---------------------------------------------------------------------------------------------- checking
@dataclass(frozen=True, slots=True)
class Verified:
    """How many anchors were looked at, and what is broken."""

    looked_at: int
    broken: tuple[str, ...]
    named: int = 0
    """The number of the anchor whose hash was asked for."""
    posted: Posted | None = None


async def verify_anchors(url: str, path: Path, fingerprint: str = "") -> Verified:
    """Compare the file with the database: its chain, and that every head is a commit of the journal still. With the
    fingerprint of an anchor, as hex, that it is one of them."""
    named = 0
    engine = create_async_engine(normal(url), poolclass=NullPool)
    broken: list[str] = []
    looked_at = 0
    last: Anchor | None = None
    try:
        async with engine.connect() as connection:
            for page in _pages(path, broken):
                stored = {row.id: row for row in (await connection.execute(
                    select(anchors.c.id, anchors.c.hash).where(anchors.c.id.in_([one.id for one in page]))))}
                known = await _commits(connection, page)
                for anchor in page:
                    looked_at += 1
                    broken += _wrong_with(anchor, last, stored, known)
                    last = anchor
                    named = anchor.id if anchor.hash.hex() == fingerprint else named
                if len(broken) >= SHOWN:
                    break
            newest = (await connection.execute(select(func.max(anchors.c.id)))).scalar() or 0
            posted = await last_posted(connection)
    finally:
        await engine.dispose()
    missing = newest - (last.id if last else 0)
    if missing > 1 and len(broken) < SHOWN:
        # One may be on its way to the file.
        broken.append(f"{missing} anchors of the database are not in {path.name}")
    if fingerprint and not named:
        broken.insert(0, f"no anchor in {path.name} has the fingerprint {fingerprint}")
    return Verified(looked_at, tuple(broken[:SHOWN]), named, posted)


def _pages(path: Path, broken: list[str]) -> Iterator[list[Anchor]]:
    if not path.exists():
        return
    with path.open("rb") as file:
        numbered = enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1)
        while lines := list(islice(numbered, PAGE)):
            page = []
            for number, line in lines:
                try:
                    page.append(Anchor.read(line))
                except ValueError:
                    broken.append(f"line {number} of {path.name} is not an anchor")
            yield page


async def _commits(connection: AsyncConnection, page: Sequence[Anchor]) -> dict[tuple[int, int], bytes]:
    wanted = sorted({(lane, seq) for anchor in page for lane, seq, _ in json.loads(anchor.heads)})
    found: dict[tuple[int, int], bytes] = {}
    for start in range(0, len(wanted), PAGE):
        rows = await connection.execute(select(journal.c.lane, journal.c.seq, journal.c.hash).where(
            tuple_(journal.c.lane, journal.c.seq).in_(wanted[start:start + PAGE])))
        found.update({(row.lane, row.seq): row.hash for row in rows})
    return found


def _wrong_with(anchor: Anchor, last: Anchor | None, stored: Mapping[int, Any],
                known: Mapping[tuple[int, int], bytes]) -> list[str]:
    found = []
    if anchor.previous != (last.hash if last else GENESIS) or anchor.id != (last.id + 1 if last else 1):
        found.append(f"anchor {anchor.id} does not follow the one before it")
    if anchor != Anchor.chained(anchor.id, anchor.at, anchor.previous, anchor.heads):
        found.append(f"anchor {anchor.id} has another hash than what it says")
    if anchor.id not in stored:
        found.append(f"anchor {anchor.id} is not in the database")
    elif stored[anchor.id].hash != anchor.hash:
        found.append(f"anchor {anchor.id} has another hash in the database")
    before = {lane: seq for lane, seq, _ in json.loads(last.heads)} if last else {}
    for lane, seq, head in json.loads(anchor.heads):
        if known.get((lane, seq), b"").hex() != head:
            found.append(f"anchor {anchor.id}: commit {seq} of lane {lane} is not what it was")
        if seq < before.get(lane, 0):
            found.append(f"anchor {anchor.id}: lane {lane} went back")
    return found
