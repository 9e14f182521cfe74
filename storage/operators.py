"""What operators look at: ordinary queries that change nothing.

Guards: every query takes its viewer first and answers nothing to whoever has no role, whatever a handler believed of
them; all lists are bounded.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, literal, or_, select, union_all

from storage.database import Database
from storage.days import SqlStats
from storage.reads.base import PARTY, Reading, owner, party
from storage.reads.legal_holds import LEGAL_HOLD, STANDING, legal_hold
from storage.tables import (
    accounts,
    audit,
    counters,
    envelopes,
    groups,
    hits,
    holds,
    interceptions,
    legal_holds,
    members,
    penalties,
    pins,
    profiles,
    proposals,
    requests,
    roles,
    runs,
    split_shares,
    switch,
    tickets,
    transfers,
)
from wallet import ids
from wallet.gate import Safeguard
from wallet.hits import WAITS
from wallet.limits import EVER
from wallet.movements import ENVELOPE, ENVELOPE_BACK, SHARE, AccountKind
from wallet.operators import PERMISSIONS, Act
from wallet.removals import REQUEST, SCHEDULE, SPLIT
from wallet.rows import TO_CHECK
from wallet.tickets import REPORT
from wallet.views import (
    InterceptedView,
    MattersView,
    MemberCard,
    OpenOnes,
    OperatorView,
    Party,
    PenaltyView,
    ProposalView,
    RemovableView,
    StatsView,
    SwitchView,
)
from wallet.views.operators import LegalHoldView

MOST: Final = 200
"""No list is longer."""
CONFIRMED: Final = "confirmed"
_NO_WORDS: Final = literal("")
MOST_NAMED: Final = 3
"""So many of what is open of a kind about a member are named; the others are counted."""


def _account_of(kind: AccountKind) -> ColumnElement[int]:
    """The number of a member's account of a kind, as `ids.account` makes it."""
    return members.c.id * ids.ACCOUNTS_OF_ONE + int(kind)


_VIEWER = roles.alias("viewer")
_AVAILABLE, _HELD, _EVER = accounts.alias("available"), accounts.alias("held"), counters.alias("ever")
_CARD = select(
    func.coalesce(_AVAILABLE.c.balance, 0).label("available"), func.coalesce(_HELD.c.balance, 0).label("held"),
    func.coalesce(_EVER.c.sent_sum, 0).label("sent_sum"), func.coalesce(_EVER.c.sent_count, 0).label("sent_count"),
    members.c.waiting,
    func.coalesce(pins.c.attempts, 0).label("wrong_pins"), func.coalesce(pins.c.locked_until, 0).label("locked_until"),
    func.coalesce(roles.c.role, "").label("role"), members.c.safeguards, members.c.used_on).select_from(
    members.outerjoin(_AVAILABLE, _AVAILABLE.c.id == _account_of(AccountKind.AVAILABLE))
    .outerjoin(_HELD, _HELD.c.id == _account_of(AccountKind.HELD))
    .outerjoin(_EVER, and_(_EVER.c.member == members.c.id, _EVER.c.day == EVER))
    .outerjoin(pins, pins.c.member == members.c.id).outerjoin(roles, roles.c.telegram_id == members.c.telegram_id))
_PROPOSAL = select(proposals)
_FORMER_TOO = select(roles.c.telegram_id, roles.c.role).limit(MOST)
_ROLES = _FORMER_TOO.where(roles.c.role != "")
_OPERATORS = (
    select(roles, func.coalesce(profiles.c.nickname, "").label("nickname"))
    .select_from(roles.outerjoin(members, members.c.telegram_id == roles.c.telegram_id)
                 .outerjoin(profiles, profiles.c.member == members.c.id))
    .where(roles.c.role != "").order_by(roles.c.at, roles.c.telegram_id).limit(MOST))


class SqlOperatorReads(Reading):
    """`wallet.protocols.OperatorReads` over a database."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._stats = SqlStats(database)

    async def roles(self) -> Mapping[int, str]:
        return {row.telegram_id: row.role for row in await self._all(_ROLES)}

    async def ever_operators(self) -> Mapping[int, str]:
        return {row.telegram_id: row.role for row in await self._all(_FORMER_TOO)}

    async def operators(self, viewer: int) -> Sequence[OperatorView]:
        return [OperatorView(row.telegram_id, row.role, row.at, row.by, row.nickname)
                for row in await self._all(_OPERATORS.where(is_operator(viewer)))]

    async def switch(self) -> SwitchView:
        (row,) = await self._all(select(switch))
        return SwitchView(row.state, row.until, row.reason, row.winds_down)

    async def active_groups(self, since: int, after: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(groups.c.chat).where(
            groups.c.chat < 0, groups.c.chat > after, groups.c.seen_at >= since).order_by(groups.c.chat)
            .limit(min(limit, MOST)))
        return tuple(row.chat for row in found)

    async def proposals(self, viewer: int, limit: int) -> Sequence[ProposalView]:
        return await self._proposals(_PROPOSAL.where(proposals.c.state == "open", is_operator(viewer)).order_by(
            proposals.c.made_at, proposals.c.id).limit(min(limit, MOST)))

    async def proposal(self, viewer: int, proposal: int) -> ProposalView | None:
        found = await self._proposals(_PROPOSAL.where(proposals.c.id == proposal, is_operator(viewer)))
        return found[0] if found else None

    async def _proposals(self, query: Select[Any]) -> Sequence[ProposalView]:
        return [ProposalView(row.id, row.deed, row.maker, row.state, row.expires_at)
                for row in await self._all(query)]

    async def card(self, viewer: int, telegram_id: int) -> MemberCard | None:
        found = await self._all(_CARD.where(members.c.telegram_id == telegram_id, is_operator(viewer)))
        return next((MemberCard(row.available, row.held, row.sent_sum,
                                row.sent_count, row.waiting, row.wrong_pins, row.locked_until, row.role,
                                bool(row.safeguards & Safeguard.LOCKED), row.used_on)
                     for row in found), None)

    async def matters(self, viewer: int, member: int) -> MattersView:
        found = await self._all(union_all(*_matters(viewer, member)))
        numbers: dict[str, list[int]] = {}
        for row in found:
            numbers.setdefault(row.what, []).append(row.number)
        opened = {row.what: OpenOnes(row.n, tuple(numbers[row.what])) for row in found if row.what != CONFIRMED}
        return MattersView(**opened, listed=_references(found, "hits"), confirmed=_references(found, CONFIRMED))

    async def stats(self, viewer: int, today: int) -> StatsView | None:
        if not await self._all(select(_VIEWER.c.role).where(is_operator(viewer)).limit(1)):
            return None
        return await self._stats.stats(today)

    async def intercepted(self, viewer: int, limit: int) -> Sequence[InterceptedView]:
        return await self._intercepted(limit, interceptions.c.state == "open", is_operator(viewer))

    async def interception(self, viewer: int, transfer: int) -> InterceptedView | None:
        found = await self._intercepted(1, *_held_by(transfer), is_operator(viewer))
        return found[0] if found else None

    async def decided(self, transfer: int) -> InterceptedView | None:
        found = await self._intercepted(1, *_held_by(transfer), interceptions.c.state != "open")
        return found[0] if found else None

    async def answered(self, proposal: int) -> ProposalView | None:
        found = await self._proposals(_PROPOSAL.where(proposals.c.id == proposal, proposals.c.state != "open"))
        return found[0] if found else None

    async def _intercepted(self, limit: int, *which: ColumnElement[bool]) -> Sequence[InterceptedView]:
        found = await self._all(
            select(holds.c.id, holds.c.transfer, holds.c.member, holds.c.beneficiary, holds.c.amount,
                   holds.c.expires_at, interceptions.c.rule, interceptions.c.facts, interceptions.c.state,
                   members.c.telegram_id, profiles.c.nickname)
            .select_from(holds.join(interceptions, interceptions.c.id == holds.c.id)
                         .join(members, members.c.id == holds.c.member)
                         .outerjoin(profiles, profiles.c.member == holds.c.member))
            .where(*which)
            .order_by(interceptions.c.at, holds.c.id).limit(min(limit, MOST)))
        return [InterceptedView(row.id, row.transfer, owner(row), row.beneficiary, row.amount, row.rule, row.facts,
                                row.expires_at, row.state) for row in found]

    async def removable(self, viewer: int, transfer: int) -> RemovableView | None:
        moved = await self._moved(viewer, transfer)
        if moved is not None and moved.begun:  # What ends a hold is shown with the note of what began it.
            moved = await self._moved(viewer, moved.begun)
        envelope = 0
        if moved is not None and moved.kind in (SHARE.name, ENVELOPE_BACK.name):
            envelope = ids.owner_of(moved.debit)
            filled = await self._all(select(envelopes.c.transfer).where(envelopes.c.id == envelope))
            moved = await self._moved(viewer, filled[0].transfer) if filled else None
        if moved is None:
            return None
        if moved.kind == ENVELOPE.name:
            envelope = ids.owner_of(moved.credit)
        return RemovableView(moved.id, moved.hold, envelope, *await self._source(moved.id))

    async def _moved(self, viewer: int, transfer: int) -> Row[Any] | None:
        """A movement, and the one that began the hold that it belongs to where that is another one."""
        begun = case((holds.c.transfer != transfers.c.id, holds.c.transfer), else_=0).label("begun")
        found = await self._all(
            select(transfers.c.id, transfers.c.kind, transfers.c.debit, transfers.c.credit, transfers.c.hold, begun)
            .select_from(transfers.outerjoin(holds, and_(holds.c.id == transfers.c.hold, transfers.c.hold != 0)))
            .where(transfers.c.id == transfer, is_operator(viewer)))
        return found[0] if found else None

    async def _source(self, transfer: int) -> tuple[str, int, int]:
        """From what a payment has its note."""
        asked = await self._all(select(requests.c.id).where(requests.c.transfer == transfer))
        if asked:
            return REQUEST, asked[0].id, 0
        shared = await self._all(select(split_shares.c.split, split_shares.c.person)
                                 .where(split_shares.c.transfer == transfer))
        if shared:
            return SPLIT, shared[0].split, shared[0].person
        ran = await self._all(select(runs.c.schedule, runs.c.day).where(runs.c.transfer == transfer))
        return (SCHEDULE, ran[0].schedule, ran[0].day) if ran else ("", 0, 0)

    async def penalties(self, viewer: int, member: int) -> tuple[Sequence[PenaltyView], int]:
        mine = penalties.c.member == member, is_operator(viewer)
        found = await self._all(select(penalties).where(*mine, penalties.c.ended_at == 0)
                                .order_by(penalties.c.at.desc(), penalties.c.id.desc()).limit(MOST))
        over = await self._all(select(func.count().label("n")).select_from(penalties)
                               .where(*mine, penalties.c.ended_at != 0))
        return [PenaltyView(row.id, row.kind, row.direction, row.reason, row.note, row.at, row.by, row.until)
                for row in found], over[0].n

    async def legal_holds(self, viewer: int, member: int) -> Sequence[LegalHoldView]:
        found = await self._all(STANDING.where(legal_holds.c.member == member, is_operator(viewer)))
        return [legal_hold(row) for row in found]

    async def standing_orders(self, viewer: int, limit: int) -> Sequence[LegalHoldView]:
        found = await self._all(STANDING.where(is_operator(viewer)).limit(limit))
        return [legal_hold(row) for row in found]

    async def legal_hold(self, viewer: int, hold: int) -> LegalHoldView | None:
        found = await self._all(LEGAL_HOLD.where(legal_holds.c.id == hold, is_operator(viewer)))
        return legal_hold(found[0]) if found else None

    async def penalised(self, viewer: int, penalty: int) -> int:
        found = await self._all(select(members.c.telegram_id).join_from(members, penalties,
                                                                        penalties.c.member == members.c.id)
                                .where(penalties.c.id == penalty, is_operator(viewer)))
        return found[0].telegram_id if found else 0

    async def announced_in(self, viewer: int, penalty: int) -> Sequence[int]:
        said = await self._all(
            select(audit.c.facts).join_from(audit, penalties, penalties.c.member == audit.c.member)
            .where(penalties.c.id == penalty, audit.c.at >= penalties.c.at, audit.c.act == "announced",
                   audit.c.facts.startswith(f"{penalty} in "), is_operator(viewer))
            .order_by(audit.c.at.desc(), audit.c.id.desc()).limit(MOST))
        return tuple(dict.fromkeys(int(row.facts.split(" ")[2]) for row in said))

    async def sides(self, viewer: int, transfer: int) -> Sequence[Party]:
        moved = await self._all(select(transfers.c.debit, transfers.c.credit)
                                .where(transfers.c.id == transfer, is_operator(viewer)))
        owners = dict.fromkeys(ids.owner_of(account) for row in moved for account in row)
        found = {row.id: party(row) for row in await self._all(PARTY.where(members.c.id.in_(owners)))} if owners else {}
        return [found[owner] for owner in owners if owner in found]


def _references(found: Iterable[Row[Any]], what: str) -> str:
    """By which the entries are known to whoever put them on the list."""
    return " ".join(row.words.split(" ")[0] for row in found if row.what == what)


def _held_by(transfer: int) -> tuple[ColumnElement[bool], ...]:
    """Which hold a transfer began."""
    hold = select(transfers.c.hold).where(transfers.c.id == transfer).scalar_subquery()
    return holds.c.id == hold, holds.c.transfer == transfer


def is_operator(viewer: int) -> ColumnElement[bool]:
    """Whether the viewer is an operator."""
    return exists().where(_VIEWER.c.telegram_id == viewer, _VIEWER.c.role != "")


def may_see_ticket(viewer: int) -> ColumnElement[bool]:
    """Whether a ticket is for this operator to see: a report about themselves is not."""
    themselves = select(members.c.id).where(members.c.telegram_id == viewer).scalar_subquery()
    return and_(is_operator(viewer), or_(tickets.c.category != REPORT, tickets.c.subject.is_distinct_from(themselves)))


def may_do(viewer: int, act: Act) -> ColumnElement[bool]:
    """Whether the viewer's role may do it."""
    return exists().where(_VIEWER.c.telegram_id == viewer, _VIEWER.c.role.in_(sorted(PERMISSIONS[act])))


def _matters(viewer: int, member: int) -> Sequence[Select[Any]]:
    """What is open about a member, kind by kind, as `MattersView` calls them."""
    theirs = select(members.c.telegram_id).where(members.c.id == member).scalar_subquery()
    ticket = tickets.c.state == "open", may_see_ticket(viewer), may_do(viewer, Act.LOOK_AT_TICKETS)
    # Nobody is told of themselves what the list says.
    listed = hits.c.member == member, theirs != viewer, may_do(viewer, Act.LOOK_AT_AUDIT)
    checked = holds.c.state == "open", holds.c.purpose == TO_CHECK, may_do(viewer, Act.DECIDE_INTERCEPTIONS)
    return (
        _open("tickets", tickets.c.id, tickets.c.opened_at, tickets.c.member == member, *ticket),
        _open("reports", tickets.c.id, tickets.c.opened_at, tickets.c.subject == member,
              tickets.c.category == REPORT, *ticket),
        _open("paying", holds.c.transfer, holds.c.expires_at, holds.c.member == member, *checked),
        _open("receiving", holds.c.transfer, holds.c.expires_at, holds.c.beneficiary == theirs, *checked),
        _open("proposals", proposals.c.id, proposals.c.made_at, proposals.c.member == member,
              proposals.c.state == "open", may_do(viewer, Act.SIGN)),
        _open("hits", hits.c.id, hits.c.found_at, hits.c.state.in_(WAITS), *listed, words=hits.c.entry),
        _open(CONFIRMED, hits.c.id, hits.c.found_at, hits.c.state == CONFIRMED, *listed, words=hits.c.entry))


def _open(what: str, number: ColumnElement[int], since: ColumnElement[int], *which: ColumnElement[bool],
          words: ColumnElement[str] = _NO_WORDS) -> Select[Any]:
    """How many there are, and those that have waited longest."""
    longest = select(literal(what).label("what"), number.label("number"), func.count().over().label("n"),
                     words.label("words")).where(*which).order_by(since, number).limit(MOST_NAMED)
    return select(longest.subquery())
