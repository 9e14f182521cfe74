"""Which secret a database was filled with, so that no process works on it with another one.

Guards: phone numbers are told apart by digests that the secret keys, and PINs are checked by it. Two processes with two
secrets would open two wallets for one number, so the first one to start writes down which secret it has, and whoever
comes with another one is told before anything is digested.
"""
from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Database
from storage.tables import claims
from wallet.vault import Vault

CLAIM: Final = "deployment:secret"
"""The claim's text. It belongs to a digest of the secret instead of a member."""


async def is_the_secret_of(database: Database, vault: Vault, now: int) -> bool:
    """Whether the vault has the secret that the database is filled with; the first one asked about is."""
    fingerprint = int(vault.digest("fingerprint", CLAIM)[:14], 16)
    dialect = sqlite if database.url.get_backend_name() == "sqlite" else postgresql
    first = dialect.insert(claims).values(text=CLAIM, owner=fingerprint, at=now).on_conflict_do_nothing()

    def job(connection: Connection) -> bool:
        connection.execute(first)
        found = connection.execute(select(claims.c.owner).where(claims.c.text == CLAIM)).scalar_one()
        return bool(found == fingerprint)

    return await database.write(job)
