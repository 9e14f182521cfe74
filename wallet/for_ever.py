"""A ban for ever, and lifting one: what two operators sign.

Guards: neither is done by one operator alone, whichever way it is asked for. What `wallet.penalties` refuses is refused
when it is proposed and again when the second one signs.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from wallet import penalties, refusals, standing
from wallet.books import Books
from wallet.operators import Act
from wallet.penalties import Lifted, Penalised
from wallet.plain import frozen
from wallet.proposals import Deed
from wallet.rows import Key, Member, Penalty, Proposal, Role
from wallet.standing import BANNED, InForce


@frozen()
class _AboutSomebody(Deed):
    """Something that is decided about a member."""

    member: int
    person: int
    """Their Telegram id, as they were shown."""

    ACT: ClassVar[Act] = Act.BAN
    MONEY: ClassVar[bool] = False

    @property
    def about(self) -> int:
        return self.member

    def reads(self) -> Iterable[Key]:
        return (Member, self.member), (Role, self.person)

    def _banned(self, books: Books) -> InForce | None:
        """The ban in force, with its row."""
        member = penalties.meant(books, self.person, self.member)
        found = standing.found(member.penalties, BANNED, books.now)
        before = next((one for one in standing.read(member.penalties) if one.sort == BANNED), None)
        if before is not None:
            books.need(*self.reads(), (Penalty, before.penalty))
        return found


@frozen()
class BanDeed(_AboutSomebody):
    """Ban a member for ever."""

    reason: str
    note: str

    WORD: ClassVar[str] = "ban"

    def check(self, books: Books) -> None:
        """Refuses `OperatorPenalised`, `PersonUnknown` and `PenaltyInForce`."""
        assert self.reason in penalties.REASONS
        found = self._banned(books)
        if found is not None and not found.until:
            raise refusals.PenaltyInForce(0)

    def carry_out(self, books: Books, proposal: int) -> Penalised:
        maker = books.get(Proposal, proposal).maker
        return penalties.decided(books, books.get(Member, self.member), maker, BANNED, "", self.reason, self.note, 0)


@frozen()
class UnbanDeed(_AboutSomebody):
    """Lift a ban for ever."""

    WORD: ClassVar[str] = "unban"

    def check(self, books: Books) -> None:
        """Refuses `OperatorPenalised`, `PersonUnknown` and `NoPenaltyInForce`."""
        if self._banned(books) is None:
            raise refusals.NoPenaltyInForce

    def carry_out(self, books: Books, proposal: int) -> Lifted:
        found, maker = self._banned(books), books.get(Proposal, proposal).maker
        assert found is not None
        return penalties.lifted(books, books.get(Member, self.member), maker, found, BANNED, "")
