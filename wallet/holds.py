"""Money that waits: for somebody who has yet to join, for a member's word, for a time that its payer chose, for a
freeze to be lifted, or for whoever takes it first under a card that its payer sent through us.

Guards: a hold ends exactly once: taken, arrived, declined, cancelled or run out. What was not taken goes back to its
payer in full, and counts no longer among what they paid without the PIN. What is for anybody is taken under its own
card alone, and not by its payer. What is for whoever is frozen arrives by itself when they are free, and goes back when
that takes too long or they are banned.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import blocks, gate, ids, limits, pairs, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import (
    HoldLasts,
    HoldReturned,
    HoldSettled,
    HoldWithdrawn,
    MoneyArrived,
    MoneyWaits,
    PaymentChecked,
)
from wallet.movements import CLAIM, RETURN, SET_ASIDE, AccountKind
from wallet.plain import frozen
from wallet.rows import (
    TO_ACCEPT,
    TO_ARRIVE,
    TO_CHECK,
    TO_CLAIM,
    TO_THAW,
    Account,
    Hold,
    Interception,
    Key,
    Member,
    Pair,
)

HOUR: Final = 60 * 60 * 1_000_000
HOLD_LIFE: Final = 24 * HOUR
"""How long money waits for somebody who has yet to join, or to say yes."""
FREEZE_LIFE: Final = 7 * 24 * HOUR
"""How long it waits for whoever is frozen."""
CHECK_LIFE: Final = 3 * 24 * HOUR
"""How long operators have to look at what a rule held back, before it goes back by itself."""


@frozen()
class Claimed(Outcome):
    """The money that waited has arrived."""

    hold: int
    transfer: int
    payer: int
    """The payer's Telegram id."""
    amount: int
    balance: int
    """The claimer's."""
    chat: int
    message: int
    """The card in the chat where it was asked, or 0."""
    purpose: str = TO_CLAIM
    by_number: bool = False
    """Whether the payer knows no more of the claimer than a phone number."""
    offer: int = 0
    """The message that offered it in the claimer's private chat, or 0."""
    card: str = ""
    """What Telegram calls the card under which it was taken, or ""."""


@frozen()
class Returned(Outcome):
    """The money that waited is back. `state` is "released", "declined" or "expired"."""

    hold: int
    amount: int
    state: str
    beneficiary: int
    """The Telegram id it was meant for."""
    chat: int
    message: int


def purpose_for(books: Books, member: int, *, delayed: bool) -> str:
    """What money for somebody waits for, "" when it goes at once. Who has yet to join claims it, which its payer can
    forestall all the while; who is frozen, or confirms what comes in, is looked at when the delay is over. Refuses
    `WindingDown`: what waits long is not begun any more."""
    purpose = _purpose(books, member, delayed=delayed)
    if purpose and purpose != TO_ACCEPT:  # Who confirms what comes in says so within a day.
        gate.takes_in(books)
    return purpose


def _purpose(books: Books, member: int, *, delayed: bool) -> str:
    if not member:
        return TO_CLAIM
    if delayed:
        return TO_ARRIVE
    receiver = books.get(Member, member)
    if gate.is_plain(receiver):
        return ""
    if gate.is_frozen(books, receiver):
        return TO_THAW
    return TO_ACCEPT if receiver.confirm_incoming else ""


def life_of(purpose: str, delay: int) -> int:
    """How long money waits, 0 for what arrives later without a delay that its payer chose; a delay is in hours."""
    return {TO_ARRIVE: delay * HOUR, TO_THAW: FREEZE_LIFE, TO_CHECK: CHECK_LIFE}.get(purpose, HOLD_LIFE)


def set_aside(books: Books, payer: int, telegram_id: int, purpose: str, amount: int, note: str, *,
              by_number: bool, pinless: bool, card: str = "", life: int = HOLD_LIFE) -> tuple[int, int]:
    """Hold a member's money for somebody who has yet to join or to say yes, until its time has come, or for whoever
    takes it first under a card; returns the transfer and the hold."""
    assert bool(telegram_id) is not bool(card)
    hold = books.number()
    transfer = books.post(SET_ASIDE, ids.account(payer, AccountKind.AVAILABLE), ids.account(payer, AccountKind.HELD),
                          amount, hold=hold, note=note)
    expires = books.now + life
    books.add(Hold(hold, payer, purpose, amount, telegram_id, transfer.id, "open", expires, 0, 0, 0, 0, int(by_number),
                   books.today if pinless else 0, 0, card, books.today))
    books.edit(Member, payer).waiting += 1
    # The hold's row changes when it ends, so who may claim it is written down where nothing changes.
    books.audit(payer, "set_aside", f"{hold} {telegram_id} {amount}")
    if telegram_id and purpose != TO_CHECK:
        books.tell(0, MoneyWaits(hold, transfer.id, payer, amount, note, expires, purpose), telegram_id=telegram_id)
    return transfer.id, hold


def _own_hold(books: Books, number: int, payer: int) -> Hold:
    """The payer's hold, to be changed. Refuses `HoldUnknown`, of another's as of one that is not there."""
    hold = books.find(Hold, number)
    if hold is None or hold.member != payer:
        raise refusals.HoldUnknown
    return books.edit(Hold, number)


@frozen(kw_only=True)
class PlaceHold(Command):
    """Note in which message a hold's card stands, so that it can be changed when the hold ends."""

    payer: int
    hold: int
    chat: int
    message: int

    def actor(self) -> int:
        return self.payer

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown`."""
        hold = _own_hold(books, self.hold, self.payer)
        hold.chat, hold.message = self.chat, self.message
        return Done()


@frozen()
class Offered(Outcome):
    """It is known where a hold is offered. `state` is what became of the hold by then."""

    state: str


@frozen(kw_only=True)
class PlaceOffer(Command):
    """Note in which private message a hold is offered, so that it can be changed when the hold ends."""

    payer: int
    hold: int
    message: int

    def actor(self) -> int:
        return self.payer

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown`."""
        hold = _own_hold(books, self.hold, self.payer)
        hold.offer = self.message
        return Offered(hold.state)


@frozen(kw_only=True)
class ClaimHold(Command):
    """Somebody takes the money that waits for them: claims it, or accepts what was sent."""

    member: int
    hold: int
    card: str = unasked(default="")
    """What Telegram calls the card under which they did, where that was sent through us."""

    GATE: ClassVar[str] = "payment"
    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Hold, self.hold), (Account, ids.account(self.member, AccountKind.AVAILABLE))

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown`, `OwnGift`, `NotForYou`, `HoldOver`, `PayerUnavailable`, and whoever may take nothing.
        """
        hold = books.find(Hold, self.hold)
        if hold is None or hold.card != self.card or hold.purpose in (TO_ARRIVE, TO_THAW, TO_CHECK):
            raise refusals.HoldUnknown  # Whoever forges a button learns nothing, and what comes by itself nobody takes.
        member = books.get(Member, self.member)
        if hold.card and hold.member == self.member:
            raise refusals.OwnGift
        if not hold.card and hold.beneficiary != member.telegram_id:
            raise refusals.NotForYou
        payer = open_hold(books, hold, (Pair, (hold.member, self.member)))
        if hold.expires_at <= books.now:
            raise refusals.HoldOver("expired")
        gate.may_take(books, member)
        if not gate.money_goes_out(books, payer):
            raise refusals.PayerUnavailable  # It was set aside before, but it would go out now.
        transfer = books.post(CLAIM, ids.account(hold.member, AccountKind.HELD),
                              ids.account(self.member, AccountKind.AVAILABLE), hold.amount, hold=hold.id)
        _end(books, hold.id, "settled", transfer.id)
        by_number = bool(hold.by_number)
        pairs.paid(books, transfer, hold.member, self.member, by_number=by_number)
        books.tell(hold.member, HoldSettled(hold.id, hold.transfer, self.member, hold.amount, hold.purpose, by_number))
        return Claimed(hold.id, transfer.id, payer.telegram_id, hold.amount, books.balance(self.member), hold.chat,
                       hold.message, hold.purpose, by_number, hold.offer, hold.card)


@frozen(kw_only=True)
class DeclineHold(Command):
    """A member who confirms what comes in says no, and the money goes back at once."""

    member: int
    hold: int

    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown`, `NotForYou` and `HoldOver`. Whoever may take nothing may still say no."""
        hold = books.find(Hold, self.hold)
        if hold is None or hold.purpose != TO_ACCEPT:
            raise refusals.HoldUnknown
        if hold.beneficiary != books.get(Member, self.member).telegram_id:
            raise refusals.NotForYou
        open_hold(books, hold)
        if hold.expires_at <= books.now:
            raise refusals.HoldOver("expired")
        returned = give_back(books, hold, "declined")
        books.tell(hold.member, HoldReturned(hold.id, hold.transfer, hold.amount, "declined", hold.purpose))
        return returned


@frozen(kw_only=True)
class CancelHold(Command):
    """The payer takes back what waits."""

    member: int
    hold: int

    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold), (Account, ids.account(self.member, AccountKind.AVAILABLE)),
                (Account, ids.account(self.member, AccountKind.HELD)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown`, `HoldOver`, `HoldChecked` and `HoldArriving`. What is another's is as unknown as what
        never was."""
        hold = books.find(Hold, self.hold)
        if hold is None or hold.member != self.member:
            raise refusals.HoldUnknown
        open_hold(books, hold)
        if hold.purpose == TO_CHECK:
            raise refusals.HoldChecked
        if hold.purpose == TO_ARRIVE and hold.expires_at <= books.now:
            raise refusals.HoldArriving
        return give_back(books, hold, "released")


@frozen(kw_only=True)
class ExpireHold(Command):
    """The clock gives back what nobody took in time. Runs while money rests, too."""

    hold: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown` and `HoldOver`; before its time, with `HoldNotDue`, the hold stays open."""
        hold = books.find(Hold, self.hold)
        if hold is None:
            raise refusals.HoldUnknown
        open_hold(books, hold)
        if books.now < hold.expires_at or hold.purpose == TO_ARRIVE:
            raise refusals.HoldNotDue
        if hold.purpose == TO_CHECK:
            books.need((Interception, hold.id))
            end_check(books, hold, "expired", 0, "")
        returned = give_back(books, hold, "expired")
        books.tell(hold.member, HoldReturned(hold.id, hold.transfer, hold.amount, "expired", hold.purpose))
        return returned


@frozen(kw_only=True)
class SettleHold(Command):
    """The clock lets arrive what was on its way, or waited for a freeze to be lifted. Waits while money rests."""

    hold: int
    receiver: int = unasked()
    """The member it is meant for, as looked up before; checked again here."""

    MONEY: ClassVar[bool] = True

    def reads(self, today: int) -> Iterable[Key]:
        return ((Hold, self.hold), (Member, self.receiver),
                (Account, ids.account(self.receiver, AccountKind.AVAILABLE)))

    def decide(self, books: Books) -> Outcome:
        """Refuses `HoldUnknown` and `HoldOver`; before its time, with `HoldNotDue`, the hold stays open. What may not
        come in or go out any more goes back, what is for whoever is frozen waits for that, and who confirms what comes
        in is asked now."""
        hold = books.find(Hold, self.hold)
        if hold is None:
            raise refusals.HoldUnknown
        payer = open_hold(books, hold, (Pair, (hold.member, self.receiver)))
        if hold.purpose not in (TO_ARRIVE, TO_THAW):
            raise refusals.HoldNotDue
        receiver = books.get(Member, self.receiver)
        assert receiver.telegram_id == hold.beneficiary
        if not _comes_now(books, hold, receiver):
            raise refusals.HoldNotDue
        if (not gate.money_goes_out(books, payer) or not gate.may_be_paid(books, receiver)
                or blocks.blocks(books, receiver.id, payer.id)):
            state = "declined" if hold.purpose == TO_THAW else "expired"
            returned = give_back(books, hold, state)
            books.tell(hold.member, HoldReturned(hold.id, hold.transfer, hold.amount, state, hold.purpose))
            return returned
        return let_on(books, hold, payer, receiver)


def end_check(books: Books, hold: Hold, state: str, operator: int, reason: str) -> None:
    """What was held back is decided, which happens once. `operator` is 0 for the clock, and where several signed."""
    found = books.edit(Interception, hold.id)
    assert found.state == "open"
    found.state, found.decided_at, found.decided_by, found.reason = state, books.now, operator, reason
    books.audit(hold.member, f"interception_{state}", f"{hold.id} by {operator}")
    if state != "expired":
        books.tell(hold.member, PaymentChecked(hold.id, hold.transfer, hold.amount, state))


def let_on(books: Books, hold: Hold, payer: Member, receiver: Member) -> Outcome:
    """Whom it is for may be paid: it arrives, or waits for what their wallet wants first."""
    if gate.is_frozen(books, receiver):
        hold = books.edit(Hold, hold.id)
        hold.purpose, hold.expires_at = TO_THAW, books.now + FREEZE_LIFE
        books.tell(payer.id, HoldLasts(hold.id, hold.transfer, hold.amount, hold.expires_at))
        return Done()
    if receiver.confirm_incoming:
        hold = books.edit(Hold, hold.id)
        hold.purpose, hold.expires_at = TO_ACCEPT, books.now + HOLD_LIFE
        books.tell(receiver.id, MoneyArrived(hold.id, hold.transfer, payer.id, hold.amount, hold.expires_at))
        return Done()
    return _arrive(books, hold, payer, receiver.id)


def _comes_now(books: Books, hold: Hold, receiver: Member) -> bool:
    """Whether it is time to look what becomes of what comes by itself."""
    if hold.purpose == TO_THAW:
        return books.now < hold.expires_at and not gate.is_frozen(books, receiver)
    return books.now >= hold.expires_at


def _arrive(books: Books, hold: Hold, payer: Member, receiver: int) -> Claimed:
    """From the payer's held money to whom it was meant for."""
    transfer = books.post(CLAIM, ids.account(payer.id, AccountKind.HELD),
                          ids.account(receiver, AccountKind.AVAILABLE), hold.amount, hold=hold.id)
    _end(books, hold.id, "settled", transfer.id)
    by_number = bool(hold.by_number)
    pairs.paid(books, transfer, payer.id, receiver, by_number=by_number)
    books.tell(payer.id, HoldSettled(hold.id, hold.transfer, receiver, hold.amount, hold.purpose, by_number))
    books.tell(receiver, MoneyArrived(hold.id, transfer.id, payer.id, hold.amount, 0))
    return Claimed(hold.id, transfer.id, payer.telegram_id, hold.amount, books.balance(receiver), hold.chat,
                   hold.message, hold.purpose, by_number, hold.offer)


def open_hold(books: Books, hold: Hold, *more: Key) -> Member:
    """The payer of an open hold, under lock. A hold is its payer's child, so it counts only when they are locked."""
    keys: list[Key] = [(Member, hold.member), (Account, ids.account(hold.member, AccountKind.HELD)),
                       (Account, ids.account(hold.member, AccountKind.AVAILABLE)),
                       *limits.counted(hold.member, hold.counted_on, hold.pinless_on), *more]
    books.need(*keys)
    if hold.state != "open":
        raise refusals.HoldOver(hold.state)
    return books.get(Member, hold.member)


def give_back(books: Books, hold: Hold, state: str) -> Returned:
    transfer = books.post(RETURN, ids.account(hold.member, AccountKind.HELD),
                          ids.account(hold.member, AccountKind.AVAILABLE), hold.amount,
                          reverses=hold.transfer, hold=hold.id)
    _end(books, hold.id, state, transfer.id)
    limits.uncount(books, hold.member, hold.counted_on, hold.amount, pinless_on=hold.pinless_on)
    if (state != "declined" or hold.purpose == TO_THAW) and hold.purpose != TO_CHECK and hold.beneficiary:
        books.tell(0, HoldWithdrawn(hold.id, hold.member, hold.amount, state), telegram_id=hold.beneficiary)
    return Returned(hold.id, hold.amount, state, hold.beneficiary, hold.chat, hold.message)


def _end(books: Books, hold_id: int, state: str, transfer: int) -> None:
    hold = books.edit(Hold, hold_id)
    hold.state, hold.ended_at, hold.ended_by = state, books.now, transfer
    books.edit(Member, hold.member).waiting -= 1
