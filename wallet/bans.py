"""What a ban ends: requests, cards that ask, splits, payments that come again, vouchers, and money that waits.

Guards: nothing of it moves money out from the ban on, whether it has ended yet or not; the rules of each see to that.
Here the clock ends it, one at a time, as its owner would, and only while the ban is in force. Red envelopes run out by
themselves: what is in them belongs to those who open them.
"""
from __future__ import annotations

from collections.abc import Iterable

from wallet import gate, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.drafts import CancelDraft, read
from wallet.events import DraftRanOut, EndedByBan
from wallet.holds import CancelHold
from wallet.plain import frozen
from wallet.requests import WithdrawRequest
from wallet.rows import Draft, Hold, Key, Member, Penalty, Voucher
from wallet.schedules import StopSchedule
from wallet.splits import CloseSplit
from wallet.standing import BANNED
from wallet.vouchers import WithdrawVoucher


@frozen()
class EndedForBan(Outcome):
    """Something has ended with a ban."""

    penalty: int
    what: str
    transfer: int
    """The one by which money came back, or 0."""


@frozen(kw_only=True)
class EndForBan(Command):
    """The clock ends one thing that a banned member began. Runs while money rests, too."""

    penalty: int
    member: int = unasked()
    """Whose it is, as it was looked up; checked again here."""
    what: str
    """"request", "card", "split", "schedule", "voucher" or "hold"."""
    number: int = 0
    token: str = ""
    """Of a card that asks."""
    persons: tuple[int, ...] = unasked(default=())
    """Of a split those who are named."""

    def reads(self, today: int) -> Iterable[Key]:
        return (Penalty, self.penalty), (Member, self.member), *self._as_its_owner().reads(today)

    def decide(self, books: Books) -> Outcome:
        """Refuses `PenaltyOver`, and what its owner would be refused who ends it."""
        _must_be_in_force(books, self.penalty, self.member)
        self._as_its_owner().decide(books)
        came_back = 0
        if self.what == "hold":
            came_back = books.get(Hold, self.number).ended_by
        elif self.what == "voucher":
            came_back = books.get(Voucher, self.number).ended_by
        if self.what == "card":
            self._take_card_down(books)
        elif self.what != "schedule":  # That has no card.
            books.tell(self.member, EndedByBan(self.what, self.number))
        return EndedForBan(self.penalty, self.what, came_back)

    def _take_card_down(self, books: Books) -> None:
        """A card that asks for money asks no more."""
        draft = books.get(Draft, self.token)
        intent = read(draft.intent)
        if intent.ASKS:
            owner = books.get(Member, self.member).telegram_id
            books.tell(self.member, DraftRanOut(owner, 0, intent.total, draft.card, True))

    def _as_its_owner(self) -> Command:
        """What its owner would ask to end it."""
        key, member, number = self.key, self.member, self.number
        match self.what:
            case "request":
                return WithdrawRequest(key=key, asker=member, request=number)
            case "card":
                return CancelDraft(key=key, member=member, token=self.token)
            case "split":
                return CloseSplit(key=key, member=member, split=number, chat=0, persons=self.persons)
            case "schedule":
                return StopSchedule(key=key, member=member, schedule=number)
            case "voucher":
                return WithdrawVoucher(key=key, member=member, voucher=number)
        assert self.what == "hold"
        return CancelHold(key=key, member=member, hold=number)


@frozen(kw_only=True)
class FinishBan(Command):
    """The clock found nothing more that a ban has to end."""

    penalty: int
    member: int = unasked()

    def reads(self, today: int) -> Iterable[Key]:
        return (Penalty, self.penalty), (Member, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `PenaltyOver`."""
        _must_be_in_force(books, self.penalty, self.member)
        books.edit(Penalty, self.penalty).swept = 1
        return Done()


def _must_be_in_force(books: Books, number: int, member: int) -> None:
    """Raise `PenaltyOver` unless the member is banned by this penalty now."""
    penalty = books.get(Penalty, number)
    assert penalty.member == member
    if penalty.kind != BANNED or penalty.ended_at or gate.state_of(books, books.get(Member, member)) != BANNED:
        raise refusals.PenaltyOver
