"""Announcements go out to everybody: once each, in bounded rounds, whatever breaks off."""
from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import select

from handlers.jobs import proclaiming
from handlers.jobs.proclaiming import tell_next
from storage.announcements import SqlAnnouncements
from storage.tables import announcements, notices
from tests.wallet.bank import ALICE, Bank, open_bank
from wallet.announcements import MEMBERS, NEWS, Announce
from wallet.operators import AppointOwners


def reads(bank: Bank) -> SqlAnnouncements:
    assert bank.database is not None
    return SqlAnnouncements(bank.database)


async def begins(bank: Bank, count: int) -> list[int]:
    """So many members, of whom the first announces something; returns all."""
    members = sorted([await bank.join(ALICE + number) for number in range(count)])
    await bank.run(AppointOwners(key=bank.key(), telegram_ids=(ALICE,)))
    await bank.run(Announce(key=bank.key(), operator=ALICE, kind=NEWS, audience=MEMBERS, english=("hello",)))
    return members


async def told(bank: Bank) -> list[int]:
    """Who was told, as often as they were."""
    assert bank.database is not None
    async with bank.database.reading.connect() as connection:
        return sorted((await connection.execute(
            select(notices.c.member).where(notices.c.event == "AnnouncementCame"))).scalars())


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proclaiming, "TOGETHER", 2)


async def test_everybody_is_told_once_by_rounds_and_processes(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        members = await begins(bank, 9)
        await asyncio.gather(tell_next(bank.engine, reads(bank)), tell_next(bank.engine, reads(bank)))
        while await tell_next(bank.engine, reads(bank)):
            pass
        await tell_next(bank.engine, reads(bank))
        assert await told(bank) == members
        assert bank.database is not None
        async with bank.database.reading.connect() as connection:
            row = (await connection.execute(select(announcements))).one()
        assert (row.state, row.told, row.after) == ("done", 9, members[-1])


async def test_whoever_breaks_off_at_any_moment_leaves_nobody_out_and_tells_nobody_twice(sqlite_url: str) -> None:
    async with open_bank(sqlite_url) as bank:
        members = await begins(bank, 9)
        for steps in range(24):
            task = asyncio.create_task(tell_next(bank.engine, reads(bank)))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        while await tell_next(bank.engine, reads(bank)):
            pass
        assert await told(bank) == members


async def test_one_round_tells_no_more_than_leave_until_the_next(sqlite_url: str) -> None:
    async with open_bank(sqlite_url) as bank:
        await begins(bank, 9)
        assert await tell_next(bank.engine, reads(bank)) == 2 * proclaiming.PAGES
