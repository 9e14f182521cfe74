"""What was published: it may change until somebody accepts it, and then it may not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert, select

from storage.database import Database, open_database
from storage.documents import MOST_WORDINGS, TextChanged, register, wordings
from storage.tables import acceptances, documents
from wallet.agreements import Published


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


def paper(sha256: str, version: str = "2026-11-22") -> Published:
    return Published("paper", version, 5, True, ("join",), (("en", sha256), ("zh_CN", f"{sha256} zh")))


async def accept(database: Database, version: str = "2026-11-22") -> None:
    row = {"id": 64, "member": 1, "document": "paper", "version": version, "language": "en", "sha256": "one",
           "chat": 1, "at": 1, "lane": 0, "seq": 1}
    await database.write(lambda connection: connection.execute(insert(acceptances), [row]))


async def test_a_text_that_nobody_accepted_is_replaced(database: Database) -> None:
    assert await register(database, [paper("one")], 1) == 2
    assert await register(database, [paper("one")], 2) == 0
    assert await register(database, [paper("two")], 3) == 2
    async with database.reading.connect() as connection:
        kept = (await connection.execute(select(documents.c.sha256, documents.c.published_at))).all()
    assert sorted(tuple(row) for row in kept) == [("two", 3), ("two zh", 3)]


async def test_a_text_that_somebody_accepted_stays_as_it_is(database: Database) -> None:
    await register(database, [paper("one")], 1)
    await accept(database)
    with pytest.raises(TextChanged, match=r"paper 2026-11-22 \(en\) says something else"):
        await register(database, [paper("two")], 2)
    assert await register(database, [paper("one"), paper("two", "2027-01-01")], 3) == 2


async def test_wordings_are_kept_from_the_first_acceptance_on(database: Database) -> None:
    assert await wordings(database, "a", "2026-11-22", 1) == ((1, "2026-11-22", "a"),)
    assert await wordings(database, "b: c", "2026-11-23", 2) == ((1, "2026-11-23", "b: c"),)
    await accept(database)
    assert await wordings(database, "b: c", "2026-11-24", 3) == ((1, "2026-11-23", "b: c"),)
    second = (1, "2026-11-23", "b: c"), (2, "2026-11-25", "d")
    assert await wordings(database, "d", "2026-11-25", 4) == second
    assert await wordings(database, "b: c", "2026-11-26", 5) == (*second, (3, "2026-11-26", "b: c"))


async def test_nobody_can_go_on_rewording_for_ever(database: Database) -> None:
    await accept(database)
    for number in range(MOST_WORDINGS):
        await wordings(database, str(number), "2026-11-22", number)
    with pytest.raises(TextChanged, match="alike in every process"):
        await wordings(database, "more", "2026-11-22", 100)
