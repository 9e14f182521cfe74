"""Minors, for those who answer for them and for themselves."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from storage.reads.base import MOST, Reading
from storage.tables import counters, members, profiles, wards
from wallet.dates import first_of_month
from wallet.gate import Safeguard
from wallet.views import Party, WardView

_GUARDIANS = members.alias("guardians")
_GUARDIAN_PROFILES = profiles.alias("guardian_profiles")
_MINORS: Final = or_(members.c.safeguards.bitwise_and(int(Safeguard.WARD)) != 0,
                     members.c.step.in_(("minor", "barred")))


class Family(Reading):
    """Who answers for whom, and what has come of it."""

    _today: Callable[[], int]

    async def ward(self, member: int) -> WardView | None:
        found = await self._wards(members.c.id == member, _MINORS)
        return found[0] if found else None

    async def wards(self, viewer: int) -> tuple[WardView, ...]:
        return await self._wards(wards.c.guardian == viewer, wards.c.guardian != 0)

    async def of_age(self, today: int, limit: int) -> tuple[int, ...]:
        found = await self._all(
            select(wards.c.member).join(members, members.c.id == wards.c.member)
            .where(wards.c.free_on != 0, wards.c.free_on <= today, _MINORS)
            .order_by(wards.c.free_on, wards.c.member).limit(limit))
        return tuple(row.member for row in found)

    async def wards_to_tell(self, limit: int) -> tuple[int, ...]:
        stopped = or_(_GUARDIANS.c.state != "active", _GUARDIANS.c.safeguards.bitwise_and(int(Safeguard.WARD)) != 0)
        found = await self._all(
            select(wards.c.member).join(_GUARDIANS, _GUARDIANS.c.id == wards.c.guardian)
            .where(wards.c.guardian != 0, or_(and_(wards.c.away == 0, stopped), and_(wards.c.away != 0, ~stopped)))
            .order_by(wards.c.member).limit(limit))
        return tuple(row.member for row in found)

    async def _wards(self, *which: ColumnElement[bool]) -> tuple[WardView, ...]:
        today = self._today()
        paid = select(func.coalesce(func.sum(counters.c.sent_sum - counters.c.uncounted), 0)).where(
            counters.c.member == members.c.id, counters.c.day <= today).correlate(members)
        found = await self._all(
            select(members.c.id, members.c.telegram_id, members.c.step, members.c.safeguards, profiles.c.nickname,
                   wards.c.payment, wards.c.day, wards.c.month, wards.c.free_on, wards.c.since,
                   _GUARDIANS.c.id.label("guardian"), _GUARDIANS.c.telegram_id.label("guardian_telegram_id"),
                   _GUARDIANS.c.state.label("guardian_state"), _GUARDIANS.c.safeguards.label("guardian_safeguards"),
                   _GUARDIAN_PROFILES.c.nickname.label("guardian_nickname"),
                   paid.where(counters.c.day >= today).scalar_subquery().label("today"),
                   paid.where(counters.c.day >= first_of_month(today)).scalar_subquery().label("this_month"))
            .select_from(members.outerjoin(profiles, profiles.c.member == members.c.id)
                         .outerjoin(wards, wards.c.member == members.c.id)
                         .outerjoin(_GUARDIANS, and_(wards.c.guardian != 0, _GUARDIANS.c.id == wards.c.guardian))
                         .outerjoin(_GUARDIAN_PROFILES, _GUARDIAN_PROFILES.c.member == _GUARDIANS.c.id))
            .where(*which).order_by(wards.c.since, members.c.id).limit(MOST))
        return tuple(_ward(row) for row in found)


def _ward(row: Row[Any]) -> WardView:
    guardian, able = None, False
    if row.guardian is not None:
        guardian = Party(row.guardian, row.guardian_telegram_id, row.guardian_nickname or "")
        able = row.guardian_state == "active" and not row.guardian_safeguards & Safeguard.WARD
    return WardView(Party(row.id, row.telegram_id, row.nickname or ""), guardian, able, row.payment or 0, row.day or 0,
                    row.month or 0, int(row.today), int(row.this_month), bool(row.safeguards & Safeguard.STOPPED),
                    not row.step, row.free_on or 0, row.since or 0)
