"""Minors and their guardians: what was paid, entry by entry, was what the guardian of that moment allowed."""
from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final

from tests.wallet.invariants.ledger import Ledger
from tests.wallet.invariants.money import CORRECTED, paid_and_back
from wallet import ids
from wallet.family import MOST_WARDS
from wallet.gate import Safeguard
from wallet.movements import LEAVES
from wallet.rows import Audit, Member, Transfer, Ward
from wallet.rows import Tally as Tallied

_SAYS: Final = ("guardian_accepted", "guardian_left", "guardian_decided", "found_under_18", "came_of_age")


def guarded(ledger: Ledger) -> Iterator[str]:
    """Whoever is a minor has a guardian or is marked as having none; nobody is their own, and a guardian's tally is
    those for whom they answer, who are few."""
    rows = {row.member: row for row in ledger.all(Ward)}
    answers = Tally(row.guardian for row in rows.values() if row.guardian)
    tallied = {row.member: row.open for row in ledger.all(Tallied) if row.what == "wards"}
    for member in ledger.all(Member):
        row, marks = rows.get(member.id), Safeguard(member.safeguards)
        guardian = row.guardian if row else 0
        if (guardian == member.id or (guardian and not marks & Safeguard.WARD)
                or bool(marks & Safeguard.UNGUARDED) is not (bool(marks & Safeguard.WARD) and not guardian)
                or (marks & Safeguard.STOPPED and not guardian)):
            yield f"17: {member.id} is marked {marks!r}, and {row}"
        if not tallied.get(member.id, 0) == answers[member.id] <= MOST_WARDS:
            yield f"17: {member.id} answers for {answers[member.id]}, tallied {tallied.get(member.id)}"


@dataclass
class _Minor:
    """What their guardian allows, and what they paid, as far as the story has been told."""

    guardian: int = 0
    free: bool = True
    """Whether they are taken for an adult: until somebody is found to be none, or again."""
    caps: dict[str, int] = field(default_factory=dict)
    days: Tally[int] = field(default_factory=Tally)
    months: Tally[tuple[int, int]] = field(default_factory=Tally)

    def hears(self, line: Audit) -> Iterator[str]:
        """Of a guardian."""
        if line.act != "guardian_decided":
            self.guardian = int(line.facts) if line.act == "guardian_accepted" else 0
            self.free = line.act == "came_of_age"
            self.caps = {}
            return
        what, value, _by, guardian = line.facts.split()
        self.caps[what] = int(value)
        if int(guardian) != self.guardian:
            yield f"17: {line}, and {self.guardian} answers for them"

    def pays(self, transfer: Transfer) -> Iterator[str]:
        """Something of theirs goes out."""
        if not self.free and (not self.guardian or self.caps.get("stopped")):
            yield f"17: {transfer} went out of a minor's wallet under {self}"

    def counts(self, transfer: Transfer, at: int, amount: int, zone: tzinfo) -> Iterator[str]:
        """It counts for the day on which it was paid; what came back counts no more."""
        day = datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(zone).date()
        self.days[day.toordinal()] += amount
        self.months[day.year, day.month] += amount
        used = {"payment": amount, "day": self.days[day.toordinal()], "month": self.months[day.year, day.month]}
        if amount > 0 and not self.free and any(0 < self.caps.get(what, 0) < sum_ for what, sum_ in used.items()):
            yield f"12: {transfer} is beyond what the guardian allows: {self.caps}, {used}"


def allowed(ledger: Ledger, zone: tzinfo) -> Iterator[str]:
    """12, 17: nothing went out of a minor's wallet without a guardian, against their word, or beyond a cap."""
    told: dict[int, list[tuple[int, int, Audit | Transfer | tuple[Transfer, int, int]]]] = defaultdict(list)
    for line in ledger.all(Audit):
        if line.act in _SAYS:
            told[line.member].append((line.at, line.id, line))
    for transfer in ledger.all(Transfer):
        if ids.owner_of(transfer.debit) in told and transfer.kind in LEAVES and transfer.kind != CORRECTED:
            told[ids.owner_of(transfer.debit)].append((transfer.at, transfer.id, transfer))
    for owner, transfer, at, amount in paid_and_back(ledger):
        if owner in told:
            told[owner].append((transfer.at, transfer.id, (transfer, at, amount)))
    for story in told.values():
        minor = _Minor()
        for _at, _number, one in sorted(story, key=lambda part: part[:2]):
            if isinstance(one, Audit):
                yield from minor.hears(one)
            elif isinstance(one, Transfer):
                yield from minor.pays(one)
            else:
                yield from minor.counts(*one, zone)
