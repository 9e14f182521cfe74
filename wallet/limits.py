"""How much a member may pay: counted in the commit that moves the money, and judged by what was counted.

Guards: the sums by which the no-PIN limit, the limits of identity levels and a member's own limits are judged are never
behind the ledger, because all are written together, under the payer's lock. What came back leaves the sums of the day
and the year in which it was counted, once, because what waits ends once and a payment is given back once.
"""
from __future__ import annotations

from typing import Any, Final, Protocol

from wallet import habits, refusals
from wallet.books import Books, Policy
from wallet.dates import day_of, first_of_month, year_of
from wallet.gate import Safeguard, answers
from wallet.rows import Counter, Key, Member, OwnLimits, Ward
from wallet.views import AllowanceView, MemberView

EVER: Final = 0
"""The "day" of a member's running total."""


def reads(member: int, today: int) -> tuple[Key, ...]:
    """The counters that a debit touches."""
    return (Counter, (member, EVER)), (Counter, (member, today))


def reads_of(books: Books, member: Member) -> tuple[Key, ...]:
    """All by which a debit of a member whose row was read is judged, for whoever looks for more at the same time."""
    if not member.safeguards:
        return reads(member.id, books.today)
    own: tuple[Key, ...] = ((OwnLimits, member.id),) if member.safeguards & Safeguard.LIMITED else ()
    more: tuple[Key, ...] = (habits.reads(member.id),) if member.safeguards & Safeguard.NOTED else ()
    if member.safeguards & Safeguard.WARD:
        more += (Ward, member.id), *((Counter, (member.id, day)) for day in month_until(books.today))
    return *reads(member.id, books.today), *own, *more


def month_until(today: int) -> range:
    """The days of a month up to one of them: what a minor paid in them is what they paid in the month."""
    return range(first_of_month(today), today + 1)


# ------------------------------------------------------------------------------------------------------- judging
def level_of(policy: Policy, member: Member | MemberView) -> int:
    """The identity level that counts for a member here."""
    return max(member.level, policy.least_level)


def judge(books: Books, member: Member, amount: int, payments: int = 1) -> None:
    """Refuse what is beyond a limit: so many payments of an amount each. Refuses `LevelLimitReached`,
    `OwnLimitReached`, and of a minor `GuardianAway` and `GuardianLimitReached`."""
    total = amount * payments
    ever = books.find(Counter, (member.id, EVER))
    level = level_of(books.policy, member)
    limit = books.policy.level_limits[level]
    year = year_of(books.today) if level else 0
    if ever is None:
        used = 0
    elif not level:
        used = ever.sent_sum - ever.uncounted
    else:
        used = ever.year_sum if ever.year == year else 0
    if used + total > limit:
        raise refusals.LevelLimitReached(level, limit, max(0, limit - used), year)
    if member.safeguards and member.safeguards & Safeguard.LIMITED:
        _judge_own(books, member.id, amount, total)
    if member.safeguards and member.safeguards & Safeguard.WARD:
        _judge_ward(books, member, amount, total)


def _judge_own(books: Books, member: int, amount: int, total: int) -> None:
    """Refuse what is beyond a limit that the member chose."""
    payment, day = in_force(books.get(OwnLimits, member), books.today)
    if payment and amount > payment:
        raise refusals.OwnLimitReached("payment", payment, payment)
    if day:
        used = _paid(books, member, range(books.today, books.today + 1))
        if used + total > day:
            raise refusals.OwnLimitReached("day", day, max(0, day - used))


def _judge_ward(books: Books, member: Member, amount: int, total: int) -> None:
    """Refuse what a minor's guardian does not allow. Whether one answers for them, and lets anything go out, the gate
    has asked; whether that one may act themselves stands in their own row."""
    books.need(*reads_of(books, member))
    ward = books.get(Ward, member.id)
    assert ward.guardian, "the gate lets nothing of theirs out"
    if not answers(books, books.get(Member, ward.guardian)):
        raise refusals.GuardianAway
    if ward.payment and amount > ward.payment:
        raise refusals.GuardianLimitReached("payment", ward.payment, ward.payment)
    for what, limit, days in (("day", ward.day, range(books.today, books.today + 1)),
                              ("month", ward.month, month_until(books.today))):
        used = _paid(books, member.id, days) if limit else 0
        if limit and used + total > limit:
            raise refusals.GuardianLimitReached(what, limit, max(0, limit - used))


def _paid(books: Books, member: int, days: range) -> int:
    """What counts of all that a member paid on some days."""
    found = (books.find(Counter, (member, day)) for day in days)
    return sum(counter.sent_sum - counter.uncounted for counter in found if counter)


def in_force(own: OwnLimits, today: int) -> tuple[int, int]:
    """The limits of one's own that hold on a day: for a payment and for the day, 0 for none."""
    if own.from_day and own.from_day <= today:
        return own.next_payment, own.next_day
    return own.payment, own.day


class Counted(Protocol):
    """What is read of a counter, by whichever way."""

    sent_sum: Any
    uncounted: Any
    year: Any
    year_sum: Any


def allowance(ever: Counted | None, day: Counted | None, own: OwnLimits | None, today: int, safeguards: int
              ) -> AllowanceView:
    """What a member has paid of what they may, from what was read for them."""
    payment, daily = in_force(own, today) if own else (0, 0)
    next_payment, next_day = (own.next_payment, own.next_day) if own else (0, 0)
    this_year = ever is not None and ever.year == year_of(today)
    return AllowanceView(
        ever.sent_sum - ever.uncounted if ever else 0, ever.year_sum if ever and this_year else 0,
        day.sent_sum - day.uncounted if day else 0, payment, daily, next_payment, next_day,
        bool(safeguards & Safeguard.LOCKED))


def pinless_left(books: Books, member: Member) -> int:
    """How much more goes without the PIN today; below zero once the limit was lowered."""
    today = books.find(Counter, (member.id, books.today))
    return min(member.no_pin_limit, books.policy.no_pin_limit) - (today.pinless_sum if today else 0)


# ------------------------------------------------------------------------------------------------------ counting
def count(books: Books, member: int, amount: int, *, pinless: bool, back: bool = False, stranger: bool = False
          ) -> None:
    """Count an outgoing payment. What gives back what was received counts towards no limit; `stranger` is whether it
    goes to somebody whom they never paid before."""
    without_pin, uncounted = amount if pinless else 0, amount if back else 0
    year = year_of(books.today)
    ever = books.find(Counter, (member, EVER))
    if ever is None:
        ever = Counter(member, EVER, amount, 1, without_pin, uncounted, year, amount - uncounted)
        books.add(ever)
    else:
        ever = books.edit(Counter, (member, EVER))
        _add(ever, amount, without_pin, uncounted)
        if ever.year != year:
            ever.year, ever.year_sum = year, 0
        ever.year_sum += amount - uncounted
    habits.count_paid(ever, books.now, amount, new=stranger)
    if books.find(Counter, (member, books.today)) is None:
        books.add(Counter(member, books.today, amount, 1, without_pin, uncounted, 0, 0))
    else:
        _add(books.edit(Counter, (member, books.today)), amount, without_pin, uncounted)


def _add(counter: Counter, amount: int, without_pin: int, uncounted: int) -> None:
    counter.sent_sum += amount
    counter.sent_count += 1
    counter.pinless_sum += without_pin
    counter.uncounted += uncounted


def counted(member: int, *days: int) -> tuple[Key, ...]:
    """The counters in which a payment of that day stands, and those of the day, if any, of its PIN-less sum."""
    return (Counter, (member, EVER)), *((Counter, (member, day)) for day in {*days} if day)


def uncount(books: Books, member: int, day: int, amount: int, *, pinless_on: int = 0) -> None:
    """Take what came back out of the sums in which it was counted, and where it went without the PIN out of that sum
    too. After the time zone was set otherwise a payment's day may be another than the one that counted it: the sums
    still add up."""
    ever = books.edit(Counter, (member, EVER))
    ever.uncounted += amount
    if ever.year == year_of(day):
        ever.year_sum -= amount
    if books.find(Counter, (member, day)) is None:
        books.add(Counter(member, day, 0, 0, 0, amount, 0, 0))
    else:
        books.edit(Counter, (member, day)).uncounted += amount
    if pinless_on:
        ever.pinless_sum -= amount
        books.edit(Counter, (member, pinless_on)).pinless_sum -= amount


def day_in(books: Books, moment: int) -> int:
    """The day on which a payment of a moment was counted."""
    return day_of(moment, books.zone)
