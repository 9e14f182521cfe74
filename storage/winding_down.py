"""The end of it all, for the clock that tells everybody, and whether a statement of what is owed matches the ledger.

Guards: everybody who is to be told is found by their number, a page at a time; a statement matches only where every
entry that it names, and the commit that it stands on, are in the ledger as it says, and every line is their sum.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from storage.among import among
from storage.operators import is_operator
from storage.reads.base import Reading
from storage.reconcile import in_one_moment
from storage.tables import entries, envelopes, journal, members, vouchers, wind_downs
from wallet import ids
from wallet.money import Currency
from wallet.owed import FORMAT, FORMER_KINDS, KINDS, accounts_in, miscounted
from wallet.views import WindDownView
from wallet.views.operators import SetAside

MOST: Final = 200


class SqlWindDowns(Reading):
    """`wallet.protocols.WindDowns` over a database."""

    async def running(self) -> Sequence[WindDownView]:
        found = await self._all(select(wind_downs).where(wind_downs.c.state == "open").order_by(wind_downs.c.id)
                                .limit(MOST))
        return [_view(row) for row in found]

    async def next(self, wind_down: WindDownView, limit: int) -> tuple[int, ...]:
        found = await self._all(select(members.c.id).where(
            members.c.id > wind_down.after, members.c.state.not_in(("joining", "closed")))
            .order_by(members.c.id).limit(min(limit, MOST)))
        return tuple(row.id for row in found)

    async def set_aside(self, members: Sequence[int]) -> Sequence[SetAside]:
        made = [await self._all(select(table.c.member, table.c.id).where(
            among(table.c.member, "members"), table.c.state == "open").order_by(table.c.id), {"members": members})
            for table in (envelopes, vouchers)]
        return [SetAside(*(tuple(row.id for row in rows if row.member == member) for rows in made))
                for member in members]

    async def latest(self, viewer: int) -> WindDownView | None:
        found = await self._all(select(wind_downs).where(is_operator(viewer)).order_by(wind_downs.c.id.desc()).limit(1))
        return _view(found[0]) if found else None


def _view(row: Row[Any]) -> WindDownView:
    return WindDownView(row.id, row.kind, row.closes_at, row.state, row.after, row.told, row.at, row.ended_at)


async def differs(url: str, statement: Mapping[str, Any], currency: Currency) -> str:
    """What of a statement the ledger says otherwise, in words; "" where all of it matches."""
    return await in_one_moment(url, lambda connection: _differs(connection, statement, currency))


def _differs(connection: Connection, statement: Mapping[str, Any], currency: Currency) -> str:
    known = KINDS if statement["format"] == FORMAT else FORMER_KINDS
    for kind, account, number, balance in accounts_in(statement):
        if kind not in known:
            return f"account {account} is of no kind that is a member's: {kind}"
        if ids.kind_of(account) != KINDS[kind] or _whose(connection, kind, account) != statement["member"]:
            return f"account {account} is not the member's"
        found = connection.scalar(select(entries.c.balance_after).where(
            entries.c.account == account, entries.c.number == number)) if number else 0
        if found != balance:
            return f"entry {number} of account {account} left {found}, not {balance}"
    if wrong := miscounted(statement, currency):
        return wrong
    ledger = statement["ledger"]
    head = connection.scalar(select(journal.c.hash).where(
        journal.c.lane == ledger["lane"], journal.c.seq == ledger["seq"]))
    if ledger["seq"] and (head is None or bytes(head).hex() != ledger["head"]):
        return f"commit {ledger['seq']} of lane {ledger['lane']} is another one"
    return ""


def _whose(connection: Connection, kind: str, account: int) -> int | None:
    """The member whose money an account holds."""
    owner, table = ids.owner_of(account), {"envelopes": envelopes, "vouchers": vouchers}.get(kind)
    if table is None:
        return owner
    found: int | None = connection.scalar(select(table.c.member).where(table.c.id == owner))
    return found
