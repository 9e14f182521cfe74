"""Deciding about hits: whether a member is whom the screening list names.

Guards: nobody decides about themselves, and each hit is decided once. Clearing is one operator's word; confirming
takes two. The first one's signature freezes the wallet for as long as the second one has to answer, the second one's
for good; where there is no second one, the hit is open again and what stood before the freeze stands. Each look at the
names is written down before they are shown.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import hits, penalties, refusals, standing
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.operators import Act, demand
from wallet.plain import frozen
from wallet.proposals import LIFE, Deed
from wallet.rows import Hit, Key, Member, Penalty, Proposal, Role
from wallet.standing import FROZEN

CLAUSE: Final = "laundering"
"""What a wallet is frozen by: payments that the law forbids."""


@frozen(kw_only=True)
class LookAtHit(Command):
    """An operator is about to see the name that a member gave beside the entry, which is written down first."""

    operator: int
    """Telegram id."""
    member: int
    entry: str

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), *hits.key_of(self.member, self.entry)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `HitUnknown` and `OnOneself`."""
        hit = _for_operator(books, self.operator, self.member, self.entry)
        books.audit(self.member, "name_looked_at", f"{hit.id} by {self.operator}")
        return Done()


@frozen(kw_only=True)
class ClearHit(Command):
    """An operator found that a member is somebody else than whom the list names."""

    operator: int
    """Telegram id."""
    member: int
    entry: str
    reason: str
    """One of `wallet.hits.CLEARED`."""

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), *hits.key_of(self.member, self.entry)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `HitUnknown`, `OnOneself` and `HitDecided`."""
        _for_operator(books, self.operator, self.member, self.entry)
        hits.clear(books, self.member, self.entry, self.operator, self.reason)
        return Done()


@frozen()
class ListedDeed(Deed):
    """Confirm that a member is whom the list names, and freeze their wallet."""

    member: int
    person: int
    """Their Telegram id, as they were shown."""
    entry: str
    reason: str
    """One of `wallet.hits.CONFIRMED`."""

    WORD: ClassVar[str] = "listed"
    ACT: ClassVar[Act] = Act.FREEZE
    MONEY: ClassVar[bool] = False

    @property
    def about(self) -> int:
        return self.member

    def reads(self) -> Iterable[Key]:
        return (Role, self.person), *hits.key_of(self.member, self.entry)

    def check(self, books: Books) -> None:
        """Refuses `OperatorPenalised`, `PersonUnknown`, `HitUnknown` and `HitDecided`."""
        assert self.reason in hits.CONFIRMED
        member = penalties.meant(books, self.person, self.member)
        hits.waiting(books, self.member, self.entry, *hits.WAITS)
        before = next((one for one in standing.read(member.penalties) if one.sort == FROZEN), None)
        if before is not None:
            books.need(*self.reads(), (Penalty, before.penalty))

    def check_new(self, books: Books) -> None:
        """Refuses `HitDecided` where another one was the first."""
        hits.waiting(books, self.member, self.entry, "open")

    def proposed(self, books: Books, proposal: Proposal) -> None:
        """Freeze the wallet until it ends."""
        hit = books.edit(Hit, (self.member, self.entry))
        hit.state, hit.operator, hit.reason, hit.proposal = "pending", proposal.maker, self.reason, proposal.id
        hit.penalty = self._freeze(books, proposal.maker, LIFE // penalties.HOUR)
        books.audit(self.member, "name_suspected", f"{hit.id} {self.reason} by {proposal.maker}")

    def dropped(self, books: Books, proposal: Proposal) -> None:
        """Nobody else says so: the hit is open again, and the freeze goes that was put in force for it. One that runs
        out at this very moment the clock ends."""
        books.need(*self.reads(), (Role, proposal.maker))
        hit, member = books.edit(Hit, (self.member, self.entry)), books.get(Member, self.member)
        assert (hit.state, hit.proposal) == ("pending", proposal.id)
        found = standing.found(member.penalties, FROZEN, books.now)
        if found is not None and found.penalty == hit.penalty:
            books.need(*self.reads(), (Role, proposal.maker), (Role, proposal.checker), (Proposal, proposal.id),
                       (Penalty, found.penalty), (Role, member.telegram_id))
            penalties.lifted(books, member, proposal.checker, found, FROZEN, "")
        hit.state, hit.operator, hit.reason, hit.proposal, hit.penalty = "open", 0, "", 0, 0
        books.audit(self.member, "name_open_again", f"{hit.id} {proposal.state}")

    def carry_out(self, books: Books, proposal: int) -> Outcome:
        signed = books.get(Proposal, proposal)
        hit = books.edit(Hit, (self.member, self.entry))
        assert (hit.state, hit.proposal) == ("pending", proposal)
        hit.state, hit.second, hit.decided_at = "confirmed", signed.checker, books.now
        hit.penalty = self._freeze(books, signed.maker, 0) or hit.penalty
        books.audit(self.member, "name_confirmed",
                    f"{hit.id} {self.entry.split(' ')[0]} {self.reason} by {signed.maker} and {signed.checker}")
        hits.over(books, self.member)
        return Done()

    def _freeze(self, books: Books, operator: int, hours: int) -> int:
        """Freeze the wallet for so long, 0 for good, and answer the penalty; 0 where it is frozen for good, or would
        be for a time and is."""
        member = books.get(Member, self.member)
        found = standing.found(member.penalties, FROZEN, books.now)
        if found is not None and (hours or not found.until):
            return 0
        return penalties.decided(books, member, operator, FROZEN, "", CLAUSE, "", hours).penalty


def _for_operator(books: Books, operator: int, member: int, entry: str) -> Hit:
    """One that an operator may look at and decide."""
    demand(books, operator, Act.REVIEW)
    hit = books.find(Hit, (member, entry))
    if hit is None:
        raise refusals.HitUnknown
    if books.get(Member, member).telegram_id == operator:
        raise refusals.OnOneself
    return hit
