"""What is put in by one and shared by many, or collected from many: envelopes, vouchers, splits."""
from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tests.wallet.invariants.ledger import Ledger
from wallet import ids, shares
from wallet.movements import AccountKind
from wallet.rows import (
    Account,
    Drawn,
    Envelope,
    Member,
    Share,
    Split,
    SplitOffer,
    SplitShare,
    Transfer,
    Voucher,
    VoucherTry,
    VoucherUse,
)
from wallet.rows import Tally as Tallied
from wallet.splits import shares_of
from wallet.vouchers import OWN_TRIES


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
    persons = ledger.persons()
    offered = Tally(offer.split for offer in ledger.all(SplitOffer) if offer.message)
    for split in ledger.all(Split):
        if split.offers != offered.pop(split.id, 0):
            yield f"split: {split} is offered by another number of messages"
        yield from _one_split(split, sorted(asked.pop(split.id, ()), key=lambda share: share.number), paid, persons)
    for number in (*asked, *paid, *offered):
        yield f"split: something of {number}, which never was"
    opened = Tally(split.member for split in ledger.all(Split) if split.state == "open")
    for tallied in ledger.all(Tallied):
        if tallied.what == "splits" and tallied.open != opened.pop(tallied.member, 0):
            yield f"split: {tallied} is not what is open"
    for member in opened:
        yield f"split: {member} has open splits that are not tallied"


def _one_split(split: Split, asked: Sequence[SplitShare], paid: dict[int, Transfer],
               persons: Mapping[int, frozenset[int]]) -> Iterator[str]:
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
        if transfer is None or share.person not in persons[share.member] or (
                transfer.debit, transfer.credit, transfer.amount) != (
                share.member * 16, split.member * 16, share.amount) or transfer.at >= split.expires_at:
            yield f"split: {share} was paid by {transfer}"
