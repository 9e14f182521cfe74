"""Migrations: bringing a database to the schema that this release needs.

Guards: a database is only ever changed by the numbered steps in `storage/migrations/versions`, each of which keeps
the previous release working.
"""
from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.database import normal, sqlite_engine

FOLDER: Final = Path(__file__).with_name("migrations")

def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to a revision, the newest by default."""
    _with_connection(url, lambda connection: _upgrade(connection, revision))


def is_behind(url: str) -> bool:
    """Whether the database lacks steps that this release needs. One that a newer release brought further is not.

    Steps are known by their files' names, since Alembic is only loaded where something is to be done.
    """
    steps = sorted(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))
    found: list[str] = []

    def look(connection: Connection) -> None:
        if inspect(connection).has_table("alembic_version"):
            found.extend(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())

    _with_connection(url, look)
    return not found or found[0] in steps[:-1]


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _with_connection(url: str, job: Callable[[Connection], None]) -> None:
    parsed = normal(url)
    if parsed.get_backend_name() == "sqlite":
        assert parsed.database is not None
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sqlite_engine(parsed)
        with engine.begin() as connection:
            job(connection)
        engine.dispose()
        return

    async def run() -> None:
        async_engine = create_async_engine(parsed, poolclass=NullPool)
        async with async_engine.begin() as connection:
            await connection.run_sync(job)
        await async_engine.dispose()

    failed: list[BaseException] = []

    def in_thread() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - handed to the caller below
            failed.append(error)

    # A loop of its own, so that it works within a running loop as well.
    thread = threading.Thread(target=in_thread, name="migrate")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
