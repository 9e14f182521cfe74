"""All that is known of one member within a time, for an operator to hand on.

Guards: it is shown to operators only and every list in it is bounded, the newest first; what was left out is said. What
is sealed stays sealed here.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, and_, or_, select

from storage.operators import is_operator
from storage.reads.base import Reading
from storage.tables import (
    accounts,
    audit,
    contacts,
    entries,
    identities,
    interceptions,
    legal_holds,
    members,
    notes,
    penalties,
    profiles,
    tickets,
    transfers,
)
from wallet import ids
from wallet.movements import AccountKind
from wallet.tickets import REPORT
from wallet.views import Dossier

MOST: Final = 5_000
"""No list in it is longer."""
_MEMBER: Final = select(
    members.c.id, members.c.telegram_id, members.c.state, members.c.level, members.c.joined_at, members.c.penalties,
    profiles.c.nickname, profiles.c.phone, profiles.c.wrapped_key, identities.c.sealed, contacts.c.qq).select_from(
    members.outerjoin(profiles, profiles.c.member == members.c.id)
    .outerjoin(identities, identities.c.member == members.c.id)
    .outerjoin(contacts, contacts.c.member == members.c.id))


class SqlDossiers(Reading):
    """`wallet.protocols.Dossiers` over a database."""

    async def dossier(self, viewer: int, member: int, since: int) -> Dossier | None:
        known = await self._all(_MEMBER.where(members.c.id == member, is_operator(viewer)))
        if not known:
            return None
        row = known[0]
        own = [ids.account(member, kind) for kind in (AccountKind.AVAILABLE, AccountKind.HELD)]
        lists = {
            "accounts": select(accounts.c.id, accounts.c.balance).where(accounts.c.id.in_(own)),
            "movements": select(
                transfers.c.id, transfers.c.at, transfers.c.kind, entries.c.account, entries.c.amount,
                entries.c.balance_after, transfers.c.debit, transfers.c.credit, notes.c.text).select_from(
                entries.join(transfers, transfers.c.id == entries.c.transfer)
                .outerjoin(notes, notes.c.transfer == transfers.c.id))
                .where(entries.c.account.in_(own), transfers.c.at >= since)
                .order_by(transfers.c.at.desc(), transfers.c.id.desc()),
            "interceptions": _since(select(interceptions).where(interceptions.c.member == member), interceptions.c.at,
                                    since),
            "reports": _since(select(tickets.c.id, tickets.c.member, tickets.c.subject, tickets.c.state,
                                     tickets.c.opened_at).where(tickets.c.category == REPORT, or_(
                                         tickets.c.member == member, tickets.c.subject == member)),
                              tickets.c.opened_at, since),
            "penalties": _since(select(penalties).where(penalties.c.member == member), penalties.c.at, since),
            "legal_holds": _since(select(legal_holds).where(legal_holds.c.member == member), legal_holds.c.at, since),
            "audit": _since(select(audit.c.id, audit.c.at, audit.c.act, audit.c.facts).where(
                audit.c.member == member), audit.c.at, since)}
        found = {name: [dict(one._mapping) for one in await self._all(query.limit(MOST + 1))]
                 for name, query in lists.items()}
        return Dossier(
            row.id, row.telegram_id, row.nickname or "", row.state, row.level, row.joined_at, row.penalties,
            bytes(row.phone or b""), bytes(row.wrapped_key or b""), bytes(row.sealed or b""), bytes(row.qq or b""),
            {name: rows[:MOST] for name, rows in found.items()},
            tuple(name for name, rows in found.items() if len(rows) > MOST),
            await self._people(found["movements"], member))

    async def _people(self, moved: Sequence[Mapping[str, Any]], member: int) -> Mapping[int, int]:
        """The Telegram numbers of those with whom money was moved, by member."""
        others = {ids.owner_of(one[side]) for one in moved for side in ("debit", "credit")} - {member}
        listed, named = sorted(others), {}
        for start in range(0, len(listed), 500):
            part = listed[start:start + 500]
            named.update({row.id: row.telegram_id for row in await self._all(
                select(members.c.id, members.c.telegram_id).where(and_(members.c.id.in_(part))))})
        return named


def _since(query: Select[Any], at: Any, since: int) -> Select[Any]:
    return query.where(at >= since).order_by(at.desc())
