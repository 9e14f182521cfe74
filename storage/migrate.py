"""Migrations: bringing a database to the schema that this release needs.

Guards: a database is only ever changed by the numbered steps in `storage/migrations/versions`, each of which keeps
the previous release working.
"""
from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.database import normal, sqlite_engine


def config() -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return made


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to a revision, the newest by default."""
    _with_connection(url, lambda connection: _upgrade(connection, revision))


def is_behind(url: str) -> bool:
    """Whether the database lacks steps that this release needs. One that a newer release brought further is not."""
    steps = ScriptDirectory.from_config(config())
    found: list[str | None] = []
    _with_connection(url, lambda connection: found.append(
        MigrationContext.configure(connection).get_current_revision()))
    older = {step.revision for step in steps.walk_revisions()} - {steps.get_current_head()}
    return found[0] is None or found[0] in older


def _upgrade(connection: Connection, revision: str) -> None:
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, revision)


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
