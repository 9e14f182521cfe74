"""Notices on their way out, as rows: taken after a crash, deleted when they have arrived.

Guards: a notice is pending until its message has arrived or nobody can be told; its row says which, so whoever looks
after a crash sends what is left. A row's lane tells whose it is: a living process holds a lease on its lanes, and
only rows of a lane without one are taken over, by giving them another lane. What nobody could be told waits for them
to come back, and is told then if it is still true.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Text, and_, bindparam, cast, delete, func, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among
from storage.arrays import numbers
from storage.database import Database
from storage.tables import holds, leases, members, notices, profiles, roles, switch
from wallet import events
from wallet.ids import LANES, OPERATORS
from wallet.operators import RUNG
from wallet.rows import Notice

LEASE: Final = 60_000_000
"""Microseconds for which a process that is heard of no more keeps its lanes' notices."""

REVIVED: Final = 100
"""So many notices that somebody could not be told are told when they come back: the newest."""
REVIVED_AGE: Final = 30 * 24 * 3600 * 1_000_000
"""Microseconds after which nobody is told any more; the history knows it too."""

_COLUMNS: Final = [notices.c[name] for name in Notice.columns()]


@dataclass(frozen=True, slots=True)
class Pending:
    """A notice that has not arrived yet, and how often it was tried."""

    notice: Notice
    tries: int


@dataclass(frozen=True, slots=True)
class Reader:
    """A member as notices need them: where to write, in which language, and how others are told their name."""

    member: int
    telegram_id: int
    language: str
    nickname: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of some notices."""

    arrived: Sequence[int] = ()
    undeliverable: Sequence[int] = ()
    again: Sequence[tuple[int, int]] = ()
    """Which to try again, and when."""


class Outbox:
    """The table of notices, for whoever sends them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, lane: int) -> int:
        """The highest number that a lane has given to a notice that is still here; 0 for none."""
        query = select(func.max(notices.c.id)).where(notices.c.lane == lane, notices.c.id % LANES == lane)
        async with self._database.reading.connect() as connection:
            return (await connection.execute(query)).scalar() or 0

    async def take(self, upto: Mapping[int, int], held: Collection[int], now: int, most: int
                   ) -> tuple[list[Pending], int]:
        """Due notices of our lanes that are not held already, oldest first, and when the next falls due (0: none).

        `upto` says for each lane up to which number its engine has handed its notices over: later ones are about to
        be, and are left alone. What came from other lanes has no such end.
        """
        ours = or_(*(and_(notices.c.lane == lane, or_(notices.c.id <= last, notices.c.id % LANES != lane))
                     for lane, last in upto.items()))
        pending = and_(notices.c.state == "pending", ours)
        due = (select(*_COLUMNS, notices.c.tries).where(pending, notices.c.due_at <= now)
               .order_by(notices.c.id).limit(most + len(held)))
        later = select(func.min(notices.c.due_at)).where(pending, notices.c.due_at > now)
        async with self._database.reading.connect() as connection:
            found = (await connection.execute(due)).all()
            next_due = (await connection.execute(later)).scalar() or 0
        new = [Pending(Notice(*row[:-1]), row[-1]) for row in found if row[0] not in held]
        return new[:most], next_due

    async def keep_lanes(self, lanes: Collection[int], holder: str, now: int) -> None:
        """Say that somebody is there to send these lanes' notices."""
        rows = [{"name": _lease_of(lane), "holder": holder, "until": now + LEASE} for lane in lanes]
        await self._database.write(lambda connection: connection.execute(_KEEP, rows))

    async def leave_lanes(self, lanes: Collection[int], holder: str) -> None:
        """Let others have what is left, at once."""
        names = [_lease_of(lane) for lane in lanes]
        gone = delete(leases).where(leases.c.name.in_(names), leases.c.holder == holder)
        await self._database.write(lambda connection: connection.execute(gone))

    async def adopt(self, lanes: Collection[int], now: int, most: int) -> int:
        """Take over notices that nobody is there to send; they become the first of our lanes'. How many."""
        mine = list(lanes)
        kept = select(leases.c.name).where(leases.c.name == literal("outbox:").concat(cast(notices.c.lane, Text)),
                                           leases.c.until >= now)
        orphans = (select(notices.c.id).where(notices.c.state == "pending", notices.c.lane.not_in(mine),
                                              ~kept.exists())
                   .order_by(notices.c.id).limit(most))

        def take_over(connection: Connection) -> int:
            wanted = orphans.with_for_update(skip_locked=True) if connection.dialect.name == "postgresql" else orphans
            ids = connection.execute(wanted).scalars().all()
            if ids:
                connection.execute(update(notices).where(notices.c.id.in_(ids)).values(lane=mine[0]))
            return len(ids)

        return await self._database.write(take_over)

    async def revive(self, person: int, lane: int, now: int, *, offers: bool) -> int:
        """Somebody is back who could not be told: let this lane tell them what is still true, and with `offers` of
        money that still waits for them. How many notices."""
        async with self._database.reading.connect() as connection:
            member = await connection.scalar(select(members.c.id).where(members.c.telegram_id == person))
            theirs = and_(notices.c.member == 0, notices.c.telegram_id == person)
            if member is not None:
                theirs = or_(theirs, notices.c.member == member)
            if await connection.scalar(select(roles.c.role).where(roles.c.telegram_id == person)) in RUNG:
                theirs = or_(theirs, and_(notices.c.member == 0, notices.c.telegram_id == OPERATORS))
            missed = (select(notices.c.id, notices.c.event, notices.c.facts)
                      .where(notices.c.state == "undeliverable", theirs, notices.c.at > now - REVIVED_AGE)
                      .order_by(notices.c.at.desc(), notices.c.id.desc()).limit(REVIVED))
            found = {row.id: events.read(row.event, row.facts) for row in await connection.execute(missed)
                     if row.event in events.ALL}
            ids = await _still_true(connection, found, now, offers=offers)
        if not ids:
            return 0
        again = (update(notices).where(notices.c.id.in_(ids), notices.c.state == "undeliverable")
                 .values(state="pending", tries=0, due_at=0, lane=lane))
        return await self._database.write(lambda connection: connection.execute(again).rowcount)

    async def settle(self, settled: Settled) -> None:
        """Write down, in one commit, what became of notices."""
        def write(connection: Connection) -> None:
            if settled.arrived:
                _for_ids(connection, "DELETE FROM notices WHERE id", settled.arrived)
            if settled.undeliverable:
                _for_ids(connection, "UPDATE notices SET state = 'undeliverable', tries = tries + 1 WHERE id",
                         settled.undeliverable)
            if settled.again:
                connection.execute(_AGAIN, [{"notice": notice, "due": due} for notice, due in settled.again])
        await self._database.write(write, one=not settled.undeliverable and not settled.again)

    async def readers(self, wanted: Collection[int], telegram_ids: Collection[int] = ()
                      ) -> tuple[dict[int, Reader], dict[int, Reader]]:
        """Members by number, and by the Telegram account of people who may have joined meanwhile."""
        query, values = _READERS, {"members": wanted}
        if telegram_ids:
            query, values = _ALL_READERS, {"members": wanted, "persons": telegram_ids}
        async with self._database.reading.connect() as connection:
            found = [Reader(*row) for row in (await connection.execute(query, values)).all()]
        return ({reader.member: reader for reader in found}, {reader.telegram_id: reader for reader in found})

    async def count(self) -> dict[str, int]:
        """How many notices are in which state."""
        query = select(notices.c.state, func.count()).group_by(notices.c.state)
        async with self._database.reading.connect() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}


async def _still_true(connection: AsyncConnection, found: Mapping[int, events.Event], now: int, *, offers: bool
                      ) -> list[int]:
    """Which notices say what is so or was so. Money that waited and an alarm that is over would mislead; that
    money went back is no news for somebody who never heard of it; a card was changed when it had to be."""
    waited = {event.hold for event in found.values() if isinstance(event, events.MoneyWaits) and offers}
    is_open = set((await connection.execute(select(holds.c.id).where(
        holds.c.id.in_(waited), holds.c.state == "open", holds.c.expires_at > now))).scalars()) if waited else set()
    gone = {event.hold for event in found.values() if isinstance(event, events.HoldWithdrawn)}
    was_offered = set((await connection.execute(select(holds.c.id).where(
        holds.c.id.in_(gone), holds.c.offer != 0))).scalars()) if gone else set()
    is_stopped = await connection.scalar(select(switch.c.state)) == "read_only"

    def is_true(event: events.Event) -> bool:
        match event:
            case events.MoneyWaits():
                return event.hold in is_open
            case events.HoldWithdrawn():
                return event.hold in was_offered
            case events.InvariantBroke():
                return is_stopped
        return not isinstance(event, events.DraftRanOut)

    return [notice for notice, event in found.items() if is_true(event)]


def _lease_of(lane: int) -> str:
    return f"outbox:{lane}"


_READER: Final = (
    select(members.c.id, members.c.telegram_id, members.c.language, func.coalesce(profiles.c.nickname, ""))
    .select_from(members.outerjoin(profiles, profiles.c.member == members.c.id)))
_READERS: Final = _READER.where(among(members.c.id, "members"))
_ALL_READERS: Final = _READER.where(or_(among(members.c.id, "members"), among(members.c.telegram_id, "persons")))

_KEEP: Final = text(
    "INSERT INTO leases(name, holder, until) VALUES (:name, :holder, :until)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until")

_AGAIN: Final = (update(notices).where(notices.c.id == bindparam("notice"))
                 .values(tries=notices.c.tries + 1, due_at=bindparam("due")))


def _for_ids(connection: Connection, statement: str, ids: Sequence[int]) -> None:
    """Run a statement that ends in `WHERE id` for many ids, as one statement whose text never changes."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement + " = ANY($1::text::bigint[])", (numbers(ids),))
    else:
        values: list[tuple[Any, ...]] = [(notice,) for notice in ids]
        connection.exec_driver_sql(statement + " = ?", values)
