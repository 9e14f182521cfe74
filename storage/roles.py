"""Who runs the deployment: the first owners, named by a setting.

Guards: an owner who is named once stays one until somebody with the right takes the role away; leaving a name out of
the setting takes nothing away, and adding one never changes a role that somebody already has.
"""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Database
from storage.tables import roles


async def appoint_owners(database: Database, telegram_ids: Sequence[int], now: int) -> None:
    """Give people the role of owner who have none."""
    if not telegram_ids:
        return
    dialect = sqlite if database.url.get_backend_name() == "sqlite" else postgresql
    insert = dialect.insert(roles).on_conflict_do_nothing()
    rows = [{"telegram_id": telegram_id, "role": "owner", "at": now, "by": 0} for telegram_id in sorted(telegram_ids)]

    def job(connection: Connection) -> None:
        connection.execute(insert, rows)

    await database.write(job)
