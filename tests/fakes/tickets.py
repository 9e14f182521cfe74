"""No tickets to read: for whatever tells notices that are about none, and for whoever only writes."""
from __future__ import annotations

from collections.abc import Sequence

from wallet.protocols import Sealed
from wallet.views import TicketView, WordsView


class NoTickets:
    """`wallet.protocols.Tickets` where nobody ever wrote to the operators."""

    async def of_member(self, viewer: int, limit: int) -> Sequence[TicketView]:
        return ()

    async def own(self, viewer: int, ticket: int) -> TicketView | None:
        return None

    async def queue(self, viewer: int, limit: int) -> Sequence[TicketView]:
        return ()

    async def waiting(self, viewer: int) -> int:
        return 0

    async def seen(self, viewer: int, ticket: int) -> TicketView | None:
        return None

    async def words(self, ticket: TicketView, limit: int) -> Sequence[WordsView]:
        return ()

    async def answer(self, ticket: int, number: int) -> WordsView | None:
        return None

    async def sealed_for(self, member: int, ticket: int, text: str, pictures: Sequence[tuple[str, str]]) -> Sealed:
        return Sealed("0" * 64, b"sealed", b"")
