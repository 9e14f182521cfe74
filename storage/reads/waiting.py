"""What waits: money for somebody, debits for their owner's word, proposals for a second operator."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from storage.reads.base import MOST, Reading, owner
from storage.tables import drafts, holds, interceptions, members, notes, profiles, proposals
from wallet.rows import TO_ARRIVE, TO_CHECK
from wallet.views import DraftView, HoldView

_HOLD = select(holds, notes.c.text.label("note"), members.c.telegram_id, profiles.c.nickname).select_from(
    holds.join(members, members.c.id == holds.c.member).outerjoin(profiles, profiles.c.member == holds.c.member)
    .outerjoin(notes, notes.c.transfer == holds.c.transfer))


class Waiting(Reading):
    """Open holds, drafts and proposals."""

    async def hold(self, hold: int) -> HoldView | None:
        found = await self._all(_HOLD.where(holds.c.id == hold))
        return _hold(found[0]) if found else None

    async def waiting_for(self, telegram_id: int) -> tuple[HoldView, ...]:
        return await self._open_holds(and_(holds.c.beneficiary == telegram_id, holds.c.purpose != TO_CHECK))

    async def checks_since(self, before: int) -> int:
        found = await self._all(select(func.count().label("waiting")).select_from(interceptions).where(
            interceptions.c.state == "open", interceptions.c.at <= before))
        return int(found[0].waiting)

    async def waiting_of(self, viewer: int) -> tuple[HoldView, ...]:
        return await self._open_holds(holds.c.member == viewer)

    async def _open_holds(self, which: Any) -> tuple[HoldView, ...]:
        found = await self._all(_HOLD.where(which, holds.c.state == "open").order_by(holds.c.expires_at, holds.c.id)
                                .limit(MOST))
        return tuple(_hold(row) for row in found)

    async def waiting_in(self, chat: int, limit: int) -> tuple[HoldView, ...]:
        found = await self._all(_HOLD.where(holds.c.chat == chat, holds.c.state == "open")
                                .order_by(holds.c.expires_at.desc(), holds.c.id.desc()).limit(limit))
        return tuple(_hold(row) for row in found)

    async def due_holds(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(
            select(holds.c.id).where(holds.c.state == "open", holds.c.expires_at <= now, holds.c.purpose != TO_ARRIVE)
            .order_by(holds.c.expires_at, holds.c.id).limit(limit))
        return tuple(row.id for row in found)

    async def due_arrivals(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(
            select(holds.c.id, members.c.id.label("receiver"))
            .join_from(holds, members, members.c.telegram_id == holds.c.beneficiary)
            .where(holds.c.state == "open", holds.c.expires_at <= now, holds.c.purpose == TO_ARRIVE)
            .order_by(holds.c.expires_at, holds.c.id).limit(limit))
        return tuple((row.id, row.receiver) for row in found)

    async def due_drafts(self, now: int, limit: int) -> tuple[str, ...]:
        found = await self._all(select(drafts.c.token)
                                .where(drafts.c.state == "open", or_(drafts.c.message != 0, drafts.c.card != ""),
                                       drafts.c.expires_at <= now)
                                .order_by(drafts.c.expires_at, drafts.c.token).limit(limit))
        return tuple(row.token for row in found)

    async def due_proposals(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(proposals.c.id)
                                .where(proposals.c.state == "open", proposals.c.expires_at <= now)
                                .order_by(proposals.c.expires_at, proposals.c.id).limit(limit))
        return tuple(row.id for row in found)

    async def draft(self, viewer: int, token: str) -> DraftView | None:
        found = await self._all(select(drafts).where(drafts.c.token == token, drafts.c.member == viewer))
        if not found:
            return None
        row = found[0]
        return DraftView(row.token, row.needs, row.state, row.expires_at, row.intent, row.chat, row.message)


def _hold(row: Row[Any]) -> HoldView:
    payer = owner(row)
    return HoldView(row.id, payer, row.beneficiary, row.amount, row.note or "", row.transfer, row.state,
                    row.expires_at, row.chat, row.message, row.purpose, bool(row.by_number),
                    row.ended_by, row.offer, row.card)
