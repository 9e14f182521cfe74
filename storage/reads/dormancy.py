"""Wallets that nobody uses."""
from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from storage.reads.base import Reading
from storage.tables import dormancies, members
from wallet.dormancy import WARNINGS


class Dormancies(Reading):
    """Whom the clock has to tell, and whose wallet goes to sleep."""

    async def drowsy(self, today: int, after: int, limit: int) -> tuple[int, ...]:
        first, *others = WARNINGS
        row = dormancies.c
        counts = func.coalesce(row.used_on, 0) == members.c.used_on
        next_ones = zip(WARNINGS, [*others, 0], strict=True)
        found = await self._all(
            select(members.c.id).select_from(members.outerjoin(dormancies, row.member == members.c.id))
            .where(members.c.state == "active", members.c.used_on <= today - after + first, or_(
                ~counts, *(and_(counts, row.told == told, row.sleeps_on <= today + days) for told, days in next_ones)))
            .order_by(members.c.used_on, members.c.id).limit(limit))
        return tuple(row.id for row in found)
