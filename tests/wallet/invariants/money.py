"""Money itself: accounts, transfers and their entries, what operations made of them, what counts towards limits."""
from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from tests.wallet.invariants.ledger import Ledger
from wallet import ids, movements
from wallet.adjustments import Adjusted
from wallet.appeals import AppealPaid
from wallet.bans import EndedForBan
from wallet.commands import decode
from wallet.envelopes import EnvelopeEnded, EnvelopeMade, Opened
from wallet.funding import ToppedUp
from wallet.gifts import GiftMade
from wallet.givebacks import GivenBack
from wallet.holds import Claimed, Returned
from wallet.requests import RequestSettled
from wallet.rows import Account, Audit, Counter, Entry, Envelope, Hold, Operation, Transfer, Voucher
from wallet.schedules import ScheduleTurn
from wallet.splits import SharePaid
from wallet.transfers import Sent
from wallet.vouchers import Redeemed, VoucherEnded, VoucherMade

PAYMENTS = ("send", "set_aside", "giveback", "envelope", "voucher", "split")
CORRECTED = "adjust_out"
"""What two operators take from a member, who has no word in it."""


def balances(ledger: Ledger) -> Iterator[str]:
    """1, 3: everything sums to zero, nothing is below zero but what may be."""
    accounts = ledger.all(Account)
    if sum(account.balance for account in accounts):
        yield "1: the sum is not zero"
    for account in accounts:
        if account.balance < 0 and account.kind not in movements.MAY_GO_BELOW_ZERO:
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
                  | VoucherMade | Redeemed | VoucherEnded | SharePaid | GiftMade | AppealPaid
                  | Adjusted):
        return (outcome.transfer,)
    if isinstance(outcome, ScheduleTurn | EndedForBan):
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


def counted_towards_limits(ledger: Ledger, zone: tzinfo, limits: Sequence[int]) -> Iterator[str]:
    """12: what counts is what was paid and did not come back, on the day and in the year in which it was paid, and
    stays within the limit of the level: in all of the lowest, in a year of those who gave an ID number."""
    counts: Tally[tuple[int, int]] = Tally()
    years: Tally[tuple[int, int]] = Tally()
    levels = _levels(ledger)
    for owner, _transfer, at, amount in paid_and_back(ledger):
        day = datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(zone).date()
        counts[owner, day.toordinal()] += amount
        counts[owner, 0] += amount
        years[owner, day.year] += amount
    for row in ledger.all(Counter):
        if row.sent_sum - row.uncounted != counts[row.member, row.day]:
            yield f"12: {row} counts {row.sent_sum - row.uncounted}, and {counts[row.member, row.day]} were paid"
        if row.day == 0 and row.year_sum != years[row.member, row.year]:
            yield f"12: {row}, and {years[row.member, row.year]} were paid in that year"
        level = levels[row.member]
        if row.day == 0 and (years[row.member, row.year] if level else counts[row.member, 0]) > limits[level]:
            yield f"12: {row} is beyond the limit of level {level}"


def _levels(ledger: Ledger) -> Tally[int]:
    """The highest identity level that each member ever had."""
    found: Tally[int] = Tally()
    for line in ledger.all(Audit):
        if line.act in ("identity_given", "identity_reviewed"):
            found[line.member] = max(found[line.member], int(line.facts.split()[1]))
    return found


def paid_and_back(ledger: Ledger) -> Iterator[tuple[int, Transfer, int, int]]:
    """Who paid, by which transfer, when it counts, how much; and what came back of that to them."""
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    envelopes = {made.id: made for made in ledger.all(Envelope)}
    waited: list[Hold | Voucher | Envelope] = [*ledger.all(Hold), *ledger.all(Voucher), *ledger.all(Envelope)]
    first = {row.ended_by: transfers[row.transfer] for row in waited if row.ended_by}
    for transfer in transfers.values():
        payer, payee = ids.owner_of(transfer.debit), ids.owner_of(transfer.credit)
        if transfer.kind == "giveback":
            given = transfers[transfer.reverses]
            yield payee, transfer, first.get(given.id, given).at, -transfer.amount
        elif transfer.kind in PAYMENTS:
            yield payer, transfer, transfer.at, transfer.amount
        elif transfer.kind in ("return", "voucher_back", "envelope_back"):
            yield payee, transfer, first[transfer.id].at, -transfer.amount
        elif transfer.kind == "share" and envelopes[payer].member == payee:
            yield payee, transfer, transfers[envelopes[payer].transfer].at, -transfer.amount


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
