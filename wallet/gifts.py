"""Money for whoever takes it first, under a card that its payer sent through us into any chat.

Guards: it is a debit like any other, so its payer says yes to it, with the PIN above the no-PIN limit. One card is one
debit, however often it is asked for, and whoever asked for it under a card first is its owner.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from wallet import gate, ids, limits, refusals, risk
from wallet.books import Books
from wallet.commands import Command, Outcome, unasked
from wallet.drafts import AmountIntent, card_claim, has_nothing_behind, is_first, keep_draft, put_behind
from wallet.events import MoneyWent
from wallet.holds import set_aside
from wallet.movements import AccountKind
from wallet.plain import frozen
from wallet.rows import TO_CLAIM, Account, Claim, Draft, Key, Member
from wallet.transfers import MOST_WAITING


@frozen()
class GiftMade(Outcome):
    """The money is set aside and may be taken."""

    hold: int
    transfer: int
    amount: int
    note: str
    balance: int
    """What its payer has left."""
    card: str


@frozen()
class GiftIntent(AmountIntent):
    """Money that a member wants to give to whoever takes it first: the part of an `AskGift` that a draft keeps."""

    amount: int
    note: str
    card: str

    WORD: ClassVar[str] = "gift"
    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True

    @property
    def asked_under(self) -> str:
        return self.card

    def check(self, books: Books, payer: Member) -> None:
        """Refuses what `AskGift` refuses."""
        _check(books, payer, self)

    def carry_out(self, books: Books, draft: Draft, found: None, *, pinless: bool) -> GiftMade:
        transfer, hold = set_aside(books, self.payer, 0, TO_CLAIM, self.amount, self.note, by_number=False,
                                   pinless=pinless, card=self.card)
        put_behind(books, self.card, self.payer)
        limits.count(books, self.payer, self.amount, pinless=pinless, stranger=risk.is_first(books))
        books.tell(self.payer, MoneyWent(transfer, 0, 0, self.amount, self.note, hold, False, TO_CLAIM))
        return GiftMade(hold, transfer, self.amount, self.note, books.balance(self.payer), self.card)


@frozen(kw_only=True)
class AskGift(Command):
    """A member wants to give money to whoever takes it first. It always needs their word: nobody is named."""

    payer: int
    amount: int
    note: str = ""
    card: str
    """What Telegram calls the card."""
    token: str = unasked()
    """Names the draft; it comes from the card, so that this has one."""

    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.payer

    def reads(self, today: int) -> Iterable[Key]:
        return ((Draft, self.token), (Claim, card_claim(self.card)),
                (Account, ids.account(self.payer, AccountKind.AVAILABLE)),
                (Account, ids.account(self.payer, AccountKind.HELD)), *limits.reads(self.payer, today))

    def decide(self, books: Books) -> Outcome:
        """Makes a draft. Refuses `NotYours`, `DraftOver`, `AmountOutOfRange`, `TooManyWaiting` and `NotEnough`."""
        assert self.card
        is_first(books, self.token, self.payer)
        intent = GiftIntent(self.payer, 0, self.amount, self.note, self.card)
        payer = books.get(Member, self.payer)
        _check(books, payer, intent)
        return keep_draft(books, self.token, "pin" if intent.beyond_pinless(books, payer) else "confirm", intent)


def _check(books: Books, payer: Member, intent: GiftIntent) -> None:
    """Refuse what may not be given, however it is authorised."""
    books.need((Account, ids.account(payer.id, AccountKind.HELD)), (Claim, card_claim(intent.card)))
    has_nothing_behind(books, intent.card, payer.id)
    if not 0 < intent.amount <= books.policy.max_amount:
        raise refusals.AmountOutOfRange(1, books.policy.max_amount)
    if payer.waiting >= MOST_WAITING:
        raise refusals.TooManyWaiting(MOST_WAITING)
    gate.covers(books, payer, intent.amount)
    limits.judge(books, payer, intent.amount)
    risk.decide(books, payer.id, (0,), intent.amount)
