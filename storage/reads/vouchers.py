"""Vouchers."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Row, case, select

from storage.reads.base import MOST, Reading, owner
from storage.tables import members, profiles, switch, vouchers
from wallet.views import VoucherView

_VOUCHER = select(vouchers, members.c.telegram_id, profiles.c.nickname).select_from(
    vouchers.join(members, members.c.id == vouchers.c.member)
    .outerjoin(profiles, profiles.c.member == vouchers.c.member))


class Vouchers(Reading):
    """Vouchers, by number, maker and chat."""

    async def voucher(self, voucher: int) -> VoucherView | None:
        found = await self._all(_VOUCHER.where(vouchers.c.id == voucher))
        return _voucher(found[0]) if found else None

    async def vouchers_of(self, viewer: int, limit: int) -> tuple[VoucherView, ...]:
        found = await self._all(_VOUCHER.where(vouchers.c.member == viewer)
                                .order_by(case((vouchers.c.state == "open", 0), else_=1), vouchers.c.id.desc())
                                .limit(min(limit, MOST)))
        return tuple(_voucher(row) for row in found)

    async def vouchers_in(self, chat: int, limit: int) -> tuple[VoucherView, ...]:
        found = await self._all(_VOUCHER.where(vouchers.c.chat == chat, vouchers.c.state == "open")
                                .order_by(vouchers.c.expires_at.desc(), vouchers.c.id.desc()).limit(limit))
        return tuple(_voucher(row) for row in found)

    async def due_vouchers(self, now: int, limit: int) -> tuple[int, ...]:
        # Asked by itself: with *or* in one query every open one would be looked at.
        closes = await self._all(select(switch.c.winds_down).where(switch.c.winds_down != 0))
        due = () if closes else (vouchers.c.expires_at <= now,)
        found = await self._all(select(vouchers.c.id).where(vouchers.c.state == "open", *due)
                                .order_by(vouchers.c.expires_at, vouchers.c.id).limit(limit))
        return tuple(row.id for row in found)


def _voucher(row: Row[Any]) -> VoucherView:
    return VoucherView(row.id, owner(row), row.amount, row.uses, row.used,
                       row.state, row.only, row.nonce, bool(row.password), row.transfer, row.expires_at, row.chat,
                       row.message)
