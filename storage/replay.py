"""Replaying rules: what they would have said about the payments of the past.

Guards: nothing is written. What members had done by then is counted anew, payment after payment, by the code that
counts it in life, and judged by the code that judges in life (`wallet.risk.look`). Wrong PINs and reports are no
payments, so rules that ask for them find none; payments to several people at once are looked at one by one.
"""
from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final

from msgspec.structs import replace
from sqlalchemy import Connection, and_, func, select

from storage.chains import streamed
from storage.reconcile import in_one_moment
from storage.tables import entries, holds, members, transfers
from wallet import habits, ids, risk
from wallet.agreements import Terms
from wallet.books import Books, Lane, Policy
from wallet.limits import EVER
from wallet.movements import CLAIM, ENVELOPE, SEND, SET_ASIDE, SPLIT, VOUCHER, AccountKind
from wallet.rows import BY_NAME, Account, Counter, Key, Member, Pair, Row, Switch
from wallet.rules import Rule

DAY: Final = 24 * 60 * 60 * 1_000_000
SHOWN: Final = 50
"""So many movements are named."""
JUDGED: Final = (SEND, SET_ASIDE, ENVELOPE, SPLIT, VOUCHER)
_LANE: Final = Lane(0, 1, 1, bytes(32), 0, 0)
_OPEN: Final = Switch(1, "open", 0, "")


@dataclass(frozen=True, slots=True)
class Caught:
    """A movement to which a rule applies."""

    transfer: int
    at: int
    payer: int
    amount: int
    rule: str
    verdict: str
    facts: str


@dataclass(slots=True)
class Replay:
    """What rules would have caught."""

    looked_at: int = 0
    counts: Tally[tuple[str, str]] = field(default_factory=Tally)
    """By rule and verdict."""
    caught: list[Caught] = field(default_factory=list)
    """The first of them."""


async def replay(url: str, rules: tuple[Rule, ...], days: int) -> Replay:
    """Judge the payments of the last days by rules, in the order in which they were made."""
    return await in_one_moment(url, lambda connection: _replayed(connection, rules, days))


def _replayed(connection: Connection, rules: tuple[Rule, ...], days: int) -> Replay:
    latest = connection.execute(select(func.coalesce(func.max(transfers.c.at), 0))).scalar_one()
    since = latest - days * DAY
    receiver = members.alias("receiver")
    before = entries.c.balance_after + transfers.c.amount
    found, past = Replay(), _Past(connection, rules)
    for row in streamed(connection, (
            select(transfers.c.id, transfers.c.at, transfers.c.kind, transfers.c.debit, transfers.c.credit,
                   transfers.c.amount, before.label("had"), receiver.c.id.label("held_for"),
                   receiver.c.joined_at.label("joined_at"))
            .select_from(transfers
                         .join(entries, and_(entries.c.transfer == transfers.c.id,
                                             entries.c.account == transfers.c.debit))
                         .outerjoin(holds, holds.c.transfer == transfers.c.id)
                         .outerjoin(receiver, receiver.c.telegram_id == holds.c.beneficiary))
            .where(transfers.c.kind.in_([way.name for way in (*JUDGED, CLAIM)]))
            .order_by(transfers.c.at, transfers.c.id))):
        past.goes_on(row, found if row.at >= since else None)
    return found


class _Past:
    """What is known of members while their payments pass by."""

    def __init__(self, connection: Connection, rules: tuple[Rule, ...]) -> None:
        self._policy = Policy(Terms(()), b"", 0, 0, 0, 0, 0, 0, b"", 0, 0, rules=rules)
        self._joined: dict[int, int] = {
            row.id: row.joined_at for row in connection.execute(select(members.c.id, members.c.joined_at))}
        self._rows: dict[Key, Row] = {}

    def goes_on(self, row: Any, found: Replay | None) -> None:
        """One payment: judged where it is looked at, and counted."""
        payer, to = ids.owner_of(row.debit), self._receiver(row)
        books = self._books(payer, to, row)
        if row.kind != CLAIM.name:
            self._judge(books, payer, to, row, found)
        if row.kind in (SEND.name, SPLIT.name, CLAIM.name) and (Pair, (payer, to)) not in self._rows:
            habits.count_came(books, to, row.amount)
            theirs = ids.account(to, AccountKind.AVAILABLE)
            self._rows[Account, theirs] = books.get(Account, theirs)
            self._rows[Pair, (payer, to)] = Pair(payer, to, 1, row.amount, row.at, BY_NAME)

    def _judge(self, books: Books, payer: int, to: int, row: Any, found: Replay | None) -> None:
        risk.look(books, payer, (to,), row.amount)
        judged = books.judgement
        assert judged is not None
        if found is not None:
            found.looked_at += 1
            if judged.rule is not None:
                found.counts[judged.rule.name, judged.verdict.name.lower()] += 1
                if len(found.caught) < SHOWN:
                    found.caught.append(Caught(row.id, row.at, payer, row.amount, judged.rule.name,
                                               judged.verdict.name.lower(), risk.listed(judged.facts)))
        ever = self._rows.setdefault((Counter, (payer, EVER)), Counter(payer, EVER, 0, 0, 0, 0, 0, 0))
        assert isinstance(ever, Counter)
        ever.sent_sum += row.amount
        ever.sent_count += 1
        habits.count_paid(ever, row.at, row.amount, new=bool(judged.facts.first))

    def _receiver(self, row: Any) -> int:
        if row.kind in (SEND.name, SPLIT.name, CLAIM.name):
            return ids.owner_of(row.credit)
        return row.held_for if row.held_for and 0 < row.joined_at <= row.at else 0

    def _books(self, payer: int, to: int, row: Any) -> Books:
        keys: list[Key] = [(Counter, (payer, EVER)), (Pair, (payer, to))]
        base: dict[Key, Row | None] = {key: self._rows.get(key) for key in keys}
        for one in {payer, to} - {0}:
            available = ids.account(one, AccountKind.AVAILABLE)
            known = self._rows.get((Account, available)) or Account(available, AccountKind.AVAILABLE, 0, 1)
            assert isinstance(known, Account)
            base[Account, available] = replace(known, balance=row.had) if one == payer else known
            base[Member, one] = Member(one, one, "active", "", "en", 0, "", 0, 0, 0, "", 0, self._joined.get(one, 0), 0,
                                       0, "", 0, 0, 0)
        return Books(base, lane=_LANE, now=row.at, zone=UTC, switch=_OPEN, policy=self._policy)
