"""Wallets that move to another Telegram account, and a service that closes: who has what, and what stays meanwhile."""
from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tests.wallet.invariants.ledger import Ledger
from tests.wallet.invariants.money import CORRECTED
from wallet import events, ids
from wallet.events import WindDownCame
from wallet.gate import Safeguard
from wallet.movements import LEAVES
from wallet.moving import OPEN, WAIT, MoveDeed
from wallet.proposals import read
from wallet.rows import Audit, Claim, FormerAccount, Member, Move, Notice, Proposal, Request, Transfer, WindDown

_OVER: Final = ("move_objected", "move_rejected", "move_expired", "move_done")
_TOLD: Final = {"begun": "WindDownCame", "off": "WindDownCalledOff"}
Spans = dict[int, list[tuple[int, int]]]


def moved(ledger: Ledger) -> Iterator[str]:
    """17, 13: a Telegram account has one wallet and a wallet one account, which another one takes only after a day in
    which nobody said no, on the word of two; and nothing goes out from asking until it is over."""
    yield from _one_each(ledger)
    yield from _signed(ledger)
    spans = _asked(ledger)
    for transfer in ledger.all(Transfer):
        if transfer.kind in LEAVES and transfer.kind != CORRECTED and any(
                since < transfer.at < until for since, until in spans.get(ids.owner_of(transfer.debit), ())):
            yield f"13: {transfer} went out while somebody asked for the wallet"


def _one_each(ledger: Ledger) -> Iterator[str]:
    claimed = {claim.owner: claim.text for claim in ledger.all(Claim) if claim.text.startswith("telegram:")}
    asked = {move.member for move in ledger.all(Move) if move.state in OPEN}
    for member in ledger.all(Member):
        if claimed.get(member.id) != f"telegram:{member.telegram_id}":
            yield f"17: {member.id} is {member.telegram_id}, and has {claimed.get(member.id)}"
        if bool(member.safeguards & Safeguard.MOVING) is not (member.id in asked):
            yield f"13: {member.id} is marked {member.safeguards}, asked for: {member.id in asked}"


def _signed(ledger: Ledger) -> Iterator[str]:
    """A wallet that goes back to an account leaves one row of it, from the first time on."""
    left = {(row.member, row.telegram_id) for row in ledger.all(FormerAccount)}
    signed = [(proposal, deed) for proposal in ledger.all(Proposal)
              if proposal.state == "approved" and isinstance(deed := read(proposal.deed), MoveDeed)]
    went = Tally(line.member for line in ledger.all(Audit) if line.act == "moved")
    if left != {(deed.member, deed.was) for _, deed in signed} or went != Tally(deed.member for _, deed in signed):
        yield f"17: {left} left, {went} moved, and {signed} are signed"
    for proposal, deed in signed:
        if len({proposal.maker, proposal.checker, deed.was, deed.person, 0}) != 5:
            yield f"17: {proposal} was signed by one of its sides"


def _asked(ledger: Ledger) -> Spans:
    """From when to when each wallet was asked for."""
    spans: Spans = defaultdict(list)
    since: dict[int, int] = {}
    for line in sorted(ledger.all(Audit), key=lambda one: (one.at, one.id)):
        if line.act == "move_asked":
            since[line.member] = line.at
        elif line.act in _OVER:
            spans[line.member].append((since.pop(line.member), line.at))
        elif line.act == "moved":
            assert since[line.member] + WAIT <= line.at, f"17: {line} came too early"
    for member, at in since.items():
        spans[member].append((at, 2**62))
    return spans


def closing(ledger: Ledger) -> Iterator[str]:
    """13, 16: while the service closes nothing comes in and nobody joins; everybody hears once of each decision."""
    spans = _closing(ledger)
    new = [(transfer.at, transfer) for transfer in ledger.all(Transfer)
           if transfer.kind in ("top_up", "envelope", "voucher")]
    new += [(member.joined_at, member) for member in ledger.all(Member) if member.joined_at]  # type: ignore[misc]
    new += [(request.created_at, request) for request in ledger.all(Request)]  # type: ignore[misc]
    for at, what in new if spans else ():
        if any(since < at < until for since, until in spans):
            yield f"13: {what} came while the service closes"
    decided = Tally((_TOLD[row.kind], row.closes_at) for row in ledger.all(WindDown))
    heard: Tally[tuple[int, str, int]] = Tally()
    for notice in ledger.all(Notice) if decided else ():
        if notice.event in _TOLD.values():
            event = events.read(notice.event, notice.facts)
            assert isinstance(event, WindDownCame | events.WindDownCalledOff)
            heard[notice.member, notice.event, event.closes_at] += 1
    for (member, event_, closes_at), times in heard.items():
        if times > decided[event_, closes_at]:
            yield f"16: {member} heard {times} times that {event_} on {closes_at}"
    if heard.total() != sum(row.told for row in ledger.all(WindDown)):
        yield f"16: {heard.total()} were told of the end, {ledger.all(WindDown)}"


def _closing(ledger: Ledger) -> list[tuple[int, int]]:
    spans, since = [], 0
    for line in sorted(ledger.all(Audit), key=lambda one: (one.at, one.id)):
        if line.act == "wind_down":
            since = line.at
        elif line.act == "wind_down_called_off":
            spans.append((since, line.at))
            since = 0
    return [*spans, (since, 2**62)] if since else spans
