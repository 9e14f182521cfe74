"""Payments that come again: a standing word of their payer, carried out by the clock on each day that it names.

Guards: whoever is debited has said yes with the PIN to exactly this: whom, how much, on which days, until when. Of each
day at most one payment comes, whatever crashed, ran twice or stood still: of days that were missed the latest alone is
paid. What can't be paid is tried again on the next days, a bounded number of times; whatever makes it impossible, or
comes to nothing too often in a row, ends it, and its payer is told.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from wallet import blocks, dates, gate, ids, limits, refusals, risk, tallies
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.drafts import AmountIntent, keep_draft
from wallet.events import ScheduleEnded, ScheduleFailed, ScheduleRan, ScheduleSoon
from wallet.holds import purpose_for
from wallet.members import telegram_claim
from wallet.movements import AccountKind
from wallet.plain import frozen
from wallet.rows import Account, Claim, Draft, Key, Member, Pair, Ran, Schedule
from wallet.rules import Verdict
from wallet.standing import Restriction
from wallet.transfers import MOST_WAITING, pay_one

MOST_SCHEDULES: Final = 20
"""How many a member may have."""
MOST_TRIES: Final = 4
"""How often one payment is tried, a day apart: at first, and three times more."""
MOST_IN_A_ROW: Final = 8
"""So many tries in a row, of whichever days, come to nothing until it ends."""


@frozen()
class ScheduleMade(Outcome):
    """It will be paid from now on."""

    schedule: int
    first_day: int
    """The first day, as a number of the calendar."""


@frozen()
class ScheduleStopped(Outcome):
    """Its payer ended it."""

    schedule: int


@frozen()
class ScheduleTurn(Outcome):
    """A day of it is over: paid, to be tried again, or skipped; or it has ended."""

    schedule: int
    day: int
    transfer: int
    """The payment, or 0."""
    hold: int
    """The hold where the money waits for the receiver's word, or 0."""
    why: str
    """Why nothing was paid: "balance", "waiting" or "agreements" for now; "payer", "receiver" or
    "closing" for ever; or ""."""
    again: int
    """The day on which it is tried or paid next, 0 for never."""


@frozen()
class ScheduleIntent(AmountIntent):
    """A payment that shall come again, while its payer is asked for the PIN."""

    person: int
    """The receiver's Telegram id."""
    amount: int
    """What each payment comes to."""
    note: str
    unit: str
    on: int
    """The days, as in `wallet.dates`."""
    last_day: int
    """None is later; 0 for no end."""
    by_number: int

    WORD: ClassVar[str] = "schedule"
    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True

    def check(self, books: Books, payer: Member) -> int:
        """Refuses what `AskSchedule` refuses; answers the first day."""
        return _checked(books, payer, self)

    def carry_out(self, books: Books, draft: Draft, found: int, *, pinless: bool) -> ScheduleMade:
        assert not pinless
        number = books.number()
        books.add(Schedule(number, self.payer, self.person, self.amount, self.note, self.by_number, self.unit, self.on,
                           self.last_day, "active", found, found, 0, 0, books.now, 0))
        tallies.begin(books, self.payer, tallies.SCHEDULES)
        # The row changes with every day, so what was said yes to is written down where nothing changes.
        books.audit(self.payer, "schedule",
                    f"{number} {self.person} {self.amount} {self.unit} {self.on} {self.last_day}")
        return ScheduleMade(number, found)


@frozen(kw_only=True)
class AskSchedule(Command):
    """A member wants to pay somebody again and again. That always needs the PIN."""

    payer: int
    person: int
    """The receiver's Telegram id, as they were resolved and shown."""
    amount: int
    note: str = ""
    unit: str
    on: int
    last_day: int = 0
    by_number: bool = unasked(default=False)
    """Whether the payer knows no more of them than a phone number."""
    token: str = unasked()
    """Names the draft: 128 random bits or more, as text."""
    chat: int = unasked(default=0)
    """The group in which it was asked, 0 in private."""

    GATE: ClassVar[str] = "payment"
    BINDS: ClassVar[bool] = True
    MONEY: ClassVar[bool] = True
    DEBITS: ClassVar[bool] = True

    def actor(self) -> int:
        return self.payer

    def reads(self, today: int) -> Iterable[Key]:
        return ((Claim, telegram_claim(self.person)), *tallies.reads(self.payer, tallies.SCHEDULES))

    def decide(self, books: Books) -> Outcome:
        """Makes a draft. Refuses `PayToYourself`, `AmountOutOfRange`, `ScheduleEndsTooSoon`, `TooManySchedules`,
        `ReceiverHasNotJoined` and `ReceiverUnavailable`."""
        intent = ScheduleIntent(self.payer, self.chat, self.person, self.amount, self.note, self.unit, self.on,
                                self.last_day, int(self.by_number))
        _checked(books, books.get(Member, self.payer), intent)
        return keep_draft(books, self.token, "pin", intent)


def _checked(books: Books, payer: Member, intent: ScheduleIntent) -> int:
    """Refuse what may not be; the first day on which it is paid."""
    assert dates.can_be(intent.unit, intent.on)
    if intent.person == payer.telegram_id:
        raise refusals.PayToYourself
    if not 0 < intent.amount <= books.policy.max_amount:
        raise refusals.AmountOutOfRange(1, books.policy.max_amount)
    first = dates.next_after(intent.unit, intent.on, books.today)
    if intent.last_day and not first <= intent.last_day <= dates.LAST:
        raise refusals.ScheduleEndsTooSoon
    books.need((Claim, telegram_claim(intent.person)), *tallies.reads(payer.id, tallies.SCHEDULES))
    if tallies.still_open(books, payer.id, tallies.SCHEDULES) >= MOST_SCHEDULES:
        raise refusals.TooManySchedules(MOST_SCHEDULES)
    claim = books.find(Claim, telegram_claim(intent.person))
    if claim is not None:
        books.need((Claim, claim.text), (Member, claim.owner), *tallies.reads(payer.id, tallies.SCHEDULES))
    receiver = books.get(Member, claim.owner) if claim is not None else None
    if receiver is None or receiver.state == "joining":
        raise refusals.ReceiverHasNotJoined
    if not gate.may_be_paid(books, receiver) or blocks.any_blocks(books, [receiver], payer.id):
        raise refusals.ReceiverUnavailable
    return first


@frozen(kw_only=True)
class StopSchedule(Command):
    """Its payer ends it. What was paid stays paid."""

    member: int
    schedule: int

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ((Schedule, self.schedule), *tallies.reads(self.member, tallies.SCHEDULES))

    def decide(self, books: Books) -> Outcome:
        """Refuses `ScheduleUnknown`, of another's as of one that is not there, and `ScheduleOver`."""
        schedule = books.find(Schedule, self.schedule)
        if schedule is None or schedule.member != self.member:
            raise refusals.ScheduleUnknown
        if schedule.state != "active":
            raise refusals.ScheduleOver
        _end(books, schedule.id, "stopped")
        return ScheduleStopped(schedule.id)


@frozen(kw_only=True)
class TellOfSchedule(Command):
    """The clock tells a payer the day before."""

    schedule: int
    day: int
    """The day on which it is due."""

    def reads(self, today: int) -> Iterable[Key]:
        return ((Schedule, self.schedule),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `ScheduleUnknown` and `ScheduleOver`; too early, too late and the second time, `ScheduleNotDue`."""
        schedule = _going_on(books, self.schedule)
        told = schedule.told_day == schedule.next_day or schedule.try_day > schedule.next_day
        if schedule.next_day != self.day or told or books.today != self.day - 1:
            raise refusals.ScheduleNotDue
        books.edit(Schedule, schedule.id).told_day = self.day
        books.tell(schedule.member, ScheduleSoon(schedule.id, schedule.person, schedule.amount, schedule.note,
                                                 bool(schedule.by_number), self.day))
        return Done()


@frozen(kw_only=True)
class RunSchedule(Command):
    """The clock pays what is due, or finds that it can't be."""

    schedule: int
    day: int
    """The day that is due, as it was looked up."""
    tries: int
    """How often that day was tried, as it was looked up."""

    MONEY: ClassVar[bool] = True

    def reads(self, today: int) -> Iterable[Key]:
        return ((Schedule, self.schedule),)

    def decide(self, books: Books) -> Outcome:
        """Refuses `ScheduleUnknown`, `ScheduleOver` and `ScheduleNotDue`."""
        schedule = _going_on(books, self.schedule)
        if (schedule.next_day, schedule.tries) != (self.day, self.tries) or books.today < schedule.try_day:
            raise refusals.ScheduleNotDue
        until = min(books.today, schedule.last_day or books.today)
        day, missed = dates.latest(schedule.unit, schedule.on_day, schedule.next_day, until)
        payer, receiver = _parties(books, schedule)
        why = _why_never(books, payer, receiver)
        if why:
            _end(books, schedule.id, "stopped")
            books.tell(payer.id, ScheduleEnded(schedule.id, schedule.person, schedule.amount,
                                               bool(schedule.by_number), why))
            return ScheduleTurn(schedule.id, day, 0, 0, why, 0)
        assert receiver is not None
        why = _why_not_now(books, schedule, payer, receiver)
        if why:
            return _put_off(books, schedule, day, missed, why)
        return _carry_out(books, schedule, payer, receiver, day, missed)


def _parties(books: Books, schedule: Schedule) -> tuple[Member, Member | None]:
    """Its two sides under their locks, with all that paying touches."""
    payer = schedule.member
    keys: list[Key] = [
        (Member, payer), (Account, ids.account(payer, AccountKind.AVAILABLE)),
        (Account, ids.account(payer, AccountKind.HELD)), (Claim, telegram_claim(schedule.person)),
        *limits.reads(payer, books.today), *tallies.reads(payer, tallies.SCHEDULES)]
    books.need(*keys)
    claim = books.find(Claim, telegram_claim(schedule.person))
    if claim is None:
        return books.get(Member, payer), None
    receiver = claim.owner
    books.need(*keys, (Member, receiver), (Account, ids.account(receiver, AccountKind.AVAILABLE)),
               (Pair, (payer, receiver)), *limits.reads_of(books, books.get(Member, payer)))
    return books.get(Member, payer), books.get(Member, receiver)


def _why_never(books: Books, payer: Member, receiver: Member | None) -> str:
    """What ends it: the service closes, its payer is banned, or the receiver can take none. A freeze and a restriction
    are looked into and lifted again, so what they stop waits."""
    if books.switch.winds_down:
        return "closing"
    try:
        gate.may_send(books, payer)
    except (refusals.WalletLocked, refusals.WalletMoving, refusals.GuardianStopped, refusals.NoGuardian,
            refusals.AccountFrozen, refusals.DirectionRestricted, refusals.HeldByOrder):
        pass  # It opens again, minors find a guardian, and these measures are no ban.
    except refusals.Refusal:
        return "payer"
    if receiver is None or not gate.may_be_paid(books, receiver) or blocks.any_blocks(books, [receiver], payer.id):
        return "receiver"
    return ""


def _why_not_now(books: Books, schedule: Schedule, payer: Member, receiver: Member) -> str:
    """What may be otherwise tomorrow."""
    if gate.is_frozen(books, payer):
        return "frozen"
    if gate.restricted(books, payer, Restriction.SENDING):
        return "restricted"
    if gate.rests(payer):
        return "locked"
    if gate.halted(payer):
        return "guardian"
    try:
        gate.accepted(books, payer, "payment", spends=True)
    except refusals.AgreementsNeeded:
        return "agreements"
    try:
        gate.covers(books, payer, schedule.amount)
    except refusals.NotEnough:
        return "balance"
    except refusals.HeldByOrder:
        return "order"
    if purpose_for(books, receiver.id, delayed=False) and payer.waiting >= MOST_WAITING:
        return "waiting"
    try:
        limits.judge(books, payer, schedule.amount)
    except (refusals.LevelLimitReached, refusals.OwnLimitReached):
        return "limit"
    except (refusals.GuardianAway, refusals.GuardianLimitReached):
        return "guardian"
    # Its payer said yes long ago and is not there to be asked: what needs more than that waits for another day.
    if risk.look(books, payer.id, (receiver.id,), schedule.amount) > Verdict.ASK:
        risk.refuse(books)
        return "risk"
    return ""


def _put_off(books: Books, schedule: Schedule, day: int, missed: int, why: str) -> ScheduleTurn:
    """It is tried again tomorrow, or this day is skipped; after too many tries in a row it ends, and nobody hears of it
    day after day."""
    changed = books.edit(Schedule, schedule.id)
    changed.tries += 1
    if changed.tries == MOST_IN_A_ROW:
        books.add(Ran(schedule.id, day, 0, books.now))
        _end(books, schedule.id, "stopped")
        books.tell(schedule.member, ScheduleEnded(schedule.id, schedule.person, schedule.amount,
                                                  bool(schedule.by_number), why))
        return ScheduleTurn(schedule.id, day, 0, 0, why, 0)
    if changed.tries % MOST_TRIES:
        changed.next_day, changed.try_day = day, books.today + 1
        again, skipped = changed.try_day, False
    else:
        books.add(Ran(schedule.id, day, 0, books.now))
        again, skipped = _advance(books, schedule.id, day), True
    books.tell(schedule.member, ScheduleFailed(schedule.id, schedule.person, schedule.amount,
                                               bool(schedule.by_number), day, why, again, skipped, missed))
    return ScheduleTurn(schedule.id, day, 0, 0, why, again)


def _carry_out(books: Books, schedule: Schedule, payer: Member, receiver: Member, day: int, missed: int
               ) -> ScheduleTurn:
    """Move the money: everything was checked."""
    by_number = bool(schedule.by_number)
    transfer, hold, _ = pay_one(books, payer.id, schedule.person, receiver.id, schedule.amount, schedule.note, 0,
                                by_number=by_number, pinless=False)
    books.add(Ran(schedule.id, day, transfer, books.now))
    books.used(payer.id)  # Their word stands, and their money moves by it.
    again = _advance(books, schedule.id, day)
    books.edit(Schedule, schedule.id).tries = 0
    books.tell(payer.id, ScheduleRan(schedule.id, transfer, receiver.id, schedule.amount, schedule.note, hold,
                                     by_number, day, again, missed))
    return ScheduleTurn(schedule.id, day, transfer, hold, "", again)


# ------------------------------------------------------------------------------------------------- leaves
def _going_on(books: Books, number: int) -> Schedule:
    """A schedule that has not ended."""
    schedule = books.find(Schedule, number)
    if schedule is None:
        raise refusals.ScheduleUnknown
    if schedule.state != "active":
        raise refusals.ScheduleOver
    return schedule


def _advance(books: Books, number: int, day: int) -> int:
    """The next day after one that is done, 0 when that was the last."""
    schedule = books.edit(Schedule, number)
    following = dates.next_after(schedule.unit, schedule.on_day, day)
    if schedule.last_day and following > schedule.last_day:
        _end(books, number, "ended")
        return 0
    schedule.next_day = schedule.try_day = following
    return following


def _end(books: Books, number: int, state: str) -> None:
    """It ends, which it does once."""
    schedule = books.edit(Schedule, number)
    assert schedule.state == "active"
    schedule.state, schedule.ended_at = state, books.now
    tallies.end(books, schedule.member, tallies.SCHEDULES)
