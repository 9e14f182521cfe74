"""Payments that come again."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from storage.reads.base import MOST, Reading
from storage.tables import schedules
from wallet.views import ScheduleView


class Schedules(Reading):
    """Somebody's, and those whose day has come."""

    async def schedules(self, viewer: int) -> tuple[ScheduleView, ...]:
        found = await self._all(select(schedules).where(schedules.c.member == viewer, schedules.c.state == "active")
                                .order_by(schedules.c.try_day, schedules.c.id).limit(MOST))
        return tuple(_schedule(row) for row in found)

    async def schedule(self, viewer: int, schedule: int) -> ScheduleView | None:
        found = await self._all(select(schedules).where(schedules.c.id == schedule, schedules.c.member == viewer))
        return _schedule(found[0]) if found else None

    async def due_schedules(self, today: int, limit: int) -> tuple[tuple[int, int, int], ...]:
        found = await self._all(select(schedules.c.id, schedules.c.next_day, schedules.c.tries).where(
            schedules.c.state == "active", schedules.c.try_day <= today)
            .order_by(schedules.c.try_day, schedules.c.id).limit(limit))
        return tuple((row.id, row.next_day, row.tries) for row in found)

    async def schedules_to_tell(self, today: int, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(select(schedules.c.id, schedules.c.next_day).where(
            schedules.c.state == "active", schedules.c.next_day == today + 1, schedules.c.try_day == today + 1,
            schedules.c.told_day != schedules.c.next_day).order_by(schedules.c.id).limit(limit))
        return tuple((row.id, row.next_day) for row in found)


def _schedule(row: Row[Any]) -> ScheduleView:
    return ScheduleView(row.id, row.person, bool(row.by_number), row.amount, row.note, row.unit, row.on_day,
                        row.last_day, row.next_day, row.try_day)
