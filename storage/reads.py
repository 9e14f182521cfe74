"""What people look at: ordinary queries that change nothing.

Guards: every query takes its viewer first and returns only what they may see; what does not exist and what belongs to
somebody else give the same answer. Movements come in the order of their account's entries, other lists by time and then
id, and all of them are bounded.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, and_, case, func, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among
from storage.database import Database
from storage.tables import (
    acceptances,
    accounts,
    claims,
    drafts,
    draws,
    entries,
    envelopes,
    holds,
    kept_shares,
    members,
    notes,
    pairs,
    pins,
    profiles,
    requests,
    schedules,
    shares,
    split_shares,
    splits,
    unnamed,
    vouchers,
)
from storage.tables import counters as counted
from storage.tables import transfers as moved
from storage.together import Together
from wallet import ids, movements
from wallet import shares as dividing
from wallet.movements import AccountKind
from wallet.rows import BY_NUMBER, TO_ARRIVE
from wallet.views import (
    AcceptanceView,
    BalanceView,
    DraftView,
    EntryLine,
    EnvelopeLine,
    EnvelopePage,
    EnvelopeView,
    HistoryLine,
    HistoryPage,
    HoldView,
    MemberView,
    Party,
    PinView,
    ReceiptView,
    RequestView,
    ScheduleView,
    ShareView,
    SplitShareView,
    SplitView,
    VoucherView,
    WordedView,
)

MOST: Final = 200
"""No list is longer."""
MOST_SEARCHED: Final = 2_000
"""For one page of history no more entries are looked at, however few of them are wanted."""
MOST_RECEIVED: Final = 200
"""Among so many entries what came lately is looked for."""
MOST_SUMMED: Final = 2_000
"""What has more entries than this is not added up."""
NEARLY: Final = 64
"""By so many numbers two entries of an account may be out of their times' order: two engines have two clocks."""

_MEMBER = select(members, profiles.c.nickname, profiles.c.nickname_changes, pins.c.version.label("pin")).select_from(
    members.outerjoin(profiles, profiles.c.member == members.c.id).outerjoin(pins, pins.c.member == members.c.id))
_MEMBERS = _MEMBER.where(among(members.c.telegram_id, "persons"))
_HOLD = select(holds, notes.c.text.label("note"), members.c.telegram_id, profiles.c.nickname).select_from(
    holds.join(members, members.c.id == holds.c.member).outerjoin(profiles, profiles.c.member == holds.c.member)
    .outerjoin(notes, notes.c.transfer == holds.c.transfer))
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
_PAID_IN: Final = (movements.SEND.name, movements.CLAIM.name)
_PARTY = select(members.c.id, members.c.telegram_id, profiles.c.nickname).select_from(
    members.outerjoin(profiles, profiles.c.member == members.c.id))
_ALONE, _ALONES = members.alias("alone"), profiles.alias("alones")
_ENVELOPE = select(
    envelopes, _ALONE.c.id.label("alone"), _ALONES.c.nickname.label("alone_nickname"), draws.c.seed,
    draws.c.shares.label("drawn"), moved.c.at.label("made_at"), notes.c.text.label("note"),
    members.c.telegram_id, profiles.c.nickname).select_from(
    envelopes.join(draws, draws.c.envelope == envelopes.c.id).join(moved, moved.c.id == envelopes.c.transfer)
    .outerjoin(notes, notes.c.transfer == envelopes.c.transfer).join(members, members.c.id == envelopes.c.member)
    .outerjoin(profiles, profiles.c.member == envelopes.c.member)
    .outerjoin(_ALONE, and_(envelopes.c.beneficiary != 0, _ALONE.c.telegram_id == envelopes.c.beneficiary))
    .outerjoin(_ALONES, _ALONES.c.member == _ALONE.c.id))
_VOUCHER = select(vouchers, members.c.telegram_id, profiles.c.nickname).select_from(
    vouchers.join(members, members.c.id == vouchers.c.member)
    .outerjoin(profiles, profiles.c.member == vouchers.c.member))
_SHARE = select(members.c.id, members.c.telegram_id, profiles.c.nickname, shares.c.amount, moved.c.at).select_from(
    shares.join(moved, moved.c.id == shares.c.transfer).join(members, members.c.id == shares.c.member)
    .outerjoin(profiles, profiles.c.member == shares.c.member))
# The two sides of a member's envelopes, sent or not: where they are, whose, how much one is, and what counts of it.
_SIDES = {
    True: (envelopes.join(moved, moved.c.id == envelopes.c.transfer), envelopes.c.member, envelopes.c.amount,
           envelopes.c.amount - envelopes.c.returned),
    False: (shares.join(moved, moved.c.id == shares.c.transfer).join(envelopes, envelopes.c.id == shares.c.envelope),
            shares.c.member, shares.c.amount, shares.c.amount)}
_REQUEST = select(requests, members.c.telegram_id, profiles.c.nickname).select_from(
    requests.join(members, members.c.id == requests.c.member)
    .outerjoin(profiles, profiles.c.member == requests.c.member))
_SPLIT = select(splits, members.c.telegram_id, profiles.c.nickname).select_from(
    splits.join(members, members.c.id == splits.c.member).outerjoin(profiles, profiles.c.member == splits.c.member))
# A commit between the two queries may have had more of it paid; the sums are told by the split itself.
_SPLIT_SHARES = select(split_shares, members.c.id, profiles.c.nickname, moved.c.at).select_from(
    split_shares.outerjoin(members, members.c.telegram_id == split_shares.c.person)
    .outerjoin(profiles, profiles.c.member == members.c.id).outerjoin(moved, moved.c.id == split_shares.c.transfer)
).where(among(split_shares.c.split, "splits")).order_by(split_shares.c.split, split_shares.c.number)
_PARTIES = _PARTY.where(among(members.c.id, "members"))


class SqlReads:
    """`wallet.protocols.Reads` over a database. `today` gives the number of the day where the deployment lives;
    `no_pin_most` is what nobody's no-PIN limit exceeds, whatever they chose before the deployment lowered it."""

    def __init__(self, database: Database, today: Callable[[], int], *, no_pin_most: int = 2**62) -> None:
        self._reading = database.reading
        self._today = today
        self._no_pin_most = no_pin_most
        self._parties = Together(self.parties, MOST)

    # ------------------------------------------------------------------------------------------- people
    async def member(self, telegram_id: int) -> MemberView | None:
        return (await self.members([telegram_id])).get(telegram_id)

    async def members(self, telegram_ids: Sequence[int]) -> Mapping[int, MemberView]:
        found = await self._all(_MEMBERS, {"persons": telegram_ids[:MOST]})
        return {row.telegram_id: _member(row) for row in found}

    async def member_by_phone(self, digest: str) -> MemberView | None:
        found = await self._all(_MEMBER.join(claims, claims.c.owner == members.c.id)
                                .where(claims.c.text == f"phone:{digest}"))
        return _member(found[0]) if found else None

    async def party(self, member: int) -> Party | None:
        return await self._parties.get(member)

    async def parties(self, numbers: Iterable[int]) -> dict[int, Party]:
        """How several members are named to others."""
        wanted = {number for number in numbers if number}
        if not wanted:
            return {}
        found = await self._all(_PARTIES, {"members": sorted(wanted)[:MOST]})
        return {row.id: _party(row) for row in found}

    async def sealed_phone(self, member: int) -> tuple[bytes, bytes] | None:
        found = await self._all(select(profiles.c.phone, profiles.c.wrapped_key).where(profiles.c.member == member))
        return (found[0].phone, found[0].wrapped_key) if found else None

    async def pin(self, member: int) -> PinView | None:
        found = await self._all(select(pins).where(pins.c.member == member))
        return PinView(found[0].hash, found[0].version, found[0].locked_until) if found else None

    # -------------------------------------------------------------------------------------------- money
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
            select(moved, notes.c.text.label("note"), unnamed.c.member.label("unnamed_to")).select_from(
                moved.outerjoin(notes, notes.c.transfer == moved.c.id)
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
        payer_party = named.get(payer) if row.kind != movements.TOP_UP.name else None
        if row.kind in _FROM_POTS:
            payer_party = (await self._makers((payer,))).get(payer)
        receiver_party = named.get(receiver)
        if receiver_party is None and hold is not None:
            receiver_party = Party(0, hold.beneficiary, "", hold.by_number)
        note = row.note or (hold.note if hold else "")
        given_back = await self._all(_GIVEN_BACK.where(_BACK.c.reverses == transfer))
        return ReceiptView(row.id, row.kind, incoming, row.amount, row.at, payer_party, receiver_party, note, hold,
                           row.reverses, given_back[0].id if given_back else 0)

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
            _PARTY.join(table, table.c.member == members.c.id).add_columns(table.c.id.label("pot"))
            .where(table.c.id.in_(pots)) for table in (envelopes, vouchers))))
        return {row.pot: _party(row) for row in found}

    async def _lines(self, viewer: int, found: Sequence[Row[Any]]) -> tuple[HistoryLine, ...]:
        own = ids.account(viewer, AccountKind.AVAILABLE)
        named = await self._others(own, found)
        return tuple(HistoryLine(row.id, row.kind, row.change > 0, row.amount, row.at, _party_of(row, own, named),
                                 row.note or "", row.hold_state or "", row.purpose or "") for row in found)

    # ---------------------------------------------------------------------------------- waiting and asking
    async def hold(self, hold: int) -> HoldView | None:
        found = await self._all(_HOLD.where(holds.c.id == hold))
        return _hold(found[0]) if found else None

    async def waiting_for(self, telegram_id: int) -> tuple[HoldView, ...]:
        return await self._open_holds(holds.c.beneficiary == telegram_id)

    async def waiting_of(self, viewer: int) -> tuple[HoldView, ...]:
        return await self._open_holds(holds.c.member == viewer)

    async def _open_holds(self, which: Any) -> tuple[HoldView, ...]:
        found = await self._all(_HOLD.where(which, holds.c.state == "open").order_by(holds.c.expires_at, holds.c.id)
                                .limit(MOST))
        return tuple(_hold(row) for row in found)

    async def waiting_in(self, chat: int, limit: int) -> tuple[HoldView, ...]:
        found = await self._all(_HOLD.where(holds.c.chat == chat, holds.c.state == "open")
                                .order_by(holds.c.expires_at.desc(), holds.c.id.desc()).limit(limit))
        return tuple(_hold(row) for row in found)

    async def due_holds(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(
            select(holds.c.id).where(holds.c.state == "open", holds.c.expires_at <= now, holds.c.purpose != TO_ARRIVE)
            .order_by(holds.c.expires_at, holds.c.id).limit(limit))
        return tuple(row.id for row in found)

    async def due_arrivals(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(
            select(holds.c.id, members.c.id.label("receiver"))
            .join_from(holds, members, members.c.telegram_id == holds.c.beneficiary)
            .where(holds.c.state == "open", holds.c.expires_at <= now, holds.c.purpose == TO_ARRIVE)
            .order_by(holds.c.expires_at, holds.c.id).limit(limit))
        return tuple((row.id, row.receiver) for row in found)

    async def envelope(self, envelope: int) -> EnvelopeView | None:
        async with self._reading.connect() as connection:
            found = (await connection.execute(_ENVELOPE.where(envelopes.c.id == envelope))).first()
            if found is None:
                return None
            # A commit between the two queries may have opened more: no more is shown than was opened then.
            taken = (await connection.execute(_SHARE.where(
                shares.c.envelope == envelope, shares.c.number <= found.opened).order_by(shares.c.number))).all()
        return EnvelopeView(
            found.id, Party(found.member, found.telegram_id, found.nickname or ""), found.kind, found.amount,
            found.shares, found.state, found.note or "", dividing.fingerprint(found.seed, dividing.read(found.drawn)),
            "" if found.state == "open" else found.seed, found.transfer, found.made_at, found.expires_at, found.chat,
            found.message, tuple(ShareView(Party(row.id, row.telegram_id, row.nickname or ""), row.amount, row.at)
                                 for row in taken),
            Party(found.alone or 0, found.beneficiary, found.alone_nickname or "") if found.beneficiary else None,
            found.word, found.card, found.theme)

    async def envelopes_in(self, chat: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(envelopes.c.id).where(envelopes.c.chat == chat, envelopes.c.state == "open")
                                .order_by(envelopes.c.expires_at.desc(), envelopes.c.id.desc()).limit(limit))
        return tuple(row.id for row in found)

    async def worded(self, chat: int, limit: int) -> tuple[WordedView, ...]:
        found = await self._all(select(envelopes.c.id, envelopes.c.word, envelopes.c.message).where(
            envelopes.c.chat == chat, envelopes.c.state == "open", envelopes.c.word != "")
            .order_by(envelopes.c.expires_at.desc(), envelopes.c.id.desc()).limit(limit))
        return tuple(WordedView(row.id, row.word, row.message) for row in found)

    async def envelope_of(self, viewer: int, transfer: int, chat: int) -> EnvelopeView | None:
        found = await self._all(select(moved.c.kind, moved.c.debit, moved.c.credit).where(
            moved.c.id == transfer, moved.c.kind.in_((movements.ENVELOPE.name, movements.SHARE.name))))
        if not found:
            return None
        account = found[0].credit if found[0].kind == movements.ENVELOPE.name else found[0].debit
        view = await self.envelope(ids.owner_of(account))
        assert view is not None
        parts = {view.maker.member, *(share.party.member for share in view.taken)}
        return view if viewer in parts or (chat and view.chat == chat) else None

    async def envelopes(self, viewer: int, *, sent: bool, since: int, until: int, skip: int, limit: int
                        ) -> EnvelopePage:
        within, limit = moved.c.at.between(since, until - 1), min(limit, MOST)
        where, owner, amount, _counts = _SIDES[sent]
        async with self._reading.connect() as connection:
            sums = [(await connection.execute(select(func.count(), func.coalesce(func.sum(counts), 0)).select_from(side)
                                              .where(whose == viewer, within))).one()
                    for side, whose, _amount, counts in (_SIDES[True], _SIDES[False])]
            found = (await connection.execute(
                select(envelopes, moved.c.id.label("moved"), moved.c.at, amount.label("own"),
                       notes.c.text.label("note"), members.c.telegram_id, profiles.c.nickname)
                .select_from(where.join(members, members.c.id == envelopes.c.member)
                             .outerjoin(profiles, profiles.c.member == envelopes.c.member)
                             .outerjoin(notes, notes.c.transfer == envelopes.c.transfer))
                .where(owner == viewer, within).order_by(moved.c.at.desc(), moved.c.id.desc())
                .offset(min(skip, MOST_SUMMED)).limit(limit + 1))).all()
        lines = tuple(EnvelopeLine(
            row.id, row.moved, row.own, row.at, Party(row.member, row.telegram_id, row.nickname or ""), row.note or "",
            row.shares, row.opened, row.state) for row in found[:limit])
        (sent_count, sent_sum), (got_count, got_sum) = sums
        return EnvelopePage(lines, len(found) > limit and skip < MOST_SUMMED, sent_count, int(sent_sum), got_count,
                            int(got_sum))

    async def due_envelopes(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(envelopes.c.id).where(envelopes.c.state == "open", envelopes.c.expires_at <= now)
                                .order_by(envelopes.c.expires_at, envelopes.c.id).limit(limit))
        return tuple(row.id for row in found)

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

    async def voucher(self, voucher: int) -> VoucherView | None:
        found = await self._all(_VOUCHER.where(vouchers.c.id == voucher))
        return _voucher(found[0]) if found else None

    async def vouchers_of(self, viewer: int, limit: int) -> tuple[VoucherView, ...]:
        found = await self._all(_VOUCHER.where(vouchers.c.member == viewer)
                                .order_by(case((vouchers.c.state == "open", 0), else_=1), vouchers.c.id.desc())
                                .limit(min(limit, MOST)))
        return tuple(_voucher(row) for row in found)

    async def vouchers_in(self, chat: int, limit: int) -> tuple[VoucherView, ...]:
        found = await self._all(_VOUCHER.where(vouchers.c.chat == chat, vouchers.c.state == "open")
                                .order_by(vouchers.c.expires_at.desc(), vouchers.c.id.desc()).limit(limit))
        return tuple(_voucher(row) for row in found)

    async def due_vouchers(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(vouchers.c.id).where(vouchers.c.state == "open", vouchers.c.expires_at <= now)
                                .order_by(vouchers.c.expires_at, vouchers.c.id).limit(limit))
        return tuple(row.id for row in found)

    async def due_kept(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(select(kept_shares.c.envelope, kept_shares.c.person)
                                .where(kept_shares.c.state == "kept", kept_shares.c.until <= now)
                                .order_by(kept_shares.c.until).limit(limit))
        return tuple((row.envelope, row.person) for row in found)

    async def kept_until(self, envelope: int, person: int) -> int:
        found = await self._all(select(kept_shares.c.until).where(
            kept_shares.c.envelope == envelope, kept_shares.c.person == person, kept_shares.c.state == "kept"))
        return found[0].until if found else 0

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
                                                    row.transfer, row.at or 0))
        return tuple(SplitView(row.id, Party(row.member, row.telegram_id, row.nickname or ""), row.kind, row.amount,
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

    async def schedules(self, viewer: int) -> tuple[ScheduleView, ...]:
        found = await self._all(select(schedules).where(schedules.c.member == viewer, schedules.c.state == "active")
                                .order_by(schedules.c.try_day, schedules.c.id).limit(MOST))
        return tuple(ScheduleView(row.id, row.person, bool(row.by_number), row.amount, row.note, row.unit, row.on_day,
                                  row.last_day, row.next_day, row.try_day) for row in found)

    async def due_schedules(self, today: int, limit: int) -> tuple[tuple[int, int, int], ...]:
        found = await self._all(select(schedules.c.id, schedules.c.next_day, schedules.c.tries).where(
            schedules.c.state == "active", schedules.c.try_day <= today)
            .order_by(schedules.c.try_day, schedules.c.id).limit(limit))
        return tuple((row.id, row.next_day, row.tries) for row in found)

    async def schedules_to_tell(self, today: int, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(select(schedules.c.id, schedules.c.next_day).where(
            schedules.c.state == "active", schedules.c.next_day == today + 1, schedules.c.tries == 0,
            schedules.c.told_day != schedules.c.next_day).order_by(schedules.c.id).limit(limit))
        return tuple((row.id, row.next_day) for row in found)

    async def due_drafts(self, now: int, limit: int) -> tuple[str, ...]:
        found = await self._all(select(drafts.c.token).where(drafts.c.state == "open", drafts.c.message != 0,
                                                             drafts.c.expires_at <= now)
                                .order_by(drafts.c.expires_at, drafts.c.token).limit(limit))
        return tuple(row.token for row in found)

    async def draft(self, viewer: int, token: str) -> DraftView | None:
        found = await self._all(select(drafts).where(drafts.c.token == token, drafts.c.member == viewer))
        if not found:
            return None
        row = found[0]
        return DraftView(row.token, row.needs, row.state, row.expires_at, row.intent, row.chat, row.message)

    async def recent_receivers(self, viewer: int, limit: int) -> tuple[Party, ...]:
        found = await self._all(_PARTY.join(pairs, pairs.c.receiver == members.c.id)
                                .where(pairs.c.sender == viewer, pairs.c.by_number != BY_NUMBER)
                                .order_by(pairs.c.last_at.desc(), members.c.id).limit(min(limit, MOST)))
        return tuple(_party(row) for row in found)

    async def agreed(self, after: int, limit: int) -> tuple[tuple[int, str], ...]:
        found = await self._all(select(members.c.id, members.c.accepted)
                                .where(members.c.id > after, members.c.state.not_in(("joining", "closed")))
                                .order_by(members.c.id).limit(limit))
        return tuple((row.id, row.accepted) for row in found)

    async def claimed(self, texts: Sequence[str]) -> frozenset[str]:
        found = await self._all(select(claims.c.text).where(claims.c.text.in_(texts)))
        return frozenset(row.text for row in found)

    async def acceptances(self, viewer: int) -> tuple[AcceptanceView, ...]:
        found = await self._all(select(acceptances).where(acceptances.c.member == viewer)
                                .order_by(acceptances.c.at.desc(), acceptances.c.id.desc()).limit(MOST))
        return tuple(AcceptanceView(row.document, row.version, row.language, row.sha256, row.at) for row in found)

    async def _all(self, query: Select[Any] | CompoundSelect[Any], values: Mapping[str, Any] | None = None
                   ) -> Sequence[Row[Any]]:
        async with self._reading.connect() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(query, values)).all()
        return found


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


# --------------------------------------------------------------------------------------------------- views
def _member(row: Row[Any]) -> MemberView:
    return MemberView(row.id, row.telegram_id, row.state, row.step, row.language, row.level, row.accepted,
                      row.no_pin_limit, row.payload, row.nickname or "", row.pin is not None, row.nickname_changes or 0,
                      row.joined_at, bool(row.confirm_incoming))


def _party(row: Row[Any]) -> Party:
    return Party(row.id, row.telegram_id, row.nickname or "")


def _hold(row: Row[Any]) -> HoldView:
    payer = Party(row.member, row.telegram_id, row.nickname or "")
    return HoldView(row.id, payer, row.beneficiary, row.amount, row.note or "", row.transfer, row.state,
                    row.expires_at, row.chat, row.message, row.purpose, bool(row.by_number),
                    row.ended_by, row.offer, row.card)


def _request(row: Row[Any]) -> RequestView:
    return RequestView(row.id, Party(row.member, row.telegram_id, row.nickname or ""), row.person, bool(row.by_number),
                       row.amount, row.note, row.state, row.expires_at, row.transfer, row.chat, row.message, row.offer)


def _voucher(row: Row[Any]) -> VoucherView:
    return VoucherView(row.id, Party(row.member, row.telegram_id, row.nickname or ""), row.amount, row.uses, row.used,
                       row.state, row.only, row.nonce, bool(row.password), row.transfer, row.expires_at, row.chat,
                       row.message)


def _other(row: Row[Any], own: int) -> int:
    """The member on the other side of a movement, 0 for none (outside, or somebody who had not joined)."""
    if row.kind == movements.TOP_UP.name:
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
