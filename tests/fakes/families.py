"""Minors and guardians, over the rows of a `FakeStore`.

Guards: as the database's reads do, it takes the viewer first and shows nobody else's wards.
"""
from __future__ import annotations

from collections.abc import Callable

from tests.fakes.store import FakeStore
from wallet.dates import first_of_month
from wallet.gate import Safeguard
from wallet.rows import Counter, Member, Ward
from wallet.views import Party, WardView


class FakeFamilies:
    """Who answers for whom, and what has come of it."""

    _store: FakeStore
    _today: Callable[[], int]

    async def party(self, member: int) -> Party | None:
        raise NotImplementedError

    async def ward(self, member: int) -> WardView | None:
        row = self._store.rows.get((Member, member))
        if not isinstance(row, Member) or not (row.safeguards & Safeguard.WARD or row.step in ("minor", "barred")):
            return None
        return await self._ward(row)

    async def wards(self, viewer: int) -> tuple[WardView, ...]:
        found = sorted((ward for ward in self._store.all(Ward) if ward.guardian == viewer),
                       key=lambda ward: (ward.since, ward.member))
        return tuple([await self._ward(self._member(ward.member)) for ward in found])

    async def of_age(self, today: int, limit: int) -> tuple[int, ...]:
        return tuple(sorted(ward.member for ward in self._store.all(Ward) if 0 < ward.free_on <= today
                            and self._member(ward.member).safeguards & Safeguard.WARD))[:limit]

    async def wards_to_tell(self, limit: int) -> tuple[int, ...]:
        return tuple(sorted(ward.member for ward in self._store.all(Ward) if ward.guardian
                            and bool(ward.away) is self._able(self._member(ward.guardian))))[:limit]

    @staticmethod
    def _able(guardian: Member) -> bool:
        return guardian.state == "active" and not guardian.safeguards & Safeguard.WARD

    def _member(self, number: int) -> Member:
        row = self._store.rows[Member, number]
        assert isinstance(row, Member)
        return row

    async def _ward(self, row: Member) -> WardView:
        ward = self._store.rows.get((Ward, row.id))
        ward = ward if isinstance(ward, Ward) else Ward(row.id, 0, 0, 0, 0, 0, 0)
        guardian = self._store.rows.get((Member, ward.guardian))
        able = (isinstance(guardian, Member) and guardian.state == "active"
                and not guardian.safeguards & Safeguard.WARD)
        today, party = self._today(), await self.party(row.id)
        paid = [(counter.day, counter.sent_sum - counter.uncounted) for counter in self._store.all(Counter)
                if counter.member == row.id and first_of_month(today) <= counter.day <= today] if today else []
        assert party is not None
        return WardView(party, await self.party(ward.guardian), able, ward.payment, ward.day, ward.month,
                        sum(sent for day, sent in paid if day == today), sum(sent for _, sent in paid),
                        bool(row.safeguards & Safeguard.STOPPED), not row.step, ward.free_on, ward.since)
