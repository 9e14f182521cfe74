"""What a member has and what moved: the balance, the history by pages, statements' lines and receipts."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, func, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.reads.base import MOST, PARTY, party
from storage.reads.people import People
from storage.reads.waiting import Waiting
from storage.tables import (
    accounts,
    adjustments,
    entries,
    envelopes,
    holds,
    members,
    notes,
    own_limits,
    unnamed,
    vouchers,
)
from storage.tables import counters as counted
from storage.tables import transfers as moved
from wallet import ids, movements
from wallet.limits import EVER, allowance
from wallet.movements import AccountKind
from wallet.rows import OwnLimits
from wallet.views import AllowanceView, BalanceView, EntryLine, HistoryLine, HistoryPage, Party, ReceiptView

MOST_SEARCHED: Final = 2_000
"""For one page of history no more entries are looked at, however few of them are wanted."""
MOST_RECEIVED: Final = 200
"""Among so many entries what came lately is looked for."""
MOST_SUMMED: Final = 2_000
"""What has more entries than this is not added up."""
NEARLY: Final = 64
"""By so many numbers two entries of an account may be out of their times' order: two engines have two clocks."""

_ENTRY = select(
    moved, entries.c.number, entries.c.amount.label("change"), entries.c.balance_after, notes.c.text.label("note"),
    holds.c.state.label("hold_state"), holds.c.member.label("hold_member"), holds.c.beneficiary,
    holds.c.purpose, holds.c.by_number.label("hold_by_number"), unnamed.c.member.label("unnamed_to"),
).select_from(
    entries.join(moved, moved.c.id == entries.c.transfer).outerjoin(unnamed, unnamed.c.transfer == moved.c.id)
    .outerjoin(holds, holds.c.id == moved.c.hold)
    # What was said of money stands with the transfer that set it aside, whichever way it went then.
    .outerjoin(notes, notes.c.transfer == func.coalesce(holds.c.transfer, moved.c.id)))
_BACK = moved.alias("back")
# The index has those that reverse something, which has to be said in its own words.
_GIVEN_BACK = select(_BACK.c.id).where(text("back.reverses <> 0"), _BACK.c.kind == movements.GIVEBACK.name)
_CAME_BACK: Final = and_(moved.c.hold != 0, holds.c.state.in_(("released", "declined", "expired")))
_FILLED: Final = and_(moved.c.kind == movements.ENVELOPE.name, envelopes.c.id == moved.c.credit // ids.ACCOUNTS_OF_ONE)
_MADE: Final = and_(moved.c.kind == movements.VOUCHER.name, vouchers.c.id == moved.c.credit // ids.ACCOUNTS_OF_ONE)
# Of an envelope or a voucher a part may have been taken and the rest have come back, so that its entry counts in part.
_CHANGED_HANDS: Final = case(
    (moved.c.kind.in_((movements.ENVELOPE_BACK.name, movements.VOUCHER_BACK.name)), 0),
    else_=entries.c.amount + func.coalesce(envelopes.c.returned, 0) + func.coalesce(vouchers.c.returned, 0))
_FROM_POTS: Final = (movements.SHARE.name, movements.VOUCHER_USE.name)
"""What comes from the account of an envelope or a voucher, which stands for whoever made it."""
_FROM_HOUSE: Final = (movements.TOP_UP.name, movements.ADJUST_IN.name, movements.ADJUST_OUT.name)
"""What has nobody on its other side."""
_PAID_IN: Final = (movements.SEND.name, movements.CLAIM.name)


class History(People, Waiting):
    """Movements from one member's side. `today` gives the number of the day where the deployment lives; `no_pin_most`
    is what nobody's no-PIN limit exceeds, whatever they chose before the deployment lowered it."""

    def __init__(self, database: Database, today: Callable[[], int], *, no_pin_most: int = 2**62) -> None:
        super().__init__(database)
        self._today = today
        self._no_pin_most = no_pin_most

    async def balance(self, member: int) -> BalanceView:
        own = [ids.account(member, kind) for kind in (AccountKind.AVAILABLE, AccountKind.HELD)]
        async with self._reading.connect() as connection:
            found = {row.id: row.balance for row in await connection.execute(
                select(accounts.c.id, accounts.c.balance).where(accounts.c.id.in_(own)))}
            limit = (await connection.execute(
                select(members.c.no_pin_limit, func.coalesce(counted.c.pinless_sum, 0).label("used")).select_from(
                    members.outerjoin(counted, and_(counted.c.member == members.c.id, counted.c.day == self._today())))
                .where(members.c.id == member))).first()
        left = max(0, min(limit.no_pin_limit, self._no_pin_most) - limit.used) if limit else 0
        return BalanceView(found.get(own[0], 0), found.get(own[1], 0), left)

    async def allowance(self, member: int) -> AllowanceView:
        today = self._today()
        async with self._reading.connect() as connection:
            found = {row.day: row for row in await connection.execute(
                select(counted).where(counted.c.member == member, counted.c.day.in_((EVER, today))))}
            own = (await connection.execute(select(own_limits).where(own_limits.c.member == member))).first()
            safeguards = await connection.scalar(select(members.c.safeguards).where(members.c.id == member))
        return allowance(found.get(EVER), found.get(today), OwnLimits(*own) if own else None, today, safeguards or 0)

    async def history(self, viewer: int, *, since: int = 0, until: int = 2**62, direction: str = "", before: int = 0,
                      after: int = 0, limit: int = 10) -> HistoryPage:
        own, limit = ids.account(viewer, AccountKind.AVAILABLE), min(limit, MOST)
        wanted = _period(since, until)
        if direction:
            wanted.append(entries.c.amount > 0 if direction == "in" else entries.c.amount < 0)
        async with self._reading.connect() as connection:
            low, high = await _numbers(connection, own, since, until)
            came, went = await _sums(connection, own, low, high, wanted)
            first, last = _searched(low, high, before, after)
            order = entries.c.number if after else entries.c.number.desc()
            found = (await connection.execute(
                _ENTRY.where(entries.c.account == own, entries.c.number.between(first, last), *wanted).order_by(order)
                .limit(limit + 1))).all()
        more, found = len(found) > limit, found[:limit]
        if after and last == high and not more and len(found) < limit:
            return await self.history(viewer, since=since, until=until, direction=direction, limit=limit)
        lines = await self._lines(viewer, found)
        summed = high - low < MOST_SUMMED
        if after:
            newer = found[-1].number if more else last if last < high else 0
            return HistoryPage(tuple(reversed(lines)), found[0].number if found else first, newer, summed, came, went)
        older = found[-1].number if more else first if first > low else 0
        return HistoryPage(lines, older, before - 1 if before > 1 else 0, summed, came, went)

    async def numbers(self, viewer: int, since: int, until: int) -> tuple[int, int]:
        own = ids.account(viewer, AccountKind.AVAILABLE)
        async with self._reading.connect() as connection:
            high = await _entries_of(connection, own)
            first = await _first_since(connection, own, high, since)
            return first, max(first, await _first_since(connection, own, high, until))

    async def entries(self, viewer: int, first: int, limit: int) -> tuple[EntryLine, ...]:
        own = ids.account(viewer, AccountKind.AVAILABLE)
        found = await self._all(_ENTRY.where(entries.c.account == own, entries.c.number >= first)
                                .order_by(entries.c.number).limit(min(limit, MOST)))
        named = await self._others(own, found)
        return tuple(EntryLine(row.id, row.kind, row.change, row.balance_after, row.at, _party_of(row, own, named),
                               row.note or "", row.purpose or "") for row in found)

    async def receipt(self, viewer: int, transfer: int) -> ReceiptView | None:
        found = await self._all(
            select(moved, notes.c.text.label("note"), unnamed.c.member.label("unnamed_to"),
                   adjustments.c.receipt.label("corrects")).select_from(
                moved.outerjoin(notes, notes.c.transfer == moved.c.id)
                .outerjoin(adjustments, adjustments.c.transfer == moved.c.id)
                .outerjoin(unnamed, unnamed.c.transfer == moved.c.id)).where(moved.c.id == transfer))
        if not found:
            return None
        row = found[0]
        hold = await self.hold(row.hold) if row.hold else None
        payer, receiver = ids.owner_of(row.debit), ids.owner_of(row.credit)
        if hold is not None and row.kind == movements.SET_ASIDE.name:
            named_there = await self.member(hold.beneficiary)
            receiver = viewer if named_there is not None and named_there.id == viewer else 0
        if viewer not in (payer, receiver) or not viewer:
            return None
        hidden = row.unnamed_to == viewer
        named = {party.member: replace(party, by_number=hidden and party.member != viewer)
                 for party in (await self.parties((payer, receiver))).values()}
        incoming = viewer == receiver
        payer_party = named.get(payer) if row.kind not in _FROM_HOUSE or payer == viewer else None
        if row.kind in _FROM_POTS:
            payer_party = (await self._makers((payer,))).get(payer)
        receiver_party = named.get(receiver)
        if receiver_party is None and hold is not None:
            receiver_party = Party(0, hold.beneficiary, "", hold.by_number)
        note = row.note or (hold.note if hold else "")
        given_back = await self._all(_GIVEN_BACK.where(_BACK.c.reverses == transfer))
        return ReceiptView(row.id, row.kind, incoming, row.amount, row.at, payer_party, receiver_party, note, hold,
                           row.reverses, given_back[0].id if given_back else 0, row.corrects or 0)

    async def received(self, viewer: int, limit: int) -> tuple[HistoryLine, ...]:
        own = ids.account(viewer, AccountKind.AVAILABLE)
        async with self._reading.connect() as connection:
            high = await _entries_of(connection, own)
            found = (await connection.execute(_ENTRY.where(
                entries.c.account == own, entries.c.number.between(high - MOST_RECEIVED, high), entries.c.amount > 0,
                moved.c.kind.in_(_PAID_IN), ~_GIVEN_BACK.where(_BACK.c.reverses == moved.c.id).exists(),
            ).order_by(entries.c.number.desc()).limit(min(limit, MOST)))).all()
        return await self._lines(viewer, found)

    async def _others(self, own: int, found: Sequence[Row[Any]]) -> dict[int, Party]:
        """Whoever is on the other side of movements; an envelope or a voucher stands for whoever made it."""
        named = await self.parties(_other(row, own) for row in found)
        filled = {ids.owner_of(row.debit) for row in found if row.kind in _FROM_POTS}
        return {**named, **await self._makers(filled)} if filled else named

    async def _makers(self, filled: Iterable[int]) -> dict[int, Party]:
        """Who made envelopes and vouchers, by the number of these."""
        pots = sorted(filled)
        found = await self._all(union_all(*(
            PARTY.join(table, table.c.member == members.c.id).add_columns(table.c.id.label("pot"))
            .where(table.c.id.in_(pots)) for table in (envelopes, vouchers))))
        return {row.pot: party(row) for row in found}

    async def _lines(self, viewer: int, found: Sequence[Row[Any]]) -> tuple[HistoryLine, ...]:
        own = ids.account(viewer, AccountKind.AVAILABLE)
        named = await self._others(own, found)
        return tuple(HistoryLine(row.id, row.kind, row.change > 0, row.amount, row.at, _party_of(row, own, named),
                                 row.note or "", row.hold_state or "", row.purpose or "") for row in found)

# ------------------------------------------------------------------------------------------------ history
def _period(since: int, until: int) -> list[ColumnElement[bool]]:
    """That a movement was in a period. Who wants all of them need not look at the times."""
    return [moved.c.at >= since, moved.c.at < until] if (since, until) != (0, 2**62) else []


async def _numbers(connection: AsyncConnection, account: int, since: int, until: int) -> tuple[int, int]:
    """The first and the last number that entries of a period can have. Entries are numbered without gaps and their
    times rise with their numbers, so a period is found by halving and nothing has to be counted."""
    high = await _entries_of(connection, account)
    if (since, until) == (0, 2**62):
        return 1, high
    first = await _first_since(connection, account, high, since)
    last = await _first_since(connection, account, high, until) - 1
    return max(1, first - NEARLY), min(high, last + NEARLY)


async def _entries_of(connection: AsyncConnection, account: int) -> int:
    """How many entries an account has, which is the number of its last one."""
    return (await connection.execute(select(accounts.c.entries).where(accounts.c.id == account))).scalar() or 0


async def _first_since(connection: AsyncConnection, account: int, high: int, moment: int) -> int:
    """The number of the first entry at a moment or after it; one above the last if there is none."""
    low, above = 1, high + 1
    while low < above:
        middle = (low + above) // 2
        at = (await connection.execute(
            select(moved.c.at).join(entries, entries.c.transfer == moved.c.id)
            .where(entries.c.account == account, entries.c.number == middle))).scalar_one()
        low, above = (low, middle) if at >= moment else (middle + 1, above)
    return low


def _searched(low: int, high: int, before: int, after: int) -> tuple[int, int]:
    """The numbers that are looked at for one page."""
    if after:
        first = max(low, after + 1)
        return first, min(high, first + MOST_SEARCHED - 1)
    last = min(high, before - 1) if before else high
    return max(low, last - MOST_SEARCHED + 1), last


async def _sums(connection: AsyncConnection, account: int, low: int, high: int,
                wanted: Sequence[ColumnElement[bool]]) -> tuple[int, int]:
    """What came and what went, if that is little enough to be added up, else nothing. What was set aside, or filled
    into an envelope or a voucher, and came back to the same wallet has changed hands at no time: it is in neither."""
    if high - low >= MOST_SUMMED:
        return 0, 0
    came, went = (await connection.execute(select(
        func.coalesce(func.sum(case((_CHANGED_HANDS > 0, _CHANGED_HANDS), else_=0)), 0),
        func.coalesce(func.sum(case((_CHANGED_HANDS < 0, -_CHANGED_HANDS), else_=0)), 0),
    ).select_from(entries.join(moved, moved.c.id == entries.c.transfer).outerjoin(holds, holds.c.id == moved.c.hold)
                  .outerjoin(envelopes, _FILLED).outerjoin(vouchers, _MADE))
        .where(entries.c.account == account, entries.c.number.between(low, high), ~_CAME_BACK, *wanted))).one()
    return int(came), int(went)


def _other(row: Row[Any], own: int) -> int:
    """The member on the other side of a movement, 0 for none (outside, or somebody who had not joined)."""
    if row.kind in _FROM_HOUSE:
        return 0
    other = ids.owner_of(row.credit if row.debit == own else row.debit)
    return 0 if other == ids.owner_of(own) else other


def _party_of(row: Row[Any], own: int, named: Mapping[int, Party]) -> Party | None:
    party = named.get(_other(row, own))
    if party is None and row.beneficiary and row.hold_member == ids.owner_of(own):
        return Party(0, row.beneficiary, "", bool(row.hold_by_number))
    if party is not None and row.unnamed_to == ids.owner_of(own):
        return replace(party, by_number=True)
    return party
