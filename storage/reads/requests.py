"""Requests for money."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from storage.reads.base import MOST, Reading, owner
from storage.tables import members, profiles, requests
from wallet.views import RequestView

_REQUEST = select(requests, members.c.telegram_id, profiles.c.nickname).select_from(
    requests.join(members, members.c.id == requests.c.member)
    .outerjoin(profiles, profiles.c.member == requests.c.member))


class Requests(Reading):
    """Requests to and of somebody."""

    async def request(self, request: int) -> RequestView | None:
        found = await self._all(_REQUEST.where(requests.c.id == request))
        return _request(found[0]) if found else None

    async def requests_to(self, telegram_id: int) -> tuple[RequestView, ...]:
        return await self._open_requests(requests.c.person == telegram_id)

    async def requests_of(self, viewer: int) -> tuple[RequestView, ...]:
        return await self._open_requests(requests.c.member == viewer)

    async def _open_requests(self, which: Any) -> tuple[RequestView, ...]:
        found = await self._all(_REQUEST.where(which, requests.c.state == "open")
                                .order_by(requests.c.expires_at, requests.c.id).limit(MOST))
        return tuple(_request(row) for row in found)

    async def requests_in(self, chat: int, limit: int) -> tuple[RequestView, ...]:
        found = await self._all(_REQUEST.where(requests.c.chat == chat, requests.c.state == "open")
                                .order_by(requests.c.expires_at.desc(), requests.c.id.desc()).limit(limit))
        return tuple(_request(row) for row in found)

    async def requests_to_remind_of(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(requests.c.id).where(
            requests.c.state == "open", requests.c.remind_at != 0, requests.c.remind_at <= now,
            requests.c.expires_at > now).order_by(requests.c.remind_at, requests.c.id).limit(limit))
        return tuple(row.id for row in found)

    async def due_requests(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(requests.c.id).where(requests.c.state == "open", requests.c.expires_at <= now)
                                .order_by(requests.c.expires_at, requests.c.id).limit(limit))
        return tuple(row.id for row in found)


def _request(row: Row[Any]) -> RequestView:
    return RequestView(row.id, owner(row), row.person, bool(row.by_number),
                       row.amount, row.note, row.state, row.expires_at, row.transfer, row.chat, row.message, row.offer)
