"""Giving back: a receiver returns a payment to whoever made it.

Guards: a payment is given back once, in full, by the one who received it, to the one whose money it was; the transfer
that does it names the one that it reverses. Like every debit it goes at once only to somebody whom the giver paid
before, takes one more word otherwise, and the PIN above the no-PIN limit.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from wallet import gate, ids, limits, pins, refusals, risk
from wallet.books import Books
from wallet.commands import Command, Outcome, unasked
from wallet.events import MoneyGivenBack
from wallet.movements import CLAIM, GIVEBACK, SEND, SET_ASIDE, AccountKind
from wallet.plain import frozen
from wallet.rows import Account, Claim, Hold, Key, Member, Pair, Pin, Transfer, Unnamed


def giveback_claim(transfer: int) -> str:
    """The claim by which a payment can be given back once, whatever keys that is asked under."""
    return f"giveback:{transfer}"


@frozen()
class GivenBack(Outcome):
    """The money is back where it came from."""

    transfer: int
    """The new one; its code is what people quote."""
    reverses: int
    """The one that was given back."""
    payer: int
    """The Telegram id of whoever has the money again."""
    amount: int
    balance: int
    """What the giver has left."""


@frozen()
class GiveBackAsked(Outcome):
    """The giver's word is needed first. Nothing moved."""

    reverses: int
    """The payment that would go back."""
    payer: int
    """The Telegram id of whoever made it."""
    amount: int


@frozen(kw_only=True)
class GiveBack(Command):
    """A member returns a payment that they received."""

    member: int
    transfer: int
    """The payment, or the setting aside that it began with, by whose code its payer knows it."""
    sure: bool = unasked(default=False)
    """Whether its member was shown what goes back to whom, and said yes."""
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""

    GATE: ClassVar[str] = "payment"
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Transfer, self.transfer), (Claim, giveback_claim(self.transfer)), (Pin, self.member),
                (Account, ids.account(self.member, AccountKind.AVAILABLE)), *limits.reads(self.member, today))

    def decide(self, books: Books) -> Outcome:
        """Gives back at once or asks. Refuses `ReceiptUnknown`, `NotReceived`, `NothingToGiveBack`, `GivenBackBefore`,
        `ReceiverUnavailable`, `NotEnough`, `PinNotSet`, `PinNeeded` and `PinChanged`."""
        received = _received(books, self.member, self.transfer)
        payer = ids.owner_of(received.debit)
        available = ids.account(payer, AccountKind.AVAILABLE)
        # The day was a guess when the counters were asked for.
        counted_on = _counted_on(books, received)
        books.need((Claim, giveback_claim(received.id)), (Member, payer), (Account, available),
                   (Unnamed, received.id), (Pair, (self.member, payer)),
                   *limits.reads(self.member, books.today), *limits.counted(payer, counted_on))
        if books.find(Claim, giveback_claim(received.id)) is not None:
            raise refusals.GivenBackBefore
        if not gate.may_have_back(books, books.get(Member, payer)):
            raise refusals.ReceiverUnavailable
        gate.covers(books, books.get(Member, self.member), received.amount)
        risk.decide(books, self.member, (payer,), received.amount)
        _authorised(books, books.get(Member, self.member), received.amount, self.pin_version)
        paid_before = books.find(Pair, (self.member, payer)) is not None
        telegram_id = books.get(Member, payer).telegram_id
        if not (self.pin_version or self.sure or paid_before):
            return GiveBackAsked(received.id, telegram_id, received.amount)
        transfer = books.post(GIVEBACK, ids.account(self.member, AccountKind.AVAILABLE), available, received.amount,
                              reverses=received.id)
        books.add(Claim(giveback_claim(received.id), self.member, books.now))
        risk.asked(books, self.member)
        limits.count(books, self.member, received.amount, pinless=not self.pin_version, back=True)
        limits.uncount(books, payer, counted_on, received.amount)
        unnamed = books.find(Unnamed, received.id) is not None
        if unnamed:  # Giving back does not tell whose number it is.
            books.add(Unnamed(transfer.id, payer))
        books.tell(payer, MoneyGivenBack(transfer.id, self.transfer, self.member, received.amount, unnamed))
        return GivenBack(transfer.id, received.id, telegram_id, received.amount, books.balance(self.member))


def _received(books: Books, member: int, number: int) -> Transfer:
    """The payment that brought the member the money. One that is not theirs is as unknown as one that never was."""
    transfer = books.find(Transfer, number)
    if transfer is None:
        raise refusals.ReceiptUnknown
    payer = ids.owner_of(transfer.debit)
    if transfer.kind == SET_ASIDE.name and payer != member:
        # A hold is its payer's child, so it counts only when they are locked.
        books.need((Hold, transfer.hold), (Member, payer))
        hold = books.get(Hold, transfer.hold)
        if hold.state == "settled":
            books.need((Hold, transfer.hold), (Member, payer), (Transfer, hold.ended_by))
            transfer = books.get(Transfer, hold.ended_by)
    if ids.owner_of(transfer.credit) != member and payer != member:
        raise refusals.ReceiptUnknown
    if transfer.kind in (SEND.name, CLAIM.name) and payer != member:
        return transfer
    if payer == member and transfer.kind != GIVEBACK.name:
        raise refusals.NotReceived
    raise refusals.NothingToGiveBack


def _counted_on(books: Books, received: Transfer) -> int:
    """The day on which its payer was counted to have paid it: what waited, when it was set aside."""
    if received.kind != CLAIM.name:
        return limits.day_in(books, received.at)
    # A hold is its payer's child, so it counts only when they are locked.
    books.need((Hold, received.hold), (Member, ids.owner_of(received.debit)))
    return books.get(Hold, received.hold).counted_on


def _authorised(books: Books, member: Member, amount: int, pin_version: int) -> None:
    """Above the day's PIN-less sum whoever is debited proves it with the PIN."""
    if pin_version or amount > limits.pinless_left(books, member) or risk.asks(books, member.id):
        pins.proven(books, member.id, pin_version)
