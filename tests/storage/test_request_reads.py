"""Requests and what comes again are found by those whom they concern, in their chat, and when they are due; on both
databases."""
from __future__ import annotations

from sqlalchemy import text

from handlers.jobs.reminding import expire_requests, remind_of_requests
from storage.reads import SqlReads
from tests.wallet.bank import ALICE, BOB, CAROL, STRANGER, Bank, open_bank
from wallet.dates import MONTHLY, WEEKLY
from wallet.engine import microseconds
from wallet.requests import PlaceRequest, WithdrawRequest
from wallet.schedules import StopSchedule

GROUP = -100


def reads_of(bank: Bank) -> SqlReads:
    assert bank.database is not None
    return SqlReads(bank.database, lambda: 1)


async def write(bank: Bank, statement: str) -> None:
    assert bank.database is not None
    await bank.database.write(lambda connection: connection.execute(text(statement)))


async def test_open_requests_are_found_by_whom_they_concern_and_by_their_chat(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        reads, alice = reads_of(bank), bank.members[ALICE]
        found = [await bank.asks_for(ALICE, person, amount=5 + number, note="rent")
                 for number, person in enumerate((BOB, CAROL, STRANGER, BOB))]
        for number in found[1:]:
            await bank.run(PlaceRequest(key=bank.key(), asker=alice, request=number, chat=GROUP, message=number))
        await bank.run(bank.pay_request(BOB, found[3]))
        await bank.run(WithdrawRequest(key=bank.key(), asker=alice, request=found[1]))
        assert [view.id for view in await reads.requests_to(BOB)] == [found[0]]
        assert [view.id for view in await reads.requests_of(alice)] == [found[0], found[2]]
        assert await reads.requests_of(bank.members[BOB]) == ()
        assert [view.id for view in await reads.requests_in(GROUP, 10)] == [found[2]]
        paid = await reads.request(found[3])
        assert paid is not None
        assert (paid.state, bool(paid.transfer), paid.payee.telegram_id, paid.person, paid.note) == (
            "paid", True, ALICE, BOB, "rent")
        assert await reads.request(2**40) is None


async def test_the_clock_reminds_and_ends_a_few_at_a_time_and_once(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        reads, now = reads_of(bank), microseconds()
        for _ in range(3):
            await bank.asks_for(ALICE, BOB, amount=5)
        assert await reads.requests_to_remind_of(now, 10) == await reads.due_requests(now, 10) == ()
        await write(bank, "UPDATE requests SET remind_at = id")
        assert [await remind_of_requests(bank.engine, reads, now, limit=2) for _ in range(3)] == [2, 1, 0]
        await write(bank, "UPDATE requests SET remind_at = 1, expires_at = id")
        assert await reads.requests_to_remind_of(now, 10) == (), "nobody is reminded of what is over"
        assert [await expire_requests(bank.engine, reads, now, limit=2) for _ in range(3)] == [2, 1, 0]


async def test_what_comes_again_is_found_by_its_payer_and_when_it_is_due(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        await bank.set_pin(ALICE)
        reads, alice = reads_of(bank), bank.members[ALICE]
        weekly = await bank.plans(ALICE, BOB, amount=5, unit=WEEKLY, on=3)
        monthly = await bank.plans(ALICE, CAROL, amount=6, unit=MONTHLY, on=31)
        stopped = await bank.plans(ALICE, CAROL, amount=7)
        await bank.run(StopSchedule(key=bank.key(), member=alice, schedule=stopped))
        await write(bank, f"UPDATE schedules SET next_day = 1000, try_day = 1000 + id - {weekly}")  # noqa: S608
        assert [(view.id, view.person, view.unit, view.on) for view in await reads.schedules(alice)] == [
            (weekly, BOB, WEEKLY, 3), (monthly, CAROL, MONTHLY, 31)]
        assert await reads.schedules(bank.members[BOB]) == ()
        assert await reads.due_schedules(999, 10) == ()
        assert await reads.due_schedules(1000, 10) == ((weekly, 1000, 0),)
        assert [number for number, _, _ in await reads.due_schedules(10**6, 10)] == [weekly, monthly]
        assert await reads.schedules_to_tell(999, 10) == ((weekly, 1000),), "one that was tried in vain is told by that"
        await write(bank, "UPDATE schedules SET try_day = next_day")
        assert await reads.schedules_to_tell(999, 10) == ((weekly, 1000), (monthly, 1000))
        assert await reads.schedules_to_tell(998, 10) == await reads.schedules_to_tell(1000, 10) == ()
        await write(bank, "UPDATE schedules SET told_day = next_day WHERE on_day = 3")
        assert await reads.schedules_to_tell(999, 10) == ((monthly, 1000),)
        await write(bank, "UPDATE schedules SET next_day = 800000, try_day = 800000")
