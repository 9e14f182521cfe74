"""What rules know of members: what they did in the last hour, and what happened to them lately.

Guards: all of it is in rows that are read by key and changed in the commit that it comes from, so that rules cost no
query. A payment reads and writes no row more for it: what is paid stands in the payer's counter, what comes in the
receiver's account, and what hardly ever happens is looked up only where a mark in the member's row says that it did. An
hour that is over fades out over the next one, and nothing of it is kept longer.
"""
from __future__ import annotations

from typing import Final

from wallet import ids
from wallet.books import Books
from wallet.gate import Safeguard
from wallet.movements import AccountKind
from wallet.plain import frozen
from wallet.rows import Account, Counter, Habit, Key, Member, Pair

HOUR: Final = 60 * 60 * 1_000_000
DAY: Final = 24 * HOUR
KNOWN_BY: Final = 10
"""Whoever was paid a tenth of an amount before is no stranger to it: a cent sent ahead makes nobody known."""
REPORTS_LAST: Final = 13 * DAY
"""Less than after what time the same member may report them once more, so that each of these is another one's."""


def is_stranger(books: Books, payer: int, receiver: int, amount: int) -> bool:
    """Whether somebody is paid much more than all that they were ever paid by the same. Raises `Needs` for the pair."""
    pair = books.find(Pair, (payer, receiver))
    return pair is None or pair.total * KNOWN_BY < amount


@frozen()
class Paid:
    """What somebody paid in the last hour, about: of the hour before as much counts as is not over yet."""

    count: int
    sum: int
    new: int
    """How many of those whom they paid were strangers to them (`is_stranger`)."""


@frozen()
class Came:
    """What came to somebody in the last hour from those who had never paid them."""

    people: int
    sum: int


NOT_PAID: Final = Paid(0, 0, 0)
NOT_COME: Final = Came(0, 0)


def reads(member: int) -> Key:
    """The row of a member."""
    return Habit, member


def paid(ever: Counter | None, now: int) -> Paid:
    """What somebody paid lately, by the counter of all that they ever paid."""
    hour = now // HOUR
    if ever is None or ever.hour < hour - 1:
        return NOT_PAID
    left = HOUR - now % HOUR
    if ever.hour < hour:
        return Paid(ever.hour_count * left // HOUR, ever.hour_sum * left // HOUR, ever.hour_new * left // HOUR)
    return Paid(ever.hour_count + ever.before_count * left // HOUR, ever.hour_sum + ever.before_sum * left // HOUR,
                ever.hour_new + ever.before_new * left // HOUR)


def came(account: Account, now: int) -> Came:
    """What came to somebody lately, by their account."""
    hour = now // HOUR
    if account.hour < hour - 1:
        return NOT_COME
    left = HOUR - now % HOUR
    if account.hour < hour:
        return Came(account.came_from * left // HOUR, account.came_sum * left // HOUR)
    return Came(account.came_from + account.before_from * left // HOUR,
                account.came_sum + account.before_sum * left // HOUR)


def wrong_pins(books: Books, member: Member) -> int:
    """Wrong PINs of the last day."""
    return _wrong_pins(books.find(Habit, member.id), books.now) if member.safeguards & Safeguard.NOTED else 0


def reports(books: Books, member: Member) -> int:
    """By how many others somebody was reported in the last weeks."""
    return _reports(books.find(Habit, member.id), books.now) if member.safeguards & Safeguard.NOTED else 0


def forget(books: Books, member: Member) -> None:
    """Take the mark out of a member's row once nothing of what was noted counts any more."""
    if member.safeguards & Safeguard.NOTED:
        habit = books.find(Habit, member.id)
        if not _wrong_pins(habit, books.now) and not _reports(habit, books.now):
            books.edit(Member, member.id).safeguards &= ~Safeguard.NOTED


def _wrong_pins(habit: Habit | None, now: int) -> int:
    return habit.wrong_pins if habit is not None and now - habit.wrong_since < DAY else 0


def _reports(habit: Habit | None, now: int) -> int:
    return habit.reports if habit is not None and now - habit.reports_since < REPORTS_LAST else 0


# ------------------------------------------------------------------------------------------------- counting
def count_paid(ever: Counter, now: int, amount: int, *, new: bool) -> None:
    """A member paid: in the counter of all that they ever paid, which may be changed."""
    hour = now // HOUR
    if ever.hour != hour:
        before = ever.hour == hour - 1
        ever.before_count = ever.hour_count if before else 0
        ever.before_sum = ever.hour_sum if before else 0
        ever.before_new = ever.hour_new if before else 0
        ever.hour = hour
        ever.hour_count = ever.hour_sum = ever.hour_new = 0
    ever.hour_count += 1
    ever.hour_sum += amount
    ever.hour_new += new


def count_came(books: Books, member: int, amount: int) -> None:
    """Somebody paid a member for the first time."""
    account, hour = books.edit(Account, ids.account(member, AccountKind.AVAILABLE)), books.now // HOUR
    if account.hour != hour:
        before = account.hour == hour - 1
        account.before_from, account.before_sum = (account.came_from, account.came_sum) if before else (0, 0)
        account.hour, account.came_from, account.came_sum = hour, 0, 0
    account.came_from += 1
    account.came_sum += amount


def typed_wrong(books: Books, member: int) -> None:
    """A wrong PIN."""
    habit = _noted(books, member)
    if books.now - habit.wrong_since >= DAY:
        habit.wrong_pins, habit.wrong_since = 0, books.now
    habit.wrong_pins += 1


def was_reported(books: Books, member: int) -> None:
    """Somebody else reported a member."""
    habit = _noted(books, member)
    if books.now - habit.reports_since >= REPORTS_LAST:
        habit.reports, habit.reports_since = 0, books.now
    habit.reports += 1


def may_ring(books: Books, member: int) -> bool:
    """Whether the operators are told once more of a payment that was refused: once an hour, however often somebody
    tries."""
    habit = _of(books, member)
    if books.now - habit.rang_at < HOUR:
        return False
    habit.rang_at = books.now
    return True


def _noted(books: Books, member: int) -> Habit:
    """A member's row, to be changed by what rules are to find."""
    if not books.get(Member, member).safeguards & Safeguard.NOTED:
        books.edit(Member, member).safeguards |= Safeguard.NOTED
    return _of(books, member)


def _of(books: Books, member: int) -> Habit:
    """A member's row, to be changed."""
    if books.find(Habit, member) is None:
        habit = Habit(member, 0, 0, 0, 0, 0)
        books.add(habit)
        return habit
    return books.edit(Habit, member)
