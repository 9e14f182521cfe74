"""The inbox: every update is stored here before Telegram hears that we have it, and marked after its last step.

Guards: an update is recognised by (bot, update id, digest of its content), because update ids restart at random after
an idle week; it is pending until it is done, refused or dead, whatever happens to the process that holds it. One that
ends every process that begins it is dead after a bounded number of them, and no other with it. Raw updates are sealed,
and erased seven days after they are done.
"""
from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import asyncpg
import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy import exc as sql
from sqlalchemy.dialects import postgresql

from storage.arrays import binaries, numbers, texts
from storage.columns import Big
from storage.database import Database, raw
from storage.tables import leases, operations, updates
from wallet.plain import frozen
from wallet.vault import Unreadable, Vault

log = structlog.get_logger(__name__)

SUSPECT: Final = 3
"""How often an update is found pending after a crash before it may be what crashes us. Most that are found were never
begun, so this makes it no more than suspect: from then on whoever handles it says so before."""
LOST_MOST: Final = 8
"""How often a suspect may be begun without an end; then it is dead."""
LEASE: Final = 10.0
"""Seconds for which a process that is silent still counts as alive."""

State: TypeAlias = Literal["done", "refused", "dead"]


class UpdateId(NamedTuple):
    """What an update is recognised by, within one bot."""

    update_id: int
    digest: bytes


class Place(NamedTuple):
    """Where in the order of arrival an update stands. Clocks of two processes may agree on a moment."""

    received_at: int
    update_id: int
    digest: bytes


@frozen()
class Stored:
    """An update as it lies in the inbox."""

    id: UpdateId
    person: int
    body: bytes
    """Its JSON."""
    received_at: int
    tries: int = 0
    """How often it was found after a crash, up to `SUSPECT`; beyond that, how often it was begun without an end."""

    @property
    def suspect(self) -> bool:
        """Whether it may be what ends our processes."""
        return self.tries >= SUSPECT


class UpdateStore:
    """The inbox of one bot, as one process holds it."""

    def __init__(self, database: Database, vault: Vault, bot: int, holder: str) -> None:
        self.bot = bot
        self.holder = holder
        self._database = database
        self._vault = vault
        self._alone = database.url.get_backend_name() == "sqlite"
        self._pending = and_(updates.c.bot == bot, updates.c.state == "pending")

    # ------------------------------------------------------------------------------------------- on the way
    async def store(self, arrived: Sequence[Stored], also: Sequence[Callable[[Connection], None]] = (),
                    in_doubt: Collection[UpdateId] = ()) -> set[UpdateId]:
        """Store what arrived, in one commit with what `also` writes; returns those that are new to us. Those in doubt,
        of whose commit we never heard, count as new while they are pending with us."""
        rows = [(*item.id, item.person, self._vault.seal(item.body), item.received_at)
                for item in sorted(arrived, key=lambda item: item.id)]

        def job(connection: Connection) -> set[UpdateId]:
            new = self._inserted(connection, rows) if rows else set()
            new |= self._pending_of(connection, set(in_doubt) - new)
            for write in also:
                try:
                    with connection.begin_nested():
                        write(connection)
                except sql.DBAPIError as error:
                    if error.connection_invalidated:
                        raise
                    # What was merely seen on the way must not keep updates from being stored.
                    log.warning("what was seen with an update could not be kept", error=type(error.orig).__name__)
            return new

        return await self._database.write(job, one=not also and not in_doubt)

    def _inserted(self, connection: Connection, rows: Sequence[tuple[int, bytes, int, bytes, int]]) -> set[UpdateId]:
        """Write them; returns those that were not there."""
        if self._alone:
            driver = raw(connection)
            return {UpdateId(*row[:2]) for row in rows
                    if driver.execute(_INSERT_ONE, (self.bot, self.holder, *row)).rowcount}
        ids, digests, people, bodies, moments = zip(*rows, strict=True)
        found = connection.exec_driver_sql(_INSERT_ALL, (self.bot, self.holder, numbers(ids), binaries(digests),
                                                         numbers(people), list(bodies), numbers(moments)))
        return {UpdateId(update_id, bytes(digest)) for update_id, digest in found}

    def _pending_of(self, connection: Connection, ids: Collection[UpdateId]) -> set[UpdateId]:
        """Which of these are pending with us."""
        if not ids:
            return set()
        query = select(updates.c.update_id, updates.c.digest).where(
            self._pending, updates.c.holder == self.holder,
            updates.c.update_id.in_({known.update_id for known in ids}))
        return {UpdateId(update_id, bytes(digest)) for update_id, digest in connection.execute(query)}.intersection(ids)

    async def mark(self, ended: Mapping[UpdateId, State], now: int) -> None:
        """Note how updates ended."""
        rows = sorted((*known, state) for known, state in ended.items())
        if not rows:
            return
        if self._alone:
            each = [(state, now, self.bot, update_id, digest) for update_id, digest, state in rows]
            await self._database.write(lambda connection: connection.exec_driver_sql(_MARK_ONE, each), one=True)
        else:
            ids, digests, states = zip(*rows, strict=True)
            columns = (now, self.bot, numbers(ids), binaries(digests), texts(states))
            await self._database.write(lambda connection: connection.exec_driver_sql(_MARK_ALL, columns), one=True)

    async def waiting(self, person: int, limit: int) -> list[Stored]:
        """A person's oldest pending updates, without their counting as tried."""
        return (await self._ours(updates.c.person == person, limit))[0]

    async def held(self, *, after: Place | None, limit: int) -> tuple[list[Stored], Place | None]:
        """The oldest updates that are pending with us, without their counting as tried, and where the next page begins
        (None: there is none)."""
        return await self._ours(_behind(after), limit)

    async def _ours(self, which: ColumnElement[bool], limit: int) -> tuple[list[Stored], Place | None]:
        query = (select(updates).where(self._pending, updates.c.holder == self.holder, which)
                 .order_by(*_ORDER).limit(limit))
        async with self._database.reading.connect() as connection:
            found = (await connection.execute(query)).all()
        return [item for row in found if (item := self._opened(row)) is not None], _place(found)

    # ------------------------------------------------------------------------------------- handled with care
    async def set_out(self, suspect: UpdateId) -> None:
        """A suspect is about to be handled: if we never hear of its end, that counts."""
        await self._count(suspect, 1)

    async def came_back(self, suspect: UpdateId) -> None:
        """A suspect was begun and did not end us, though it isn't done either."""
        await self._count(suspect, -1)

    async def _count(self, known: UpdateId, by: int) -> None:
        counted = update(updates).where(self._pending, updates.c.update_id == known.update_id,
                                        updates.c.digest == known.digest).values(tries=updates.c.tries + by)
        await self._database.write(lambda connection: _run(connection, counted))

    # -------------------------------------------------------------------------------------------- after a crash
    async def take_over(self, *, after: Place | None, limit: int, now: int, ours: bool
                        ) -> tuple[list[Stored], Place | None]:
        """The oldest updates that nobody alive holds, now ours, in order of arrival, and where the next page begins
        (None: there is none). `ours`: those that are ours already too, when we have just started and know of none.
        A suspect that was begun without an end too often is dead; what can't be opened any more too."""
        if self._alone and not ours:
            return [], None  # There is nobody else.
        rows = await self._database.write(lambda connection: self._adopt(connection, after, limit, ours))
        lost = SUSPECT + LOST_MOST
        items = [(row, None if row.tries >= lost else self._opened(row, found=1)) for row in rows]
        dead = {UpdateId(row.update_id, bytes(row.digest)): _DEAD for row, item in items if item is None}
        if dead:
            log.error("updates are given up: begun without an end too often, or unreadable", count=len(dead))
            await self.mark(dead, now)
        return [item for _, item in items if item is not None], _place(rows)

    def _adopt(self, connection: Connection, after: Place | None, limit: int, ours: bool) -> Sequence[Row[Any]]:
        mine = updates.c.holder == self.holder
        orphaned: ColumnElement[bool] = true()  # Who is alone is the heir of everybody, whatever they were called.
        if not self._alone:
            # One after the other: whoever waits here sees who has come to life meanwhile. A row that somebody took in
            # the meantime would be looked at again, the list of those alive would not.
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(self._lease_of(""), 0))))
            alive = select(leases.c.name).where(leases.c.until > _now())
            lost = (self._lease_of("") + updates.c.holder).not_in(alive)
            orphaned = or_(mine, lost) if ours else and_(~mine, lost)
        query = (select(updates).where(self._pending, orphaned, _behind(after)).order_by(*_ORDER).limit(limit)
                 .with_for_update(skip_locked=True))
        found = connection.execute(query).all()
        if found:
            tries = case((updates.c.tries < SUSPECT, updates.c.tries + 1), else_=updates.c.tries)
            _run(connection, update(updates).where(
                updates.c.bot == self.bot, updates.c.update_id == bindparam("b_id"),
                updates.c.digest == bindparam("b_digest")).values(tries=tries, holder=self.holder),
                [{"b_id": row.update_id, "b_digest": row.digest} for row in found])
        return found

    async def was_begun(self, prefix: str) -> bool:
        """Whether an operation whose key begins like this has been decided."""
        query = select(operations.c.key).where(operations.c.key >= prefix, operations.c.key < prefix + "\x7f").limit(1)
        async with self._database.reading.connect() as connection:
            return (await connection.execute(query)).first() is not None

    async def breathe(self) -> None:
        """Say that this process is alive, so that nobody takes over what it holds."""
        if self._alone:
            return  # The file's lock says so.
        name = self._lease_of(self.holder)
        lease = postgresql.insert(leases).values(name=name, holder=self.holder,
                                                 until=_now() + int(LEASE * 1_000_000))
        lease = lease.on_conflict_do_update(index_elements=["name"], set_={"until": lease.excluded.until})
        await self._database.write(lambda connection: _run(connection, lease))

    async def let_go(self) -> None:
        """Say that this process ends: others may take over at once."""
        if not self._alone:
            gone = delete(leases).where(leases.c.name == self._lease_of(self.holder))
            await self._database.write(lambda connection: _run(connection, gone))

    async def pending(self) -> int:
        """How many updates are not done."""
        query = select(func.count()).where(self._pending)
        async with self._database.reading.connect() as connection:
            return int((await connection.execute(query)).scalar_one())

    def _opened(self, row: Row[Any], found: int = 0) -> Stored | None:
        try:
            body = self._vault.open(bytes(row.body))
        except (Unreadable, TypeError):
            return None
        return Stored(UpdateId(row.update_id, bytes(row.digest)), row.person, body, row.received_at,
                      max(row.tries, min(SUSPECT, row.tries + found)))

    def _lease_of(self, holder: str) -> str:
        return f"inbox:{self.bot}:{holder}"


_DEAD: Final[State] = "dead"

# Written down here, not built: these are on every update's way. On PostgreSQL one statement is one journey however
# many rows it has; SQLite has no journeys.
_INSERT_ALL: Final = (
    "INSERT INTO updates(bot, holder, update_id, digest, person, body, received_at, state, tries, done_at)"
    " SELECT $1, $2, came.*, 'pending', 0, 0 FROM unnest($3::text::bigint[], $4::text::bytea[],"
    " $5::text::bigint[], $6::bytea[], $7::text::bigint[]) came ON CONFLICT DO NOTHING RETURNING update_id, digest")
_INSERT_ONE: Final = (
    "INSERT INTO updates(bot, holder, update_id, digest, person, body, received_at, state, tries, done_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', 0, 0) ON CONFLICT DO NOTHING")
_MARK_ALL: Final = (
    "UPDATE updates SET state = ended.state, done_at = $1"
    " FROM unnest($3::text::bigint[], $4::text::bytea[], $5::text::text[]) ended(update_id, digest, state)"
    " WHERE updates.bot = $2 AND updates.update_id = ended.update_id AND updates.digest = ended.digest"
    " AND updates.state = 'pending'")
_MARK_ONE: Final = ("UPDATE updates SET state = ?, done_at = ?"
                    " WHERE bot = ? AND update_id = ? AND digest = ? AND state = 'pending'")
_ORDER: Final = (updates.c.received_at, updates.c.update_id, updates.c.digest)


def _behind(place: Place | None) -> ColumnElement[bool]:
    """Which updates stand behind a place, or all."""
    # The first half says nothing new; it is for the index, which knows the moment only.
    return true() if place is None else and_(updates.c.received_at >= place.received_at, tuple_(*_ORDER) > place)


def _place(rows: Sequence[Row[Any]]) -> Place | None:
    """Where the last of these stands."""
    return Place(rows[-1].received_at, rows[-1].update_id, bytes(rows[-1].digest)) if rows else None


def _run(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]] | None = None) -> None:
    connection.execute(statement, rows)


def _now() -> ColumnElement[int]:
    """PostgreSQL's own clock: processes may disagree about the time."""
    return literal_column("(extract(epoch FROM clock_timestamp()) * 1000000)::bigint", Big)


_OF_FILES: Final = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError, PermissionError)
"""What waiting does not mend."""


def passing(error: BaseException) -> bool:
    """Whether an error is the database's or the network's and may be over in a moment."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return False
        if isinstance(seen, sql.DBAPIError) and (seen.connection_invalidated or isinstance(
                seen.orig, sqlite3.OperationalError)):
            return True
        if isinstance(seen, sql.TimeoutError | asyncpg.PostgresConnectionError
                      | asyncpg.InterfaceError | asyncpg.CannotConnectNowError | asyncpg.AdminShutdownError
                      | asyncpg.CrashShutdownError | asyncpg.TooManyConnectionsError):
            return True
        if isinstance(seen, OSError) and not isinstance(seen, _OF_FILES):
            return True  # A host without a name or a way to it, no answer in time, every address refused.
        seen = seen.__cause__ or getattr(seen, "orig", None)
    return False
