"""The lanes' chains, and the numbers that they gave."""
from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator

from tests.wallet.invariants.ledger import Ledger
from wallet import ids
from wallet.engine import chain_hash
from wallet.rows import (
    ALL,
    Entry,
    Envelope,
    Hold,
    Journal,
    Member,
    Notice,
    Request,
    Row,
    Schedule,
    Split,
    Transfer,
    Voucher,
)


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
