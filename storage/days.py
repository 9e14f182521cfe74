"""What the days came to: how much money moved on each, how many joined, and who was active lately.

Guards: every movement is counted exactly once, since the sums and how far a lane has been counted are written in one
commit; and nobody who looks at the sums adds up movements. Those are counted by their numbers, of which each lane hands
out its own: so many numbers at a time are read by the primary key, and payments pay for no further index. The database
adds up: to bring each movement here would cost the process as much as a fortieth of making it.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, func, literal, select, text

from storage.database import Database
from storage.reads.base import Reading
from storage.tables import (
    accounts,
    active_members,
    counted_lanes,
    day_sums,
    envelopes,
    holds,
    lanes,
    penalties,
    tickets,
)
from wallet import ids, movements
from wallet.movements import HOUSE
from wallet.views import DaySum, StatsView

WINDOW: Final = 8_000
"""So many numbers of a lane are counted in one commit. A payment takes several, and the other lanes' lie between."""
QUARTER: Final = 15 * 60 * 1_000_000
"""A day begins with a quarter of an hour in every time zone."""
WINDOWS: Final = 100
"""So many times in one round."""
LATELY: Final = 30
"""The days that are looked at, today's among them."""
MOST_COUNTED: Final = 1_000_000
"""Nobody counts further than this; what is open is in an index of its own, and rarely a thousand."""
JOINED: Final = "joined"
EVER: Final = 0
"""The day under which stands what all days came to."""

_PAYER_ACTS: Final = frozenset(way.name for way in (
    movements.SEND, movements.SET_ASIDE, movements.GIVEBACK, movements.ENVELOPE, movements.VOUCHER, movements.SPLIT))
_RECEIVER_ACTS: Final = frozenset(way.name for way in (movements.TOP_UP, movements.SHARE, movements.VOUCHER_USE))
"""Whose doing a movement was; what the clock does is nobody's."""


class _Day(NamedTuple):
    """A day of the calendar, and the moments between which it lies."""

    number: int
    begins: int
    ends: int


@dataclass(slots=True)
class _Window:
    """What some numbers of a lane came to."""

    lane: int
    before: int
    upto: int
    sums: defaultdict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    joined: dict[int, int] = field(default_factory=dict)
    """The day on which a member joined."""
    days: set[_Day] = field(default_factory=set)
    """On which something moved."""

    def between(self) -> dict[str, int]:
        """Its numbers, as statements take them."""
        return {"first": ids.number(self.before + 1, self.lane), "last": ids.number(self.upto, self.lane),
                "lane": self.lane}

    def add(self, day: int, what: str, number: int, amount: int) -> None:
        """So many more of something."""
        found = self.sums[day, what]
        found[0] += number
        found[1] += amount


class Days:
    """Counts what has been committed since it counted last."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        """Days begin at midnight in `zone`."""
        self._database = database
        self._zone = zone
        self._day = _Day(0, 0, 0)
        """The day of the moment that was asked for last."""

    async def count(self) -> int:
        """One round; what is left is for the next. Answers how many movements were counted."""
        counted = 0
        for _ in range(WINDOWS):
            windows = [await self._read(*one) for one in await self._ahead()]
            if not windows:
                break
            for window in windows:
                if await self._database.write(partial(_write, window=window)):
                    counted += sum(number for (_day, what), (number, _) in window.sums.items() if what != JOINED)
        return counted

    async def _ahead(self) -> Sequence[tuple[int, int, int]]:
        """Lanes that were not counted to their end: up to where, and where the end is."""
        query = select(lanes.c.lane, func.coalesce(counted_lanes.c.upto, 0), lanes.c.counter).select_from(
            lanes.outerjoin(counted_lanes, counted_lanes.c.lane == lanes.c.lane)).where(
            lanes.c.counter > func.coalesce(counted_lanes.c.upto, 0))
        async with self._database.reading.connect() as connection:
            return [(row[0], row[1], row[2]) for row in await connection.execute(query)]

    async def _read(self, lane: int, before: int, end: int) -> _Window:
        """The next numbers. All of them are committed: a lane's end is, and its commits come one after the other."""
        window = _Window(lane, before, min(end, before + WINDOW))
        between = window.between()
        async with self._database.reading.connect() as connection:
            for kind, quarter, number, amount in await connection.execute(_MOVED, between):
                day = self._day_of(quarter * QUARTER)
                window.days.add(day)
                window.add(day.number, kind, number, int(amount))
            for member, at in await connection.execute(_HAVE_JOINED, between):
                day = self._day_of(at)
                window.joined[member] = day.number
                for each in (EVER, day.number):
                    window.add(each, JOINED, 1, 0)
        return window

    def _day_of(self, at: int) -> _Day:
        """The day of a moment. Moments come in their order, nearly, so most are of the day before."""
        if not self._day.begins <= at < self._day.ends:
            morning = datetime.fromtimestamp(at // 1_000_000, self._zone).replace(
                hour=0, minute=0, second=0, microsecond=0)
            following = (morning + timedelta(hours=36)).replace(hour=0)
            self._day = _Day(morning.toordinal(), int(morning.timestamp()) * 1_000_000,
                             int(following.timestamp()) * 1_000_000)
        return self._day


_WINDOW: Final = "id BETWEEN :first AND :last AND id % 64 = :lane"
_MOVED: Final = text(
    f"SELECT kind, at / {QUARTER}, count(*), sum(amount) FROM transfers WHERE {_WINDOW} GROUP BY 1, 2")  # noqa: S608
_HAVE_JOINED: Final = text(
    f"SELECT member, at FROM audit WHERE {_WINDOW} AND act = 'joined'")  # noqa: S608
assert ids.LANES == 64
_GO_ON: Final = text(
    "INSERT INTO counted_lanes(lane, upto) VALUES (:lane, :upto)"
    " ON CONFLICT (lane) DO UPDATE SET upto = excluded.upto WHERE counted_lanes.upto = :before")
_ADD: Final = text(
    "INSERT INTO day_sums(day, what, number, amount) VALUES (:day, :what, :number, :amount)"
    " ON CONFLICT (day, what) DO UPDATE SET number = day_sums.number + excluded.number,"
    " amount = day_sums.amount + excluded.amount")
_LATER: Final = " ON CONFLICT (member) DO UPDATE SET day = excluded.day WHERE active_members.day < excluded.day"
_JOINED: Final = text("INSERT INTO active_members(member, day) VALUES (:member, :day)" + _LATER)  # noqa: S608


def _quoted(acts: Iterable[str]) -> str:
    return ", ".join(f"'{act}'" for act in sorted(acts))


_ACTED: Final = text(
    "INSERT INTO active_members(member, day) SELECT DISTINCT acted.member, CAST(:day AS integer) FROM"  # noqa: S608
    f" (SELECT (CASE WHEN kind IN ({_quoted(_PAYER_ACTS)}) THEN debit ELSE credit END) / {ids.ACCOUNTS_OF_ONE}"
    f" AS member FROM transfers WHERE {_WINDOW} AND at >= :begins AND at < :ends"
    f" AND kind IN ({_quoted(_PAYER_ACTS | _RECEIVER_ACTS)})) acted WHERE true ORDER BY 1" + _LATER)
"""In the order of their numbers, so that two processes that write down the same members wait for each other."""


def _write(connection: Connection, window: _Window) -> bool:
    """Write a window down unless another process was faster."""
    went_on = connection.execute(_GO_ON, {"lane": window.lane, "upto": window.upto, "before": window.before}).rowcount
    if not went_on:
        return False
    if window.sums:
        connection.execute(_ADD, [{"day": day, "what": what, "number": number, "amount": amount}
                                  for (day, what), (number, amount) in sorted(window.sums.items())])
    if window.joined:
        connection.execute(_JOINED, [{"member": member, "day": day} for member, day in sorted(window.joined.items())])
    for day in sorted(window.days):
        connection.execute(_ACTED, window.between() | {"day": day.number, "begins": day.begins, "ends": day.ends})
    return True


# ---------------------------------------------------------------------------------------------- looking
def _how_many(query: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(query.limit(MOST_COUNTED).subquery())


_ONE: Final = literal(1)
_SUMS: Final = select(day_sums)
_HOUSE: Final = select(func.coalesce(func.sum(accounts.c.balance), 0)).where(accounts.c.id.in_(
    [ids.account(lane, kind) for lane in range(ids.LANES) for kind in sorted(HOUSE)]))
_OPEN: Final[Mapping[str, Select[Any]]] = {
    "holds": _how_many(select(_ONE).where(holds.c.state == "open")),
    "envelopes": _how_many(select(_ONE).where(envelopes.c.state == "open")),
    "tickets": _how_many(select(_ONE).where(tickets.c.state == "open")),
    "waiting": _how_many(select(_ONE).where(tickets.c.state == "open", tickets.c.waits_since != 0)),
    "penalties": _how_many(select(_ONE).where(penalties.c.ended_at == 0))}


class SqlStats(Reading):
    """What operators and Prometheus are told of the days and of now."""

    async def stats(self, today: int) -> StatsView:
        """The sums of the last days, and what is open at this moment."""
        async with self._reading.connect() as connection:
            found = (await connection.execute(_SUMS.where(
                day_sums.c.day.between(today - LATELY + 1, today)).order_by(day_sums.c.day, day_sums.c.what))).all()
            joined = await connection.scalar(select(day_sums.c.number).where(
                day_sums.c.day == EVER, day_sums.c.what == JOINED)) or 0
            active = [int(await connection.scalar(_how_many(select(_ONE).where(
                active_members.c.day.between(since, today)))) or 0) for since in (today, today - LATELY + 1)]
            house = await connection.scalar(_HOUSE) or 0
            now = {name: int(await connection.scalar(query) or 0) for name, query in _OPEN.items()}
        return StatsView(today, LATELY, tuple(map(_sum, found)), active[0], active[1], joined, -int(house),
                         now["holds"], now["envelopes"], now["tickets"], now["waiting"], now["penalties"])


def _sum(row: Row[Any]) -> DaySum:
    return DaySum(row.day, row.what, row.number, row.amount)
