"""Adjustments: operators correct what a member has.

Guards: only two operators together do it, none of whom has a side in it, with a reason that the member reads. What is
given comes from the house's own account for it and what is taken goes there, so the ledger's sum stays zero. A receipt
is corrected once for each of its sides, and never by more than it came to.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import gate, ids, refusals
from wallet.books import Books
from wallet.commands import Outcome
from wallet.events import BalanceAdjusted
from wallet.movements import ADJUST_IN, ADJUST_OUT, AccountKind
from wallet.operators import Act
from wallet.plain import frozen
from wallet.proposals import Deed
from wallet.rows import Account, Adjustment, Claim, Key, Member, Transfer

ADJUSTABLE: Final = ("active", "frozen", "dormant")
"""In which states a member's balance may be corrected. After a ban nothing goes out but what two operators pay out."""


@frozen()
class Adjusted(Outcome):
    """A balance was corrected."""

    transfer: int
    member: int
    amount: int
    """Above zero for what was given."""


def adjusted_claim(receipt: int, member: int) -> str:
    """The claim by which a receipt is corrected once for one of its sides."""
    return f"adjusted:{receipt}:{member}"


@frozen()
class AdjustDeed(Deed):
    """Give a member money, or take some."""

    member: int
    amount: int
    """Above zero gives, below takes."""
    reason: str
    receipt: int = 0
    """The transfer that it corrects, or 0."""

    WORD: ClassVar[str] = "adjust"
    ACT: ClassVar[Act] = Act.ADJUST

    @property
    def about(self) -> int:
        return self.member

    def reads(self) -> Iterable[Key]:
        keys: list[Key] = [(Member, self.member), (Account, ids.account(self.member, AccountKind.AVAILABLE))]
        if self.receipt:
            keys += (Transfer, self.receipt), (Claim, adjusted_claim(self.receipt, self.member))
        return keys

    def sides(self, books: Books) -> frozenset[int]:
        transfer = books.find(Transfer, self.receipt) if self.receipt else None
        others = {ids.owner_of(transfer.debit), ids.owner_of(transfer.credit)} if transfer else set()
        return frozenset({self.member} | others)

    def check(self, books: Books) -> None:
        """Refuses `AmountOutOfRange`, `NotAdjustable`, `TheyHaveLess`, `ReceiptUnknown`, `AdjustedBefore`
        and `HeldByOrder`."""
        most = books.policy.max_amount
        if self.receipt:
            transfer = books.find(Transfer, self.receipt)
            if transfer is None or self.member not in (ids.owner_of(transfer.debit), ids.owner_of(transfer.credit)):
                raise refusals.ReceiptUnknown
            if books.find(Claim, adjusted_claim(self.receipt, self.member)) is not None:
                raise refusals.AdjustedBefore
            most = min(most, transfer.amount)
        if not 0 < abs(self.amount) <= most:
            raise refusals.AmountOutOfRange(1, most)
        if gate.state_of(books, books.get(Member, self.member)) not in ADJUSTABLE:
            raise refusals.NotAdjustable
        available = books.balance(self.member)
        if available + self.amount < 0:
            raise refusals.TheyHaveLess(available)
        if self.amount < 0:
            books.must_leave(self.member, available + self.amount)

    def carry_out(self, books: Books, proposal: int) -> Adjusted:
        assert proposal
        own, house = ids.account(self.member, AccountKind.AVAILABLE), books.house(AccountKind.ADJUSTMENT)
        if books.find(Account, house) is None:  # A lane may be older than this kind of account.
            books.add(Account(house, AccountKind.ADJUSTMENT, 0, 0))
        if self.amount > 0:
            transfer = books.post(ADJUST_IN, house, own, self.amount, note=self.reason)
        else:
            transfer = books.post(ADJUST_OUT, own, house, -self.amount, note=self.reason)
        books.add(Adjustment(transfer.id, proposal, self.receipt))
        if self.receipt:
            books.add(Claim(adjusted_claim(self.receipt, self.member), self.member, books.now))
        books.tell(self.member, BalanceAdjusted(transfer.id, self.amount, self.reason, self.receipt))
        return Adjusted(transfer.id, self.member, self.amount)
