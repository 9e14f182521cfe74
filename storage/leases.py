"""Leases in the database: which of several processes does what only one should do at a time.

Guards: a lease has one holder until it ends; a holder that died loses it by time alone. It keeps work from being done
twice at the same moment and nothing more: money is guarded by keys and locks, never by a lease.
"""
from __future__ import annotations

import socket
import uuid
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, delete, text

from storage.database import Database
from storage.tables import leases

_TAKE: Final = text(
    "INSERT INTO leases(name, holder, until) VALUES (:name, :holder, :until)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
    " WHERE leases.until <= :now OR leases.holder = excluded.holder")


def name_of_process(host: str, port: int) -> str:
    """A name that no other living process has, and that the next process in this one's place has again: what one
    that died held is then its own at once. `port` is the one that is really open, which no two can share; a machine
    is known by its network card too, because copies of one are often called the same."""
    return f"{socket.gethostname()}-{uuid.getnode():x}:{host}:{port}"


class SqlLeases:
    """Leases as rows. The clocks of the processes have to agree within seconds, not more."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock

    async def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take a free lease, or keep one's own for longer."""
        now = self._clock()
        row = {"name": name, "holder": holder, "now": now, "until": now + int(seconds * 1_000_000)}

        def write(connection: Connection) -> bool:
            return connection.execute(_TAKE, row).rowcount == 1

        return await self._database.write(write)

    async def release(self, name: str, holder: str) -> None:
        """Give it back; somebody else's stays."""
        gone = delete(leases).where(leases.c.name == name, leases.c.holder == holder)
        await self._database.write(lambda connection: connection.execute(gone))
