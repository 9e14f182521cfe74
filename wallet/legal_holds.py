"""Orders of courts and other authorities: they keep a member's money where it is, and two operators write them down.

Guards: while an order stands nothing of what it holds goes out, whatever else is decided, lifted or closed: it is read
in the row that every debit locks, by the one place that moves money. What comes in is kept. An order ends once: by two
operators with a reason, by its own time, or when the same order comes anew, which takes its place without a gap.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import ids, penalties, refusals, withheld
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import LegalHoldEnded, LegalHoldPlaced, LegalHoldRanOut
from wallet.movements import AccountKind
from wallet.operators import Act
from wallet.plain import frozen
from wallet.proposals import Deed
from wallet.rows import Account, Key, LegalHold, Member, Role
from wallet.withheld import Order

MOST: Final = 20
"""So many orders may stand against a member; one more is written down for everything, in place of others."""
AUTHORITY_MOST: Final = 60
"""Characters of what an authority is called."""
REFERENCE_MOST: Final = 40
"""Characters of its reference."""
NOTE_MOST: Final = 300


@frozen()
class LegallyHeld(Outcome):
    """An order stands."""

    hold: int


@frozen()
class LegallyFree(Outcome):
    """An order stands no more."""

    hold: int


@frozen()
class _AboutMoney(Deed):
    """What both have in common. An order waits for nothing, not even for money that rests."""

    member: int
    person: int
    """Their Telegram id, as they were shown."""

    ACT: ClassVar[Act] = Act.LEGAL_HOLD
    MONEY: ClassVar[bool] = False

    @property
    def about(self) -> int:
        return self.member

    def reads(self) -> Iterable[Key]:
        return _reads(self.member, (Role, self.person))

    def _standing(self, books: Books) -> tuple[LegalHold, ...]:
        """The orders that are listed, those included whose time was over a moment ago. Refuses `OperatorPenalised` and
        `PersonUnknown`."""
        member = penalties.meant(books, self.person, self.member)
        numbers = [one.hold for one in withheld.read(member.legal_holds)]
        books.need(*self.reads(), *((LegalHold, number) for number in numbers))
        return tuple(books.get(LegalHold, number) for number in numbers)


@frozen()
class LegalHoldDeed(_AboutMoney):
    """Keep a member's money where it is, by an order."""

    authority: str
    reference: str
    dated: int
    """The number of the day that stands on it."""
    amount: int
    """So much stays; 0 for everything."""
    until: int
    """When it ends by itself; 0 for not before it is lifted."""
    note: str

    WORD: ClassVar[str] = "legal_hold"

    def check(self, books: Books) -> None:
        """Refuses `OperatorPenalised`, `PersonUnknown`, `AmountOutOfRange`, `LegalHoldDatesWrong`, `LegalHoldStands`
        and `LegalHoldsTooMany`."""
        assert 0 < len(self.authority) <= AUTHORITY_MOST
        assert 0 < len(self.reference) <= REFERENCE_MOST
        assert len(self.note) <= NOTE_MOST
        stand = self._standing(books)
        if not 0 <= self.amount < withheld.EVERYTHING:
            raise refusals.AmountOutOfRange(1, withheld.EVERYTHING - 1)
        if self.dated > books.today or 0 < self.until <= books.now:
            raise refusals.LegalHoldDatesWrong
        same = self._same(stand)
        if same is not None and (same.amount, same.until, same.dated) == (self.amount, self.until, self.dated):
            raise refusals.LegalHoldStands(same.id)
        if same is None and len(stand) >= MOST:
            raise refusals.LegalHoldsTooMany(MOST)

    def carry_out(self, books: Books, proposal: int) -> LegallyHeld:
        """The same order anew, for longer or for another amount, takes the place of what stands."""
        assert proposal
        same, number = self._same(self._standing(books)), books.number()
        if same is not None:
            _end(books, same, proposal, "")
        available, held = _entries(books, self.member)
        books.add(LegalHold(number, self.member, self.authority, self.reference, self.dated, self.amount, self.until,
                            self.note, books.now, proposal, available, held, 0, 0, "", 0, 0))
        member = books.edit(Member, self.member)
        member.legal_holds = withheld.written(
            (*withheld.read(member.legal_holds), Order(number, self.amount, self.until)))
        books.audit(self.member, "legal_hold",
                    f"{number} of {self.amount or 'everything'} until {self.until} by proposal {proposal}"
                    f"{f' instead of {same.id}' if same else ''}")
        books.tell(self.member, LegalHoldPlaced(number, self.authority, self.reference, self.dated, self.amount,
                                                self.until))
        return LegallyHeld(number)

    def _same(self, stand: Iterable[LegalHold]) -> LegalHold | None:
        return next((one for one in stand if (one.authority, one.reference) == (self.authority, self.reference)), None)


@frozen()
class LiftLegalHoldDeed(_AboutMoney):
    """An order holds no more: its court said so, or it was not about them."""

    hold: int
    reason: str

    WORD: ClassVar[str] = "lift_legal_hold"

    def check(self, books: Books) -> None:
        """Refuses `OperatorPenalised`, `PersonUnknown` and `LegalHoldOver`."""
        assert 0 < len(self.reason) <= NOTE_MOST
        if self.hold not in [one.id for one in self._standing(books)]:
            raise refusals.LegalHoldOver

    def carry_out(self, books: Books, proposal: int) -> LegallyFree:
        assert proposal
        hold = next(one for one in self._standing(books) if one.id == self.hold)
        _end(books, hold, proposal, self.reason)
        books.audit(self.member, "legal_hold_lifted", f"{hold.id} by proposal {proposal}")
        books.tell(self.member, LegalHoldEnded(hold.id, hold.authority, hold.reference, True))
        return LegallyFree(hold.id)


@frozen(kw_only=True)
class EndLegalHold(Command):
    """The clock ends an order whose time is over. Runs while money rests, too."""

    hold: int
    member: int = unasked()
    """Whose money it is about, as it was looked up; checked again here."""

    def reads(self, today: int) -> Iterable[Key]:
        return _reads(self.member, (LegalHold, self.hold))

    def decide(self, books: Books) -> Outcome:
        """Refuses `LegalHoldOver`; before its time, with `LegalHoldNotDue`, it stands."""
        hold = books.find(LegalHold, self.hold)
        if hold is None or hold.member != self.member or hold.ended_at:
            raise refusals.LegalHoldOver
        if not 0 < hold.until <= books.now:
            raise refusals.LegalHoldNotDue
        _end(books, hold, 0, "")
        books.audit(hold.member, "legal_hold_over", f"{hold.id}")
        books.tell(hold.member, LegalHoldEnded(hold.id, hold.authority, hold.reference, False))
        books.ring(LegalHoldRanOut(hold.id, hold.authority, hold.reference, hold.member))
        return Done()


# ------------------------------------------------------------------------------------------------- leaves
def _reads(member: int, *more: Key) -> Iterable[Key]:
    return ((Member, member), *((Account, ids.account(member, kind)) for kind in (AccountKind.AVAILABLE,
                                                                                 AccountKind.HELD)), *more)


def _entries(books: Books, member: int) -> tuple[int, int]:
    """How many entries the member's available money has, and what they set aside."""
    available, held = (books.get(Account, ids.account(member, kind)).entries
                       for kind in (AccountKind.AVAILABLE, AccountKind.HELD))
    return available, held


def _end(books: Books, found: LegalHold, proposal: int, why: str) -> None:
    """It stands no more, which happens once."""
    hold, member = books.edit(LegalHold, found.id), books.edit(Member, found.member)
    assert not hold.ended_at
    hold.ended_at, hold.ended_by, hold.why = books.now, proposal, why
    hold.last_entry, hold.last_held = _entries(books, found.member)
    member.legal_holds = withheld.written(one for one in withheld.read(member.legal_holds) if one.hold != hold.id)
