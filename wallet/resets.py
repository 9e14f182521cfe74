"""A forgotten PIN that operators let its owner replace: for whoever bound no e-mail address.

Guards: nobody gets at somebody's money by talking to the operators. Two of them sign, each after how the owner proved
who they are was written down, and then the owner waits as after a mailed code: a day in which they are told of it at
once, again, and when it is over, and may stop it. The operators learn no PIN and choose none.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from wallet import recovery, refusals
from wallet.books import Books
from wallet.commands import Outcome
from wallet.operators import Act
from wallet.plain import frozen
from wallet.proposals import Deed
from wallet.rows import Key, Member, Pin, PinReset


@frozen()
class ResetPinDeed(Deed):
    """Let a member choose another PIN a day from now."""

    member: int
    proof: str
    """How they proved who they are, for operators alone."""

    WORD: ClassVar[str] = "reset_pin"
    ACT: ClassVar[Act] = Act.RESET_PIN
    MONEY: ClassVar[bool] = False

    @property
    def about(self) -> int:
        return self.member

    def reads(self) -> Iterable[Key]:
        return (Member, self.member), (Pin, self.member), (PinReset, self.member)

    def check(self, books: Books) -> None:
        """Refuses `TheyHaveNoPin`."""
        if books.find(Pin, self.member) is None:
            raise refusals.TheyHaveNoPin

    def carry_out(self, books: Books, proposal: int) -> Outcome:
        assert proposal
        return recovery.begin(books, self.member, f"proposal {proposal}")
