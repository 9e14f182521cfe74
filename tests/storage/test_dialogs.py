"""Dialogs in the database: they survive a restart, end by time, and are unreadable to whoever opens the file."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from storage.database import Database, open_database
from storage.dialogs import SqlDialogs
from storage.tables import dialogs as table
from tests.fakes.clock import FakeClock
from wallet.vault import Vault

ALICE, BOB = 101, 102
VAULT = Vault(b"s" * 32)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def restarted(database: Database, clock: FakeClock, vault: Vault = VAULT) -> SqlDialogs:
    """As a new process has them: nothing in memory."""
    return SqlDialogs(database, vault, clock.now)


async def test_a_dialog_survives_a_restart(database: Database, clock: FakeClock) -> None:
    await restarted(database, clock).put(ALICE, {"kind": "send", "to": [BOB], "note": "午饭"})
    assert await restarted(database, clock).get(ALICE) == {"kind": "send", "to": [BOB], "note": "午饭"}
    assert await restarted(database, clock).get(BOB) is None


async def test_going_on_replaces_what_was_there(database: Database, clock: FakeClock) -> None:
    dialogs = restarted(database, clock)
    for step in range(3):
        await dialogs.put(ALICE, {"step": step})
        assert await dialogs.get(ALICE) == {"step": step}
    assert await restarted(database, clock).get(ALICE) == {"step": 2}


async def test_a_dialog_ends_when_it_is_dropped(database: Database, clock: FakeClock) -> None:
    dialogs = restarted(database, clock)
    await dialogs.put(ALICE, {"step": 1})
    await dialogs.drop(ALICE)
    await dialogs.drop(ALICE)
    assert await dialogs.get(ALICE) is None
    assert await restarted(database, clock).get(ALICE) is None


async def test_dropping_works_for_what_is_not_in_memory(database: Database, clock: FakeClock) -> None:
    await restarted(database, clock).put(ALICE, {"step": 1})
    await restarted(database, clock).drop(ALICE)
    assert await restarted(database, clock).get(ALICE) is None


async def test_a_dialog_is_forgotten_after_its_time(database: Database, clock: FakeClock) -> None:
    dialogs = restarted(database, clock)
    await dialogs.put(ALICE, {"step": 1}, seconds=60)
    await clock.advance(59)
    assert await dialogs.get(ALICE) == {"step": 1}
    await clock.advance(1)
    assert await dialogs.get(ALICE) is None
    assert await restarted(database, clock).get(ALICE) is None


async def test_whoever_reads_the_file_reads_nothing(database: Database, clock: FakeClock) -> None:
    await restarted(database, clock).put(ALICE, {"note": "a secret"})
    async with database.reading.connect() as connection:
        sealed = (await connection.execute(select(table.c.sealed))).scalar_one()
    assert b"secret" not in sealed
    assert await restarted(database, clock, Vault(b"t" * 32)).get(ALICE) is None


async def test_a_row_changed_by_hand_is_no_dialog(database: Database, clock: FakeClock) -> None:
    await restarted(database, clock).put(ALICE, {"step": 1})
    await database.write(lambda connection: connection.execute(update(table).values(sealed=b"nonsense, but long")))
    assert await restarted(database, clock).get(ALICE) is None


async def test_what_is_handed_out_can_be_changed_without_harm(database: Database, clock: FakeClock) -> None:
    dialogs = restarted(database, clock)
    await dialogs.put(ALICE, {"to": [BOB]})
    found = await dialogs.get(ALICE)
    assert found is not None
    found["to"].append(ALICE)
    assert await dialogs.get(ALICE) == {"to": [BOB]}


async def test_memory_is_bounded_and_the_table_knows_the_rest(database: Database, clock: FakeClock) -> None:
    dialogs = SqlDialogs(database, VAULT, clock.now, most_kept=3)
    for person in range(1, 8):
        await dialogs.put(person, {"person": person})
    assert len(dialogs._kept) == 3
    assert [await dialogs.get(person) for person in range(1, 8)] == [{"person": person} for person in range(1, 8)]


async def test_an_endless_dialog_is_our_mistake(database: Database, clock: FakeClock) -> None:
    with pytest.raises(AssertionError, match="too long"):
        await restarted(database, clock).put(ALICE, {"text": "x" * 10_000})
