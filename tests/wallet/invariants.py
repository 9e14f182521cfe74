"""The invariants, checked from nothing but the rows: whatever store they came from and whatever was done to it.

Guards: it shares no code with `ikmpay reconcile` but the hash and the list of legal ways, so a mistake in one of the
two is seen by the other. The numbers are the invariants'.
"""
from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, select

from storage.database import Database
from storage.tables import OF_ROW, lanes
from tests.fakes.store import FakeStore
from wallet import events, ids, movements, shares
from wallet.appeals import AppealPaid
from wallet.books import Lane
from wallet.commands import decode
from wallet.engine import chain_hash
from wallet.envelopes import EnvelopeEnded, EnvelopeMade, Opened
from wallet.funding import ToppedUp
from wallet.gifts import GiftMade
from wallet.givebacks import GivenBack
from wallet.holds import Claimed, Returned
from wallet.movements import AccountKind
from wallet.requests import RequestSettled
from wallet.rows import (
    ALL,
    Account,
    Counter,
    Drawn,
    Entry,
    Envelope,
    Hold,
    Journal,
    Member,
    Notice,
    Operation,
    Ran,
    Request,
    Row,
    Schedule,
    Share,
    Split,
    SplitShare,
    Transfer,
    Voucher,
    VoucherTry,
    VoucherUse,
)
from wallet.rows import Tally as Tallied
from wallet.schedules import ScheduleMade, ScheduleTurn
from wallet.splits import SharePaid, shares_of
from wallet.transfers import Sent
from wallet.vouchers import OWN_TRIES, Redeemed, VoucherEnded, VoucherMade

R = TypeVar("R", bound=Row)
PAYMENTS = ("send", "set_aside", "giveback", "envelope", "voucher", "split")


@dataclass
class Ledger:
    """All rows of a wallet at one moment."""

    rows: Mapping[type[Row], Sequence[Row]]
    lanes: Sequence[Lane]

    def all(self, cls: type[R]) -> list[R]:
        """The rows of one table, by key."""
        return cast("list[R]", list(self.rows.get(cls, ())))

    def same(self, other: Ledger) -> list[str]:
        """Where two ledgers differ; lanes' epochs count starts and may."""
        found = []
        for cls in ALL:
            mine, theirs = (Tally(row.values() for row in ledger.all(cls)) for ledger in (self, other))
            found += [f"only here: {cls.__name__} {row}" for row in (mine - theirs)]
            found += [f"only there: {cls.__name__} {row}" for row in (theirs - mine)]
        return found


async def ledger_of(where: Database | FakeStore) -> Ledger:
    """Everything that is in a store."""
    if isinstance(where, FakeStore):
        return Ledger({cls: [row.copy() for row in where.all(cls)] for cls in ALL}, list(where.lanes.values()))
    async with where.reading.connect() as connection:
        found: Ledger = await connection.run_sync(_read)
        return found


def _read(connection: Connection) -> Ledger:
    rows: dict[type[Row], list[Row]] = {}
    for cls in ALL:
        table = OF_ROW[cls]
        query = select(*[table.c[name] for name in cls.columns()]).order_by(*[table.c[name] for name in cls.KEY])
        rows[cls] = [cls(*row) for row in connection.execute(query)]
    query = select(*[lanes.c[name] for name in ("lane", "epoch", "seq", "head", "counter", "last_now")])
    return Ledger(rows, [Lane(*row) for row in connection.execute(query)])


@dataclass
class Witness:
    """Looks at a ledger again and again; remembers what must never change (6) and who asked for what (17)."""

    zone: tzinfo
    no_pin_limit: int
    asked: dict[str, int] = field(default_factory=dict)
    """Key -> the member on whose behalf it was asked."""
    _kept: dict[tuple[type[Row], Any], tuple[Any, ...]] = field(default_factory=dict)

    def broken(self, ledger: Ledger) -> list[str]:
        """What does not hold."""
        checks = (balances, two_sides, folds, effects, reversals, holds, held, envelopes, requests, vouchers,
                  splits, schedules, cards, chains, told, numbers)
        found = [text for check in checks for text in check(ledger)]
        return [*found, *counted(ledger, self.zone, self.no_pin_limit), *self._final(ledger),
                *self._authorised(ledger), *self._by_the_clock(ledger)]

    def _final(self, ledger: Ledger) -> Iterator[str]:
        now = {(cls, row.pk()): row.values() for cls in ALL if cls.FINAL or cls is Journal for row in ledger.all(cls)}
        for where, before in self._kept.items():
            if now.get(where) != before:
                yield f"6: {before} became {now.get(where)}"
        self._kept = now

    def _authorised(self, ledger: Ledger) -> Iterator[str]:
        transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
        for operation in ledger.all(Operation):
            outcome = decode(operation.outcome)
            if isinstance(outcome, EnvelopeMade | Opened | VoucherMade | Redeemed | GiftMade):
                transfer = transfers[outcome.transfer]
                member = ids.owner_of(transfer.credit if isinstance(outcome, Opened | Redeemed) else transfer.debit)
                if member != self.asked.get(operation.key):
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and moved {member}'s"
            if isinstance(outcome, VoucherEnded) and outcome.state == "withdrawn":
                maker = ids.owner_of(transfers[outcome.transfer].credit)
                if maker != self.asked.get(operation.key):
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and ended {maker}'s"
            if isinstance(outcome, SharePaid):
                payer = ids.owner_of(transfers[outcome.transfer].debit)
                if payer != self.asked.get(operation.key):
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and debited {payer}"
            if isinstance(outcome, GivenBack | RequestSettled | AppealPaid):
                giver = ids.owner_of(transfers[outcome.transfer].debit)
                if giver != self.asked.get(operation.key):
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and debited {giver}"
            if isinstance(outcome, Sent):
                payers = {ids.owner_of(transfers[number].debit) for number in outcome.transfers}
                if payers != {self.asked.get(operation.key)}:
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and debited {payers}"

    def _by_the_clock(self, ledger: Ledger) -> Iterator[str]:
        """What the clock paid its payer had set up."""
        done = [(operation.key, decode(operation.outcome)) for operation in ledger.all(Operation)]
        planned = {outcome.schedule: self.asked.get(key) for key, outcome in done if isinstance(outcome, ScheduleMade)}
        transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
        for _, turn in done:
            if isinstance(turn, ScheduleTurn) and turn.transfer:
                payer = ids.owner_of(transfers[turn.transfer].debit)
                if planned.get(turn.schedule) != payer:
                    yield f"17: {turn} debited {payer}, and {planned.get(turn.schedule)} set it up"


def balances(ledger: Ledger) -> Iterator[str]:
    """1, 3: everything sums to zero, nothing but the clearing account is below zero."""
    accounts = ledger.all(Account)
    if sum(account.balance for account in accounts):
        yield "1: the sum is not zero"
    for account in accounts:
        if account.balance < 0 and account.kind != AccountKind.CLEARING:
            yield f"3: {account}"
        if account.kind != ids.kind_of(account.id):
            yield f"3: {account} is of another kind"


def two_sides(ledger: Ledger) -> Iterator[str]:
    """2: a transfer's two entries balance, amounts are above zero, and it goes a legal way."""
    sides: dict[int, list[Entry]] = defaultdict(list)
    for entry in ledger.all(Entry):
        sides[entry.transfer].append(entry)
    for transfer in ledger.all(Transfer):
        found = sorted((entry.account, entry.amount) for entry in sides.pop(transfer.id, ()))
        wanted = sorted([(transfer.debit, -transfer.amount), (transfer.credit, transfer.amount)])
        if found != wanted or transfer.amount <= 0:
            yield f"2: {transfer} has {found}"
        way = movements.ALL[transfer.kind]
        if (ids.kind_of(transfer.debit), ids.kind_of(transfer.credit)) != (way.source, way.target):
            yield f"2: {transfer} is no legal way"
    for number in sides:
        yield f"2: entries of {number}, which is no transfer"


def folds(ledger: Ledger) -> Iterator[str]:
    """4: a balance is the fold of its entries, numbered without gaps, each with the balance that it left."""
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in ledger.all(Entry):
        entries[entry.account].append(entry)
    for account in ledger.all(Account):
        balance = 0
        mine = sorted(entries.pop(account.id, ()), key=lambda entry: entry.number)
        for number, entry in enumerate(mine, 1):
            balance += entry.amount
            if (entry.number, entry.balance_after) != (number, balance):
                yield f"4: {entry} should be number {number} with {balance}"
        if (account.balance, account.entries) != (balance, len(mine)):
            yield f"4: {account} folds to {balance} after {len(mine)}"
    for number in entries:
        yield f"4: entries of {number}, which is no account"


def transfers_of(outcome: object, ended_by: Mapping[int, int]) -> tuple[int, ...]:
    """The transfers that an operation says it made."""
    if isinstance(outcome, Sent):
        return outcome.transfers
    if isinstance(outcome, Claimed | ToppedUp | GivenBack | EnvelopeMade | Opened | EnvelopeEnded | RequestSettled
                  | VoucherMade | Redeemed | VoucherEnded | SharePaid | GiftMade | AppealPaid):
        return (outcome.transfer,)
    if isinstance(outcome, ScheduleTurn):
        return (outcome.transfer,) if outcome.transfer else ()
    if isinstance(outcome, Returned):
        return (ended_by[outcome.hold],)
    return ()


def effects(ledger: Ledger) -> Iterator[str]:
    """5: every transfer is the effect of exactly one operation, and every effect is there."""
    ended_by = {hold.id: hold.ended_by for hold in ledger.all(Hold)}
    made = Tally(number for operation in ledger.all(Operation)
                 for number in transfers_of(decode(operation.outcome), ended_by))
    there = {transfer.id for transfer in ledger.all(Transfer)}
    for number, times in made.items():
        if times != 1 or number not in there:
            yield f"5: transfer {number} is the effect of {times} operations, there: {number in there}"
    for number in there - set(made):
        yield f"5: transfer {number} is nobody's effect"


def reversals(ledger: Ledger) -> Iterator[str]:
    """7: a reversal mirrors what it takes back, once."""
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    seen = Tally(transfer.reverses for transfer in transfers.values() if transfer.reverses)
    for number, times in seen.items():
        if times != 1:
            yield f"7: transfer {number} was taken back {times} times"
    for transfer in transfers.values():
        first = transfers.get(transfer.reverses)
        if transfer.reverses and (first is None or not _mirrors(transfer, first)):
            yield f"7: {transfer} takes back {first}"


def _mirrors(transfer: Transfer, first: Transfer) -> bool:
    """Whether one takes the other back. What was claimed came out of held money and goes back as available money."""
    if transfer.kind == "giveback" and (first.kind not in ("send", "claim") or transfer.credit % 16):
        return False
    back = first.debit // 16 * 16 if first.kind == "claim" else first.debit
    return (back, first.credit, first.amount) == (transfer.credit, transfer.debit, transfer.amount)


def holds(ledger: Ledger) -> Iterator[str]:
    """8: a hold ends exactly once, as it says and in its time."""
    ends: dict[int, list[Transfer]] = defaultdict(list)
    for transfer in ledger.all(Transfer):
        if transfer.hold and transfer.kind in ("claim", "return"):
            ends[transfer.hold].append(transfer)
    for hold in ledger.all(Hold):
        kinds = [(end.id, end.kind, end.amount) for end in ends.pop(hold.id, ())]
        kind = {"open": "", "settled": "claim", "released": "return", "declined": "return",
                "expired": "return"}[hold.state]
        if kinds != ([(hold.ended_by, kind, hold.amount)] if kind else []):
            yield f"8: {hold} was ended by {kinds}"
        if hold.state == "expired" and hold.ended_at < hold.expires_at:
            yield f"8: {hold} ran out before its time"
        if hold.purpose == "delay" and hold.state == "settled" and hold.ended_at < hold.expires_at:
            yield f"8: {hold} arrived before its time"
        elif hold.purpose == "delay" and hold.state == "released" and hold.ended_at >= hold.expires_at:
            yield f"8: {hold} was taken back after its time"
        elif hold.purpose != "delay" and hold.state in ("settled", "declined") and hold.ended_at >= hold.expires_at:
            yield f"8: {hold} was {hold.state} after its time"
        if hold.state == "declined" and hold.purpose != "accept":
            yield f"8: {hold} was declined and nobody was asked"
    for number in ends:
        yield f"8: hold {number} ended and never was"


def cards(ledger: Ledger) -> Iterator[str]:
    """17, 8: what is for whoever comes first was given once under its card, and not taken by its payer; what is for
    somebody is taken by nobody else."""
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    persons = {member.id: member.telegram_id for member in ledger.all(Member)}
    given = Tally(hold.card for hold in ledger.all(Hold) if hold.card)
    for card, times in given.items():
        if times != 1:
            yield f"17: {times} times money under {card}"
    for hold in ledger.all(Hold):
        if bool(hold.card) is bool(hold.beneficiary) or (hold.card and hold.purpose != "claim"):
            yield f"8: {hold} is for nobody, or for two kinds of people"
        if hold.state == "settled":
            taker = ids.owner_of(transfers[hold.ended_by].credit)
            if (taker == hold.member) if hold.card else (persons[taker] != hold.beneficiary):
                yield f"8: {hold} was taken by {taker}"


def held(ledger: Ledger) -> Iterator[str]:
    """3: what is held is what is open, and members count it right."""
    open_sum: Tally[int] = Tally()
    waiting: Tally[int] = Tally()
    for hold in ledger.all(Hold):
        if hold.state == "open":
            open_sum[hold.member] += hold.amount
            waiting[hold.member] += 1
    for account in ledger.all(Account):
        if account.kind == AccountKind.HELD and account.balance != open_sum[ids.owner_of(account.id)]:
            yield f"3: {account}, open holds say {open_sum[ids.owner_of(account.id)]}"
    for member in ledger.all(Member):
        if member.waiting != waiting[member.id]:
            yield f"3: {member.id} has {waiting[member.id]} open holds and counts {member.waiting}"


def envelopes(ledger: Ledger) -> Iterator[str]:
    """9: what went in is what was opened, what went back and what is left; nobody has two shares of one envelope, and
    everybody has the one that was drawn for their place."""
    moved: dict[int, list[Transfer]] = defaultdict(list)
    for transfer in ledger.all(Transfer):
        for account in (transfer.debit, transfer.credit):
            if ids.kind_of(account) == AccountKind.ENVELOPE:
                moved[ids.owner_of(account)].append(transfer)
    left = {ids.owner_of(account.id): account.balance for account in ledger.all(Account)
            if account.kind == AccountKind.ENVELOPE}
    taken: dict[int, list[Share]] = defaultdict(list)
    for share in ledger.all(Share):
        taken[share.envelope].append(share)
    drawn = {row.envelope: row for row in ledger.all(Drawn)}
    people = {member.id: member.telegram_id for member in ledger.all(Member)}
    for envelope in ledger.all(Envelope):
        found = sorted(taken.pop(envelope.id, ()), key=lambda share: share.number)
        if envelope.beneficiary and {people[share.member] for share in found} - {envelope.beneficiary}:
            yield f"9: {envelope} was for another than {found}"
        yield from _one_envelope(envelope, found, moved.pop(envelope.id, []), drawn[envelope.id],
                                 left.pop(envelope.id, -1))
    for number in (*taken, *moved, *left):
        yield f"9: something of envelope {number}, which never was"


def _one_envelope(envelope: Envelope, taken: Sequence[Share], moved: Sequence[Transfer], drawn: Drawn, left: int
                  ) -> Iterator[str]:
    places = shares.divide(envelope.kind == "lucky", drawn.seed, envelope.amount, envelope.shares)
    if shares.read(drawn.shares) != places or sum(places) != envelope.amount:
        yield f"9: {envelope} was not divided as it was drawn"
    if [(share.number, share.amount) for share in taken] != list(enumerate(places[:len(taken)], 1)):
        yield f"9: {envelope} gave {taken}"
    if len({share.member for share in taken}) < len(taken):
        yield f"9: somebody has two shares of {envelope}"
    given = sum(share.amount for share in taken)
    if (envelope.opened, envelope.given) != (len(taken), given) or envelope.amount != given + envelope.returned + left:
        yield f"9: {envelope} has {left} left after {given}"
    own, maker = envelope.id * 16 + 2, envelope.member * 16
    wanted = {(envelope.transfer, "envelope", maker, own, envelope.amount),
              *((share.transfer, "share", own, share.member * 16, share.amount) for share in taken)}
    if envelope.state == "expired":
        wanted.add((envelope.ended_by, "envelope_back", own, maker, envelope.returned))
    if {(one.id, one.kind, one.debit, one.credit, one.amount) for one in moved} != wanted:
        yield f"9: {envelope} was moved by {moved}"
    state = "expired" if envelope.returned else "open" if left else "emptied"
    if state != envelope.state or (state == "expired" and envelope.ended_at < envelope.expires_at):
        yield f"9: {envelope} is {state}"


def requests(ledger: Ledger) -> Iterator[str]:
    """A request that was paid has one transfer, by whoever was asked to whoever asked, over its amount and in its time;
    no transfer pays two, and what is open is what is tallied."""
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    persons = {member.id: member.telegram_id for member in ledger.all(Member)}
    open_now: Tally[tuple[int, str]] = Tally()
    for request in ledger.all(Request):
        paid = transfers.get(request.transfer)
        if (paid is not None) != (request.state == "paid") or (paid is not None and (
                (paid.kind, paid.credit, paid.amount) != ("send", request.member * 16, request.amount)
                or persons[ids.owner_of(paid.debit)] != request.person or request.ended_at >= request.expires_at)):
            yield f"request: {request} was paid by {paid}"
        if request.state == "expired" and request.ended_at < request.expires_at:
            yield f"request: {request} ran out before its time"
        if request.state == "open":
            way = "requests by number" if request.by_number else "requests"
            open_now.update(((request.member, "requests"), (request.member, f"{way}:{request.person}")))
    for number, times in Tally(row.transfer for row in ledger.all(Request) if row.transfer).items():
        if times > 1:
            yield f"request: transfer {number} paid {times} requests"
    tallied = {(row.member, row.what): row.open for row in ledger.all(Tallied) if row.what.startswith("requests")}
    for key in tallied.keys() | open_now.keys():
        if tallied.get(key) != open_now[key]:
            yield f"request: {tallied.get(key)} tallied for {key}, {open_now[key]} open"


def vouchers(ledger: Ledger) -> Iterator[str]:
    """9: the same of vouchers; nobody redeems one twice, and whoever made it not at all."""
    moved: dict[int, list[Transfer]] = defaultdict(list)
    for transfer in ledger.all(Transfer):
        for account in (transfer.debit, transfer.credit):
            if ids.kind_of(account) == AccountKind.VOUCHER:
                moved[ids.owner_of(account)].append(transfer)
    left = {ids.owner_of(account.id): account.balance for account in ledger.all(Account)
            if account.kind == AccountKind.VOUCHER}
    used: dict[int, list[VoucherUse]] = defaultdict(list)
    for use in ledger.all(VoucherUse):
        used[use.voucher].append(use)
    tries: Tally[int] = Tally()
    for tried in ledger.all(VoucherTry):
        tries[tried.voucher] += tried.tries
        if tried.tries > OWN_TRIES:
            yield f"9: {tried} is more than anybody may"
    for voucher in ledger.all(Voucher):
        found = sorted(used.pop(voucher.id, ()), key=lambda use: use.number)
        yield from _one_voucher(voucher, found, moved.pop(voucher.id, []), left.pop(voucher.id, -1))
        if tries[voucher.id] != voucher.tries:
            yield f"9: {voucher} was guessed at {tries[voucher.id]} times"
    open_now = Tally(voucher.member for voucher in ledger.all(Voucher) if voucher.state == "open")
    tallied = {row.member: row.open for row in ledger.all(Tallied) if row.what == "vouchers"}
    for member in tallied.keys() | open_now.keys():
        if tallied.get(member) != open_now[member]:
            yield f"9: {tallied.get(member)} vouchers tallied for {member}, {open_now[member]} open"
    for number in (*used, *moved, *left):
        yield f"9: something of voucher {number}, which never was"


def _one_voucher(voucher: Voucher, used: Sequence[VoucherUse], moved: Sequence[Transfer], left: int) -> Iterator[str]:
    if [use.number for use in used] != list(range(1, voucher.used + 1)):
        yield f"9: {voucher} was redeemed by {used}"
    if len({use.member for use in used} - {voucher.member}) < len(used):
        yield f"9: somebody redeemed {voucher} who may not"
    if voucher.amount * voucher.uses != voucher.amount * voucher.used + voucher.returned + left:
        yield f"9: {voucher} has {left} left"
    own, maker = voucher.id * 16 + 3, voucher.member * 16
    wanted = {(voucher.transfer, "voucher", maker, own, voucher.amount * voucher.uses),
              *((use.transfer, "voucher_use", own, use.member * 16, voucher.amount) for use in used)}
    if voucher.state in ("withdrawn", "expired"):
        wanted.add((voucher.ended_by, "voucher_back", own, maker, voucher.returned))
    if {(one.id, one.kind, one.debit, one.credit, one.amount) for one in moved} != wanted:
        yield f"9: {voucher} was moved by {moved}"
    if (voucher.state == "open") != bool(left) or (voucher.state == "used") != (voucher.used == voucher.uses):
        yield f"9: {voucher} has {left} left"
    if voucher.state == "expired" and voucher.ended_at < voucher.expires_at:
        yield f"9: {voucher} ran out before its time"


def splits(ledger: Ledger) -> Iterator[str]:
    """Shares are the amount, each is paid once by whoever owes it and reaches whoever collects, and a split says how
    far it is; members count those of theirs that are open."""
    paid = {transfer.id: transfer for transfer in ledger.all(Transfer) if transfer.kind == "split"}
    asked: dict[int, list[SplitShare]] = defaultdict(list)
    for share in ledger.all(SplitShare):
        asked[share.split].append(share)
    persons = {member.id: member.telegram_id for member in ledger.all(Member)}
    for split in ledger.all(Split):
        yield from _one_split(split, sorted(asked.pop(split.id, ()), key=lambda share: share.number), paid, persons)
    for number in (*asked, *paid):
        yield f"split: something of {number}, which never was"
    opened = Tally(split.member for split in ledger.all(Split) if split.state == "open")
    for tallied in ledger.all(Tallied):
        if tallied.what == "splits" and tallied.open != opened.pop(tallied.member, 0):
            yield f"split: {tallied} is not what is open"
    for member in opened:
        yield f"split: {member} has open splits that are not tallied"


def _one_split(split: Split, asked: Sequence[SplitShare], paid: dict[int, Transfer], persons: Mapping[int, int]
               ) -> Iterator[str]:
    done = [share for share in asked if share.transfer]
    if (split.paid, split.collected) != (len(done), sum(share.amount for share in done)):
        yield f"split: {split} was paid {done}"
    if len(asked) != (split.payers if split.kind == "named" else split.paid) or [
            share.number for share in asked] != list(range(1, len(asked) + 1)):
        yield f"split: {split} has {asked}"
    if split.kind == "named" and sum(share.amount for share in asked) != split.due:
        yield f"split: {split} asks for {asked}"
    if split.kind == "open" and [share.amount for share in asked] != list(
            shares_of(split.amount, split.heads)[1:1 + len(asked)]):
        yield f"split: {split} was not divided: {asked}"
    if (split.state == "complete") != (split.paid == split.payers) or (
            split.state == "expired" and split.ended_at < split.expires_at):
        yield f"split: {split} is {split.state}"
    for share in done:
        transfer = paid.pop(share.transfer, None)
        if transfer is None or (transfer.debit, transfer.credit, transfer.amount, persons[share.member]) != (
                share.member * 16, split.member * 16, share.amount, share.person) or transfer.at >= split.expires_at:
            yield f"split: {share} was paid by {transfer}"


def schedules(ledger: Ledger) -> Iterator[str]:
    """What comes again was paid at most once a day, on its days, by whoever set it up and to whom they named."""
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    persons = {member.id: member.telegram_id for member in ledger.all(Member)}
    waits = {hold.id: hold for hold in ledger.all(Hold)}
    known = {schedule.id: schedule for schedule in ledger.all(Schedule)}
    active: Tally[int] = Tally(schedule.member for schedule in known.values() if schedule.state == "active")
    for ran in ledger.all(Ran):
        schedule, paid = known[ran.schedule], transfers.get(ran.transfer)
        if ran.day not in _its_days(schedule, ran.day) or (schedule.state == "active" and ran.day >= schedule.next_day):
            yield f"schedule: {ran} is no day of {schedule}"
        if paid is not None:
            receiver = waits[paid.hold].beneficiary if paid.hold else persons[ids.owner_of(paid.credit)]
            if (ids.owner_of(paid.debit), receiver, paid.amount) != (schedule.member, schedule.person, schedule.amount):
                yield f"schedule: {schedule} was paid by {paid}"
    for number, times in Tally(row.transfer for row in ledger.all(Ran) if row.transfer).items():
        if times > 1 or number not in transfers:
            yield f"schedule: transfer {number} stands for {times} days"
    tallied = {row.member: row.open for row in ledger.all(Tallied) if row.what == "schedules"}
    for member in tallied.keys() | active.keys():
        if tallied.get(member) != active[member]:
            yield f"schedule: {tallied.get(member)} tallied for {member}, {active[member]} active"


def _its_days(schedule: Schedule, day: int) -> set[int]:
    """The day, if it is one of a schedule's, by the calendar."""
    here = date.fromordinal(day)
    last = date.fromordinal(day + 1).day == 1
    fits = (schedule.unit == "day" or (schedule.unit == "week" and here.weekday() == schedule.on_day)
            or (schedule.unit == "month" and (here.day == schedule.on_day or (last and here.day < schedule.on_day))))
    return {day} if fits and day <= (schedule.last_day or day) else set()


def counted(ledger: Ledger, zone: tzinfo, no_pin_limit: int) -> Iterator[str]:
    """12: what was paid is what was counted, day by day, and the PIN-less part stays within the limit."""
    sums: Tally[tuple[int, int]] = Tally()
    counts: Tally[tuple[int, int]] = Tally()
    for transfer in ledger.all(Transfer):
        if transfer.kind in PAYMENTS:
            day = datetime.fromtimestamp(transfer.at // 1_000_000, UTC).astimezone(zone).toordinal()
            for key in ((ids.owner_of(transfer.debit), 0), (ids.owner_of(transfer.debit), day)):
                sums[key] += transfer.amount
                counts[key] += 1
    found = {(row.member, row.day): row for row in ledger.all(Counter)}
    for key, waited in waited_without_pin(ledger).items():
        if key not in found or found[key].pinless_sum < waited:
            yield f"12: {waited} waits or waited, and {found.get(key)}"
    for key in sums.keys() | found.keys():
        row = found.get(key)
        if row is None or (row.sent_sum, row.sent_count) != (sums[key], counts[key]):
            yield f"12: {row} for {key}: {sums[key]} in {counts[key]}"
        elif row.pinless_sum > (no_pin_limit if row.day else row.sent_sum):
            yield f"12: {row} is beyond the no-PIN limit"


def waited_without_pin(ledger: Ledger) -> Mapping[tuple[int, int], int]:
    """What each member set aside on each day without the PIN and did not get back."""
    waited: Tally[tuple[int, int]] = Tally()
    for hold in ledger.all(Hold):
        if hold.pinless_on and hold.state in ("open", "settled"):
            waited[hold.member, hold.pinless_on] += hold.amount
    for voucher in ledger.all(Voucher):
        if voucher.pinless_on:
            waited[voucher.member, voucher.pinless_on] += voucher.amount * voucher.uses - voucher.returned
    return waited


def chains(ledger: Ledger) -> Iterator[str]:
    """14: every lane's chain is whole, and each hash is that of the rows of its commit."""
    of_transfer = {transfer.id: (transfer.lane, transfer.seq) for transfer in ledger.all(Transfer)}
    mine: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for cls in ALL:
        for row in ledger.all(cls) if cls.FINAL else ():
            place = of_transfer[row.transfer] if isinstance(row, Entry) else (row.lane, row.seq)  # type: ignore[attr-defined]
            mine[place].append(row)
    ends = {lane.lane: (0, bytes(32)) for lane in ledger.lanes}
    for commit in sorted(ledger.all(Journal), key=lambda row: (row.lane, row.seq)):
        seq, head = ends[commit.lane]
        if (commit.seq, commit.previous) != (seq + 1, head):
            yield f"14: {commit} does not follow {seq}"
        if chain_hash(commit.previous, commit.at, mine.pop((commit.lane, commit.seq), [])) != commit.hash:
            yield f"14: {commit} is not the hash of its rows"
        ends[commit.lane] = (commit.seq, commit.hash)
    for lane in ledger.lanes:
        if ends[lane.lane] != (lane.seq, lane.head):
            yield f"14: lane {lane} stands elsewhere than its chain"
    for place in mine:
        yield f"14: rows of commit {place}, which is not in the journal"


def told(ledger: Ledger) -> Iterator[str]:
    """16: whoever must be told of a movement has a notice. Nothing is delivered where this is checked."""
    notices = Tally((row.member or -row.telegram_id, row.event, _subject(row)) for row in ledger.all(Notice))
    for wanted in must_be_told(ledger):
        if notices[wanted] != 1:
            yield f"16: {wanted} was told {notices[wanted]} times"


def must_be_told(ledger: Ledger) -> Iterator[tuple[int, str, int]]:
    """Who (a member, or a Telegram id below zero) must be told what about which transfer or hold."""
    holds_by_id = {hold.id: hold for hold in ledger.all(Hold)}
    paid = {request.transfer for request in ledger.all(Request)}
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    for transfer in ledger.all(Transfer):
        if transfer.id in paid:
            yield ids.owner_of(transfer.credit), "RequestPaid", transfer.id
        else:
            yield from _wanted(transfer, holds_by_id.get(transfer.hold))
    for envelope in ledger.all(Envelope):
        if envelope.state == "emptied":
            yield envelope.member, "EnvelopeEmptied", envelope.transfer
    for ran in ledger.all(Ran):
        if ran.transfer:
            yield ids.owner_of(transfers[ran.transfer].debit), "ScheduleRan", ran.transfer
    for request in ledger.all(Request):
        yield -request.person, "RequestCame", request.id
        if request.state in ("withdrawn", "expired"):
            yield -request.person, "RequestClosed", request.id
        if request.state in ("declined", "expired"):
            yield request.member, "RequestEnded", request.id
    for voucher in ledger.all(Voucher):
        if voucher.state == "expired":  # Whoever takes one back is told at once.
            yield voucher.member, "VoucherReturned", voucher.ended_by


def _subject(notice: Notice) -> int:
    """The transfer, hold or request that a notice is about."""
    event = events.read(notice.event, notice.facts)
    if isinstance(event, events.ScheduleRan):
        return event.transfer
    return int(getattr(event, "hold", 0) or getattr(event, "transfer", 0) or getattr(event, "filled", 0)
               or getattr(event, "request", 0))


def _wanted(transfer: Transfer, hold: Hold | None) -> Iterable[tuple[int, str, int]]:
    if transfer.kind == "send":
        return [(ids.owner_of(transfer.credit), "MoneyCame", transfer.id)]
    if transfer.kind == "giveback":
        return [(ids.owner_of(transfer.credit), "MoneyGivenBack", transfer.id)]
    if transfer.kind == "envelope":
        return [(ids.owner_of(transfer.debit), "EnvelopeWent", transfer.id)]
    if transfer.kind == "split":
        return [(ids.owner_of(transfer.credit), "SharePaidIn", transfer.id)]
    if transfer.kind in ("share", "envelope_back"):
        kind = "ShareCame" if transfer.kind == "share" else "EnvelopeReturned"
        return [(ids.owner_of(transfer.credit), kind, transfer.id)]
    if transfer.kind == "voucher_use":
        return [(ids.owner_of(transfer.credit), "VoucherCame", transfer.id)]
    if hold is None:
        return []
    if transfer.kind == "set_aside":
        return [(-hold.beneficiary, "MoneyWaits", hold.id)] if hold.beneficiary else [
            (hold.member, "MoneyWent", hold.id)]
    if transfer.kind == "claim":
        return [(hold.member, "HoldSettled", hold.id)]
    back = [(-hold.beneficiary, "HoldWithdrawn", hold.id)] if hold.state != "declined" and hold.beneficiary else []
    return [*back, (hold.member, "HoldReturned", hold.id)] if hold.state != "released" else back


def numbers(ledger: Ledger) -> Iterator[str]:
    """19: in a lane, numbers and moments rise with the commits, whatever the clock does; no number is given twice."""
    last: dict[int, tuple[int, int]] = {}
    for commit in sorted(ledger.all(Journal), key=lambda row: (row.lane, row.seq)):
        if commit.at <= last.get(commit.lane, (0, 0))[0]:
            yield f"19: {commit} is not later than the one before"
        last[commit.lane] = (commit.at, 0)
    highest: dict[int, int] = {}
    for transfer in sorted(ledger.all(Transfer), key=lambda row: (row.lane, row.id)):
        if transfer.id % ids.LANES != transfer.lane or transfer.seq < highest.get(transfer.lane, 0):
            yield f"19: {transfer} has a number of another time or lane"
        highest[transfer.lane] = transfer.seq
    kinds = (Member, Transfer, Hold, Envelope, Request, Voucher, Split, Schedule, Notice)
    given = Tally(row.id for cls in kinds for row in ledger.all(cls))  # type: ignore[attr-defined]
    for number, times in given.items():
        if times > 1:
            yield f"19: number {number} was given {times} times"
