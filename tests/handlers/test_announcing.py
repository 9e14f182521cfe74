"""New versions are announced to everybody who accepted older ones: once each, in bounded rounds, whatever happens."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from handlers.jobs import announcing
from handlers.jobs.announcing import REST, Announcer
from storage.reads import SqlReads
from storage.tables import notices
from tests.wallet.bank import PAYMENT, POLICY, USER, Bank, open_bank
from wallet.agreements import Accept, Terms
from wallet.engine import microseconds

LATER = replace(PAYMENT, version="2026-12-01", effective=2**60)
TERMS = Terms((USER, PAYMENT, LATER))
NEWS = replace(POLICY, terms=TERMS)


class Clock:
    """Only the announcer's; the database has its own."""

    def __init__(self) -> None:
        self.now = microseconds()

    def __call__(self) -> int:
        return self.now


def announcer(bank: Bank, clock: Clock) -> Announcer:
    """As a process that has just started has it."""
    assert bank.database is not None
    return Announcer(bank.engine, SqlReads(bank.database, lambda: 1), TERMS, clock)


async def told(bank: Bank) -> list[int]:
    """Who was told, in the order of members."""
    assert bank.database is not None
    async with bank.database.reading.connect() as connection:
        found = await connection.execute(
            select(notices.c.member).where(notices.c.event == "NewVersions").order_by(notices.c.member))
    return list(found.scalars())


async def crowd(bank: Bank, count: int) -> list[int]:
    return sorted([await bank.join(101 + number) for number in range(count)])


async def test_everybody_is_told_once_by_rounds_and_passes_and_processes(database_url: str) -> None:
    clock = Clock()
    async with open_bank(database_url, policy=NEWS) as bank:
        members = await crowd(bank, 5)
        ours, theirs = announcer(bank, clock), announcer(bank, clock)
        await asyncio.gather(ours.round(), theirs.round())
        assert await told(bank) == members
        assert await ours.round() == 0
        clock.now += REST
        assert await ours.round() == 0
        assert await announcer(bank, clock).round() == 0
        assert await told(bank) == members


async def test_a_round_ends_after_a_few_and_the_next_goes_on(database_url: str, monkeypatch: pytest.MonkeyPatch
                                                            ) -> None:
    monkeypatch.setattr(announcing, "LOOKED_AT", 2)
    monkeypatch.setattr(announcing, "TOLD", 3)
    async with open_bank(database_url, policy=NEWS) as bank:
        members = await crowd(bank, 7)
        ours = announcer(bank, Clock())
        assert await ours.round() == 3
        assert await told(bank) == members[:3]
        assert await announcer(bank, Clock()).round() == 3
        assert await ours.round() == 1
        assert await told(bank) == members


async def test_a_round_looks_at_a_bounded_number_of_members(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "LOOKED_AT", 1)
    monkeypatch.setattr(announcing, "LOOKS", 2)
    async with open_bank(database_url, policy=NEWS) as bank:
        members = await crowd(bank, 5)
        ours = announcer(bank, Clock())
        for seen in (2, 4, 5):
            await ours.round()
            assert await told(bank) == members[:seen]


async def test_who_joins_on_the_older_version_is_told_in_the_next_pass(database_url: str) -> None:
    clock = Clock()
    async with open_bank(database_url, policy=NEWS) as bank:
        first = await bank.join(101)
        ours = announcer(bank, clock)
        await ours.round()
        second = await bank.join(102)
        assert await ours.round() == 0
        clock.now += REST
        assert await ours.round() == 1
        assert await told(bank) == sorted([first, second])


async def test_who_has_accepted_it_already_is_not_told(database_url: str) -> None:
    async with open_bank(database_url, policy=NEWS) as bank:
        member = await bank.join(101)
        await bank.run(Accept(key=bank.key(), member=member, documents=((LATER.name, LATER.version),), language="en",
                              chat=101))
        assert await announcer(bank, Clock()).round() == 0
        assert await told(bank) == []


async def test_as_long_as_nothing_is_new_nobody_is_looked_at() -> None:
    async with open_bank("") as bank:
        await bank.join(101)
        assert await Announcer(bank.engine, None, POLICY.terms, Clock()).round() == 0  # type: ignore[arg-type]
