"""What the clock has to do about penalties."""
from __future__ import annotations

from typing import Final

from sqlalchemy import literal_column, select, true, union_all

from storage.reads.base import Reading
from storage.tables import drafts, holds, members, penalties, requests, schedules, splits, vouchers
from wallet.rows import TO_CHECK, TO_THAW
from wallet.standing import FROZEN
from wallet.views import Ends

_OPEN: Final = {"request": (requests, "open"), "split": (splits, "open"), "schedule": (schedules, "active"),
                "voucher": (vouchers, "open"), "hold": (holds, "open")}
"""What a ban ends, and how it is called while it has not ended."""


class Penalties(Reading):
    """Those that end, and what they end."""

    async def due_penalties(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(
            select(penalties.c.id).where(penalties.c.ended_at == 0, penalties.c.until != 0, penalties.c.until <= now)
            .order_by(penalties.c.until, penalties.c.id).limit(limit))
        return tuple(row.id for row in found)

    async def thawed(self, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(
            select(holds.c.id, members.c.id.label("receiver"))
            .join_from(holds, members, members.c.telegram_id == holds.c.beneficiary)
            .where(holds.c.state == "open", holds.c.purpose == TO_THAW, members.c.state != FROZEN)
            .order_by(holds.c.id).limit(limit))
        return tuple((row.id, row.receiver) for row in found)

    async def bans_to_sweep(self, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(select(penalties.c.id, penalties.c.member).where(penalties.c.swept == 0)
                                .order_by(penalties.c.at, penalties.c.id).limit(limit))
        return tuple((row.id, row.member) for row in found)

    async def ends_with_ban(self, member: int, limit: int) -> tuple[Ends, ...]:
        each = [select(literal_column(f"'{what}'").label("what"), table.c.id.label("number"),
                       literal_column("''").label("token"))
                # What operators look at is theirs to decide, and goes back by itself.
                .where(table.c.member == member, table.c.state == state,
                       holds.c.purpose != TO_CHECK if what == "hold" else true())
                for what, (table, state) in _OPEN.items()]
        cards = select(literal_column("'card'"), literal_column("0"), drafts.c.token).where(
            drafts.c.member == member, drafts.c.state == "open", drafts.c.card != "")
        found = await self._all(union_all(*each, cards).limit(limit))
        return tuple(Ends(row.what, row.number, row.token) for row in found)
