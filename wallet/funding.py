"""Money that enters: play money for now.

Guards: what comes in is owed by the clearing account, so the ledger's sum stays zero; play money is bounded per
top-up and per balance, and closed wherever the deployment did not open it.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from wallet import gate, ids, refusals
from wallet.books import Books
from wallet.commands import Command, Outcome
from wallet.movements import TOP_UP, AccountKind
from wallet.plain import frozen
from wallet.rows import Account, Key, Member


@frozen()
class ToppedUp(Outcome):
    """The money is there."""

    transfer: int
    amount: int
    balance: int


@frozen(kw_only=True)
class TopUp(Command):
    """A member takes play money."""

    member: int
    amount: int

    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True
    MONEY: ClassVar[bool] = True
    HOUSE: ClassVar[tuple[AccountKind, ...]] = (AccountKind.CLEARING,)

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Account, ids.account(self.member, AccountKind.AVAILABLE)),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `TopUpClosed`, `DirectionRestricted` and `TopUpOutOfRange`."""
        policy = books.policy
        if not policy.top_up_most:
            raise refusals.TopUpClosed
        gate.may_take(books, books.get(Member, self.member))
        account = ids.account(self.member, AccountKind.AVAILABLE)
        room = min(policy.top_up_most, policy.balance_most - books.get(Account, account).balance)
        if not 0 < self.amount <= room:
            raise refusals.TopUpOutOfRange(max(0, room))
        transfer = books.post(TOP_UP, books.house(AccountKind.CLEARING), account, self.amount)
        return ToppedUp(transfer.id, self.amount, books.get(Account, account).balance)
