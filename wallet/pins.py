"""The payment PIN: set, tried, locked.

Guards: an attempt is counted, and committed, before the PIN is looked at, so guesses sent in parallel cannot all
pass before the first failure counts. Looking takes a tenth of a second (argon2id) and happens outside, between two
operations: `ReserveAttempt`, then `PinPassed` and the act itself with the PIN's version, or `PinFailed`.
"""
from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from wallet import habits, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import PinWasLocked, PinWasSet
from wallet.plain import frozen
from wallet.rows import Key, Member, Pin
from wallet.standing import DORMANT

ATTEMPTS: Final = 5
"""Wrong PINs until it is locked."""

MINUTE: Final = 60 * 1_000_000
DELAYS: Final = (15 * MINUTE, 60 * MINUTE, 6 * 60 * MINUTE, 24 * 60 * MINUTE)
"""How long each lock in a row lasts; the last one repeats."""


def too_simple(pin: str, phone: str = "") -> bool:
    """Whether a PIN is one that a thief tries first: few different digits, a ladder, a repetition, a mirror,
    or the phone's own digits."""
    assert len(pin) == 6
    assert pin.isascii()
    assert pin.isdigit()
    digits = "".join(sign for sign in phone if sign in "0123456789")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    pairs = pin[0] == pin[1] and pin[2] == pin[3] and pin[4] == pin[5]
    return (len(set(pin)) < 3 or len(steps) == 1 or pin[:3] == pin[3:] or pairs or pin == pin[::-1]
            or pin in digits)


def proven(books: Books, member: int, version: int) -> None:
    """The act needs the PIN and its version was just proven: forget wrong attempts. Raises what is missing."""
    pin = books.find(Pin, member)
    if pin is None:
        raise refusals.PinNotSet
    if not version:
        raise refusals.PinNeeded
    if pin.version != version:
        raise refusals.PinChanged
    if pin.attempts:
        pin = books.edit(Pin, member)
        pin.attempts = pin.locks = pin.locked_until = 0


@frozen()
class AttemptReserved(Outcome):
    """The PIN may now be looked at, once. `version` says which PIN it was."""

    version: int
    attempt: int


@frozen(kw_only=True)
class ReserveAttempt(Command):
    """Count an attempt before the PIN is looked at."""

    member: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Pin, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `PinNotSet` and `PinLocked`. The last attempt locks at once; a right PIN opens the lock again."""
        pin = books.find(Pin, self.member)
        if pin is None:
            raise refusals.PinNotSet
        if pin.locked_until > books.now:
            raise refusals.PinLocked(pin.locked_until)
        pin = books.edit(Pin, self.member)
        if pin.attempts >= ATTEMPTS:
            pin.attempts = 0
        pin.attempts += 1
        if pin.attempts == ATTEMPTS:
            pin.locked_until = books.now + DELAYS[min(pin.locks, len(DELAYS) - 1)]
            pin.locks += 1
        return AttemptReserved(pin.version, pin.attempts)


@frozen(kw_only=True)
class PinPassed(Command):
    """The PIN that was looked at was right, whatever becomes of the act: a refused payment is no wrong PIN."""

    member: int
    version: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Pin, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `PinNotSet` and `PinChanged`."""
        proven(books, self.member, self.version)
        return Done()


@frozen(kw_only=True)
class PinFailed(Command):
    """The PIN that was looked at was wrong. Always refused, with what is left."""

    member: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Pin, self.member), habits.reads(self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `PinWrong` or `PinLocked`; a lock is told to the member as well."""
        pin = books.get(Pin, self.member)
        habits.typed_wrong(books, self.member)
        books.keep()
        if pin.locked_until > books.now:
            books.tell(self.member, PinWasLocked(pin.locked_until))
            books.audit(self.member, "pin_locked", str(pin.locks))
            books.keep()
            raise refusals.PinLocked(pin.locked_until)
        raise refusals.PinWrong(ATTEMPTS - pin.attempts)


@frozen(kw_only=True)
class SetPin(Command):
    """Set the PIN for the first time, or change it after the old one was proven."""

    member: int
    hash: str = unasked()
    """argon2id of the new PIN; salted, so it is not what was asked."""
    pin_version: int
    """The version of the old PIN that was just proven, or 0 when there is none."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Pin, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAMember`, `AccountDormant`, `PinNeeded` and `PinChanged`."""
        member = books.get(Member, self.member)
        if member.step:
            raise refusals.NotAMember
        if member.state == DORMANT:  # A PIN that was just chosen must not wake a wallet.
            raise refusals.AccountDormant
        pin = books.find(Pin, self.member)
        if pin is None:
            books.add(Pin(self.member, self.hash, 1, 0, 0, 0))
        else:
            proven(books, self.member, self.pin_version)
            pin = books.edit(Pin, self.member)
            pin.hash, pin.version = self.hash, pin.version + 1
        books.tell(self.member, PinWasSet(pin is None))
        books.audit(self.member, "pin_set")
        return Done()
