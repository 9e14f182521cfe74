"""A database and a desk per test."""
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.database import Database, open_database
from tests.bot.inbox.desk import Desk, opened


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    made = await opened(database)
    yield made
    await made.inbox.stop(0.1)


@pytest.fixture
async def shared(postgres_url: str) -> AsyncIterator[Database]:
    opened = open_database(postgres_url)
    yield opened
    await opened.close()
