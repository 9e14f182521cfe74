"""A PIN that was forgotten: a code by mail, a day of waiting in which its owner is told and may stop it, a new PIN.

Guards: whoever holds somebody's phone for an hour can't take their money with a new PIN: that takes the mail as well,
and a day in which the owner hears of it at once, again, and when it is over. The old PIN goes on working meanwhile, and
changing it, or a word of the owner's, ends the wait.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallet import emails, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import PinResetAsked, PinWasSet
from wallet.plain import frozen
from wallet.rows import Email, Key, Pin, PinReset

HOUR: Final = 60 * 60 * 1_000_000
WAIT: Final = 24 * HOUR
"""From the code to the new PIN."""
AGAIN: Final = 12 * HOUR
"""When its owner hears of it once more."""
OPEN: Final = 7 * 24 * HOUR
"""How long the new PIN may be chosen after that."""


@frozen()
class Waiting(Outcome):
    """The wait has begun."""

    ready_at: int


@frozen(kw_only=True)
class ForgetPin(Command):
    """A member forgot their PIN, and typed the code that was sent to their address."""

    member: int
    code: str
    """Its keyed digest."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Email, self.member), (Pin, self.member), (PinReset, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `MailCodeOver`, `MailCodeWrong` and `PinNotSet`."""
        emails.typed(books, self.member, emails.FORGOTTEN, self.code)
        if books.find(Pin, self.member) is None:
            raise refusals.PinNotSet
        return begin(books, self.member, "mail")


def begin(books: Books, member: int, way: str) -> Waiting:
    """The day begins, whoever let it: a code by mail, or two operators."""
    pin, ready = books.get(Pin, member), books.now + WAIT
    if books.find(PinReset, member) is None:
        books.add(PinReset(member, "waits", pin.version, ready, ready + OPEN, books.now + AGAIN))
    else:
        row = books.edit(PinReset, member)
        row.state, row.version = "waits", pin.version
        row.ready_at, row.ends_at, row.tell_at = ready, ready + OPEN, books.now + AGAIN
    books.audit(member, "pin_forgotten", f"{ready} by {way}")
    books.tell(member, PinResetAsked(ready, False))
    return Waiting(ready)


@frozen(kw_only=True)
class StopReset(Command):
    """The owner says that it was not them, or that they know it again."""

    member: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((PinReset, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `ResetOver`."""
        _waits(books, self.member)
        row = books.edit(PinReset, self.member)
        row.state, row.tell_at = "stopped", 0
        books.audit(self.member, "pin_reset_stopped")
        return Done()


@frozen(kw_only=True)
class TellOfReset(Command):
    """The clock tells the owner once more, and when the wait is over."""

    member: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (PinReset, self.member), (Pin, self.member)

    def decide(self, books: Books) -> Outcome:
        """Does nothing where it is not due, or over."""
        row, pin = books.find(PinReset, self.member), books.find(Pin, self.member)
        if row is None or not row.tell_at or row.tell_at > books.now:
            return Done()
        row, ready = books.edit(PinReset, self.member), row.ready_at <= books.now
        row.tell_at = 0 if ready else row.ready_at
        if row.state == "waits" and pin is not None and pin.version == row.version:
            books.tell(self.member, PinResetAsked(row.ready_at, ready))
        return Done()


@frozen(kw_only=True)
class SetForgottenPin(Command):
    """The wait is over, and the owner chose another PIN."""

    member: int
    hash: str = unasked()
    """argon2id of the new PIN."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (PinReset, self.member), (Pin, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `ResetOver` and `ResetWaits`."""
        row = _waits(books, self.member)
        if books.now < row.ready_at:
            raise refusals.ResetWaits(row.ready_at)
        pin = books.edit(Pin, self.member)
        pin.hash, pin.version = self.hash, pin.version + 1
        pin.attempts = pin.locks = pin.locked_until = 0
        row = books.edit(PinReset, self.member)
        row.state, row.tell_at = "used", 0
        books.tell(self.member, PinWasSet(False))
        books.audit(self.member, "pin_set", "forgotten")
        return Done()


def _waits(books: Books, member: int) -> PinReset:
    """A wait that goes on, or that is over and was not used. Raises `ResetOver`."""
    row = books.find(PinReset, member)
    books.need((Pin, member))
    pin = books.find(Pin, member)
    if (row is None or pin is None or row.state != "waits" or row.ends_at <= books.now or row.version != pin.version):
        raise refusals.ResetOver
    return row
