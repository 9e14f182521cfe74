"""Announcements: for the operators who make them, for the clock that goes on with them, and for whoever is told.

Guards: everybody who is to be told is found by their number, a page at a time; what an announcement says is read once
for the many who are told, since it never changes.
"""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, Select, func, select

from storage.database import Database
from storage.operators import is_operator
from storage.reads.base import Reading
from storage.tables import announcements, groups, members
from wallet.announcements import GROUPS, NAMED, members_in, parts_of
from wallet.views import AnnouncementView

MOST: Final = 200
"""No list is longer."""
MOST_COUNTED: Final = 1_000_000
KEPT: Final = 8
"""So many are kept in memory."""


class SqlAnnouncements(Reading):
    """`wallet.protocols.Announcements` over a database."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._kept: OrderedDict[int, AnnouncementView] = OrderedDict()

    async def said(self, announcement: int) -> AnnouncementView | None:
        if announcement not in self._kept:
            found = await self._all(_ONE.where(announcements.c.id == announcement))
            if not found:
                return None
            self._kept[announcement] = _view(found[0])
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[announcement]

    async def running(self, limit: int) -> Sequence[AnnouncementView]:
        return [_view(row) for row in await self._all(
            _ONE.where(announcements.c.state == "open").order_by(announcements.c.id).limit(min(limit, MOST)))]

    async def latest(self, viewer: int, limit: int) -> Sequence[AnnouncementView]:
        return [_view(row) for row in await self._all(
            _ONE.where(is_operator(viewer)).order_by(announcements.c.id.desc()).limit(min(limit, MOST)))]

    async def one(self, viewer: int, announcement: int) -> AnnouncementView | None:
        found = await self._all(_ONE.where(announcements.c.id == announcement, is_operator(viewer)))
        return _view(found[0]) if found else None

    async def reach(self, viewer: int, audience: str) -> int:
        found = await self._all(select(func.count().label("n")).select_from(
            _audience(audience, is_operator(viewer)).limit(MOST_COUNTED).subquery()))
        return int(found[0].n)

    async def next(self, announcement: AnnouncementView, limit: int) -> tuple[int, ...]:
        if announcement.audience == NAMED:
            return tuple(one for one in announcement.named if one > announcement.after)[:limit]
        column = groups.c.chat if announcement.audience == GROUPS else members.c.id
        found = await self._all(_audience(announcement.audience, column > announcement.after)
                                .order_by(column).limit(min(limit, MOST)))
        return tuple(row[0] for row in found)


_ONE: Final = select(announcements)


def _audience(audience: str, *wanted: Any) -> Select[Any]:
    if audience == GROUPS:
        return select(groups.c.chat).where(groups.c.chat < 0, *wanted)
    return select(members.c.id).where(members.c.state.not_in(("joining", "closed")), *wanted)


def _view(row: Row[Any]) -> AnnouncementView:
    return AnnouncementView(row.id, row.kind, row.audience, members_in(row.named), parts_of(row.english),
                            parts_of(row.chinese), row.state, row.operator, row.after, row.told, row.at, row.ended_at)
