"""Attacks: whoever forges buttons, or tries out codes or PINs again and again, is frozen until operators have looked.

Guards: what is frozen is the wallet of whoever did it, never one that it was done to: a press, a message and a PIN come
from their own Telegram account alone. The house decides, as an operator would: with a clause, in the audit, told to the
member with the way to appeal and to the operators with the way to lift it. Operators are never frozen, only named.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from wallet import penalties, standing
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.events import AttackStopped
from wallet.operators import HOUSE
from wallet.plain import frozen
from wallet.rows import Key, Member, Pin, Role
from wallet.standing import BANNED, FROZEN

BUTTONS, CODES, PINS = KINDS = ("buttons", "codes", "pins")
"""What is tried out."""
REASONS: Final[Mapping[str, str]] = {BUTTONS: "intrusion", CODES: "bruteforce", PINS: "bruteforce"}
LOCKS: Final = 3
"""So many locks of the PIN in a row, of five wrong ones each, are no forgetfulness any more."""


@frozen(kw_only=True)
class StopAttack(Command):
    """Somebody forged so many buttons, or tried so many codes, within a short time."""

    member: int
    kind: str
    count: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((Member, self.member),)

    def decide(self, books: Books) -> Outcome:
        """Does nothing where the wallet is stopped already."""
        _stop(books, self.member, self.kind, self.count)
        return Done()


@frozen(kw_only=True)
class StopGuesses(Command):
    """A PIN was locked: once more, or once too often."""

    member: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.member), (Pin, self.member)

    def decide(self, books: Books) -> Outcome:
        """Does nothing before the third lock in a row."""
        pin = books.find(Pin, self.member)
        if pin is not None and pin.locks >= LOCKS:
            _stop(books, self.member, PINS, pin.locks)
        return Done()


def _stop(books: Books, number: int, kind: str, count: int) -> None:
    assert kind in KINDS
    member = books.find(Member, number)
    if member is None or member.state in ("joining", "closed"):
        return
    books.need((Role, member.telegram_id))
    if any(standing.found(member.penalties, sort, books.now) for sort in (FROZEN, BANNED)):
        return
    role, penalty = books.find(Role, member.telegram_id), 0
    if role is None or not role.role:
        penalty = penalties.decided(books, member, HOUSE, FROZEN, "", REASONS[kind], f"{kind}: {count}", 0).penalty
    books.audit(number, "attack", f"{kind} {count}")
    books.ring(AttackStopped(number, member.telegram_id, kind, count, penalty))
