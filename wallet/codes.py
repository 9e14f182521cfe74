"""One-time codes (TOTP, RFC 6238): with one an operator signs instead of with the PIN.

Guards: a code is good for half a minute and the one before and after it, and once: the step that was used is written
down, and no earlier one counts any more. Attempts are those of the PIN, reserved before anything is looked at. The
secret is kept sealed with the member's key, and enters no outcome, no notice and no audit.
"""
from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Final

from wallet import pins, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.operators import Act, demand
from wallet.plain import frozen
from wallet.rows import Key, Member, OneTimeCodes, Pin, Role

STEP: Final = 30
"""Seconds for which a code is shown."""
DIGITS: Final = 6
WINDOW: Final = (0, -1, 1)
"""Steps beside the present one whose code will do: clocks differ, and people type slowly."""


# ------------------------------------------------------------------------------------------------- the codes
def code_at(secret: bytes, step: int) -> str:
    """The code of a step (RFC 4226, section 5.3, with HMAC-SHA-1, which is what all apps speak)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset:offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: bytes, code: str, seconds: int) -> int:
    """The step whose code this is, among those that will do now; 0 for none."""
    now = seconds // STEP
    typed = code.encode()
    return max((now + beside for beside in WINDOW
                if hmac.compare_digest(code_at(secret, now + beside).encode(), typed)), default=0)


# ------------------------------------------------------------------------------------------- what becomes of them
@frozen(kw_only=True)
class EnrolCodes(Command):
    """An operator wants one-time codes: the secret is kept, and worth nothing until a first code was typed."""

    member: int
    sealed: bytes = unasked()
    """The secret, sealed with the member's key."""
    pin_version: int = unasked(default=0)
    """The version of the PIN that was just proven, or 0."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Pin, self.member), (OneTimeCodes, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `NotAllowed`, `PinNotSet`, `PinNeeded` and `PinChanged`. Codes that there were end."""
        member = books.get(Member, self.member)
        books.need((Role, member.telegram_id))
        demand(books, member.telegram_id, Act.SIGN)
        pins.proven(books, self.member, self.pin_version)
        if books.find(OneTimeCodes, self.member) is None:
            books.add(OneTimeCodes(self.member, self.sealed, 0, 0))
        else:
            row = books.edit(OneTimeCodes, self.member)
            row.sealed, row.since, row.step = self.sealed, 0, 0
        books.audit(self.member, "codes_enrolled")
        return Done()


@frozen(kw_only=True)
class UseCode(Command):
    """A code was typed and is right. The first one says that the app has the secret."""

    member: int
    step: int
    """Whose code it is."""
    first: bool = False
    """Whether it is to say that the app has the secret."""

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Pin, self.member), (OneTimeCodes, self.member)

    def decide(self, books: Books) -> Outcome:
        """Forgets wrong attempts. Refuses `CodeUsed`, also where there are none any more."""
        row = books.find(OneTimeCodes, self.member)
        if row is None or not row.sealed or bool(row.since) is self.first or self.step <= row.step:
            raise refusals.CodeUsed
        row = books.edit(OneTimeCodes, self.member)
        row.step = self.step
        if self.first:
            row.since = books.now
            books.audit(self.member, "codes_on")
        pins.proven(books, self.member, books.get(Pin, self.member).version)
        return Done()


@frozen(kw_only=True)
class StopCodes(Command):
    """Their owner wants no one-time codes any more."""

    member: int
    pin_version: int = unasked(default=0)

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return (Pin, self.member), (OneTimeCodes, self.member)

    def decide(self, books: Books) -> Outcome:
        """Refuses `PinNotSet`, `PinNeeded` and `PinChanged`."""
        pins.proven(books, self.member, self.pin_version)
        row = books.find(OneTimeCodes, self.member)
        if row is not None and row.sealed:
            row = books.edit(OneTimeCodes, self.member)
            row.sealed, row.since = b"", 0
            books.audit(self.member, "codes_off")
        return Done()
