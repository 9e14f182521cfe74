"""What was asked for or set up, and is paid later: requests, schedules, and what operators propose."""
from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from datetime import date

from tests.wallet.invariants.ledger import Ledger
from wallet import ids
from wallet.adjustments import AdjustDeed
from wallet.proposals import read
from wallet.rows import Adjustment, Hold, Member, Proposal, Ran, Request, Schedule, Transfer
from wallet.rows import Tally as Tallied


def requests(ledger: Ledger) -> Iterator[str]:
    """A request that was paid has one transfer, by whoever was asked to whoever asked, over its amount and in its time;
    no transfer pays two, and what is open is what is tallied."""
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    persons = ledger.persons()
    open_now: Tally[tuple[int, str]] = Tally()
    for request in ledger.all(Request):
        paid = transfers.get(request.transfer)
        if (paid is not None) != (request.state == "paid") or (paid is not None and (
                (paid.kind, paid.credit, paid.amount) != ("send", request.member * 16, request.amount)
                or request.person not in persons[ids.owner_of(paid.debit)] or request.ended_at >= request.expires_at)):
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


def schedules(ledger: Ledger) -> Iterator[str]:
    """What comes again was paid at most once a day, on its days, by whoever set it up and to whom they named."""
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    persons = ledger.persons()
    waits = {hold.id: hold for hold in ledger.all(Hold)}
    known = {schedule.id: schedule for schedule in ledger.all(Schedule)}
    active: Tally[int] = Tally(schedule.member for schedule in known.values() if schedule.state == "active")
    for ran in ledger.all(Ran):
        schedule, paid = known[ran.schedule], transfers.get(ran.transfer)
        if ran.day not in _its_days(schedule, ran.day) or (schedule.state == "active" and ran.day >= schedule.next_day):
            yield f"schedule: {ran} is no day of {schedule}"
        if paid is not None:
            meant = {waits[paid.hold].beneficiary} if paid.hold else persons[ids.owner_of(paid.credit)]
            if (schedule.person not in meant
                    or (ids.owner_of(paid.debit), paid.amount) != (schedule.member, schedule.amount)):
                yield f"schedule: {schedule} was paid by {paid}"
    for number, times in Tally(row.transfer for row in ledger.all(Ran) if row.transfer).items():
        if times > 1 or number not in transfers:
            yield f"schedule: transfer {number} stands for {times} days"
    tallied = {row.member: row.open for row in ledger.all(Tallied) if row.what == "schedules"}
    for member in tallied.keys() | active.keys():
        if tallied.get(member) != active[member]:
            yield f"schedule: {tallied.get(member)} tallied for {member}, {active[member]} active"


def corrections(ledger: Ledger) -> Iterator[str]:
    """17: a balance was corrected on the word of two operators, none of whom it is about, as they signed it; once."""
    persons = {member.id: member.telegram_id for member in ledger.all(Member)}
    proposals = {proposal.id: proposal for proposal in ledger.all(Proposal)}
    made = {row.transfer: proposals[row.proposal] for row in ledger.all(Adjustment)}
    moved = {transfer.id: transfer for transfer in ledger.all(Transfer) if transfer.kind.startswith("adjust_")}
    if len(made) != len({proposal.id for proposal in made.values()}) or made.keys() != moved.keys():
        yield f"17: {sorted(made)} were signed, {sorted(moved)} moved"
    for number, proposal in made.items():
        transfer, deed = moved[number], read(proposal.deed)
        came = transfer.kind == "adjust_in"
        member = ids.owner_of(transfer.credit if came else transfer.debit)
        change = transfer.amount if came else -transfer.amount
        assert isinstance(deed, AdjustDeed)
        if ((deed.member, deed.amount) != (member, change) or proposal.state != "approved"
                or len({proposal.maker, proposal.checker, persons[member], 0}) != 4):
            yield f"17: {proposal} moved {transfer}"


def _its_days(schedule: Schedule, day: int) -> set[int]:
    """The day, if it is one of a schedule's, by the calendar."""
    here = date.fromordinal(day)
    last = date.fromordinal(day + 1).day == 1
    fits = (schedule.unit == "day" or (schedule.unit == "week" and here.weekday() == schedule.on_day)
            or (schedule.unit == "month" and (here.day == schedule.on_day or (last and here.day < schedule.on_day))))
    return {day} if fits and day <= (schedule.last_day or day) else set()
