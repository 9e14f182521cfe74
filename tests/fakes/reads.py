"""What people look at, over the rows of a `FakeStore`: the same answers as the database's, found by walking.

Guards: the viewer comes first here too, so somebody who sees what is not theirs fails a test as they would in earnest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from tests.fakes.families import FakeFamilies
from tests.fakes.moves import FakeMoves
from tests.fakes.sealed import FakeSealed
from tests.fakes.store import FakeStore
from wallet import ids, movements, shares
from wallet.gate import Safeguard
from wallet.limits import allowance
from wallet.movements import AccountKind
from wallet.rows import (
    BY_NUMBER,
    TO_ARRIVE,
    TO_CHECK,
    TO_THAW,
    Acceptance,
    Account,
    Adjustment,
    Block,
    Claim,
    Counter,
    Dormancy,
    Draft,
    Drawn,
    Entry,
    Envelope,
    Hold,
    Interception,
    KeptShare,
    LegalHold,
    Member,
    Note,
    OwnLimits,
    Pair,
    Penalty,
    Pin,
    PinReset,
    Profile,
    Proposal,
    Request,
    Schedule,
    Share,
    Split,
    SplitOffer,
    SplitShare,
    Switch,
    Transfer,
    Unnamed,
    Voucher,
)
from wallet.standing import DORMANT, FROZEN
from wallet.views import (
    AcceptanceView,
    AllowanceView,
    BalanceView,
    DraftView,
    Ends,
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
from wallet.views.operators import LegalHoldView

_FROM_HOUSE = (movements.TOP_UP.name, movements.ADJUST_IN.name, movements.ADJUST_OUT.name)


class FakeReads(FakeFamilies, FakeMoves, FakeSealed):
    """`wallet.protocols.Reads` over rows in memory. `today` gives the number of the day."""

    def __init__(self, store: FakeStore, today: Callable[[], int] = lambda: 0) -> None:
        self._store = store
        self._today = today

    # ------------------------------------------------------------------------------------------- people
    async def member(self, telegram_id: int) -> MemberView | None:
        return (await self.members([telegram_id])).get(telegram_id)

    async def members(self, telegram_ids: Sequence[int]) -> Mapping[int, MemberView]:
        return {row.telegram_id: self._view(row) for row in self._store.all(Member) if row.telegram_id in telegram_ids}

    async def member_by_phone(self, digest: str) -> MemberView | None:
        claim = self._store.rows.get((Claim, f"phone:{digest}"))
        row = self._store.rows.get((Member, claim.owner)) if isinstance(claim, Claim) else None
        return self._view(row) if isinstance(row, Member) else None

    async def party(self, member: int) -> Party | None:
        row = self._store.rows.get((Member, member))
        return Party(member, row.telegram_id, self._nickname(member)) if isinstance(row, Member) else None

    async def _party(self, viewer: int, member: int, transfer: int) -> Party | None:
        """As one member knows the other side of a transfer."""
        pot = self._store.rows.get((Envelope, member)) or self._store.rows.get((Voucher, member))
        if isinstance(pot, Envelope | Voucher):  # It stands for whoever made it, to those who took of it.
            return await self.party(pot.member) if pot.transfer != transfer != pot.ended_by else None
        party, unnamed = await self.party(member), self._store.rows.get((Unnamed, transfer))
        hidden = isinstance(unnamed, Unnamed) and unnamed.member == viewer != member
        return replace(party, by_number=hidden) if party is not None else None

    async def blocked(self, viewer: int) -> Sequence[Party]:
        found = sorted((row for row in self._store.all(Block) if row.owner == viewer and row.active),
                       key=lambda row: -row.at)
        return [party for row in found if (party := await self.party(row.blocked)) is not None]

    async def resets_to_tell(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        return tuple((row.member, row.tell_at) for row in self._store.all(PinReset) if 0 < row.tell_at <= now)[:limit]

    async def pin(self, member: int) -> PinView | None:
        row = self._store.rows.get((Pin, member))
        if not isinstance(row, Pin):
            return None
        reset = self._store.rows.get((PinReset, member))
        if not isinstance(reset, PinReset) or reset.state != "waits" or reset.version != row.version:
            return PinView(row.hash, row.version, row.locked_until)
        return PinView(row.hash, row.version, row.locked_until, reset.ready_at, reset.ends_at)

    # -------------------------------------------------------------------------------------------- money
    async def balance(self, member: int) -> BalanceView:
        row, counter = self._store.rows.get((Member, member)), self._store.rows.get((Counter, (member, self._today())))
        limit = row.no_pin_limit if isinstance(row, Member) else 0
        used = counter.pinless_sum if isinstance(counter, Counter) else 0
        return BalanceView(self._balance(member, AccountKind.AVAILABLE), self._balance(member, AccountKind.HELD),
                           max(0, limit - used))

    async def allowance(self, member: int) -> AllowanceView:
        rows, today = self._store.rows, self._today()
        row, own = rows.get((Member, member)), rows.get((OwnLimits, member))
        ever, day = rows.get((Counter, (member, 0))), rows.get((Counter, (member, today)))
        return allowance(ever if isinstance(ever, Counter) else None, day if isinstance(day, Counter) else None,
                         own if isinstance(own, OwnLimits) else None, today,
                         row.safeguards if isinstance(row, Member) else 0)

    async def history(self, viewer: int, *, since: int = 0, until: int = 2**62, direction: str = "", before: int = 0,
                      after: int = 0, limit: int = 10) -> HistoryPage:
        lines: list[tuple[int, HistoryLine]] = []
        own = ids.account(viewer, AccountKind.AVAILABLE)
        for entry in self._store.all(Entry):
            transfer = self._store.rows[(Transfer, entry.transfer)]
            assert isinstance(transfer, Transfer)
            wanted = {"in": entry.amount > 0, "out": entry.amount < 0, "": True}[direction]
            if entry.account == own and wanted and since <= transfer.at < until:
                hold = self._store.rows.get((Hold, transfer.hold))
                state, purpose = (hold.state, hold.purpose) if isinstance(hold, Hold) else ("", "")
                lines.append((entry.number, HistoryLine(
                    transfer.id, transfer.kind, entry.amount > 0, transfer.amount, transfer.at,
                    await self._other(transfer, viewer), self._said_of(transfer), state, purpose)))
        lines.sort(key=lambda numbered: -numbered[0])
        kept = [line for _, line in lines if line.hold_state not in ("released", "declined", "expired")]
        came = sum(line.amount for line in kept if line.incoming)
        went = sum(line.amount for line in kept if not line.incoming)
        newer = [numbered for numbered in lines if numbered[0] > after]
        if after and len(newer) >= limit:
            page = newer[-limit:]
            return HistoryPage(tuple(line for _, line in page), page[-1][0], page[0][0] if len(newer) > limit else 0,
                               True, came, went)
        before = 0 if after else before
        older = [numbered for numbered in lines if not before or numbered[0] < before]
        page = older[:limit]
        return HistoryPage(tuple(line for _, line in page), page[-1][0] if len(older) > limit else 0,
                           before - 1 if before > 1 else 0, True, came, went)

    async def numbers(self, viewer: int, since: int, until: int) -> tuple[int, int]:
        times = [line.at for line in await self.entries(viewer, 1, 10**6)]
        first = next((number for number, at in enumerate(times, 1) if at >= since), len(times) + 1)
        return first, max(first, next((number for number, at in enumerate(times, 1) if at >= until), len(times) + 1))

    async def entries(self, viewer: int, first: int, limit: int) -> tuple[EntryLine, ...]:
        own = ids.account(viewer, AccountKind.AVAILABLE)
        found = sorted((row for row in self._store.all(Entry) if row.account == own and row.number >= first),
                       key=lambda row: row.number)
        lines = []
        for entry in found[:limit]:
            transfer = self._store.rows[(Transfer, entry.transfer)]
            assert isinstance(transfer, Transfer)
            hold = self._store.rows.get((Hold, transfer.hold))
            lines.append(EntryLine(transfer.id, transfer.kind, entry.amount, entry.balance_after, transfer.at,
                                   await self._other(transfer, viewer), self._said_of(transfer),
                                   hold.purpose if isinstance(hold, Hold) else ""))
        return tuple(lines)

    async def receipt(self, viewer: int, transfer: int) -> ReceiptView | None:
        row = self._store.rows.get((Transfer, transfer))
        if not isinstance(row, Transfer):
            return None
        hold = await self.hold(row.hold) if row.hold else None
        payer, receiver = ids.owner_of(row.debit), ids.owner_of(row.credit)
        if hold is not None and row.kind == movements.SET_ASIDE.name:
            named_there = await self.member(hold.beneficiary)
            receiver = viewer if named_there is not None and named_there.id == viewer else 0
        if not viewer or viewer not in (payer, receiver):
            return None
        receiver_party = await self._party(viewer, receiver, row.id)
        if receiver_party is None and hold is not None:
            receiver_party = Party(0, hold.beneficiary, "", hold.by_number)
        named = row.kind not in _FROM_HOUSE or payer == viewer
        return ReceiptView(row.id, row.kind, viewer == receiver, row.amount, row.at,
                           await self._party(viewer, payer, row.id) if named else None,
                           receiver_party, self._note(row.id) or (hold.note if hold else ""), hold, row.reverses,
                           self._given_back(row.id), self._corrects(row.id))

    async def received(self, viewer: int, limit: int) -> tuple[HistoryLine, ...]:
        page = await self.history(viewer, direction="in", limit=10**6)
        return tuple(line for line in page.lines if line.kind in ("send", "claim")
                     and not self._given_back(line.transfer))[:limit]

    def _given_back(self, transfer: int) -> int:
        return next((row.id for row in self._store.all(Transfer)
                     if row.reverses == transfer and row.kind == "giveback"), 0)

    # ---------------------------------------------------------------------------------- waiting and asking
    async def hold(self, hold: int) -> HoldView | None:
        row = self._store.rows.get((Hold, hold))
        if not isinstance(row, Hold):
            return None
        payer = await self.party(row.member)
        assert payer is not None
        return HoldView(row.id, payer, row.beneficiary, row.amount, self._note(row.transfer), row.transfer, row.state,
                        row.expires_at, row.chat, row.message, row.purpose, bool(row.by_number), row.ended_by,
                        row.offer, row.card)

    async def waiting_for(self, telegram_id: int) -> tuple[HoldView, ...]:
        return await self._open(row.id for row in self._store.all(Hold) if row.beneficiary == telegram_id
                                and row.purpose != TO_CHECK)

    async def waiting_of(self, viewer: int) -> tuple[HoldView, ...]:
        return await self._open(row.id for row in self._store.all(Hold) if row.member == viewer)

    async def waiting_in(self, chat: int, limit: int) -> tuple[HoldView, ...]:
        found = await self._open(row.id for row in self._store.all(Hold) if row.chat == chat)
        return tuple(sorted(found, key=lambda view: (view.expires_at, view.id), reverse=True)[:limit])

    async def due_holds(self, now: int, limit: int) -> tuple[int, ...]:
        due = [row for row in self._store.all(Hold)
               if row.state == "open" and row.expires_at <= now and row.purpose != TO_ARRIVE]
        return tuple(row.id for row in sorted(due, key=lambda row: (row.expires_at, row.id))[:limit])

    async def due_arrivals(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        due = sorted((row for row in self._store.all(Hold)
                      if row.state == "open" and row.expires_at <= now and row.purpose == TO_ARRIVE),
                     key=lambda row: (row.expires_at, row.id))
        found = await self.members([row.beneficiary for row in due[:limit]])
        return tuple((row.id, found[row.beneficiary].id) for row in due[:limit])

    async def due_penalties(self, now: int, limit: int) -> tuple[int, ...]:
        due = [row for row in self._store.all(Penalty) if not row.ended_at and 0 < row.until <= now]
        return tuple(row.id for row in sorted(due, key=lambda row: (row.until, row.id))[:limit])

    async def due_legal_holds(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        due = [row for row in self._store.all(LegalHold) if not row.ended_at and 0 < row.until <= now]
        return tuple((row.id, row.member) for row in sorted(due, key=lambda row: (row.until, row.id))[:limit])

    async def legal_holds(self, viewer: int) -> Sequence[LegalHoldView]:
        who = self._store.rows.get((Member, viewer))
        return [LegalHoldView(row.id, viewer, who.telegram_id, row.authority, row.reference, row.dated, row.amount,
                              row.until, "", row.at, row.proposal, 0)
                for row in self._store.all(LegalHold) if row.member == viewer and not row.ended_at
                and isinstance(who, Member)]

    async def drowsy(self, today: int, after: int, limit: int) -> tuple[int, ...]:
        due = []
        for member in self._store.all(Member):
            row = self._store.rows.get((Dormancy, member.id))
            told, sleeps_on = 0, member.used_on + after
            if isinstance(row, Dormancy) and row.used_on == member.used_on:
                told, sleeps_on = row.told, row.sleeps_on
            if member.state == "active" and sleeps_on <= today + {0: 30, 30: 7, 7: 1, 1: 0}[told]:
                due.append((member.used_on, member.id))
        return tuple(number for _, number in sorted(due)[:limit])

    async def thawed(self, limit: int) -> tuple[tuple[int, int], ...]:
        free = {row.telegram_id: row.id for row in self._store.all(Member) if row.state != FROZEN}
        return tuple((row.id, free[row.beneficiary]) for row in sorted(self._store.all(Hold), key=lambda row: row.id)
                     if row.state == "open" and row.purpose == TO_THAW and row.beneficiary in free)[:limit]

    async def bans_to_sweep(self, limit: int) -> tuple[tuple[int, int], ...]:
        left = sorted((row for row in self._store.all(Penalty) if not row.swept), key=lambda row: (row.at, row.id))
        return tuple((row.id, row.member) for row in left[:limit])

    async def ends_with_ban(self, member: int, limit: int) -> tuple[Ends, ...]:
        found = [Ends(what, row.id, "") for what, cls in (("request", Request), ("split", Split), ("voucher", Voucher),
                                                          ("schedule", Schedule), ("hold", Hold))
                 for row in self._store.all(cls) if row.member == member and row.state in ("open", "active")
                 and getattr(row, "purpose", "") != TO_CHECK]
        found += [Ends("card", 0, row.token) for row in self._store.all(Draft)
                  if row.member == member and row.state == "open" and row.card]
        return tuple(found[:limit])

    async def envelope(self, envelope: int) -> EnvelopeView | None:
        row = self._store.rows.get((Envelope, envelope))
        if not isinstance(row, Envelope):
            return None
        drawn, filled = self._store.rows[(Drawn, envelope)], self._store.rows[(Transfer, row.transfer)]
        assert isinstance(drawn, Drawn)
        assert isinstance(filled, Transfer)
        taken = []
        for share in sorted((share for share in self._store.all(Share) if share.envelope == envelope),
                            key=lambda share: share.number):
            transfer = self._store.rows[(Transfer, share.transfer)]
            assert isinstance(transfer, Transfer)
            taken.append(ShareView(await self._somebody(share.member), share.amount, transfer.at))
        return EnvelopeView(
            row.id, await self._somebody(row.member), row.kind, row.amount, row.shares, row.state,
            self._note(row.transfer), shares.fingerprint(drawn.seed, shares.read(drawn.shares)),
            "" if row.state == "open" else drawn.seed, row.transfer, filled.at, row.expires_at, row.chat, row.message,
            tuple(taken), await self._anybody(row.beneficiary) if row.beneficiary else None, row.word,
            row.card, row.theme)

    async def _anybody(self, telegram_id: int) -> Party:
        member = await self.member(telegram_id)
        return Party(member.id if member else 0, telegram_id, member.nickname if member else "")

    async def envelopes_in(self, chat: int, limit: int) -> tuple[int, ...]:
        found = [row for row in self._store.all(Envelope) if row.chat == chat and row.state == "open"]
        return tuple(row.id for row in sorted(found, key=lambda row: (-row.expires_at, -row.id))[:limit])

    async def worded(self, chat: int, limit: int) -> tuple[WordedView, ...]:
        found = [row for row in self._store.all(Envelope) if row.chat == chat and row.state == "open" and row.word]
        newest = sorted(found, key=lambda row: (-row.expires_at, -row.id))
        return tuple(WordedView(row.id, row.word, row.message) for row in newest[:limit])

    async def _somebody(self, member: int) -> Party:
        party = await self.party(member)
        assert party is not None
        return party

    async def envelope_of(self, viewer: int, transfer: int, chat: int) -> EnvelopeView | None:
        row = self._store.rows.get((Transfer, transfer))
        if not isinstance(row, Transfer) or row.kind not in (movements.ENVELOPE.name, movements.SHARE.name):
            return None
        view = await self.envelope(ids.owner_of(row.credit if row.kind == movements.ENVELOPE.name else row.debit))
        assert view is not None
        parts = {view.maker.member, *(share.party.member for share in view.taken)}
        return view if viewer in parts or (chat and view.chat == chat) else None

    async def envelopes(self, viewer: int, *, sent: bool, since: int, until: int, skip: int, limit: int
                        ) -> EnvelopePage:
        def moved(number: int) -> Transfer:
            transfer = self._store.rows[(Transfer, number)]
            assert isinstance(transfer, Transfer)
            return transfer

        rows = {row.id: row for row in self._store.all(Envelope)}
        out = [(moved(row.transfer), row) for row in rows.values() if row.member == viewer]
        came = [(moved(share.transfer), rows[share.envelope]) for share in self._store.all(Share)
                if share.member == viewer]
        out, came = ([(one, row) for one, row in side if since <= one.at < until] for side in (out, came))
        found = sorted(out if sent else came, key=lambda both: (-both[0].at, -both[0].id))[skip:]
        lines = [EnvelopeLine(row.id, one.id, one.amount, one.at, await self._somebody(row.member),
                              self._note(row.transfer), row.shares, row.opened, row.state)
                 for one, row in found[:limit]]
        return EnvelopePage(tuple(lines), len(found) > limit, len(out),
                            sum(one.amount - row.returned for one, row in out), len(came),
                            sum(one.amount for one, _ in came))

    async def due_envelopes(self, now: int, limit: int) -> tuple[int, ...]:
        due = [row for row in self._store.all(Envelope) if row.state == "open" and row.expires_at <= now]
        return tuple(row.id for row in sorted(due, key=lambda row: (row.expires_at, row.id))[:limit])

    async def request(self, request: int) -> RequestView | None:
        row = self._store.rows.get((Request, request))
        if not isinstance(row, Request):
            return None
        return RequestView(row.id, await self._somebody(row.member), row.person, bool(row.by_number), row.amount,
                           row.note, row.state, row.expires_at, row.transfer, row.chat, row.message, row.offer)

    async def requests_to(self, telegram_id: int) -> tuple[RequestView, ...]:
        return await self._requests(row.id for row in self._store.all(Request) if row.person == telegram_id)

    async def requests_of(self, viewer: int) -> tuple[RequestView, ...]:
        return await self._requests(row.id for row in self._store.all(Request) if row.member == viewer)

    async def requests_in(self, chat: int, limit: int) -> tuple[RequestView, ...]:
        found = await self._requests(row.id for row in self._store.all(Request) if row.chat == chat)
        return tuple(reversed(found))[:limit]

    async def _requests(self, numbers: Iterable[int]) -> tuple[RequestView, ...]:
        found = [await self.request(number) for number in numbers]
        there = [view for view in found if view is not None and view.state == "open"]
        return tuple(sorted(there, key=lambda view: (view.expires_at, view.id)))

    async def checks_since(self, before: int) -> int:
        return sum(row.state == "open" and row.at <= before for row in self._store.all(Interception))

    async def requests_to_remind_of(self, now: int, limit: int) -> tuple[int, ...]:
        due = [row for row in self._store.all(Request)
               if row.state == "open" and row.remind_at and row.remind_at <= now < row.expires_at]
        return tuple(row.id for row in sorted(due, key=lambda row: (row.remind_at, row.id))[:limit])

    async def due_requests(self, now: int, limit: int) -> tuple[int, ...]:
        due = [row for row in self._store.all(Request) if row.state == "open" and row.expires_at <= now]
        return tuple(row.id for row in sorted(due, key=lambda row: (row.expires_at, row.id))[:limit])

    async def voucher(self, voucher: int) -> VoucherView | None:
        row = self._store.rows.get((Voucher, voucher))
        if not isinstance(row, Voucher):
            return None
        return VoucherView(row.id, await self._somebody(row.member), row.amount, row.uses, row.used, row.state,
                           row.only, row.nonce, bool(row.password), row.transfer, row.expires_at, row.chat, row.message)

    async def vouchers_of(self, viewer: int, limit: int) -> tuple[VoucherView, ...]:
        own = sorted((row for row in self._store.all(Voucher) if row.member == viewer),
                     key=lambda row: (row.state != "open", -row.id))
        return await self._vouchers(own[:limit])

    async def vouchers_in(self, chat: int, limit: int) -> tuple[VoucherView, ...]:
        there = sorted((row for row in self._store.all(Voucher) if row.chat == chat and row.state == "open"),
                       key=lambda row: (-row.expires_at, -row.id))
        return await self._vouchers(there[:limit])

    async def _vouchers(self, rows: Sequence[Voucher]) -> tuple[VoucherView, ...]:
        return tuple([view for row in rows if (view := await self.voucher(row.id)) is not None])

    async def due_vouchers(self, now: int, limit: int) -> tuple[int, ...]:
        closes = any(row.winds_down for row in self._store.all(Switch))
        due = [row for row in self._store.all(Voucher) if row.state == "open" and (closes or row.expires_at <= now)]
        return tuple(row.id for row in sorted(due, key=lambda row: (row.expires_at, row.id))[:limit])

    async def due_kept(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        due = [row for row in self._store.all(KeptShare) if row.state == "kept" and row.until <= now]
        return tuple((row.envelope, row.person) for row in sorted(due, key=lambda row: row.until)[:limit])

    async def kept_until(self, envelope: int, person: int) -> int:
        row = self._store.rows.get((KeptShare, (envelope, person)))
        return row.until if isinstance(row, KeptShare) and row.state == "kept" else 0

    async def split(self, split: int) -> SplitView | None:
        row = self._store.rows.get((Split, split))
        if not isinstance(row, Split):
            return None
        asked = []
        for share in sorted((share for share in self._store.all(SplitShare) if share.split == split),
                            key=lambda share: share.number):
            member, transfer = await self.member(share.person), self._store.rows.get((Transfer, share.transfer))
            asked.append(SplitShareView(
                Party(member.id if member else 0, share.person, member.nickname if member else ""), share.amount,
                share.transfer, transfer.at if isinstance(transfer, Transfer) else 0, share.offer))
        return SplitView(row.id, await self._somebody(row.member), row.kind, row.amount, row.heads, row.payers, row.due,
                         row.paid, row.collected, row.state, row.made_at, row.expires_at, row.ended_at, row.chat,
                         row.message, row.note, tuple(asked))

    async def splits_of(self, viewer: int, limit: int) -> tuple[SplitView, ...]:
        return await self._splits(lambda row: row.member == viewer, limit)

    async def splits_in(self, chat: int, limit: int) -> tuple[SplitView, ...]:
        return await self._splits(lambda row: row.chat == chat, limit)

    async def _splits(self, which: Callable[[Split], bool], limit: int) -> tuple[SplitView, ...]:
        rows = sorted((row for row in self._store.all(Split) if row.state == "open" and which(row)),
                      key=lambda row: (row.made_at, row.id), reverse=True)
        return tuple([view for row in rows[:limit] if (view := await self.split(row.id)) is not None])

    async def due_splits(self, now: int, limit: int) -> tuple[int, ...]:
        due = [row for row in self._store.all(Split) if row.state == "open" and row.expires_at <= now]
        return tuple(row.id for row in sorted(due, key=lambda row: (row.expires_at, row.id))[:limit])

    async def standing_offers(self, limit: int) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        return tuple((row.id, row.offers, tuple(one.person for one in self._store.all(SplitOffer) if one.split == row.id
                                                and one.message)[:limit])
                     for row in self._store.all(Split) if row.offers and row.state != "open")[:limit]

    async def splits_to_remind(self, now: int, limit: int) -> tuple[int, ...]:
        due = [row for row in self._store.all(Split)
               if row.state == "open" and 0 < row.remind_at <= now < row.expires_at]
        return tuple(row.id for row in sorted(due, key=lambda row: (row.remind_at, row.id))[:limit])

    async def schedules(self, viewer: int) -> tuple[ScheduleView, ...]:
        own = [row for row in self._store.all(Schedule) if row.member == viewer and row.state == "active"]
        return tuple(_schedule(row) for row in sorted(own, key=lambda row: (row.try_day, row.id)))

    async def schedule(self, viewer: int, schedule: int) -> ScheduleView | None:
        row = self._store.rows.get((Schedule, schedule))
        return _schedule(row) if isinstance(row, Schedule) and row.member == viewer else None

    async def due_schedules(self, today: int, limit: int) -> tuple[tuple[int, int, int], ...]:
        due = [row for row in self._store.all(Schedule) if row.state == "active" and row.try_day <= today]
        return tuple((row.id, row.next_day, row.tries)
                     for row in sorted(due, key=lambda row: (row.try_day, row.id))[:limit])

    async def schedules_to_tell(self, today: int, limit: int) -> tuple[tuple[int, int], ...]:
        return tuple((row.id, row.next_day) for row in self._store.all(Schedule)
                     if row.state == "active" and row.next_day == row.try_day == today + 1 != row.told_day)[:limit]

    async def due_proposals(self, now: int, limit: int) -> tuple[int, ...]:
        due = [row for row in self._store.all(Proposal) if row.state == "open" and row.expires_at <= now]
        return tuple(row.id for row in sorted(due, key=lambda row: (row.expires_at, row.id))[:limit])

    async def due_drafts(self, now: int, limit: int) -> tuple[str, ...]:
        due = [row for row in self._store.all(Draft)
               if row.state == "open" and (row.message or row.card) and row.expires_at <= now]
        return tuple(row.token for row in sorted(due, key=lambda row: (row.expires_at, row.token))[:limit])

    async def draft(self, viewer: int, token: str) -> DraftView | None:
        row = self._store.rows.get((Draft, token))
        if not isinstance(row, Draft) or row.member != viewer:
            return None
        return DraftView(row.token, row.needs, row.state, row.expires_at, row.intent, row.chat, row.message)

    async def recent_receivers(self, viewer: int, limit: int) -> tuple[Party, ...]:
        pairs = sorted((row for row in self._store.all(Pair) if row.sender == viewer and row.by_number != BY_NUMBER),
                       key=lambda row: -row.last_at)
        asleep = {row.id for row in self._store.all(Member) if row.state == DORMANT}
        found = [await self.party(row.receiver) for row in pairs if row.receiver not in asleep][:limit]
        return tuple(party for party in found if party is not None)

    async def agreed(self, after: int, limit: int) -> tuple[tuple[int, str], ...]:
        found = [row for row in self._store.all(Member) if row.id > after and row.state not in ("joining", "closed")]
        return tuple((row.id, row.accepted) for row in sorted(found, key=lambda row: row.id)[:limit])

    async def claimed(self, texts: Sequence[str]) -> frozenset[str]:
        return frozenset(row.text for row in self._store.all(Claim) if row.text in texts)

    async def acceptances(self, viewer: int) -> tuple[AcceptanceView, ...]:
        own = [row for row in self._store.all(Acceptance) if row.member == viewer]
        rows = sorted(own, key=lambda row: (-row.at, -row.id))
        return tuple(AcceptanceView(row.document, row.version, row.language, row.sha256, row.at) for row in rows)

    # ------------------------------------------------------------------------------------------- looking
    def _view(self, row: Member) -> MemberView:
        profile = self._store.rows.get((Profile, row.id))
        return MemberView(row.id, row.telegram_id, row.state, row.step, row.language, row.level, row.accepted,
                          row.no_pin_limit, row.payload, self._nickname(row.id), (Pin, row.id) in self._store.rows,
                          profile.nickname_changes if isinstance(profile, Profile) else 0, row.joined_at,
                          bool(row.confirm_incoming), profile.delay if isinstance(profile, Profile) else 0,
                          bool(row.safeguards & Safeguard.WARD))

    def _nickname(self, member: int) -> str:
        row = self._store.rows.get((Profile, member))
        return row.nickname if isinstance(row, Profile) else ""

    def _note(self, transfer: int) -> str:
        row = self._store.rows.get((Note, transfer))
        return row.text if isinstance(row, Note) else ""

    def _said_of(self, transfer: Transfer) -> str:
        """The note of a transfer, or of the one that set its money aside."""
        hold = self._store.rows.get((Hold, transfer.hold))
        return self._note(hold.transfer if isinstance(hold, Hold) else transfer.id)

    def _corrects(self, transfer: int) -> int:
        row = self._store.rows.get((Adjustment, transfer))
        return row.receipt if isinstance(row, Adjustment) else 0

    def _balance(self, member: int, kind: AccountKind) -> int:
        row = self._store.rows.get((Account, ids.account(member, kind)))
        return row.balance if isinstance(row, Account) else 0

    async def _open(self, holds: Iterable[int]) -> tuple[HoldView, ...]:
        found = [await self.hold(hold) for hold in holds]
        there = [view for view in found if view is not None and view.state == "open"]
        return tuple(sorted(there, key=lambda view: (view.expires_at, view.id)))

    async def _other(self, transfer: Transfer, viewer: int) -> Party | None:
        """The other side of a movement as the database finds it."""
        if transfer.kind in _FROM_HOUSE:
            return None
        payer, receiver = ids.owner_of(transfer.debit), ids.owner_of(transfer.credit)
        other = receiver if payer == viewer else payer
        if other != viewer:
            return await self._party(viewer, other, transfer.id)
        hold = self._store.rows.get((Hold, transfer.hold))
        if not isinstance(hold, Hold) or hold.member != viewer:
            return None
        return Party(0, hold.beneficiary, "", bool(hold.by_number))


def _schedule(row: Schedule) -> ScheduleView:
    return ScheduleView(row.id, row.person, bool(row.by_number), row.amount, row.note, row.unit, row.on_day,
                        row.last_day, row.next_day, row.try_day)
