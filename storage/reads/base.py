"""What all queries share: how one is asked, how long a list may be, and how a member is named to others."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import CompoundSelect, Row, Select, select

from storage.database import Database
from storage.tables import members, profiles
from wallet.views import Party

MOST: Final = 200
"""No list is longer."""

PARTY = select(members.c.id, members.c.telegram_id, profiles.c.nickname).select_from(
    members.outerjoin(profiles, profiles.c.member == members.c.id))


class Reading:
    """Asks the database; every chapter is one of these."""

    def __init__(self, database: Database) -> None:
        self._reading = database.reading

    async def _all(self, query: Select[Any] | CompoundSelect[Any], values: Mapping[str, Any] | None = None
                   ) -> Sequence[Row[Any]]:
        async with self._reading.connect() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(query, values)).all()
        return found


def party(row: Row[Any]) -> Party:
    """Somebody who was looked up for themselves."""
    return Party(row.id, row.telegram_id, row.nickname or "")


def owner(row: Row[Any]) -> Party:
    """Whoever something belongs to that was looked up with their name."""
    return Party(row.member, row.telegram_id, row.nickname or "")
