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
"""How many people's dialogs are kept in memory."""

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
        self._kept: OrderedDict[int, tuple[int, bytes]] = OrderedDict()
        self._who: set[int] | None = None
        """Who may have a dialog in the table: nearly everybody who says something has none, and that must cost
        nothing."""

    async def get(self, person: int) -> dict[str, Any] | None:
        """The dialog, a new copy each time, or None."""
        if person not in self._kept:
            if person not in await self._all():
                return None
            found = await self._read(person)
            if person not in self._kept:  # Whoever wrote while we read knows better.
                if found is None:
                    return None
                self._keep(person, found)
        expires_at, data = self._kept[person]
        self._kept.move_to_end(person)
        return unpacked(data) if expires_at > self._clock() else None

    async def put(self, person: int, dialog: Mapping[str, Any], *, seconds: int = 600) -> None:
        """Begin or go on."""
        data = packed(dialog)
        expires_at = self._clock() + seconds * 1_000_000
        row = {"person": person, "sealed": self._vault.seal(data), "expires_at": expires_at}
        (await self._all()).add(person)
        self._kept.pop(person, None)
        await self._database.write(lambda connection: connection.execute(_PUT, row), one=True)
        self._keep(person, (expires_at, data))

    async def drop(self, person: int) -> None:
        """End it. Whoever has none costs nothing."""
        who = await self._all()
        if person not in who:
            return
        self._kept.pop(person, None)
        gone = delete(dialogs).where(dialogs.c.person == person)
        await self._database.write(lambda connection: connection.execute(gone), one=True)
        self._kept.pop(person, None)
        who.discard(person)

    async def _all(self) -> set[int]:
        if self._who is None:
            async with self._database.reading.connect() as connection:
                found = set((await connection.execute(select(dialogs.c.person))).scalars())
            self._who = found if self._who is None else self._who | found
        return self._who

    def _keep(self, person: int, found: tuple[int, bytes]) -> None:
        self._kept[person] = found
        self._kept.move_to_end(person)
        if len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)

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
