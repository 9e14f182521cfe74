"""Opening the store that fits the database."""
from __future__ import annotations

from storage.database import Database, PostgresDatabase, SqliteDatabase
from storage.postgres_store import PostgresStore
from storage.sqlite_store import SqliteStore
from wallet.protocols import Store


def open_store(database: Database) -> Store:
    """The store on an open database."""
    if isinstance(database, SqliteDatabase):
        return SqliteStore(database)
    assert isinstance(database, PostgresDatabase)
    return PostgresStore(database.url)
