"""Looking rows up by many numbers: the same answers as a list would give, by a statement that never changes."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.dialects import registry

from storage.among import among
from storage.database import open_database
from storage.tables import people

FEW = select(people.c.telegram_id).where(among(people.c.telegram_id, "persons")).order_by(people.c.telegram_id)


@pytest.mark.parametrize("wanted", [[], [3], [1, 2, 99], list(range(-5, 500)), [2**53 - 1, 1, 1]])
async def test_those_who_are_among_the_numbers_are_found_however_many_are_given(database_url: str, wanted: list[int]
                                                                                ) -> None:
    there = [1, 2, 3, 2**53 - 1]
    database = open_database(database_url)
    try:
        rows = [{"telegram_id": person, "username_key": "", "username": "", "name": "", "language_code": "",
                 "is_bot": False, "seen_at": 0} for person in there]
        await database.write(lambda connection: connection.execute(insert(people), rows))
        async with database.reading.connect() as connection:
            found = (await connection.execute(FEW, {"persons": wanted})).scalars().all()
    finally:
        await database.close()
    assert found == sorted(set(there) & set(wanted))


def test_what_the_database_is_asked_has_one_parameter() -> None:
    dialects = [registry.load(name)() for name in ("postgresql.asyncpg", "sqlite")]
    on_postgres, on_sqlite = (str(FEW.compile(dialect=dialect)) for dialect in dialects)
    assert "= ANY ($1::BIGINT[])" in on_postgres
    assert "IN (SELECT value FROM json_each(?))" in on_sqlite
