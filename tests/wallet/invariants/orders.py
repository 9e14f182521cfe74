"""Orders of courts: what they hold stays where it is, entry by entry, and members' rows list what stands."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.wallet.invariants.ledger import Ledger
from wallet.legal_holds import LegalHoldDeed, LiftLegalHoldDeed
from wallet.proposals import read
from wallet.rows import Entry, LegalHold, Member, Proposal, Transfer


def orders(ledger: Ledger) -> Iterator[str]:
    """Each order that stands is listed, as it is, in the row of its member, whose wallet is open; two operators signed
    it and its end; and no entry took from what all that stood at it held together."""
    of_member: defaultdict[int, list[LegalHold]] = defaultdict(list)
    for row in ledger.all(LegalHold):
        of_member[row.member].append(row)
    for member in ledger.all(Member):
        stand = [f"{row.id}:{row.amount}:{row.until}" for row in of_member[member.id] if not row.ended_at]
        if sorted(member.legal_holds.split()) != sorted(stand):
            yield f"orders: {member.id} lists {member.legal_holds!r}, and {stand} stand"
        if stand and member.state in ("joining", "closed"):
            yield f"orders: {member.id} is {member.state} under {stand}"
    yield from _signed(ledger)
    yield from _stayed(ledger, of_member)


def _signed(ledger: Ledger) -> Iterator[str]:
    proposals = {proposal.id: proposal for proposal in ledger.all(Proposal) if proposal.state == "approved"}
    of_proposal = {row.proposal: row for row in ledger.all(LegalHold)}
    for row in ledger.all(LegalHold):
        made = proposals.get(row.proposal)
        deed = read(made.deed) if made else None
        if not isinstance(deed, LegalHoldDeed) or (deed.member, deed.amount, deed.until, deed.reference) != (
                row.member, row.amount, row.until, row.reference):
            yield f"17: {row} was signed as {made}"
        if not row.ended_by:
            if row.ended_at and not 0 < row.until <= row.ended_at:
                yield f"orders: {row} ended before its time"
            continue
        ended = proposals.get(row.ended_by)
        lift = read(ended.deed) if ended else None
        anew = of_proposal.get(row.ended_by)
        if not (isinstance(lift, LiftLegalHoldDeed) and lift.hold == row.id) and (
                anew is None or (anew.member, anew.reference) != (row.member, row.reference)):
            yield f"17: {row} was ended by {ended}"


def _stayed(ledger: Ledger, of_member: defaultdict[int, list[LegalHold]]) -> Iterator[str]:
    """An account's number is its owner's with the kind behind it: 0 for what is available, 1 for what is set aside."""
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    for entry in ledger.all(Entry):
        kind, transfer = entry.account % 16, transfers[entry.transfer]
        if kind > 1 or entry.amount > 0 or transfer.kind == "return":
            continue
        stood = [row for row in of_member.get(entry.account // 16, ())
                 if (row.since_entry, row.since_held)[kind] < entry.number and not 0 < row.until <= transfer.at
                 and (not row.ended_at or entry.number <= (row.last_entry, row.last_held)[kind])]
        if any(not row.amount for row in stood) or (
                not kind and entry.balance_after < sum(row.amount for row in stood)):
            yield f"orders: {transfer} went out under {stood}"
