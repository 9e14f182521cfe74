"""The databases: what their errors say, and how long they are waited for."""
from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError

from storage import database
from storage.database import open_database
from storage.inbox import passing
from storage.tables import people


async def test_an_error_says_nothing_of_what_was_written(database_url: str) -> None:
    opened = open_database(database_url)
    row = {"telegram_id": 1, "username_key": "bob", "username": "Bob", "name": "Bob Unmistakable",
           "language_code": "en", "is_bot": False, "seen_at": 1}

    def twice(connection: Connection) -> None:
        connection.execute(insert(people), row)
        connection.execute(insert(people), row)

    try:
        with pytest.raises(IntegrityError) as raised:
            await opened.write(twice)
    finally:
        await opened.close()
    assert "people" in str(raised.value)
    assert "Unmistakable" not in str(raised.value)


async def test_a_server_that_does_not_answer_is_not_waited_for_without_an_end(
        postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "ANSWER", 2.0)
    opened = open_database(postgres_url)
    try:
        with pytest.raises(TimeoutError) as raised:
            await opened.write(lambda connection: connection.execute(text("SELECT pg_sleep(60)")))
        assert passing(raised.value)
        assert await opened.write(lambda connection: connection.execute(text("SELECT 1")).scalar()) == 1
    finally:
        await opened.close()


@pytest.mark.parametrize("rested", [database.RESTED, -1.0], ids=["a moment", "long"])
async def test_a_connection_that_was_lost_while_it_rested_is_replaced(
        postgres_url: str, monkeypatch: pytest.MonkeyPatch, rested: float) -> None:
    monkeypatch.setattr(database, "RESTED", rested)
    opened, another = open_database(postgres_url, pool=1), open_database(postgres_url, pool=1)
    try:
        lost = await opened.write(lambda connection: connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        await another.write(lambda connection: connection.execute(
            text("SELECT pg_terminate_backend(:lost, 5000)"), {"lost": lost}))
        now = await opened.write(lambda connection: connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        assert now != lost
    finally:
        await opened.close()
        await another.close()
