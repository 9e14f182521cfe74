"""Whoever must be told of something has a notice of it."""
from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Iterator

from tests.wallet.invariants.ledger import Ledger
from wallet import events, ids
from wallet.rows import (
    NAMED,
    TO_CHECK,
    TO_CLAIM,
    Envelope,
    Hold,
    Interception,
    Notice,
    Ran,
    Request,
    Split,
    SplitShare,
    Transfer,
    Voucher,
)


def told(ledger: Ledger) -> Iterator[str]:
    """16: whoever must be told of a movement has a notice. Nothing is delivered where this is checked."""
    notices = Tally((row.member or -row.telegram_id, row.event, _subject(row)) for row in ledger.all(Notice))
    for wanted, times in Tally(must_be_told(ledger)).items():
        if notices[wanted] != times:
            yield f"16: {wanted} was told {notices[wanted]} times, not {times}"


def must_be_told(ledger: Ledger) -> Iterator[tuple[int, str, int]]:
    """Who (a member, or a Telegram id below zero) must be told what about which transfer, hold, request or split."""
    holds_by_id = {hold.id: hold for hold in ledger.all(Hold)}
    held_back = {one.id for one in ledger.all(Interception)}
    paid = {request.transfer for request in ledger.all(Request)}
    transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
    for transfer in ledger.all(Transfer):
        if transfer.id in paid:
            yield ids.owner_of(transfer.credit), "RequestPaid", transfer.id
        else:
            yield from _wanted(transfer, holds_by_id.get(transfer.hold), transfer.hold in held_back)
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
    yield from _of_checks(ledger)
    yield from _asked_no_more(ledger)


def _of_checks(ledger: Ledger) -> Iterator[tuple[int, str, int]]:
    """Those whose payment a rule held back: that it did, and what operators said."""
    for one in ledger.all(Interception):
        times = {"noted": 0, "open": 1, "expired": 1}.get(one.state, 2)
        yield from [(one.member, "PaymentChecked", one.id)] * times


def _asked_no_more(ledger: Ledger) -> Iterator[tuple[int, str, int]]:
    """Those who were named in a split and had not paid when it was closed or its time was over."""
    over = {split.id for split in ledger.all(Split) if split.kind == NAMED and split.state in ("closed", "expired")}
    for share in ledger.all(SplitShare):
        if share.split in over and not share.transfer:
            yield -share.person, "ShareClosed", share.split


def _subject(notice: Notice) -> int:
    """The transfer, hold, request or split that a notice is about."""
    event = events.read(notice.event, notice.facts)
    if isinstance(event, events.ScheduleRan):
        return event.transfer
    if isinstance(event, events.ShareClosed):
        return event.split
    return int(getattr(event, "hold", 0) or getattr(event, "transfer", 0) or getattr(event, "filled", 0)
               or getattr(event, "request", 0))


def _wanted(transfer: Transfer, hold: Hold | None, held_back: bool) -> Iterable[tuple[int, str, int]]:
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
        if held_back and hold.purpose != TO_CLAIM:  # Nobody hears of it before it is let go on.
            return []
        return [(-hold.beneficiary, "MoneyWaits", hold.id)] if hold.beneficiary else [
            (hold.member, "MoneyWent", hold.id)]
    if transfer.kind == "claim":
        return [(hold.member, "HoldSettled", hold.id)]
    heard_of = hold.beneficiary and hold.purpose != TO_CHECK
    back = [(-hold.beneficiary, "HoldWithdrawn", hold.id)] if hold.state != "declined" and heard_of else []
    return [*back, (hold.member, "HoldReturned", hold.id)] if hold.state != "released" else back
