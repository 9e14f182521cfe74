"""A database belongs to one secret, from the first start on and before anybody has joined."""
from __future__ import annotations

import asyncio

from storage.database import open_database
from storage.secret import is_the_secret_of
from wallet.vault import Vault

OURS, ANOTHER = Vault(b"s" * 32), Vault(b"t" * 32)


async def test_a_database_belongs_to_the_secret_it_was_first_used_with(database_url: str) -> None:
    database = open_database(database_url)
    try:
        assert await is_the_secret_of(database, OURS, 1)
        assert await is_the_secret_of(database, OURS, 2)
        assert not await is_the_secret_of(database, ANOTHER, 3)
        assert await is_the_secret_of(database, OURS, 4)
    finally:
        await database.close()


async def test_of_two_that_start_together_with_two_secrets_one_is_refused(postgres_url: str) -> None:
    databases = [open_database(postgres_url) for _ in range(2)]
    try:
        fits = await asyncio.gather(*[is_the_secret_of(database, vault, 1)
                                      for database, vault in zip(databases, (OURS, ANOTHER), strict=True)])
        assert sorted(fits) == [False, True]
    finally:
        for database in databases:
            await database.close()
