"""No applications to read: for whoever never handed anything in."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from wallet.protocols import Sealed
from wallet.views import ApplicationView, SealedPerson
from wallet.views.operators import HitView, NameListView


class NoApplications:
    """`wallet.protocols.Applications` where nobody ever handed anything in, and nobody was verified."""

    async def own(self, viewer: int, kind: str) -> ApplicationView | None:
        return None

    async def own_one(self, viewer: int, application: int) -> ApplicationView | None:
        return None

    async def queue(self, viewer: int, limit: int) -> Sequence[ApplicationView]:
        return ()

    async def waiting(self, viewer: int) -> int:
        return 0

    async def seen(self, viewer: int, application: int) -> ApplicationView | None:
        return None

    async def facts(self, application: ApplicationView) -> tuple[str, ...]:
        return ()

    async def papers(self, application: ApplicationView) -> Sequence[tuple[str, bytes]]:
        return ()

    async def sealed_facts(self, member: int, facts: Sequence[str]) -> Sealed:
        return Sealed("0" * 64, b"sealed", b"")

    async def sealed_paper(self, application: ApplicationView, picture: bytes) -> Sealed:
        return Sealed("0" * 64, b"sealed", b"")

    async def abandoned(self, before: int, limit: int) -> Sequence[int]:
        return ()

    async def hits(self, viewer: int, limit: int) -> Sequence[HitView]:
        return ()

    async def hit(self, viewer: int, hit: int) -> HitView | None:
        return None

    async def hits_waiting(self, viewer: int) -> int:
        return 0

    async def name_list(self) -> NameListView | None:
        return None

    async def not_compared(self, version: str, after: int, limit: int) -> Sequence[tuple[int, str]]:
        return ()

    async def persons(self, members: Sequence[int]) -> Mapping[int, SealedPerson]:
        return {}

    async def persons_unpaid(self, viewer: int, telegram_ids: Sequence[int]) -> Mapping[int, SealedPerson]:
        return {}
