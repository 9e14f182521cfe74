"""Names that may stand on the screening list: each likeness is decided once, by others than whom it is about, and no
money goes out meanwhile."""
from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tests.wallet.invariants.ledger import Ledger
from tests.wallet.invariants.money import CORRECTED
from wallet import ids
from wallet.clearing import ListedDeed
from wallet.gate import Safeguard
from wallet.movements import LEAVES
from wallet.proposals import read
from wallet.rows import Audit, Hit, Interception, Member, Proposal, Transfer
from wallet.rows import Tally as Tallied

_WAITS: Final = ("open", "pending")
_ENDS: Final = {"cleared": "name_cleared", "confirmed": "name_confirmed"}


def names(ledger: Ledger) -> Iterator[str]:
    """17, 13: whoever has a likeness that waits is marked and their money stays, or waits to be looked at; each was
    decided once, cleared by one operator or confirmed by two, none of whom it is about."""
    yield from _marked(ledger)
    yield from _decided(ledger)
    yield from _stayed(ledger)


def _marked(ledger: Ledger) -> Iterator[str]:
    waits = Tally(hit.member for hit in ledger.all(Hit) if hit.state in _WAITS)
    tallied = {row.member: row.open for row in ledger.all(Tallied) if row.what == "hits"}
    for member in ledger.all(Member):
        marked = bool(member.safeguards & Safeguard.SCREENED)
        if marked is not bool(waits[member.id]) or tallied.get(member.id, 0) != waits[member.id]:
            yield f"13: {member.id} has {waits[member.id]} names that wait, marked {marked}, tallied {tallied}"


def _decided(ledger: Ledger) -> Iterator[str]:
    persons = {member.id: member.telegram_id for member in ledger.all(Member)}
    proposals = {proposal.id: proposal for proposal in ledger.all(Proposal)}
    said = Tally((line.act, line.facts.split()[0]) for line in ledger.all(Audit) if line.act in _ENDS.values())
    for hit in ledger.all(Hit):
        for state, act in _ENDS.items():
            if said[act, str(hit.id)] != (hit.state == state):
                yield f"13: {hit} was {state} {said[act, str(hit.id)]} times"
        proposal = proposals.get(hit.proposal)
        if hit.state == "cleared" and (hit.operator in (0, persons[hit.member]) or hit.second):
            yield f"17: {hit} was cleared by {hit.operator}"
        if hit.state in ("pending", "confirmed"):
            state = "open" if hit.state == "pending" else "approved"
            deed = read(proposal.deed) if proposal else None
            if (proposal is None or not isinstance(deed, ListedDeed) or proposal.state != state
                    or (deed.member, deed.entry, proposal.maker) != (hit.member, hit.entry, hit.operator)):
                yield f"17: {hit} was signed as {proposal}"
        if hit.state == "confirmed" and len({hit.operator, hit.second, persons[hit.member], 0}) != 4:
            yield f"17: {hit} was confirmed by {hit.operator} and {hit.second}"


def _stayed(ledger: Ledger) -> Iterator[str]:
    """What is set aside to be looked at leaves its payer's hands and nobody else has it."""
    waited: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for hit in ledger.all(Hit):
        if hit.state in _WAITS or hit.decided_at > hit.found_at:
            waited[hit.member].append((hit.found_at, hit.decided_at or 2**62))
    held_back = {one.id for one in ledger.all(Interception) if one.state != "noted"}
    for transfer in ledger.all(Transfer):
        found = waited.get(ids.owner_of(transfer.debit))
        if (found is None or transfer.kind not in LEAVES or transfer.kind == CORRECTED
                or (transfer.kind == "set_aside" and transfer.hold in held_back)):
            continue
        if any(since < transfer.at < until for since, until in found):
            yield f"13: {transfer} went out while the name was looked at"
