"""What operators look at: ordinary queries that change nothing.

Guards: every query takes its viewer first and answers nothing to whoever has no role, whatever a handler believed of
them; all lists are bounded.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import exists, func, select

from storage.database import Database
from storage.tables import members, profiles, roles
from wallet.views import OperatorView

MOST: Final = 200
"""No list is longer."""

_VIEWER = roles.alias("viewer")
_ROLES = select(roles.c.telegram_id, roles.c.role).where(roles.c.role != "").limit(MOST)
_OPERATORS = (
    select(roles, func.coalesce(profiles.c.nickname, "").label("nickname"))
    .select_from(roles.outerjoin(members, members.c.telegram_id == roles.c.telegram_id)
                 .outerjoin(profiles, profiles.c.member == members.c.id))
    .where(roles.c.role != "").order_by(roles.c.at, roles.c.telegram_id).limit(MOST))


class SqlOperatorReads:
    """`wallet.protocols.OperatorReads` over a database."""

    def __init__(self, database: Database) -> None:
        self._reading = database.reading

    async def roles(self) -> Mapping[int, str]:
        async with self._reading.connect() as connection:
            return {row.telegram_id: row.role for row in await connection.execute(_ROLES)}

    async def operators(self, viewer: int) -> Sequence[OperatorView]:
        is_one = exists().where(_VIEWER.c.telegram_id == viewer, _VIEWER.c.role != "")
        async with self._reading.connect() as connection:
            return [OperatorView(row.telegram_id, row.role, row.at, row.by, row.nickname)
                    for row in await connection.execute(_OPERATORS.where(is_one))]
