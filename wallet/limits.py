"""Counting what a member pays, in the commit that moves the money.

Guards: the sum by which the no-PIN limit (and later the limits of identity levels) is judged is never behind the
ledger, because both are written together, under the payer's lock. What went without the PIN and came back before
anybody had it leaves the day's PIN-less sum again, once, because a hold ends once.
"""
from __future__ import annotations

from typing import Final

from wallet.books import Books
from wallet.rows import Counter, Key, Member

EVER: Final = 0
"""The "day" of a member's running total."""


def reads(member: int, today: int) -> tuple[Key, Key]:
    """The counters that a debit touches."""
    return (Counter, (member, EVER)), (Counter, (member, today))


def pinless_left(books: Books, member: Member) -> int:
    """How much more goes without the PIN today; below zero once the limit was lowered."""
    today = books.find(Counter, (member.id, books.today))
    return min(member.no_pin_limit, books.policy.no_pin_limit) - (today.pinless_sum if today else 0)


def count(books: Books, member: int, amount: int, *, pinless: bool) -> None:
    """Count an outgoing payment."""
    for day in (EVER, books.today):
        if books.find(Counter, (member, day)) is None:
            books.add(Counter(member, day, amount, 1, amount if pinless else 0))
        else:
            counter = books.edit(Counter, (member, day))
            counter.sent_sum += amount
            counter.sent_count += 1
            if pinless:
                counter.pinless_sum += amount


def counted_pinless(member: int, day: int) -> tuple[Key, ...]:
    """The counters that a PIN-less payment of that day stands in; none for day 0, which is one with the PIN."""
    return ((Counter, (member, EVER)), (Counter, (member, day))) if day else ()


def uncount_pinless(books: Books, member: int, day: int, amount: int) -> None:
    """Take a payment that came back out of the PIN-less sum in which it was counted."""
    for _, key in counted_pinless(member, day):
        books.edit(Counter, key).pinless_sum -= amount
