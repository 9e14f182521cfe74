"""The store on PostgreSQL: a connection and a lane for each writer, a handful of round trips a batch.

Guards: locks are taken in one order (the lane with the money switch, then roots by table and id, then claims by
text); children are read by a later statement, so they are never older than the locks. A lane belongs to whoever
raised its epoch last; a connection lost while committing is said to be in doubt, never guessed at.
"""
from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Final

import asyncpg
from msgspec.structs import astuple
from sqlalchemy.engine import URL

from storage.arrays import way_of
from storage.shapes import GENESIS, columns, found, house_rows, ordered, sql_type
from storage.tables import OF_ROW
from wallet.books import Lane
from wallet.ids import LANES
from wallet.protocols import InDoubt, LaneLost, Retry, Work, Writes
from wallet.rows import Claim, Journal, Key, Row, Switch

SETTINGS: Final = {
    "application_name": "ikmpay engine", "jit": "off", "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "5s",
    # Rows are always looked up by key. Over unnest() the planner may think that scanning a table is cheaper.
    "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan"}

LANE_LOCKS: Final = 0x696B6D
"""First half of the advisory locks by which engines see which lanes are taken ("ikm")."""

WORTH: Final = 100
"""So many new rows are worth a statement of their own while others are decided: some twenty payments."""

TIMEOUT: Final = 10.0
"""Seconds after which a statement's answer counts as lost."""

_LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError,
         asyncpg.CrashShutdownError, asyncpg.CannotConnectNowError, asyncpg.IdleInTransactionSessionTimeoutError,
         asyncpg.TooManyConnectionsError, ConnectionError, OSError, TimeoutError)
_AGAIN = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)

# Whoever changes the switch takes it so from the start: two who hold it for reading would wait for each other.
_LOCK_LANE = """
SELECT l.seq, l.head, l.counter, l.last_now, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       s.id, s.state, s.until, s.reason, s.winds_down
  FROM lanes l, switch s WHERE l.lane = $1 AND l.epoch = $2 AND s.id = 1 FOR UPDATE OF l FOR {} OF s"""
_SWITCH: Final = slice(5, 10)
_LOCK_CLAIMS = "SELECT pg_advisory_xact_lock(hashtextextended(t, 0)) FROM unnest($1::text[]) t"


class PostgresStore:
    """Books in, books out, over one asyncpg connection a lane."""

    WRITERS: ClassVar[int] = 2
    AHEAD: ClassVar[int] = 1
    """While one lane's rows are being written, another one decides."""

    def __init__(self, url: URL, clock: Callable[[], int] | None = None) -> None:
        """`clock` is the database's own unless a test turns one."""
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._clock = clock
        self._links: dict[int, Any] = {}

    # ------------------------------------------------------------------------------------------- lanes
    async def open_lane(self) -> Lane:
        link = await self._connect()
        for lane in range(LANES):
            if await link.fetchval("SELECT pg_try_advisory_lock($1, $2)", LANE_LOCKS, lane):
                async with link.transaction():
                    await link.execute("INSERT INTO lanes(lane, epoch, seq, head, counter, last_now)"
                                       " VALUES ($1, 0, 0, $2, 0, 0) ON CONFLICT (lane) DO NOTHING", lane, GENESIS)
                    await link.executemany("INSERT INTO accounts(id, kind, balance, entries) VALUES ($1, $2, $3, $4)"
                                           " ON CONFLICT (id) DO NOTHING", house_rows(lane))
                    row = await link.fetchrow("UPDATE lanes SET epoch = epoch + 1 WHERE lane = $1"
                                              " RETURNING lane, epoch, seq, head, counter, last_now", lane)
                self._links[lane] = link
                return Lane(*row)
        await link.close()
        raise LaneLost(f"all {LANES} lanes are taken")

    async def close_lane(self, lane: Lane) -> None:
        link = self._links.pop(lane.lane, None)
        if link is not None:
            try:
                await link.close(timeout=5)
            except _LOST:
                link.terminate()

    async def _connect(self) -> Any:
        return await asyncpg.connect(self._dsn, server_settings=SETTINGS, command_timeout=TIMEOUT, timeout=TIMEOUT,
                                     statement_cache_size=512)

    async def _link(self, lane: int) -> Any:
        """The lane's connection, made anew when it was lost. The epoch, not the advisory lock, is what protects."""
        link = self._links.get(lane)
        if link is None or link.is_closed():
            try:
                link = self._links[lane] = await self._connect()
                await link.fetchval("SELECT pg_try_advisory_lock($1, $2)", LANE_LOCKS, lane)
            except _LOST as error:
                self._drop(lane)  # Else it would lie about, lock and all, until the collector finds it.
                raise Retry from error
        return link

    def _drop(self, lane: int) -> None:
        link = self._links.pop(lane, None)
        if link is not None:
            link.terminate()

    # ----------------------------------------------------------------------------------------- a batch
    async def commit(self, lane: Lane, work: Work) -> None:
        link = await self._link(lane.lane)
        try:
            await link.execute("BEGIN")
            wrote = await self._decided(link, lane, work)
        except asyncio.CancelledError:
            self._drop(lane.lane)
            raise
        except Exception as error:
            if isinstance(error, _LOST):
                self._drop(lane.lane)
                raise Retry from error
            await self._rollback(link, lane.lane)
            if isinstance(error, _AGAIN) or _decided_elsewhere(error):
                raise Retry from error
            raise
        await self._end(link, lane.lane, wrote)

    async def _end(self, link: Any, lane: int, wrote: bool) -> None:
        try:
            await link.execute("COMMIT" if wrote else "ROLLBACK")
        except _LOST as error:
            self._drop(lane)
            raise (InDoubt if wrote else Retry) from error
        except asyncio.CancelledError:
            self._drop(lane)
            raise

    async def _rollback(self, link: Any, lane: int) -> None:
        try:
            await link.execute("ROLLBACK")
        except _LOST:
            self._drop(lane)

    async def _decided(self, link: Any, lane: Lane, work: Work) -> bool:
        """Lock, read, decide, write; whether there is something to commit."""
        wanted = work.keys(lane)
        base: dict[Key, Row | None] = {}
        classes = ordered(wanted)
        roots = tuple(cls for cls in classes if cls.ROOT)
        row = await link.fetchrow(_lock(roots), lane.lane, lane.epoch, *_parameters(roots, wanted))
        if row is None:
            raise LaneLost(f"lane {lane.lane} belongs to another engine")
        seq, head, counter, last_now, now = row[:5]
        for cls, values in zip(roots, row[_SWITCH.stop:], strict=True):
            found(base, cls, wanted[cls], values)
        if Claim in wanted:
            await link.execute(_LOCK_CLAIMS, sorted(wanted[Claim]))  # type: ignore[type-var]
        children = tuple(cls for cls in classes if not cls.ROOT)
        answer = await link.fetchrow(_select(children), *_parameters(children, wanted))
        for cls, values in zip(children, answer, strict=True):
            found(base, cls, wanted[cls], values)
        here = Lane(lane.lane, lane.epoch, seq, head, counter, last_now)
        async with Ahead(link, work) as ahead:
            for _ in work.steps(here, self._clock() if self._clock else now, Switch(*row[_SWITCH]), base):
                ahead.write()
                await asyncio.sleep(0)
        if work.writes is None:
            return False
        await self._write(link, work.writes, ahead.written)
        return True

    async def _write(self, link: Any, writes: Writes, written: Mapping[type[Row], int]) -> None:
        changes = {cls: (new[written.get(cls, 0):], changed) for cls, (new, changed) in writes.changes.items()}
        changes[Journal] = ([writes.journal], [])
        parts, parameters = _parts(changes)
        lane = writes.lane
        await link.execute(_statement(parts), *parameters, lane.seq, lane.head, lane.counter, lane.last_now, lane.lane)

    async def was_committed(self, lane: Lane, seq: int, head: bytes) -> bool:
        link = await self._link(lane.lane)
        try:
            async with link.transaction():
                row = await link.fetchrow("SELECT epoch, seq, head FROM lanes WHERE lane = $1 FOR UPDATE", lane.lane)
        except _AGAIN as error:
            raise Retry from error
        except _LOST as error:
            self._drop(lane.lane)
            raise Retry from error
        if row["epoch"] != lane.epoch:
            raise LaneLost(f"lane {lane.lane} belongs to another engine")
        return (row["seq"], row["head"]) == (seq, head)


class Ahead:
    """Writes what is certain while the rest of a batch is decided, where nobody else uses that time."""

    def __init__(self, link: Any, work: Work) -> None:
        self.written: Counter[type[Row]] = Counter()
        """How many new rows of each table."""
        self._link = link
        self._work = work
        self._place = 0
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Ahead:
        return self

    def write(self) -> None:
        """Begin with what was decided since the last time, unless that is little or is still being written."""
        if not self._work.others_wait or (self._writing is not None and not self._writing.done()):
            return
        rows = self._work.settled(self._place)
        if len(rows) < WORTH:
            return
        if self._writing is not None:
            self._writing.result()
        self._place += len(rows)
        self.written.update(map(type, rows))
        changes: defaultdict[type[Row], tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
        for row in rows:
            changes[type(row)][0].append(row)
        parts, parameters = _parts(changes)
        self._writing = asyncio.ensure_future(self._link.execute(_insertion(parts), *parameters))

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for it: the connection says one thing at a time. What failed before is what is told."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=kind is not None)


def _decided_elsewhere(error: Exception) -> bool:
    """Whether another engine decided the same key for somebody else, or appointed the same person, meanwhile: the
    next try reads what it did."""
    return isinstance(error, asyncpg.UniqueViolationError) and error.constraint_name in ("pk_operations", "pk_roles")


# ------------------------------------------------------------------------------------------------------- SQL
@lru_cache(maxsize=16)
def _lock(roots: tuple[type[Row], ...]) -> str:
    """One statement that locks the lane and the switch, then each table of roots with its keys in order.

    What stands in WITH has its locks before the outer row is made, and the arrays are made one after the other.
    """
    arrays = []
    for place, cls in enumerate(roots, start=3):
        key = cls.KEY[0]
        arrays.append(f', ARRAY(SELECT ROW({columns(cls)}) FROM {OF_ROW[cls].name}'  # noqa: S608
                      f' WHERE "{key}" = ANY({_array(place, cls, key)}) ORDER BY "{key}" FOR NO KEY UPDATE)')
    lane = _LOCK_LANE.format("NO KEY UPDATE" if Switch in roots else "SHARE")
    return f"WITH l AS MATERIALIZED ({lane}) SELECT l.*{''.join(arrays)} FROM l"  # noqa: S608


_WAYS: Final = {cls: {column.name: way_of(column.type) for column in table.c} for cls, table in OF_ROW.items()}


def _array(place: int, cls: type[Row], column: str) -> str:
    """A parameter that carries an array of a column's type."""
    return f"${place}::text::{sql_type(cls, column)}[]"


def _arrays(cls: type[Row], names: Sequence[str], values: Iterable[Sequence[Any]]) -> list[str]:
    """Columns as `_array` takes them."""
    ways = _WAYS[cls]
    return [ways[name](column) for name, column in zip(names, values, strict=True)]


@lru_cache(maxsize=256)
def _select(children: tuple[type[Row], ...]) -> str:
    """One statement for all children: an array of rows for each table."""
    place = 0
    parts = []
    for cls in children:
        table = OF_ROW[cls].name
        arrays = []
        for key in cls.KEY:
            place += 1
            arrays.append(_array(place, cls, key))
        if len(arrays) == 1:
            parts.append(f'ARRAY(SELECT ROW({columns(cls, "t")}) FROM {table} t'  # noqa: S608
                         f' WHERE t."{cls.KEY[0]}" = ANY({arrays[0]}))')
        else:
            names = ", ".join(f"k{i}" for i in range(len(arrays)))
            match = " AND ".join(f't."{key}" = u.k{i}' for i, key in enumerate(cls.KEY))
            # LIMIT keeps the planner from turning the join round, which it likes to do while a table is new.
            parts.append(f'ARRAY(SELECT ROW({columns(cls, "f")}) FROM unnest({", ".join(arrays)}) u({names})'  # noqa: S608
                         f" CROSS JOIN LATERAL (SELECT * FROM {table} t WHERE {match} LIMIT 1) f)")
    return "SELECT " + ", ".join(parts)


def _parameters(classes: Sequence[type[Row]], wanted: Mapping[type[Row], Sequence[Any]]) -> list[Any]:
    parameters: list[Any] = []
    for cls in classes:
        keys = wanted[cls]
        parameters += _arrays(cls, cls.KEY, zip(*keys, strict=True) if len(cls.KEY) > 1 else (keys,))
    return parameters


def _parts(changes: Mapping[type[Row], tuple[Sequence[Row], Sequence[Row]]]
           ) -> tuple[tuple[tuple[type[Row], bool], ...], list[str]]:
    """Which tables get new rows and changed ones, and the rows as parameters."""
    parts: list[tuple[type[Row], bool]] = []
    parameters: list[str] = []
    for cls in ordered(changes):
        for rows, changed in zip(changes[cls], (False, True), strict=True):
            if rows:
                parts.append((cls, changed))
                parameters += _arrays(cls, cls.columns(), zip(*map(astuple, rows), strict=True))
    return tuple(parts), parameters


@lru_cache(maxsize=512)
def _statement(parts: tuple[tuple[type[Row], bool], ...]) -> str:
    """One statement that writes all tables of a batch and moves the lane on."""
    common, place = _written(parts)
    moved = ", ".join(f"{name} = ${place + 1 + i}" for i, name in enumerate(("seq", "head", "counter", "last_now")))
    return f"WITH {common} UPDATE lanes SET {moved} WHERE lane = ${place + 5}"  # noqa: S608


@lru_cache(maxsize=64)
def _insertion(parts: tuple[tuple[type[Row], bool], ...]) -> str:
    """The same of tables alone."""
    return f"WITH {_written(parts)[0]} SELECT"


def _written(parts: tuple[tuple[type[Row], bool], ...]) -> tuple[str, int]:
    """What writes tables, each a common table expression, and how many parameters they take."""
    place = 0
    common = []
    for number, (cls, changed) in enumerate(parts):
        names = cls.columns()
        arrays = []
        for name in names:
            place += 1
            arrays.append(_array(place, cls, name))
        table, source = OF_ROW[cls].name, f"unnest({', '.join(arrays)})"
        insert = f"INSERT INTO {table}({columns(cls)}) SELECT * FROM {source}"  # noqa: S608
        if changed:
            # Meant as an update. A join with unnest() is at the mercy of the planner's statistics; this never scans.
            changes = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in cls.KEY)
            insert += f" ON CONFLICT ({', '.join(cls.KEY)}) DO UPDATE SET {changes}"
        common.append(f"w{number} AS ({insert})")
    return ", ".join(common), place
