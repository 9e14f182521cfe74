"""The books: the rows read for a batch of commands, and what the commands change in them.

Guards: a decision sees only rows that were read for it, under the locks of their roots, and a refused command
leaves no trace but what it kept on purpose. Only `post` moves money, only in ways that `movements` lists, and nothing
that an order of a court keeps where it is.
"""
from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wallet import ids, rows, withheld
from wallet.dates import day_of
from wallet.money import CNY, Currency
from wallet.movements import HOUSE, LEAVES, MAY_GO_BELOW_ZERO, AccountKind, Movement
from wallet.refusals import HeldByOrder, NotEnough
from wallet.rows import Account, Entry, Key, Notice, Row, Transfer
from wallet.rules import RULES, Facts, Rule, Verdict

if TYPE_CHECKING:
    from wallet.agreements import Terms
    from wallet.events import Event

R = TypeVar("R", bound=Row)


MOST: Final = 2**62
"""No amount and no balance is larger; the databases hold 63 bits. How much may be paid is a rule's to say."""


_OF_ONE: Final = ids.ACCOUNTS_OF_ONE


class Missing(Enum):
    """What stands for a row that was not read; None is a row that does not exist."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


class Needs(Exception):
    """A decision found out which further rows it has to read; it joins the next batch with them."""

    def __init__(self, *keys: Key) -> None:
        super().__init__(keys)
        self.keys = keys


@dataclass(slots=True)
class Lane:
    """The end of a lane as a commit finds it, and how far the commit has moved it."""

    lane: int
    epoch: int
    seq: int
    head: bytes
    counter: int
    last_now: int


@dataclass(slots=True)
class Judgement:
    """What `wallet.risk` found of the debit that is being decided."""

    payer: int
    person: int
    """Who is paid, by Telegram id, where a rule applied and it is a single member; else 0."""
    facts: Facts
    rule: Rule | None
    """The severest that applies and is in force."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Policy:
    """What this deployment has chosen, as far as decisions depend on it. Amounts in minor units."""

    terms: Terms
    digest_key: bytes
    """Keys the digests of notes."""
    max_amount: int
    """The most that one payment may be."""
    no_pin_limit: int
    """What a new member's no-PIN limit is, and the most one may set."""
    top_up_most: int
    """The most play money one top-up gives; 0 closes it."""
    balance_most: int
    """The most that play money may fill a balance to."""
    envelope_average: int
    """The most that a share of a red envelope may be on average."""
    envelope_shares: int
    """The most shares that one may have."""
    voucher_key: bytes
    """From it the links of vouchers follow, and with it their passwords are sealed."""
    voucher_life: int
    """How long a voucher may be redeemed, in microseconds."""
    envelopes_open: int = 50
    """The most red envelopes that one may have open at a time."""
    vouchers_open: int = 50
    """The same of vouchers."""
    appeals_open: int = 20
    """The most requests on cards that one may have open at a time."""
    openings_a_minute: int = 20
    """The most shares of red envelopes that somebody may open in a minute."""
    least_level: int = 0
    """The identity level that everybody has at least: 2 where all is play."""
    level_limits: tuple[int, int, int] = (MOST, MOST, MOST)
    """What a member may pay by identity level: in all at level 0, in a calendar year at levels 1 and 2."""
    dormant_after: int = 365
    """After how many days without use a wallet goes to sleep; 0 for never."""
    rules: tuple[Rule, ...] = RULES
    """What movements are judged by."""
    release_alone: int = 100_000
    """From this amount on two operators let go on what a rule held back."""
    statement_key: bytes = bytes(32)
    """Signs what is owed to members when the service closes."""
    currency: Currency = CNY


def digest_of(key: bytes, text: str) -> bytes:
    """The digest by which an erasable text enters the journal: without the key nothing can be told from it."""
    return hmac.digest(key, text.encode(), "sha256")[:16]


class Books:
    """One batch's view: rows by key, changes by command, numbers, the moment, and what must be told."""

    __slots__ = ("_base", "_changed", "_kept", "_once", "_rows", "_undo", "judgement", "lane", "now", "policy",
                 "switch", "today", "zone")

    def __init__(self, base: dict[Key, Row | None], *, lane: Lane, now: int, zone: tzinfo, switch: rows.Switch,
                 policy: Policy) -> None:
        self._base = base
        self._rows: dict[Key, Any] = dict(base)
        self._undo: dict[Key, Row | Missing | None] = {}
        """What the command in turn found where it changed something: looking is frequent and refusals are rare, so
        a change goes straight to the rows and looking needs one step."""
        self._changed: dict[Key, Row | Missing | None] = {}
        """The keys of what was kept."""
        self._once: list[Row] = []
        """New rows that nobody looks for before they are committed: most of what a payment writes."""
        self._kept = 0
        """How many of them were kept."""
        self.judgement: Judgement | None = None
        """What was found of the debit that the command in turn is about, once it was judged."""
        self.lane = lane
        self.now = now
        self.zone = zone
        self.today = day_of(now, zone)
        self.switch = switch
        self.policy = policy

    # ------------------------------------------------------------------------------------------- reading
    def find(self, cls: type[R], key: Any) -> R | None:
        """The row, or None when there is none. It must not be changed. Raises `Needs` when it was not read."""
        try:
            row: R | None = self._rows[cls, key]
        except KeyError:
            raise Needs((cls, key)) from None
        return row

    def get(self, cls: type[R], key: Any) -> R:
        """The row, which must exist. It must not be changed."""
        try:
            row: R | None = self._rows[cls, key]  # As `find` does: calling it would cost as much again.
        except KeyError:
            raise Needs((cls, key)) from None
        assert row is not None, f"no {cls.__name__} {key}"
        return row

    def need(self, *keys: Key) -> None:
        """Raise `Needs` for all of these unless all were read: there are not many tries. What is there may be a
        neighbour's in this batch, and will be missing in the next one, where that does not come along."""
        if not self._rows.keys() >= set(keys):
            raise Needs(*keys)

    # ------------------------------------------------------------------------------------------ changing
    def edit(self, cls: type[R], key: Any) -> R:
        """The row as a copy that may be changed; it is written unless the command is refused."""
        row = self.get(cls, key)
        where = (cls, key)
        if where not in self._undo:
            assert not cls.FINAL, f"{cls.__name__} is never changed"
            self._undo[where] = row
            self._rows[where] = row = row.copy()
        return row

    def add(self, row: R) -> R:
        """A new row. That there is no other with its key the database says of those that are written once."""
        if row.ONCE:
            self._once.append(row)
            return row
        where = (type(row), row.pk())
        before = self._rows.get(where, MISSING)
        assert before is None or before is MISSING, f"{where} exists"
        self._undo.setdefault(where, before)
        self._rows[where] = row
        return row

    def keep(self) -> None:
        """Let the command's changes so far stay, even if it is refused afterwards."""
        if self._undo:
            self._changed.update(self._undo)
            self._undo.clear()
        self._kept = len(self._once)

    def used(self, number: int) -> None:
        """Write down that a member whose row was read used their wallet today, once a day."""
        member = self._rows.get((rows.Member, number))
        if member is not None and member.used_on != self.today:
            self.edit(rows.Member, number).used_on = self.today

    def number(self) -> int:
        """A new number of this lane, never handed out before."""
        self.lane.counter += 1
        return ids.number(self.lane.counter, self.lane.lane)

    # -------------------------------------------------------------------------------------------- ledger
    def house(self, kind: AccountKind) -> int:
        """This lane's house account of a kind."""
        assert kind in HOUSE
        return ids.account(self.lane.lane, kind)

    def balance(self, owner: int, kind: AccountKind = AccountKind.AVAILABLE) -> int:
        """What an owner's account of a kind holds."""
        return self.get(Account, ids.account(owner, kind)).balance

    def post(self, way: Movement, debit: int, credit: int, amount: int, *, reverses: int = 0, hold: int = 0,
             note: str = "") -> Transfer:
        """Move an amount from one account to another. Raises `NotEnough` and `HeldByOrder`."""
        assert 0 < amount <= MOST
        assert debit != credit
        (payer, source_kind), (payee, target_kind) = divmod(debit, _OF_ONE), divmod(credit, _OF_ONE)
        assert source_kind == way.source
        assert target_kind == way.target
        assert (payer == payee) is way.same_owner
        source = self.edit(Account, debit)
        if source.balance < amount and source.kind not in MAY_GO_BELOW_ZERO:
            raise NotEnough(source.balance, amount)
        if way.name in LEAVES and self.get(rows.Member, payer).legal_holds:
            self.must_leave(payer, self.balance(payer) - (amount if way.source == AccountKind.AVAILABLE else 0))
        target = self.edit(Account, credit)
        source.balance -= amount
        source.entries += 1
        target.balance += amount
        target.entries += 1
        assert source.balance >= -MOST
        assert target.balance <= MOST
        transfer = self.number()
        moved = Transfer(transfer, way.name, debit, credit, amount, self.now, reverses, hold,
                         self.digest(note) if note else b"", self.lane.lane, self.lane.seq)
        self._once += (Entry(debit, source.entries, transfer, -amount, source.balance),
                       Entry(credit, target.entries, transfer, amount, target.balance), moved)
        if note:
            self.add(rows.Note(transfer, note))
        return moved

    def must_leave(self, owner: int, left: int) -> None:
        """Raise `HeldByOrder` where orders keep more of a member's balance than would be left of it. They hold here,
        for every way in which money can move, whatever its own rule looks at."""
        member = self.get(rows.Member, owner)
        kept = withheld.total(member.legal_holds, self.now)
        if left < kept:
            number = withheld.standing(member.legal_holds, self.now)[0].hold
            self.need((rows.LegalHold, number), (Account, ids.account(owner, AccountKind.AVAILABLE)))
            order = self.get(rows.LegalHold, number)
            raise HeldByOrder(max(0, self.balance(owner) - kept), order.authority, order.reference)

    def digest(self, text: str) -> bytes:
        """The keyed digest by which an erasable text enters the journal."""
        return digest_of(self.policy.digest_key, text)

    # -------------------------------------------------------------------------------------------- saying
    def tell(self, member: int, event: Event, *, telegram_id: int = 0) -> None:
        """Commit to telling a member, or somebody known by Telegram id only."""
        self.add(Notice(self.number(), member, telegram_id, type(event).__name__, event.facts(), self.now,
                        self.lane.lane))

    def ring(self, event: Event) -> None:
        """Commit to telling the operators."""
        self.tell(0, event, telegram_id=ids.OPERATORS)

    def audit(self, member: int, act: str, facts: str = "") -> None:
        """Write down something that people answer for."""
        self.add(rows.Audit(self.number(), member, act, facts, self.now, self.lane.lane, self.lane.seq))

    # ------------------------------------------------------------------------------------- for the engine
    def drop(self) -> None:
        """Forget what the command changed and did not keep."""
        for where, before in self._undo.items():
            if before is MISSING:
                del self._rows[where]
            else:
                self._rows[where] = before
        self._undo.clear()
        del self._once[self._kept:]

    def settled(self, place: int) -> list[Row]:
        """What `changes` will hold first of the tables of new rows that nobody looks for, from a place on: what was
        kept so far."""
        return self._once[place:self._kept]

    def changes(self) -> Mapping[type[Row], tuple[list[Row], list[Row]]]:
        """Per table: new rows and changed rows."""
        found: defaultdict[type[Row], tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
        for once in self._once:
            found[type(once)][0].append(once)
        now, before = self._rows, self._base
        for where in self._changed:
            found[where[0]][before.get(where) is not None].append(now[where])
        return found
