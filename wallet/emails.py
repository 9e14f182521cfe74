"""A member's e-mail address: bound by a code that is sent there, and proven again by another one.

Guards: an address is bound by whoever knows the PIN and reads the mail there, by nobody else. A code is kept as a keyed
digest, works once, for one purpose, for a quarter of an hour and for so many tries, each of which counts before it is
looked at; and nobody has more than so many mails sent in a day.
"""
from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Final

from wallet import identity, pins, refusals, tallies
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import EmailBound
from wallet.plain import frozen
from wallet.rows import Email, Key, Member, Pin

BIND, FORGOTTEN = PURPOSES = ("bind", "forgotten")
"""What a code is for: the address itself, or a PIN that was forgotten."""
LIFE: Final = 15 * 60 * 1_000_000
TRIES: Final = 5
MOST_MAILS: Final = 5
"""In a day."""


@frozen(kw_only=True)
class AskCode(Command):
    """A code is about to be sent by mail."""

    member: int
    purpose: str
    code: str
    """Its keyed digest."""
    address: str = ""
    """Keyed digest of the address that is to be bound."""
    sealed: bytes = unasked(default=b"")
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""
    number: str = ""
    """Keyed digest of the ID number, which whoever forgot the PIN and gave one names as well."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Email, self.member), (Pin, self.member), *tallies.reads(self.member, tallies.MAILS),
                *identity.proven_reads(self.member, self.number))

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`, `PinNotSet`, `PinNeeded`, `PinChanged`, `EmailMissing`, `IdentityOther`,
        `IdentityTooOften` and `TooManyMails`."""
        assert self.purpose in PURPOSES
        if books.get(Member, self.member).step:
            raise refusals.NotAMember
        row = books.find(Email, self.member)
        if self.purpose == BIND:
            pins.proven(books, self.member, self.pin_version)
        elif row is None or not row.address:
            raise refusals.EmailMissing
        else:
            identity.proven(books, self.member, self.number)
        if tallies.begun_today(books, self.member, tallies.MAILS) >= MOST_MAILS:
            raise refusals.TooManyMails(MOST_MAILS)
        tallies.note(books, self.member, tallies.MAILS, books.today)
        if row is None:
            books.add(Email(self.member, b"", 0, b"", "", "", 0, 0))
        row = books.edit(Email, self.member)
        row.purpose, row.code, row.until, row.tries = self.purpose, self.code, books.now + LIFE, 0
        row.asked = self.sealed
        return Done()


@frozen(kw_only=True)
class BindEmail(Command):
    """The code that was sent to an address was typed."""

    member: int
    code: str
    """Its keyed digest."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Email, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `MailCodeOver` and `MailCodeWrong`."""
        row = typed(books, self.member, BIND, self.code)
        row.address, row.bound_at, row.asked = row.asked, books.now, b""
        books.audit(self.member, "email_bound")
        books.tell(self.member, EmailBound())
        return Done()


def typed(books: Books, member: int, purpose: str, code: str) -> Email:
    """A code was typed: whether it is right. It counts, right or wrong. Raises `MailCodeOver` and `MailCodeWrong`."""
    row = books.find(Email, member)
    if row is None or row.purpose != purpose or row.until <= books.now or row.tries >= TRIES:
        raise refusals.MailCodeOver
    row = books.edit(Email, member)
    row.tries += 1
    if not hmac.compare_digest(row.code.encode(), code.encode()):
        books.keep()
        raise refusals.MailCodeWrong(TRIES - row.tries)
    row.purpose, row.code, row.until = "", "", 0
    return row
