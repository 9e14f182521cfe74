"""How many phone numbers somebody may name, counted in both databases."""

from __future__ import annotations

import asyncio
from datetime import date

from sqlalchemy import select

from storage.database import open_database
from storage.phones import MOST, SqlPhones
from storage.purge import DAY, Purge
from storage.reads import SqlReads
from storage.tables import asked_numbers
from tests.wallet.bank import open_bank
from wallet.refusals import TooManyNumbers
from wallet.vault import Vault

ALICE, BOB = 101, 102
TODAY = date(2026, 12, 1)
VAULT = Vault(b"s" * 32)


class OneNumber(Vault):
    """Takes every number for Bob's in the bank."""

    def digest(self, purpose: str, text: str) -> str:
        return f"{BOB:064x}"


def phones(url: str) -> SqlPhones:
    """As another process has it."""
    database = open_database(url)
    return SqlPhones(database, VAULT, SqlReads(database, lambda: 1))


async def close(*opened: SqlPhones) -> None:
    for one in opened:
        await one._database.close()


async def asks(one: SqlPhones, *numbers: int, asker: int = ALICE, day: date = TODAY) -> list[bool]:
    """Which of them may be asked for."""
    async def ask(number: int) -> bool:
        try:
            await one.holder(f"+86{number}", asker, day)
        except TooManyNumbers:
            return False
        return True

    return list(await asyncio.gather(*(ask(number) for number in numbers)))


async def test_a_number_leads_to_whoever_opened_a_wallet_with_it(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        bob = await bank.join(BOB)
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        found = await SqlPhones(bank.database, OneNumber(b"s" * 32), reads).holder("+86", ALICE, TODAY)
        assert found is not None
        assert found.id == bob


async def test_so_many_numbers_a_day_and_no_more(database_url: str) -> None:
    one = phones(database_url)
    assert all(await asks(one, *range(MOST)))
    assert await asks(one, 0, 1, MOST) == [True, True, False]
    assert await asks(one, MOST, asker=BOB) == [True]
    assert await asks(one, MOST, day=date(2026, 12, 2)) == [True]
    assert await asks(one, MOST) == [False]
    await close(one)


async def test_a_restart_forgets_none_of_them(database_url: str) -> None:
    first = phones(database_url)
    await asks(first, *range(MOST))
    await close(first)
    second = phones(database_url)
    assert await asks(second, 0, MOST) == [True, False]
    await close(second)


async def test_two_processes_count_together(postgres_url: str) -> None:
    one, other = phones(postgres_url), phones(postgres_url)
    found = await asyncio.gather(asks(one, *range(0, 60, 2)), asks(other, *range(1, 60, 2)))
    assert sum(found[0]) + sum(found[1]) == MOST
    await close(one, other)


async def test_what_is_kept_names_no_number_and_is_forgotten(database_url: str) -> None:
    one = phones(database_url)
    await asks(one, 1, 2)
    await asks(one, 1, asker=BOB)
    async with one._database.reading.connect() as connection:
        rows = (await connection.execute(select(asked_numbers))).all()
    assert len({row.digest for row in rows}) == 3
    assert VAULT.digest("phone", "+861") not in {row.digest for row in rows}
    days = (TODAY - date(1970, 1, 1)).days
    assert (await Purge(one._database).run((days + 1) * DAY))["asked_numbers"] == 0
    assert (await Purge(one._database).run((days + 2) * DAY))["asked_numbers"] == 3
    await close(one)
