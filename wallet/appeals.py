"""Requests on cards that were sent through us into any chat: whoever pays first pays whoever sent the card.

Guards: a card's request is its sender's alone, says once and for all how much it is about, and is paid once, by the
transfer that its draft names. Paying it is a debit like any other. Nobody has more of them open than the policy allows.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, NoReturn

from wallet import blocks, gate, ids, limits, pairs, refusals, risk, tallies
from wallet.books import Books
from wallet.commands import Command, Outcome, unasked
from wallet.drafts import AmountIntent, card_claim, has_nothing_behind, is_first, keep_draft, put_behind, read
from wallet.events import MoneyCame, MoneyWent
from wallet.movements import SEND, AccountKind
from wallet.plain import frozen
from wallet.requests import REQUEST_LIFE
from wallet.rows import Account, Claim, Draft, Key, Member, Pair


@frozen()
class AppealPaid(Outcome):
    """Somebody has paid."""

    transfer: int
    payee: int
    """The Telegram id of whoever sent the card."""
    amount: int
    note: str
    balance: int
    """What the payer has left."""
    card: str


@frozen()
class AppealIntent(AmountIntent):
    """What a card asks for, as the draft that it has. Nobody confirms it: it is paid, or taken back."""

    amount: int
    note: str
    card: str

    WORD: ClassVar[str] = "appeal"
    GATE: ClassVar[str] = "payment"
    ASKS: ClassVar[bool] = True

    @property
    def asked_under(self) -> str:
        return self.card

    def check(self, books: Books, payer: Member) -> NoReturn:
        """Refuses `DraftUnknown`: there is nothing to say yes to."""
        raise refusals.DraftUnknown

    def carry_out(self, books: Books, draft: Draft, found: None, *, pinless: bool) -> NoReturn:
        raise AssertionError("a card's request is paid by another draft")

    def given_up(self, books: Books, draft: Draft) -> None:
        """One fewer is open."""
        _no_longer_open(books, draft)


@frozen()
class PayAppealIntent(AmountIntent):
    """Paying it, where that needs the PIN."""

    appeal: str
    """The token of the card's draft."""
    card: str
    amount: int
    note: str
    payee: int

    WORD: ClassVar[str] = "pay_appeal"
    GATE: ClassVar[str] = "payment"

    def check(self, books: Books, payer: Member) -> AppealIntent:
        """Refuses what `PayAppeal` refuses; answers what is paid."""
        books.need((Draft, self.appeal))
        return _payable(books, payer, self.appeal, self.card)

    def carry_out(self, books: Books, draft: Draft, found: AppealIntent, *, pinless: bool) -> AppealPaid:
        return _pay(books, self.appeal, found, self.payer, pinless=pinless)


@frozen(kw_only=True)
class Appeal(Command):
    """A member asks whoever is in a chat for money."""

    asker: int
    amount: int
    note: str = ""
    card: str
    """What Telegram calls the card."""
    token: str = unasked()
    """Names the draft; it comes from the card, so that this has one."""

    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True
    MONEY: ClassVar[bool] = True

    def actor(self) -> int:
        return self.asker

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token), (Claim, card_claim(self.card)),
                *tallies.reads(self.asker, tallies.APPEALS))

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotYours`, `DraftOver`, `AmountOutOfRange`, `DirectionRestricted` and `TooManyAppeals`."""
        assert self.card
        is_first(books, self.token, self.asker)
        has_nothing_behind(books, self.card, self.asker)
        if not 0 < self.amount <= books.policy.max_amount:
            raise refusals.AmountOutOfRange(1, books.policy.max_amount)
        gate.may_take(books, books.get(Member, self.asker))
        if tallies.still_open(books, self.asker, tallies.APPEALS) >= books.policy.appeals_open:
            raise refusals.TooManyAppeals(books.policy.appeals_open)
        tallies.begin(books, self.asker, tallies.APPEALS)
        return keep_draft(books, self.token, "confirm", AppealIntent(self.asker, 0, self.amount, self.note, self.card),
                          life=REQUEST_LIFE)


@frozen(kw_only=True)
class PayAppeal(Command):
    """Somebody pays what a card asks for."""

    member: int
    appeal: str
    """The token of the card's draft."""
    card: str
    token: str = unasked()
    """Names the payer's own draft, should the PIN be needed."""

    GATE: ClassVar[str] = "payment"
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.appeal), (Account, ids.account(self.member, AccountKind.AVAILABLE)),
                *limits.reads(self.member, today))

    def decide(self, books: Books) -> Outcome:
        """Pays at once within the no-PIN limit and makes a draft above it. Refuses `RequestUnknown`, `RequestOver`,
        `PayToYourself`, `ReceiverUnavailable` and `NotEnough`."""
        payer = books.get(Member, self.member)
        asked = _payable(books, payer, self.appeal, self.card)
        intent = PayAppealIntent(self.member, 0, self.appeal, self.card, asked.amount, asked.note, asked.payer)
        if intent.beyond_pinless(books, payer):
            return keep_draft(books, self.token, "pin", intent)
        return _pay(books, self.appeal, asked, self.member, pinless=True)


def _payable(books: Books, payer: Member, appeal: str, card: str) -> AppealIntent:
    """What is asked for, if it can be paid now, however that is authorised. A draft is its owner's child, so it counts
    only when they are locked."""
    draft = books.find(Draft, appeal)
    asked = read(draft.intent) if draft is not None else None
    if draft is None or not isinstance(asked, AppealIntent) or asked.card != card:
        raise refusals.RequestUnknown
    asker = asked.payer
    books.need((Member, asker), (Account, ids.account(asker, AccountKind.AVAILABLE)), (Pair, (payer.id, asker)),
               (Claim, card_claim(card)), *limits.reads_of(books, payer), *tallies.reads(asker, tallies.APPEALS))
    if draft.state != "open":
        raise refusals.RequestOver("paid" if draft.state == "used" else "withdrawn")
    if draft.expires_at <= books.now:
        raise refusals.RequestOver("expired")
    if asker == payer.id:
        raise refusals.PayToYourself
    if not gate.may_receive(books, books.get(Member, asker)) or blocks.blocks(books, asker, payer.id):
        raise refusals.ReceiverUnavailable
    gate.covers(books, payer, asked.amount)
    limits.judge(books, payer, asked.amount)
    risk.decide(books, payer.id, (asker,), asked.amount)
    return asked


def _pay(books: Books, appeal: str, asked: AppealIntent, payer: int, *, pinless: bool) -> AppealPaid:
    """Move the money: everything was checked."""
    asker = books.get(Member, asked.payer)
    transfer = books.post(SEND, ids.account(payer, AccountKind.AVAILABLE),
                          ids.account(asker.id, AccountKind.AVAILABLE), asked.amount, note=asked.note)
    pairs.paid(books, transfer, payer, asker.id, by_number=False)
    limits.count(books, payer, asked.amount, pinless=pinless, stranger=risk.is_first(books))
    draft = books.edit(Draft, appeal)
    draft.state, draft.transfer = "used", transfer.id
    _no_longer_open(books, draft)
    put_behind(books, asked.card, asker.id)
    books.tell(asker.id, MoneyCame(transfer.id, payer, asked.amount, asked.note, 0))
    books.tell(payer, MoneyWent(transfer.id, asker.id, asker.telegram_id, asked.amount, asked.note, 0))
    return AppealPaid(transfer.id, asker.telegram_id, asked.amount, asked.note, books.balance(payer), asked.card)


def _no_longer_open(books: Books, draft: Draft) -> None:
    """One fewer of its sender's. What the release before asked for was not counted, and knows no card."""
    if draft.card:
        books.need(*tallies.reads(draft.member, tallies.APPEALS))
        tallies.end(books, draft.member, tallies.APPEALS)
