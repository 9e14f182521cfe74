"""What the days came to: counted once whatever happens in between, and looked at without adding up movements."""
from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text

from storage.database import Database, open_database
from storage.days import JOINED, Days, SqlStats
from storage.operators import SqlOperatorReads
from storage.tables import lanes, transfers
from tests.wallet.bank import ALICE, BOB, ZONE, Bank, open_bank
from wallet import ids
from wallet.movements import ARRIVED, SEND, TOP_UP
from wallet.operators import AppointOwners

NOON: Final = 1_790_049_600_000_000
DAY: Final = 24 * 60 * 60 * 1_000_000
MANY: Final = 20_000


def database_of(bank: Bank) -> Database:
    assert bank.database is not None
    return bank.database


def _today() -> int:
    return datetime.now(UTC).astimezone(ZONE).toordinal()


async def test_what_moved_and_who_joined_is_counted_once_however_often_it_is_counted(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        await bank.pays(ALICE, BOB, amount=2_000)
        days, today = Days(database_of(bank), ZONE), _today()
        assert await days.count() == 3
        assert await days.count() == 0
        assert await Days(database_of(bank), ZONE).count() == 0, "another process goes on where this one stopped"
        await bank.pays(BOB, ALICE, amount=500)
        assert await days.count() == 1
        found = await SqlStats(database_of(bank)).stats(today)
        assert (found.number(*ARRIVED, since=today), found.amount(*ARRIVED, since=today)) == (2, 2_500)
        assert (found.number(TOP_UP.name), found.amount(TOP_UP.name)) == (2, 200_000)
        assert (found.members, found.number(JOINED, since=today)) == (3, 3)
        assert (found.active_today, found.active) == (3, 3), "who joins is active"
        assert found.owed == 200_000
        assert (found.holds, found.envelopes, found.tickets, found.waiting, found.penalties) == (0, 0, 0, 0, 0)


async def test_two_that_count_the_same_numbers_count_them_once(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        both = [Days(database_of(bank), ZONE) for _ in range(2)]
        assert sum(await asyncio.gather(*(days.count() for days in both))) == 2
        assert (await SqlStats(database_of(bank)).stats(_today())).members == 3


async def test_only_operators_are_told(sqlite_url: str) -> None:
    async with open_bank(sqlite_url) as bank:
        await bank.settle()
        await bank.run(AppointOwners(key=bank.key(), telegram_ids=(ALICE,)))
        reads = SqlOperatorReads(database_of(bank))
        assert await reads.stats(ALICE, _today()) is not None
        assert await reads.stats(BOB, _today()) is None


async def test_movements_are_counted_by_their_numbers_and_nobody_adds_them_up_to_look(database_url: str) -> None:
    database = open_database(database_url)
    try:
        rows = [{"id": ids.number(number + 1, lane), "kind": SEND.name, "debit": ALICE * 16, "credit": BOB * 16,
                 "amount": 1, "at": NOON - number % 40 * DAY, "reverses": 0, "hold": 0, "note_digest": b"",
                 "lane": lane, "seq": 1} for number in range(MANY // 2) for lane in (0, 1)]
        ends = [{"lane": lane, "epoch": 1, "seq": 1, "head": b"", "counter": MANY // 2, "last_now": 0}
                for lane in (0, 1)]
        await database.write(lambda connection: connection.execute(insert(transfers), rows))
        await database.write(lambda connection: connection.execute(insert(lanes), ends))
        assert await Days(database, ZONE).count() == MANY
        found = await SqlStats(database).stats(date(2026, 9, 22).toordinal())
        assert found.number(*ARRIVED) == MANY * 30 // 40
        assert [one.number for one in found.sums] == [MANY // 40] * 30
        assert (found.active, found.active_today) == (1, 1)
        sqlite = database.url.get_backend_name() == "sqlite"
        async with database.reading.connect() as connection:
            if not sqlite:
                await connection.execute(text("ANALYZE"))
            explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
            plan = " ".join(row[-1] for row in await connection.execute(text(explain + WINDOW_READ)))
        assert ("SEARCH" if sqlite else "Index Scan") in plan
    finally:
        await database.close()


async def test_a_day_begins_a_quarter_past_an_hour_where_its_clocks_say_so(database_url: str) -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    midnight = int(datetime(2026, 9, 22, tzinfo=kathmandu).timestamp()) * 1_000_000
    database = open_database(database_url)
    try:
        rows = [{"id": ids.number(number, 0), "kind": SEND.name, "debit": (BOB + number) * 16, "credit": BOB * 16,
                 "amount": 1, "at": at, "reverses": 0, "hold": 0, "note_digest": b"", "lane": 0, "seq": 1}
                for number, at in ((1, midnight - 1), (2, midnight), (3, midnight + 1))]
        await database.write(lambda connection: connection.execute(insert(transfers), rows))
        await database.write(lambda connection: connection.execute(insert(lanes), [
            {"lane": 0, "epoch": 1, "seq": 1, "head": b"", "counter": 3, "last_now": 0}]))
        assert await Days(database, kathmandu).count() == 3
        found = await SqlStats(database).stats(date(2026, 9, 22).toordinal())
        assert [one.number for one in found.sums] == [1, 2]
        assert (found.active, found.active_today) == (3, 2)
    finally:
        await database.close()


WINDOW_READ: Final = "SELECT kind FROM transfers WHERE id BETWEEN 64 AND 10000 AND id % 64 = 0"
