"""Tickets for their members and for operators: looked up, sealed and opened.

Guards: a query takes its viewer first and answers the same nothing for what is not theirs and for what there is not; in
the database a message is unreadable without the deployment's secret and the key that sealed it. What can't be opened
any more, because that key was destroyed, is empty and stands in nobody's way.
"""
from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, Select, and_, case, func, select

from storage.database import Database
from storage.operators import may_see_ticket
from storage.reads.base import Reading
from storage.tables import members, profiles, ticket_words, tickets
from wallet.plain import compact
from wallet.protocols import Sealed
from wallet.tickets import REPORT
from wallet.vault import Unreadable, Vault
from wallet.views import Party, TicketView, WordsView

MOST: Final = 50
"""No list is longer."""

_ABOUT, _THEIRS = members.alias("about"), profiles.alias("theirs")
_TICKET = select(
    tickets, members.c.telegram_id, func.coalesce(profiles.c.nickname, "").label("nickname"),
    _ABOUT.c.telegram_id.label("about"), func.coalesce(_THEIRS.c.nickname, "").label("about_name")).select_from(
    tickets.join(members, members.c.id == tickets.c.member)
    .outerjoin(profiles, profiles.c.member == tickets.c.member)
    .outerjoin(_ABOUT, and_(_ABOUT.c.id == tickets.c.subject, tickets.c.category == REPORT))
    .outerjoin(_THEIRS, _THEIRS.c.member == _ABOUT.c.id))
_KEY = select(tickets.c.wrapped_key.label("own"), profiles.c.wrapped_key.label("members")).select_from(
    tickets.outerjoin(profiles, profiles.c.member == tickets.c.member))
_WAITS_LAST: Final = case((tickets.c.waits_since == 0, 1), else_=0)


class SqlTickets(Reading):
    """`wallet.protocols.Tickets` over a database."""

    def __init__(self, database: Database, vault: Vault) -> None:
        super().__init__(database)
        self._vault = vault

    # ------------------------------------------------------------------------------------------- tickets
    async def of_member(self, viewer: int, limit: int) -> Sequence[TicketView]:
        return await self._tickets(_TICKET.where(tickets.c.member == viewer).order_by(
            tickets.c.state.desc(), tickets.c.opened_at.desc(), tickets.c.id.desc()), limit)

    async def own(self, viewer: int, ticket: int) -> TicketView | None:
        found = await self._tickets(_TICKET.where(tickets.c.id == ticket, tickets.c.member == viewer), 1)
        return found[0] if found else None

    async def queue(self, viewer: int, limit: int) -> Sequence[TicketView]:
        return await self._tickets(_TICKET.where(tickets.c.state == "open", may_see_ticket(viewer)).order_by(
            _WAITS_LAST, tickets.c.waits_since, tickets.c.opened_at, tickets.c.id), limit)

    async def waiting(self, viewer: int) -> int:
        found = await self._all(select(func.count().label("n")).select_from(tickets).where(
            tickets.c.state == "open", tickets.c.waits_since != 0, may_see_ticket(viewer)))
        return int(found[0].n)

    async def seen(self, viewer: int, ticket: int) -> TicketView | None:
        found = await self._tickets(_TICKET.where(tickets.c.id == ticket, may_see_ticket(viewer)), 1)
        return found[0] if found else None

    async def _tickets(self, query: Select[Any], limit: int) -> Sequence[TicketView]:
        return [TicketView(row.id, Party(row.member, row.telegram_id, row.nickname), row.category, row.subject,
                           row.state, row.opened_at, row.waits_since, row.operator, row.words, row.ended_at,
                           Party(row.subject, row.about, row.about_name) if row.about else None)
                for row in await self._all(query.limit(min(limit, MOST)))]

    # --------------------------------------------------------------------------------------------- words
    async def words(self, ticket: TicketView, limit: int) -> Sequence[WordsView]:
        found = await self._all(select(ticket_words).where(ticket_words.c.ticket == ticket.id)
                                .order_by(ticket_words.c.number.desc()).limit(min(limit, MOST)))
        key = await self._key(ticket.id)
        return [self._opened(row, key) for row in reversed(found)]

    async def answer(self, ticket: int, number: int) -> WordsView | None:
        found = await self._all(select(ticket_words).where(ticket_words.c.ticket == ticket,
                                                           ticket_words.c.number == number))
        return self._opened(found[0], await self._key(ticket)) if found else None

    async def sealed_for(self, member: int, ticket: int, text: str, pictures: Sequence[tuple[str, str]]) -> Sealed:
        key = await self._key(ticket) if ticket else await self._key_of_member(member)
        made = b"" if key else self._vault.new_member_key()
        written = compact([text, pictures])
        return Sealed(self._vault.digest("tickets", written), self._vault.seal_for(key or made, written), made)

    async def _key(self, ticket: int) -> bytes:
        """The key that seals a ticket; empty where it was destroyed."""
        found = await self._all(_KEY.where(tickets.c.id == ticket))
        return bytes(found[0].own or found[0].members or b"") if found else b""

    async def _key_of_member(self, member: int) -> bytes:
        """A member's own, empty for somebody who has not joined."""
        found = await self._all(select(profiles.c.wrapped_key).where(profiles.c.member == member))
        return bytes(found[0].wrapped_key) if found else b""

    def _opened(self, row: Row[Any], key: bytes) -> WordsView:
        if not key:
            return WordsView(row.number, row.operator, "", (), row.at)
        try:
            text, pictures = json.loads(self._vault.open_for(key, bytes(row.sealed)))
        except Unreadable:
            text, pictures = "", []
        return WordsView(row.number, row.operator, text, tuple((kind, file) for kind, file in pictures), row.at)
