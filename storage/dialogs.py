"""What people are in the middle of, in the database: for one process, with a memory in front.

Guards: a dialog survives a restart, is sealed at rest and forgotten when its time is over. Losing one costs a repeated
question and never money, so what cannot be opened any more is simply not there.
"""
from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import delete, select, text

from storage.database import Database
from storage.tables import dialogs
from wallet.vault import Unreadable, Vault

LONGEST: Final = 8192
"""Bytes of JSON that a dialog may have; more would be somebody's history, not what they are in the middle of."""

MOST_KEPT: Final = 50_000
"""How many people's dialogs, or that they have none, are kept in memory."""

_PUT: Final = text(
    "INSERT INTO dialogs(person, sealed, expires_at) VALUES (:person, :sealed, :expires_at)"
    " ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at")


def packed(dialog: Mapping[str, Any]) -> bytes:
    """A dialog as JSON of a bounded length."""
    data = json.dumps(dialog, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(data) <= LONGEST, "a dialog is too long"
    return data


def unpacked(data: bytes) -> dict[str, Any]:
    """The dialog behind `packed`."""
    dialog = json.loads(data)
    assert isinstance(dialog, dict)
    return dialog


class SqlDialogs:
    """`handlers.ground.Dialogs` over the table, which this process alone writes."""

    def __init__(self, database: Database, vault: Vault, clock: Callable[[], int], most_kept: int = MOST_KEPT) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._most_kept = most_kept
        self._kept: OrderedDict[int, tuple[int, bytes] | None] = OrderedDict()

    async def get(self, person: int) -> dict[str, Any] | None:
        """The dialog, a new copy each time, or None."""
        try:
            found = self._kept[person]
            self._kept.move_to_end(person)
        except KeyError:
            found = await self._read(person)
            # Whoever wrote while we read knows better.
            found = self._kept[person] if person in self._kept else self._keep(person, found)
        if found is None or found[0] <= self._clock():
            return None
        return unpacked(found[1])

    async def put(self, person: int, dialog: Mapping[str, Any], *, seconds: int = 600) -> None:
        """Begin or go on."""
        data = packed(dialog)
        expires_at = self._clock() + seconds * 1_000_000
        row = {"person": person, "sealed": self._vault.seal(data), "expires_at": expires_at}
        self._kept.pop(person, None)
        await self._database.write(lambda connection: connection.execute(_PUT, row))
        self._keep(person, (expires_at, data))

    async def drop(self, person: int) -> None:
        """End it. Whoever is known to have none costs nothing."""
        if person in self._kept and self._kept[person] is None:
            return
        self._kept.pop(person, None)
        gone = delete(dialogs).where(dialogs.c.person == person)
        await self._database.write(lambda connection: connection.execute(gone))
        self._keep(person, None)

    def _keep(self, person: int, found: tuple[int, bytes] | None) -> tuple[int, bytes] | None:
        self._kept[person] = found
        self._kept.move_to_end(person)
        if len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)
        return found

    async def _read(self, person: int) -> tuple[int, bytes] | None:
        query = select(dialogs.c.expires_at, dialogs.c.sealed).where(dialogs.c.person == person)
        async with self._database.reading.connect() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        try:
            return row.expires_at, self._vault.open(row.sealed)
        except Unreadable:
            return None
