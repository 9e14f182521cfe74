"""Payments that a rule held back: operators let them go on, or send them back.

Guards: what is held back leaves exactly once, and never by somebody whose money it is or would be. Letting it go on is
signed with a PIN, a large amount by two operators, since nobody can take it back afterwards; sending it back is one
operator's word, since nothing is lost by it.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from wallet import blocks, gate, ids, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import ChecksWait, MoneyWaits
from wallet.holds import HOLD_LIFE, end_check, give_back, let_on, open_hold
from wallet.members import telegram_claim
from wallet.movements import AccountKind
from wallet.operators import Act, demand
from wallet.plain import frozen
from wallet.proposals import Deed
from wallet.rows import TO_CHECK, TO_CLAIM, Account, Claim, Hold, Interception, Key, Member, Pair, Role


@frozen()
class ReleaseDeed(Deed):
    """Let a payment go on."""

    hold: int
    payer: int
    person: int
    """Whom it is for, by Telegram id."""
    receiver: int
    """The member who that was when it was proposed, 0 for whoever has yet to join."""
    amount: int
    reason: str

    WORD: ClassVar[str] = "release"
    ACT: ClassVar[Act] = Act.DECIDE_INTERCEPTIONS

    @property
    def about(self) -> int:
        return self.payer

    def reads(self) -> Iterable[Key]:
        keys: list[Key] = [(Hold, self.hold), (Interception, self.hold), (Member, self.payer),
                           (Account, ids.account(self.payer, AccountKind.AVAILABLE)),
                           (Account, ids.account(self.payer, AccountKind.HELD)), (Claim, telegram_claim(self.person))]
        if self.receiver:
            keys += ((Member, self.receiver), (Account, ids.account(self.receiver, AccountKind.AVAILABLE)),
                     (Pair, (self.payer, self.receiver)))
        return keys

    def sides(self, books: Books) -> frozenset[int]:
        joined = books.find(Claim, telegram_claim(self.person))
        return frozenset({self.payer, self.receiver, joined.owner if joined else 0} - {0})

    def needs_two(self, books: Books) -> bool:
        return self.amount >= books.policy.release_alone

    def check(self, books: Books) -> None:
        """Refuses `CheckOver`, `PayerStopped` and `PayeeStopped`."""
        hold = _held_back(books, self.hold)
        payer = books.get(Member, hold.member)
        if (hold.member, hold.beneficiary, hold.amount) != (self.payer, self.person, self.amount):
            raise refusals.CheckOver("")
        if not gate.money_goes_out(books, payer):
            raise refusals.PayerStopped
        if self.receiver:
            receiver = books.get(Member, self.receiver)
            if (receiver.telegram_id != self.person or not gate.may_be_paid(books, receiver)
                    or blocks.blocks(books, receiver.id, payer.id)):
                raise refusals.PayeeStopped

    def carry_out(self, books: Books, proposal: int) -> Outcome:
        """Who confirms what comes in, is frozen or has yet to join is asked, or waited for, from now on."""
        hold, payer = books.edit(Hold, self.hold), books.get(Member, self.payer)
        end_check(books, hold, "released", 0, self.reason)
        if self.receiver:
            return let_on(books, hold, payer, books.get(Member, self.receiver))
        hold.purpose, hold.expires_at = TO_CLAIM, books.now + HOLD_LIFE
        books.tell(0, MoneyWaits(hold.id, hold.transfer, payer.id, hold.amount, "", hold.expires_at, TO_CLAIM),
                   telegram_id=hold.beneficiary)
        return Done()


@frozen(kw_only=True)
class SendBackCheck(Command):
    """An operator returns what a rule held back to its payer. Runs while money rests, too."""

    operator: int
    """Telegram id."""
    hold: int
    reason: str

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Hold, self.hold), (Interception, self.hold)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `CheckOver` and `OnOneself`."""
        demand(books, self.operator, Act.DECIDE_INTERCEPTIONS)
        hold = _held_back(books, self.hold)
        payer = open_hold(books, hold, (Interception, hold.id))
        if self.operator in (payer.telegram_id, hold.beneficiary):
            raise refusals.OnOneself
        end_check(books, hold, "sent_back", self.operator, self.reason)
        return give_back(books, hold, "released")


@frozen(kw_only=True)
class RingAgain(Command):
    """The clock reminds the operators of what waits for them."""

    waiting: int = unasked()
    """How many payments have waited for a day."""

    def reads(self, today: int) -> Iterable[Key]:
        return ()

    def decide(self, books: Books) -> Outcome:
        books.ring(ChecksWait(self.waiting))
        return Done()


def _held_back(books: Books, number: int) -> Hold:
    """What operators decide about. Refuses `CheckOver`."""
    hold, found = books.find(Hold, number), books.find(Interception, number)
    if hold is None or found is None:
        raise refusals.CheckOver("")
    if found.state != "open":
        raise refusals.CheckOver(found.state)
    assert hold.state == "open"
    assert hold.purpose == TO_CHECK
    if hold.expires_at <= books.now:
        raise refusals.CheckOver("expired")
    return hold
