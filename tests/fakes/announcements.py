"""No announcements: for whatever tells notices that are about none."""
from __future__ import annotations

from collections.abc import Sequence

from wallet.views import AnnouncementView


class NoAnnouncements:
    """`wallet.protocols.Announcements` where nobody ever announced anything."""

    async def said(self, announcement: int) -> AnnouncementView | None:
        return None

    async def running(self, limit: int) -> Sequence[AnnouncementView]:
        return ()

    async def next(self, announcement: AnnouncementView, limit: int) -> tuple[int, ...]:
        return ()

    async def latest(self, viewer: int, limit: int) -> Sequence[AnnouncementView]:
        return ()

    async def one(self, viewer: int, announcement: int) -> AnnouncementView | None:
        return None

    async def reach(self, viewer: int, audience: str) -> int:
        return 0
