"""Where cards stand on which operators decide: proposals, and payments that are held back.

Guards: a message is one card; whoever closed it, or showed something else in it, takes it off.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection, and_, delete, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Database
from storage.tables import desk_cards, interceptions, proposals, transfers
from wallet.plain import frozen

Kind: TypeAlias = Literal["proposal", "held"]
PROPOSAL: Final = "proposal"
HELD: Final = "held"


@frozen()
class DeskCard:
    """A message with buttons that decide; `number` is the proposal's, or that of the transfer that is held back."""

    chat: int
    message: int
    kind: Kind
    number: int


class DeskCards:
    """All of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        make = sqlite.insert if database.url.get_backend_name() == "sqlite" else postgresql.insert
        row = make(desk_cards)
        self._keep = row.on_conflict_do_update(index_elements=["chat", "message"], set_={
            "kind": row.excluded.kind, "number": row.excluded.number})

    async def keep(self, card: DeskCard) -> None:
        """Note what a message shows from now on."""
        def job(connection: Connection) -> None:
            connection.execute(self._keep, [{"chat": card.chat, "message": card.message, "kind": card.kind,
                                             "number": card.number}])

        await self._database.write(job)

    async def forget(self, chat: int, message: int) -> None:
        """It is closed, or shows something else."""
        def job(connection: Connection) -> None:
            connection.execute(delete(desk_cards).where(desk_cards.c.chat == chat, desk_cards.c.message == message))

        await self._database.write(job)

    async def all(self) -> Sequence[DeskCard]:
        """Those that stand."""
        async with self._database.reading.connect() as connection:
            return [DeskCard(*row) for row in await connection.execute(select(*desk_cards.c))]

    async def over(self, limit: int) -> Sequence[DeskCard]:
        """Those on which nothing is left to decide."""
        signed = select(*desk_cards.c).join(proposals, proposals.c.id == desk_cards.c.number).where(
            desk_cards.c.kind == PROPOSAL, proposals.c.state != "open")
        decided = (select(*desk_cards.c).join(transfers, transfers.c.id == desk_cards.c.number)
                   .join(interceptions, interceptions.c.id == transfers.c.hold)
                   .where(and_(desk_cards.c.kind == HELD, interceptions.c.state != "open")))
        async with self._database.reading.connect() as connection:
            return [DeskCard(*row) for row in await connection.execute(union_all(signed, decided).limit(limit))]
