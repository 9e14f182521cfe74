"""Orders of courts: those that hold a member's money, and what the clock has to do about them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row, select

from storage.reads.base import Reading
from storage.tables import legal_holds, members
from wallet.legal_holds import MOST
from wallet.views.operators import LegalHoldView

LEGAL_HOLD: Final = select(legal_holds, members.c.telegram_id).join_from(
    legal_holds, members, members.c.id == legal_holds.c.member)
STANDING: Final = LEGAL_HOLD.where(legal_holds.c.ended_at == 0).order_by(legal_holds.c.id).limit(MOST)
"""Those that have not ended."""


def legal_hold(row: Row[Any]) -> LegalHoldView:
    """As operators see it."""
    return LegalHoldView(row.id, row.member, row.telegram_id, row.authority, row.reference, row.dated, row.amount,
                         row.until, row.note, row.at, row.proposal, row.ended_at)


class LegalHolds(Reading):
    """What holds the viewer's own money, and what ends."""

    async def legal_holds(self, viewer: int) -> Sequence[LegalHoldView]:
        found = await self._all(STANDING.where(legal_holds.c.member == viewer))
        return [replace(legal_hold(row), note="") for row in found]

    async def due_legal_holds(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(
            select(legal_holds.c.id, legal_holds.c.member)
            .where(legal_holds.c.ended_at == 0, legal_holds.c.until != 0, legal_holds.c.until <= now)
            .order_by(legal_holds.c.until, legal_holds.c.id).limit(limit))
        return tuple((row.id, row.member) for row in found)
