"""Arrays that are written down come back as they were."""
from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from storage.arrays import binaries, numbers, texts

TEXTS = ["", "a", 'he said "no"', "C:\\", '\\"', "a,b", "{x}", "NULL", "a\nb\tc", "零钱 🧧", " ", "'"]


@pytest.fixture
async def link(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def test_every_element_stays_itself(link: asyncpg.Connection) -> None:
    assert await link.fetchval("SELECT $1::text::text[]", texts(TEXTS)) == TEXTS
    assert await link.fetchval("SELECT $1::text::text[]", texts([""])) == [""]
    some = [b"", b"\x00", bytes(range(256))]
    assert await link.fetchval("SELECT $1::text::bytea[]", binaries(some)) == some
    many = [0, -1, 2**63 - 1, -(2**63)]
    assert await link.fetchval("SELECT $1::text::bigint[]", numbers(many)) == many


async def test_a_text_that_no_database_may_hold_makes_a_column_too_long(link: asyncpg.Connection) -> None:
    await link.execute("CREATE TEMPORARY TABLE t(a text NOT NULL, n bigint NOT NULL)")
    with pytest.raises(asyncpg.NotNullViolationError):
        await link.execute("INSERT INTO t SELECT * FROM unnest($1::text::text[], $2::text::bigint[])",
                           texts(["a\0b", "c"]), numbers([1, 2]))
