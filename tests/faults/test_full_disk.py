"""A full disk: what was answered is kept, what could not be kept is not answered, and it goes on when there is room.

SQLite rolls a whole transaction back by itself when a page cannot be had, so the neighbours of the job that met the
end of the disk must not be told that they are committed.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from storage.database import SqliteDatabase, normal
from storage.store import open_store
from tests.wallet.bank import Bank, Clock
from wallet import refusals

ALICE, BOB = 101, 102
pytestmark = pytest.mark.faults


def writes(name: str, size: int) -> Callable[[Connection], str]:
    """A job that keeps a text of some size under a name."""
    def job(connection: Connection) -> str:
        connection.execute(text("INSERT INTO claims(text, owner, at) VALUES (:name, 1, 1)"),
                           {"name": name + "." * size})
        return name
    return job


def room(connection: Connection, pages: int) -> None:
    """Leave room for so many more pages."""
    have = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {have + pages}")


def plenty(connection: Connection) -> None:
    """As if somebody had tidied up."""
    connection.exec_driver_sql("PRAGMA max_page_count = 1000000")


async def kept(database: SqliteDatabase) -> set[str]:
    """The names that are there."""
    async with database.reading.connect() as connection:
        return {row[0].rstrip(".") for row in await connection.execute(text("SELECT text FROM claims"))}


async def test_what_shared_a_commit_with_the_end_of_the_disk_is_not_called_committed(sqlite_url: str) -> None:
    database = SqliteDatabase(normal(sqlite_url))
    try:
        await database.write(lambda connection: room(connection, 3))
        names = [f"job {number}" for number in range(12)]
        sizes = [100, 100, 60_000] * 4
        answers = await asyncio.gather(*[database.write(writes(name, size))
                                         for name, size in zip(names, sizes, strict=True)], return_exceptions=True)
        assert any(isinstance(answer, BaseException) for answer in answers)
        told = {answer for answer in answers if isinstance(answer, str)}
        assert await kept(database) == told
        await database.write(plenty)
        await database.write(writes("later", 60_000))
        assert await kept(database) == told | {"later"}
    finally:
        await database.close()


async def test_a_payment_on_a_full_disk_is_busy_and_works_when_there_is_room(sqlite_url: str) -> None:
    database = SqliteDatabase(normal(sqlite_url))
    bank = Bank(open_store(database), database, Clock())
    await bank.engine.start()
    try:
        await bank.join(ALICE, 100_000)
        await bank.join(BOB)
        await database.write(lambda connection: room(connection, 0))
        payments = [bank.send(ALICE, BOB, amount=1, note="x" * 150, key=f"full {number}") for number in range(100)]
        heard = await asyncio.gather(*[bank.run(payment) for payment in payments], return_exceptions=True)
        assert any(isinstance(answer, refusals.Busy) for answer in heard)
        assert {type(answer).__name__ for answer in heard} <= {"Busy", "Sent"}
        assert await bank.balance(BOB) == sum(not isinstance(answer, refusals.Busy) for answer in heard)
        await database.write(plenty)
        await asyncio.gather(*[bank.run(payment) for payment in payments])
        assert await bank.balance(BOB) == 100
        await bank.whole()
    finally:
        await bank.engine.stop()
        await database.close()
