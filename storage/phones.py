"""Who has a phone number, for a member who wants to pay by it.

Guards: nobody finds out by trying which numbers have a wallet. Each member may name so many different ones a day, and
that is counted in the database: over all processes, and whatever is restarted meanwhile. What is counted is a digest
that means nothing for another person, on another day, or beside the numbers of wallets.
"""
from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Connection, func, insert, select

from storage.database import Database
from storage.tables import asked_numbers as asked
from wallet import refusals
from wallet.protocols import Reads
from wallet.vault import Vault
from wallet.views import MemberView

MOST: Final = 20
"""So many different numbers somebody may name in a day: enough to pay by, too few to try all there are."""


class SqlPhones:
    """`handlers.ground.Phones` over a database."""

    def __init__(self, database: Database, vault: Vault, reads: Reads) -> None:
        self._database = database
        self._vault = vault
        self._reads = reads
        self._alone = database.url.get_backend_name() == "sqlite"

    async def holder(self, number: str, asker: int, day: date) -> MemberView | None:
        """Counted before it is looked up. Raises `TooManyNumbers`."""
        digest = self._vault.digest("asked number", f"{asker} {day} {number}")
        if not await self._database.write(lambda connection: self._count(connection, asker, day.toordinal(), digest)):
            raise refusals.TooManyNumbers(MOST)
        return await self._reads.member_by_phone(self._vault.digest("phone", number))

    def _count(self, connection: Connection, asker: int, day: int, digest: str) -> bool:
        if not self._alone:  # One process after the other; the only writer of a file needs no lock.
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"asked numbers:{asker}", 0))))
        known = set(connection.scalars(select(asked.c.digest).where(asked.c.asker == asker, asked.c.day == day)))
        if digest not in known:
            if len(known) >= MOST:
                return False
            connection.execute(insert(asked), {"asker": asker, "day": day, "digest": digest})
        return True
