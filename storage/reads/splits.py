"""Splits, each with what everybody pays of it."""
from __future__ import annotations

from sqlalchemy import ColumnElement, select

from storage.among import among
from storage.reads.base import MOST, Reading, owner
from storage.tables import members, profiles, split_offers, split_shares, splits
from storage.tables import transfers as moved
from wallet.views import Party, SplitShareView, SplitView

_SPLIT = select(splits, members.c.telegram_id, profiles.c.nickname).select_from(
    splits.join(members, members.c.id == splits.c.member).outerjoin(profiles, profiles.c.member == splits.c.member))
# A commit between the two queries may have had more of it paid; the sums are told by the split itself.
_SPLIT_SHARES = select(split_shares, members.c.id, profiles.c.nickname, moved.c.at).select_from(
    split_shares.outerjoin(members, members.c.telegram_id == split_shares.c.person)
    .outerjoin(profiles, profiles.c.member == members.c.id).outerjoin(moved, moved.c.id == split_shares.c.transfer)
).where(among(split_shares.c.split, "splits")).order_by(split_shares.c.split, split_shares.c.number)


class Splits(Reading):
    """Splits, by number, collector and chat."""

    async def split(self, split: int) -> SplitView | None:
        found = await self._splits(splits.c.id == split, limit=1)
        return found[0] if found else None

    async def splits_of(self, viewer: int, limit: int) -> tuple[SplitView, ...]:
        return await self._splits(splits.c.member == viewer, splits.c.state == "open", limit=limit)

    async def splits_in(self, chat: int, limit: int) -> tuple[SplitView, ...]:
        return await self._splits(splits.c.chat == chat, splits.c.state == "open", limit=limit)

    async def _splits(self, *which: ColumnElement[bool], limit: int) -> tuple[SplitView, ...]:
        async with self._reading.connect() as connection:
            found = (await connection.execute(_SPLIT.where(*which).order_by(
                splits.c.made_at.desc(), splits.c.id.desc()).limit(min(limit, MOST)))).all()
            asked = (await connection.execute(_SPLIT_SHARES, {"splits": [row.id for row in found]})).all()
        of_one: dict[int, list[SplitShareView]] = {row.id: [] for row in found}
        for row in asked:
            of_one[row.split].append(SplitShareView(Party(row.id or 0, row.person, row.nickname or ""), row.amount,
                                                    row.transfer, row.at or 0, row.offer))
        return tuple(SplitView(row.id, owner(row), row.kind, row.amount,
                               row.heads, row.payers, row.due, row.paid, row.collected, row.state, row.made_at,
                               row.expires_at, row.ended_at, row.chat, row.message, row.note, tuple(of_one[row.id]))
                     for row in found)

    async def due_splits(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(splits.c.id).where(splits.c.state == "open", splits.c.expires_at <= now)
                                .order_by(splits.c.expires_at, splits.c.id).limit(limit))
        return tuple(row.id for row in found)

    async def splits_to_remind(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(splits.c.id).where(
            splits.c.state == "open", splits.c.remind_at.between(1, now), splits.c.expires_at > now)
            .order_by(splits.c.remind_at, splits.c.id).limit(limit))
        return tuple(row.id for row in found)

    async def standing_offers(self, limit: int) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        found = await self._all(
            select(splits.c.id, splits.c.offers, split_offers.c.person)
            .join(split_offers, split_offers.c.split == splits.c.id)
            .where(splits.c.offers > 0, splits.c.state != "open", split_offers.c.message != 0)
            .order_by(splits.c.ended_at, splits.c.id, split_offers.c.person).limit(limit))
        persons: dict[tuple[int, int], list[int]] = {}
        for row in found:
            persons.setdefault((row.id, row.offers), []).append(row.person)
        return tuple((split, left, tuple(those)) for (split, left), those in persons.items())
