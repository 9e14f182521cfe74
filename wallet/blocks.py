"""Whom a member wants nothing to do with: their payments, requests, splits, and red envelopes for one alone.

Guards: whoever is blocked is told no more than that somebody can't be paid or asked now, as of everybody who can't.
Who blocks nobody, as nearly all do, costs those who pay them nothing: a member's row counts whom they block.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.members import telegram_claim
from wallet.plain import frozen
from wallet.rows import Block, Claim, Key, Member

MOST: Final = 50
"""Whom one may block at a time; they fit on one list."""


@frozen(kw_only=True)
class BlockMember(Command):
    """A member wants nothing to do with another one from now on."""

    member: int
    blocked: int
    """The other one's number."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.blocked), (Block, (self.member, self.blocked))

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`, `BlocksOneself`, `PersonUnknown` and `TooManyBlocked`. Who is blocked stays so."""
        member = books.find(Member, self.member)
        if member is None or member.state == "joining":
            raise refusals.NotAMember
        if self.blocked == self.member:
            raise refusals.BlocksOneself
        if books.find(Member, self.blocked) is None:
            raise refusals.PersonUnknown("")
        key = (self.member, self.blocked)
        before = books.find(Block, key)
        if before is not None and before.active:
            return Done()
        if member.blocks >= MOST:
            raise refusals.TooManyBlocked(MOST)
        if before is None:
            books.add(Block(self.member, self.blocked, 1, books.now))
        else:
            block = books.edit(Block, key)
            block.active, block.at = 1, books.now
        books.edit(Member, self.member).blocks += 1
        books.audit(self.member, "blocked", str(self.blocked))
        return Done()


@frozen(kw_only=True)
class Unblock(Command):
    """A member takes that back."""

    member: int
    blocked: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Block, (self.member, self.blocked)),)

    def decide(self, books: Books) -> Outcome:
        """Who is not blocked stays so."""
        key = (self.member, self.blocked)
        before = books.find(Block, key)
        if before is None or not before.active:
            return Done()
        block = books.edit(Block, key)
        block.active, block.at = 0, books.now
        books.edit(Member, self.member).blocks -= 1
        books.audit(self.member, "unblocked", str(self.blocked))
        return Done()


# ------------------------------------------------------------------------------------------ what it stops
def blocks(books: Books, member: int, other: int) -> bool:
    """Whether a member, whose row was read, blocks another one."""
    return any_blocks(books, (books.get(Member, member),), other)


def any_blocks(books: Books, members: Iterable[Member], other: int) -> bool:
    """Whether one of several does."""
    keys: list[Key] = [(Block, (member.id, other)) for member in members if member.blocks]
    if not keys:
        return False
    books.need(*keys)
    found = [books.find(Block, key[1]) for key in keys]
    return any(block is not None and block.active for block in found)


def reads(persons: Sequence[int]) -> tuple[Key, ...]:
    """What `reached` begins with, of people by their Telegram ids."""
    return tuple((Claim, telegram_claim(person)) for person in persons)


def reached(books: Books, member: int, persons: Sequence[int]) -> bool:
    """Whether none of these blocks a member who asks or gives them something. Who has no wallet blocks nobody."""
    claims = [books.find(Claim, key[1]) for key in reads(persons)]
    owners: list[Key] = [(Member, claim.owner) for claim in claims if claim is not None]
    books.need(*owners)
    return not any_blocks(books, [books.get(Member, key[1]) for key in owners], member)


def may_reach(books: Books, member: int, persons: Sequence[int]) -> None:
    """Raise `CannotBeAsked` unless a member may ask all of these for money."""
    if not reached(books, member, persons):
        raise refusals.CannotBeAsked
