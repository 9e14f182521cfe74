"""A member's QQ number, as they state it: nobody checked it and nothing depends on it.

Guards: only a member states their own, and takes it away again; it is kept sealed with the member's key, and enters no
outcome, no notice and no audit.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.money import fold_width
from wallet.plain import frozen
from wallet.rows import Contact, Key, Member

SHORTEST, LONGEST = 5, 11
"""Digits of a number."""
_NUMBER: Final = re.compile(rf"[1-9][0-9]{{{SHORTEST - 1},{LONGEST - 1}}}")


def read_qq(typed: str) -> str | None:
    """A number in its one form; None for what is none."""
    folded = fold_width(typed).strip()
    return folded if _NUMBER.fullmatch(folded) else None


@frozen(kw_only=True)
class StateQQ(Command):
    """A member states their number, or another one in its place."""

    member: int
    digest: str
    """Keyed digest of the number."""
    sealed: bytes = unasked()
    """The number, sealed with the member's key."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Contact, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`."""
        assert self.sealed
        _joined(books, self.member)
        if books.find(Contact, self.member) is None:
            books.add(Contact(self.member, self.sealed, books.now))
        else:
            row = books.edit(Contact, self.member)
            row.qq, row.at = self.sealed, books.now
        books.audit(self.member, "qq_stated")
        return Done()


@frozen(kw_only=True)
class RemoveQQ(Command):
    """A member takes it away again: it is kept no longer."""

    member: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Contact, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember` and `QQMissing`."""
        _joined(books, self.member)
        row = books.find(Contact, self.member)
        if row is None or not row.qq:
            raise refusals.QQMissing
        row = books.edit(Contact, self.member)
        row.qq, row.at = b"", books.now
        books.audit(self.member, "qq_removed")
        return Done()


def _joined(books: Books, number: int) -> None:
    member = books.find(Member, number)
    if member is None or member.step:
        raise refusals.NotAMember
