"""The databases: where transactions begin and commit, and nowhere else.

Guards: what `write` returns is committed. On SQLite there is one writer, in a thread of its own, which commits what
was asked for meanwhile together (WAL, synchronous FULL), and a second process on the same file is refused. On
PostgreSQL every `write` is a transaction of its own.
"""
from __future__ import annotations

import asyncio
import fcntl
import math
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, Dialect, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

T = TypeVar("T")
Job = Callable[[Connection], T]

TOGETHER: Final = 64
"""How many jobs one SQLite commit takes at most."""

POSTGRES_SETTINGS: Final = {
    "application_name": "ikmpay", "lock_timeout": "2s", "jit": "off", "idle_in_transaction_session_timeout": "5s",
    # Tables begin empty and grow: a plan that was made once would scan what has become large.
    "plan_cache_mode": "force_custom_plan"}

RESTED: Final = 5.0
"""Seconds after which a connection is asked whether it still stands before it is used. One that was closed says so
itself, and asking every time would be one more journey for each query."""

ANSWER: Final = 30.0
"""Seconds after which PostgreSQL's answer counts as lost: a connection may be dead without saying so."""


class AlreadyRunning(RuntimeError):
    """Another process has this SQLite file open for writing."""


class Database(Protocol):
    """What the rest of storage stands on."""

    url: URL
    reading: AsyncEngine
    """For queries that change nothing."""

    async def write(self, job: Job[T], *, one: bool = False) -> T:
        """Run a job in a transaction and commit it; raises what the job raises, after rolling back. `one` says that the
        job is a single statement, which PostgreSQL makes a transaction of by itself."""

    async def close(self) -> None:
        """Finish what was begun and let go of the files and connections."""


def normal(url: str) -> URL:
    """A database URL with the driver that we use: aiosqlite or asyncpg."""
    parsed = make_url(url)
    name = parsed.get_backend_name()
    if name == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("a database in memory is not durable: name a file, like sqlite:///data/ikmpay.db")
        return parsed.set(drivername="sqlite+aiosqlite")
    if name in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+asyncpg")
    raise ValueError(f"DATABASE_URL names {name!r}; it can be sqlite or postgresql")


def open_database(url: str, *, pool: int = 8) -> Database:
    """The database behind a URL, ready for use. Raises `AlreadyRunning`."""
    parsed = normal(url)
    return SqliteDatabase(parsed) if parsed.get_backend_name() == "sqlite" else PostgresDatabase(parsed, pool)


class PostgresDatabase:
    """PostgreSQL over asyncpg."""

    def __init__(self, url: URL, pool: int = 8) -> None:
        self.url = url
        self._engine = create_async_engine(
            url, pool_size=pool, max_overflow=0, pool_timeout=10, hide_parameters=True,
            connect_args={"server_settings": POSTGRES_SETTINGS, "timeout": ANSWER, "command_timeout": ANSWER})
        event.listen(self._engine.sync_engine, "checkin", _rests)
        event.listen(self._engine.sync_engine, "checkout", partial(_stands, self._engine.dialect))
        # Each query sees its own moment in a transaction too; beginning and ending one would be two more journeys.
        self.reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def write(self, job: Job[T], *, one: bool = False) -> T:
        async with self.reading.connect() if one else self._engine.begin() as connection:
            return await connection.run_sync(job)

    async def close(self) -> None:
        await self._engine.dispose()


def _rests(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_SINCE] = time.monotonic()


def _stands(dialect: Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Raise for a connection that was lost while it rested: the pool makes new ones."""
    driver = record.driver_connection
    assert driver is not None
    if driver.is_closed():
        raise InvalidatePoolError
    if time.monotonic() - record.info.get(_SINCE, math.inf) > RESTED:
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


_SINCE: Final = "rests since"


class _Asked:
    """A job on its way to the writer thread and back."""

    __slots__ = ("error", "future", "job", "result")

    def __init__(self, job: Job[Any], future: asyncio.Future[Any]) -> None:
        self.job = job
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None


class SqliteDatabase:
    """SQLite with one writer thread."""

    def __init__(self, url: URL) -> None:
        assert url.database is not None
        self.url = url
        path = Path(url.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(path.with_name(path.name + ".lock"))
        self.reading = create_async_engine(url, pool_size=4, max_overflow=4, hide_parameters=True)
        event.listen(self.reading.sync_engine, "connect", _for_reading)
        self._jobs: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._closed = False
        self._broken: BaseException | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="sqlite writer", daemon=True)
        self._thread.start()

    async def write(self, job: Job[T], *, one: bool = False) -> T:
        if self._closed:
            raise RuntimeError("the database is closed")
        asked = _Asked(job, asyncio.get_running_loop().create_future())
        self._jobs.put(asked)
        if self._ended:
            self._give_up()
        result: T = await asyncio.shield(asked.future)
        return result

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        await self.reading.dispose()
        os.close(self._lock)

    # ------------------------------------------------------------------------------- in the writer's thread
    def _run(self) -> None:
        try:
            self._write_all()
        except BaseException as error:  # noqa: BLE001 - nobody else hears it, and whoever asked would wait for ever
            self._broken = error
        finally:
            # Before it looks for the last time: whoever asks after that look finds this set and looks again.
            self._ended = True
            self._give_up()

    def _give_up(self) -> None:
        """There is nobody to write any more: whoever asked hears why."""
        while True:
            try:
                asked = self._jobs.get_nowait()
            except queue.Empty:
                return
            loop = asked.future.get_loop() if asked is not None else None
            if asked is not None and loop is not None and not loop.is_closed():
                asked.error = self._broken or RuntimeError("the database is closed")
                loop.call_soon_threadsafe(_answer, [asked])

    def _write_all(self) -> None:
        engine = sqlite_engine(self.url)
        with engine.connect() as connection:
            while (first := self._jobs.get()) is not None:
                jobs = [first]
                last = False
                while len(jobs) < TOGETHER:
                    try:
                        more = self._jobs.get_nowait()
                    except queue.Empty:
                        break
                    if more is None:
                        last = True
                        break
                    jobs.append(more)
                self._together(connection, jobs)
                if last:
                    break
        engine.dispose()

    @staticmethod
    def _together(connection: Connection, jobs: list[_Asked]) -> None:
        """Run jobs in one transaction, several each behind a savepoint, and answer them once it is committed."""
        try:
            with connection.begin():
                for asked in jobs:
                    asked.result = asked.error = None
                    if len(jobs) == 1:
                        asked.result = asked.job(connection)  # What fails alone takes the whole transaction back.
                    else:
                        _behind_a_savepoint(connection, asked)
                    if not raw(connection).in_transaction:
                        # A full disk makes SQLite roll back by itself; committing nothing would then succeed.
                        raise OperationalError("COMMIT", None, sqlite3.OperationalError("rolled back by SQLite"))
        except Exception as error:  # noqa: BLE001 - the commit failed for all of them: a full disk, say
            for asked in jobs:
                asked.error = asked.error or error
        loops = {asked.future.get_loop() for asked in jobs}
        for loop in loops:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_answer, [asked for asked in jobs if asked.future.get_loop() is loop])


def _behind_a_savepoint(connection: Connection, asked: _Asked) -> None:
    """Run a job that may fail without taking its neighbours along. The driver is told directly: two statements for each
    batch cost a twentieth of its commit by the way round SQLAlchemy."""
    driver = raw(connection)
    driver.execute("SAVEPOINT job")
    try:
        asked.result = asked.job(connection)
    except Exception as error:  # noqa: BLE001 - it is the asker's, and handed to them
        asked.error = error
        if driver.in_transaction:
            driver.execute("ROLLBACK TO job")
    if driver.in_transaction:
        driver.execute("RELEASE job")


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _answer(jobs: list[_Asked]) -> None:
    for asked in jobs:
        if asked.future.done():
            continue
        if asked.error is not None:
            asked.future.set_exception(asked.error)
            asked.future.exception()
        else:
            asked.future.set_result(asked.result)


def sqlite_engine(url: URL) -> Any:
    """A synchronous engine on a SQLite file whose transactions begin by locking it."""
    engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool, hide_parameters=True,
                           connect_args={"check_same_thread": False, "timeout": 30})
    event.listen(engine, "connect", _for_writing)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _locked(path: Path) -> int:
    """Lock a file until the process ends. Raises `AlreadyRunning`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise AlreadyRunning(f"it is running already: another process has {path.with_suffix('')} open. Stop that one, "
                             "or give this one a DATA_DIR of its own.") from error
    return descriptor


def _for_writing(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # We send BEGIN ourselves: the driver's own would begin too late.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 30000", "temp_store = MEMORY",
                   "cache_size = -65536", "wal_autocheckpoint = 4000"):
        connection.execute("PRAGMA " + pragma)


def _for_reading(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("query_only = ON", "busy_timeout = 5000", "cache_size = -16384"):
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
