"""What waits: holds, what is held for them, and cards for whoever comes first."""
from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tests.wallet.invariants.ledger import Ledger
from wallet import ids
from wallet.movements import AccountKind
from wallet.rows import TO_CHECK, Account, Audit, Hold, Interception, Member, Transfer

_DECIDED: Final = ("interception_released", "interception_sent_back", "interception_expired")


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
        if hold.state == "declined" and hold.purpose not in ("accept", "frozen"):
            yield f"8: {hold} was declined and nobody was asked"
    for number in ends:
        yield f"8: hold {number} ended and never was"


def checked(ledger: Ledger) -> Iterator[str]:
    """8: what a rule held back waits until it is decided, once, and did what was decided."""
    held_back = {one.id: one for one in ledger.all(Interception) if one.state != "noted"}
    said = Tally(line.facts.split()[0] for line in ledger.all(Audit) if line.act in _DECIDED)
    for hold in ledger.all(Hold):
        one = held_back.pop(hold.id, None)
        if one is None:
            if hold.purpose == TO_CHECK:
                yield f"8: {hold} is held back and nobody said why"
            continue
        waits = hold.purpose == TO_CHECK and hold.state == "open"
        ends = {"open": (TO_CHECK, "open"), "sent_back": (TO_CHECK, "released"), "expired": (TO_CHECK, "expired")}
        if waits is not (one.state == "open") or ends.get(one.state, (hold.purpose, hold.state)) != (
                hold.purpose, hold.state):
            yield f"8: {hold} is not what {one} says"
        if one.state == "released" and hold.purpose == TO_CHECK and hold.state != "settled":
            yield f"8: {hold} was let go and did not go"
        if said[str(hold.id)] != (one.state != "open"):
            yield f"8: {one} was decided {said[str(hold.id)]} times"
    for number in held_back:
        yield f"8: {held_back[number]} and no hold"


def cards(ledger: Ledger) -> Iterator[str]:
    """17, 8: what is for whoever comes first was given once under its card, and not taken by its payer; what is for
    somebody is taken by nobody else."""
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    persons = ledger.persons()
    given = Tally(hold.card for hold in ledger.all(Hold) if hold.card)
    for card, times in given.items():
        if times != 1:
            yield f"17: {times} times money under {card}"
    for hold in ledger.all(Hold):
        if bool(hold.card) is bool(hold.beneficiary) or (hold.card and hold.purpose != "claim"):
            yield f"8: {hold} is for nobody, or for two kinds of people"
        if hold.state == "settled":
            taker = ids.owner_of(transfers[hold.ended_by].credit)
            if (taker == hold.member) if hold.card else (hold.beneficiary not in persons[taker]):
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
