"""Messages of ours in groups that are to be cleared away, and when.

Guards: what is kept is deleted by whoever cleared it away, and by nothing else; a message is kept once.
"""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Database
from storage.tables import leavings


class Leavings:
    """What is to be cleared away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        make = sqlite.insert if database.url.get_backend_name() == "sqlite" else postgresql.insert
        row = make(leavings)
        self._keep = row.on_conflict_do_update(index_elements=["chat", "message"], set_={"due_at": row.excluded.due_at})

    async def keep(self, chat: int, message: int, due_at: int) -> None:
        """Note a message; one that is noted already has its time from now on."""
        def job(connection: Connection) -> None:
            connection.execute(self._keep, [{"chat": chat, "message": message, "due_at": due_at}])

        await self._database.write(job)

    async def due(self, now: int, limit: int) -> Sequence[tuple[int, int]]:
        """The oldest that are due, as chat and message, by chat."""
        oldest = (select(leavings.c.chat, leavings.c.message).where(leavings.c.due_at <= now)
                  .order_by(leavings.c.due_at, leavings.c.chat, leavings.c.message).limit(limit))
        async with self._database.reading.connect() as connection:
            return sorted((row.chat, row.message) for row in await connection.execute(oldest))

    async def forget(self, chat: int, messages: Sequence[int]) -> None:
        """They are gone."""
        def job(connection: Connection) -> None:
            connection.execute(delete(leavings).where(leavings.c.chat == chat, leavings.c.message.in_(messages)))

        await self._database.write(job)
