"""What is known of a member, taken out for whoever has to be shown suspicious activity.

Guards: only an operator whose role may takes it, and that it was taken is in the audit before anything is read.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.operators import Act, demand
from wallet.plain import frozen
from wallet.rows import Key, Member, Role

DAYS: Final = 90
"""So far back it goes where nobody says otherwise."""
MOST_DAYS: Final = 3_660


@frozen(kw_only=True)
class TakeDossier(Command):
    """An operator is about to be given what is known of a member, which is written down first."""

    operator: int
    """Telegram id."""
    member: int
    days: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Role, self.operator), (Member, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, and `OnOneself`: it names who reported them."""
        assert 0 < self.days <= MOST_DAYS
        demand(books, self.operator, Act.EXPORT)
        member = books.find(Member, self.member)
        if member is not None and member.telegram_id == self.operator:
            raise refusals.OnOneself
        books.audit(self.member, "exported", f"{self.days} days by {self.operator}")
        return Done()
