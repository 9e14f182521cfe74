"""Payments that come again: set up with the PIN, paid once a day that is due, put off, skipped, stopped."""
from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest

from handlers.jobs.scheduling import run_schedules
from tests.fakes.reads import FakeReads
from tests.wallet.bank import ALICE, BOB, CAROL, STRANGER, ZONE, Bank
from wallet import refusals
from wallet.commands import Command, Done
from wallet.dates import DAILY, MONTHLY, WEEKLY, next_after
from wallet.drafts import Asked, Confirm
from wallet.events import MoneyCame, ScheduleEnded, ScheduleFailed, ScheduleRan, ScheduleSoon, read
from wallet.members import SetConfirmIncoming
from wallet.operators import HOUSE, SetSwitch
from wallet.rows import Counter, Hold, Pin, Ran, Schedule, Tally
from wallet.schedules import (
    MOST_IN_A_ROW,
    MOST_SCHEDULES,
    MOST_TRIES,
    AskSchedule,
    RunSchedule,
    ScheduleStopped,
    ScheduleTurn,
    StopSchedule,
    TellOfSchedule,
)
from wallet.standing import Restriction


def today(bank: Bank) -> int:
    """The day of the calendar where the bank is."""
    return datetime.fromtimestamp(bank.clock.now / 1_000_000, UTC).astimezone(ZONE).toordinal()


def told(bank: Bank, kind: type[object]) -> list[object]:
    """What somebody was told of a kind."""
    return [read(notice.event, notice.facts) for notice in bank.told if notice.event == kind.__name__]


def wish(bank: Bank, person: int = BOB, *, amount: int = 2_000, unit: str = DAILY, on: int = 0, last_day: int = 0
         ) -> AskSchedule:
    key = bank.key()
    return AskSchedule(key=key, payer=bank.members[ALICE], person=person, amount=amount, note="rent", unit=unit, on=on,
                       last_day=last_day, token=f"token {key}")


async def made(bank: Bank, person: int = BOB, *, amount: int = 2_000, unit: str = DAILY, on: int = 0,
               last_day: int = 0) -> Schedule:
    """Alice's, with her PIN."""
    if not bank.store.all(Pin):  # type: ignore[attr-defined]
        await bank.set_pin(ALICE)
    number = await bank.plans(ALICE, person, amount=amount, unit=unit, on=on, last_day=last_day)
    return bank.row(Schedule, number)


def run(bank: Bank, number: int) -> RunSchedule:
    """What the clock asks for, under its key."""
    row = bank.row(Schedule, number)
    return RunSchedule(key=f"schedule:{number}:{row.next_day}:{row.tries}", schedule=number, day=row.next_day,
                       tries=row.tries)


async def turn(bank: Bank, number: int) -> ScheduleTurn:
    outcome = await bank.run(run(bank, number))
    assert isinstance(outcome, ScheduleTurn)
    return outcome


async def refused(bank: Bank, command: Command) -> refusals.Refusal:
    with pytest.raises(refusals.Refusal) as caught:
        await bank.run(command)
    return caught.value


# --------------------------------------------------------------------------------------------- setting it up
async def test_it_always_needs_the_pin_and_pays_nothing_yet(bank: Bank) -> None:
    asked = await bank.run(wish(bank, amount=1))
    assert isinstance(asked, Asked)
    assert asked.needs == "pin"
    yes = Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token)
    assert isinstance(await refused(bank, yes), refusals.PinNotSet)
    await bank.set_pin(ALICE)
    assert isinstance(await refused(bank, yes), refusals.PinNeeded)
    schedule = await made(bank)
    assert schedule.next_day == today(bank) + 1
    assert await bank.balance(ALICE) == 100_000


@pytest.mark.parametrize(("person", "amount", "refusal"), [
    (ALICE, 5, refusals.PayToYourself), (BOB, 0, refusals.AmountOutOfRange),
    (BOB, 5_000_001, refusals.AmountOutOfRange),
    (STRANGER, 5, refusals.ReceiverHasNotJoined)])
async def test_what_cannot_be_set_up(bank: Bank, person: int, amount: int, refusal: type[refusals.Refusal]) -> None:
    assert isinstance(await refused(bank, wish(bank, person, amount=amount)), refusal)


async def test_it_ends_after_it_begins(bank: Bank) -> None:
    assert await refused(bank, wish(bank, last_day=today(bank))) == refusals.ScheduleEndsTooSoon()
    assert isinstance(await bank.run(wish(bank, last_day=today(bank) + 1)), Asked)


async def test_there_are_not_too_many_and_room_comes_back(bank: Bank) -> None:
    first = await made(bank)
    for _ in range(MOST_SCHEDULES - 1):
        await made(bank)
    assert await refused(bank, wish(bank)) == refusals.TooManySchedules(MOST_SCHEDULES)
    await bank.run(StopSchedule(key=bank.key(), member=bank.members[ALICE], schedule=first.id))
    await made(bank)


# ---------------------------------------------------------------------------------------------------- paying
async def test_on_its_day_it_is_paid_once_and_both_are_told(bank: Bank) -> None:
    schedule = await made(bank)
    assert await refused(bank, run(bank, schedule.id)) == refusals.ScheduleNotDue()
    bank.clock.forward(hours=24)
    command = run(bank, schedule.id)
    first = await bank.run(command)
    assert isinstance(first, ScheduleTurn)
    assert await bank.run(command) == first
    stale = RunSchedule(key=bank.key(), schedule=schedule.id, day=command.day, tries=command.tries)
    assert await refused(bank, stale) == refusals.ScheduleNotDue()
    assert (await bank.balance(ALICE), await bank.balance(BOB)) == (98_000, 102_000)
    day = today(bank)
    assert told(bank, ScheduleRan) == [ScheduleRan(schedule.id, first.transfer, bank.members[BOB], 2_000, "rent", 0,
                                                   False, day, day + 1, 0)]
    assert [event.note for event in told(bank, MoneyCame)] == ["rent"]  # type: ignore[attr-defined]
    counter = bank.row(Counter, (bank.members[ALICE], day))  # type: ignore[arg-type]
    assert (counter.sent_sum, counter.pinless_sum) == (2_000, 0)


async def test_a_round_pays_all_that_is_due_and_stops_where_nothing_moves(bank: Bank) -> None:
    numbers = [(await made(bank, amount=100 + place)).id for place in range(3)]
    bank.clock.forward(hours=24)
    noon = datetime.fromtimestamp(bank.clock.now / 1_000_000, ZONE).replace(hour=12)
    reads = FakeReads(bank.store)  # type: ignore[arg-type]
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="maintenance", reason="night"))
    assert await run_schedules(bank.engine, reads, noon, limit=1) == 0
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="open", reason="morning"))
    assert [await run_schedules(bank.engine, reads, noon, limit=1) for _ in range(2)] == [len(numbers), 0]
    assert len(told(bank, ScheduleRan)) == len(numbers)


async def test_asked_from_everywhere_at_once_it_is_paid_once(bank: Bank) -> None:
    schedule = await made(bank)
    bank.clock.forward(hours=24)
    command = run(bank, schedule.id)
    others = [RunSchedule(key=bank.key(), schedule=schedule.id, day=command.day, tries=0) for _ in range(5)]
    heard = await asyncio.gather(*[bank.run(one) for one in (command, *others)], return_exceptions=True)
    assert sum(isinstance(answer, ScheduleTurn) for answer in heard) == 1
    assert await bank.balance(BOB) == 102_000


async def test_after_standing_still_the_latest_day_alone_is_paid(bank: Bank) -> None:
    schedule = await made(bank, unit=WEEKLY, on=2)
    first = schedule.next_day
    bank.clock.forward(hours=24 * (first - today(bank) + 16))
    done = await turn(bank, schedule.id)
    assert (done.day, done.again) == (first + 14, first + 21)
    assert [event.missed for event in told(bank, ScheduleRan)] == [2]  # type: ignore[attr-defined]
    assert [(row.day, bool(row.transfer)) for row in bank.store.all(Ran)] == [  # type: ignore[attr-defined]
        (first + 14, True)]
    assert await bank.balance(BOB) == 102_000


async def test_a_month_without_the_day_is_paid_on_its_last(bank: Bank) -> None:
    schedule = await made(bank, unit=MONTHLY, on=31)
    days = []
    for _ in range(4):
        bank.clock.forward(hours=24 * (bank.row(Schedule, schedule.id).next_day - today(bank)))
        days.append(date.fromordinal((await turn(bank, schedule.id)).day))
    assert all(next_after(DAILY, 0, day.toordinal()) == date(
        day.year + day.month // 12, day.month % 12 + 1, 1).toordinal() for day in days)
    assert len({day.month for day in days}) == 4


async def test_it_ends_with_its_last_day(bank: Bank) -> None:
    schedule = await made(bank, last_day=today(bank) + 2)
    bank.clock.forward(hours=24)
    assert (await turn(bank, schedule.id)).again == today(bank) + 1
    bank.clock.forward(hours=24)
    assert (await turn(bank, schedule.id)).again == 0
    assert bank.row(Schedule, schedule.id).state == "ended"
    assert [row.open for row in bank.store.all(Tally)] == [0]  # type: ignore[attr-defined]
    late = RunSchedule(key=bank.key(), schedule=schedule.id, day=schedule.last_day, tries=0)
    assert await refused(bank, late) == refusals.ScheduleOver()


async def test_who_confirms_what_comes_in_is_asked(bank: Bank) -> None:
    schedule = await made(bank)
    await bank.run(SetConfirmIncoming(key=bank.key(), member=bank.members[BOB], on=True))
    bank.clock.forward(hours=24)
    done = await turn(bank, schedule.id)
    assert bank.row(Hold, done.hold).amount == 2_000


# ------------------------------------------------------------------------------------------ what comes between
async def test_without_money_it_is_tried_again_on_three_days_and_skipped(bank: Bank) -> None:
    schedule = await made(bank, CAROL, amount=100_001, unit=MONTHLY, on=today(bank) % 28 + 1)
    bank.clock.forward(hours=24 * (schedule.next_day - today(bank)))
    due = today(bank)
    for number in range(1, MOST_TRIES):
        done = await turn(bank, schedule.id)
        assert (done.why, done.again, done.transfer) == ("balance", due + number, 0)
        assert await refused(bank, run(bank, schedule.id)) == refusals.ScheduleNotDue()
        bank.clock.forward(hours=24)
    last = await turn(bank, schedule.id)
    following = next_after(MONTHLY, schedule.on_day, due)
    assert last.again == following
    failed = told(bank, ScheduleFailed)
    assert [event.skipped for event in failed] == [False, False, False, True]  # type: ignore[attr-defined]
    assert [(row.day, row.transfer) for row in bank.store.all(Ran)] == [(due, 0)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("unit", "on"), [(DAILY, 0), (WEEKLY, 2)])
async def test_what_comes_to_nothing_too_often_in_a_row_ends(bank: Bank, unit: str, on: int) -> None:
    schedule = await made(bank, CAROL, amount=90_000, unit=unit, on=on)

    async def is_tried() -> ScheduleTurn:
        bank.clock.forward(hours=24 * (bank.row(Schedule, schedule.id).try_day - today(bank)))
        return await turn(bank, schedule.id)

    await bank.pays(ALICE, BOB, amount=20_000)
    for _ in range(MOST_IN_A_ROW - 1):
        assert (await is_tried()).again
    await bank.pays(BOB, ALICE, amount=20_000)
    assert (await is_tried()).transfer  # What is paid once counts from the beginning.
    for _ in range(MOST_IN_A_ROW - 1):
        assert (await is_tried()).again
    assert told(bank, ScheduleEnded) == []
    assert (await is_tried()).again == 0
    assert bank.row(Schedule, schedule.id).state == "stopped"
    assert told(bank, ScheduleEnded) == [ScheduleEnded(schedule.id, CAROL, 90_000, False, "balance")]
    assert len(told(bank, ScheduleFailed)) == 2 * (MOST_IN_A_ROW - 1)


async def test_once_there_is_money_again_the_same_day_is_paid(bank: Bank) -> None:
    schedule = await made(bank, CAROL, amount=60_000, unit=MONTHLY, on=today(bank) % 28 + 1)
    await bank.pays(ALICE, BOB, amount=15_000)
    bank.clock.forward(hours=24 * (schedule.next_day - today(bank)))
    await bank.pays(ALICE, BOB, amount=20_000)
    await bank.pays(BOB, ALICE, amount=1)
    bank.clock.forward(hours=24)
    await bank.pays(ALICE, BOB, amount=10_000)
    due = bank.row(Schedule, schedule.id).next_day
    assert (await turn(bank, schedule.id)).why == "balance"
    await bank.pays(BOB, ALICE, amount=20_000)
    bank.clock.forward(hours=24)
    done = await turn(bank, schedule.id)
    assert (done.day, bool(done.transfer)) == (due, True)


async def test_of_a_daily_one_no_two_are_paid_in_a_day_however_late_money_comes(bank: Bank) -> None:
    schedule = await made(bank, amount=70_000)
    await bank.pays(ALICE, CAROL, amount=20_000)
    bank.clock.forward(hours=24)
    await bank.pays(ALICE, CAROL, amount=20_000)
    assert (await turn(bank, schedule.id)).why == "balance"
    await bank.pays(CAROL, ALICE, amount=20_000)
    bank.clock.forward(hours=24)
    assert (await turn(bank, schedule.id)).day == today(bank)
    assert await refused(bank, run(bank, schedule.id)) == refusals.ScheduleNotDue()


@pytest.mark.parametrize(("who", "changes", "why"), [
    (ALICE, {"state": "banned"}, "payer"), (BOB, {"state": "banned"}, "receiver"),
    (BOB, {"restrictions": int(Restriction.RECEIVING)}, "receiver")])
async def test_who_may_not_pay_or_take_stops_it(bank: Bank, who: int, changes: dict[str, object], why: str) -> None:
    schedule = await made(bank)
    bank.change(who, **changes)
    bank.clock.forward(hours=24)
    assert (await turn(bank, schedule.id)).why == why
    assert bank.row(Schedule, schedule.id).state == "stopped"
    assert told(bank, ScheduleEnded) == [ScheduleEnded(schedule.id, BOB, 2_000, False, why)]
    assert await bank.balance(ALICE) == 100_000


@pytest.mark.parametrize(("measure", "lifted", "why"), [
    ({"state": "frozen"}, {"state": "active"}, "frozen"),
    ({"restrictions": int(Restriction.SENDING)}, {"restrictions": 0}, "restricted")])
async def test_a_measure_that_is_looked_into_puts_it_off_and_once_lifted_it_is_paid(
        bank: Bank, measure: dict[str, object], lifted: dict[str, object], why: str) -> None:
    schedule = await made(bank)
    bank.change(ALICE, **measure)
    bank.clock.forward(hours=24)
    done = await turn(bank, schedule.id)
    assert (done.why, done.transfer, done.again) == (why, 0, today(bank) + 1)
    assert [event.why for event in told(bank, ScheduleFailed)] == [why]  # type: ignore[attr-defined]
    assert await bank.balance(ALICE) == 100_000
    bank.change(ALICE, **lifted)
    bank.clock.forward(hours=24)
    assert (await turn(bank, schedule.id)).transfer
    assert await bank.balance(ALICE) == 98_000


async def test_a_freeze_that_lasts_ends_it_after_as_many_tries_as_anything_else(bank: Bank) -> None:
    schedule = await made(bank)
    bank.change(ALICE, state="frozen")
    for _ in range(MOST_IN_A_ROW):
        bank.clock.forward(hours=24)
        assert (await turn(bank, schedule.id)).why == "frozen"
    assert bank.row(Schedule, schedule.id).state == "stopped"
    assert told(bank, ScheduleEnded) == [ScheduleEnded(schedule.id, BOB, 2_000, False, "frozen")]


async def test_without_the_agreements_in_force_it_waits(bank: Bank) -> None:
    schedule = await made(bank)
    bank.change(ALICE, accepted="")
    bank.clock.forward(hours=24)
    assert (await turn(bank, schedule.id)).why == "agreements"
    assert bank.row(Schedule, schedule.id).state == "active"


async def test_while_money_rests_it_waits(bank: Bank) -> None:
    schedule = await made(bank)
    bank.clock.forward(hours=24)
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="maintenance"))
    assert isinstance(await refused(bank, run(bank, schedule.id)), refusals.Maintenance)
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="open"))
    assert (await turn(bank, schedule.id)).transfer


# ------------------------------------------------------------------------------------------- telling, stopping
async def test_the_day_before_its_payer_is_told_once(bank: Bank) -> None:
    schedule = await made(bank, unit=WEEKLY, on=(today(bank) + 3) % 7)
    day = schedule.next_day

    def tell() -> TellOfSchedule:
        return TellOfSchedule(key=bank.key(), schedule=schedule.id, day=day)

    assert await refused(bank, tell()) == refusals.ScheduleNotDue()
    bank.clock.forward(hours=24 * (day - 1 - today(bank)))
    assert await bank.run(tell()) == Done()
    assert await refused(bank, tell()) == refusals.ScheduleNotDue()
    bank.clock.forward(hours=24)
    assert await refused(bank, tell()) == refusals.ScheduleNotDue()
    assert told(bank, ScheduleSoon) == [ScheduleSoon(schedule.id, BOB, 2_000, "rent", False, day)]


async def test_only_its_payer_stops_it_and_nothing_is_paid_then(bank: Bank) -> None:
    schedule = await made(bank)
    stop = StopSchedule(key=bank.key(), member=bank.members[ALICE], schedule=schedule.id)
    for who, number in ((BOB, schedule.id), (ALICE, 999)):
        other = StopSchedule(key=bank.key(), member=bank.members[who], schedule=number)
        assert await refused(bank, other) == refusals.ScheduleUnknown()
    assert await bank.run(stop) == ScheduleStopped(schedule.id)
    again = StopSchedule(key=bank.key(), member=bank.members[ALICE], schedule=schedule.id)
    assert await refused(bank, again) == refusals.ScheduleOver()
    bank.clock.forward(hours=24)
    assert await refused(bank, run(bank, schedule.id)) == refusals.ScheduleOver()
    tell = TellOfSchedule(key=bank.key(), schedule=999, day=1)
    assert await refused(bank, tell) == refusals.ScheduleUnknown()


async def test_stopped_and_due_at_once_it_is_paid_or_not_and_never_again(bank: Bank) -> None:
    schedule = await made(bank)
    bank.clock.forward(hours=24)
    await asyncio.gather(bank.run(run(bank, schedule.id)), bank.run(StopSchedule(
        key=bank.key(), member=bank.members[ALICE], schedule=schedule.id)), return_exceptions=True)
    assert bank.row(Schedule, schedule.id).state == "stopped"
    assert len(bank.store.all(Ran)) <= 1  # type: ignore[attr-defined]
