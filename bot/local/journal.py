"""What keeps the local chat over a restart: one small SQLite file, written in groups by a thread of its own.

Guards: whoever was answered after `saved()` finds what was put before it again, even if the process is killed right
then. What is put is never changed afterwards (it is replaced by putting again), so the thread may write it while the
loop goes on.
"""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

Pending = dict[tuple[str, str], object]

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS kept (kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (kind, name)) WITHOUT ROWID"
)
_PUT = (
    "INSERT INTO kept (kind, name, value) VALUES (?, ?, ?)"
    " ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value"
)
_DROP = "DELETE FROM kept WHERE kind = ? AND name = ?"


class Journal:
    """Named values on disk, or nowhere when there is no folder for them (then `saved` returns at once)."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._pending: Pending = {}
        self._put = self._written = 0
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "local-chat-journal") if path else None
        self._database: sqlite3.Connection | None = None

    def open(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        # Losing power may lose the last messages of a play chat; a killed process loses nothing either way.
        self._database.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; {_SCHEMA};")

    def load(self) -> Iterator[tuple[str, str, object]]:
        """Everything that was kept, in no particular order."""
        if self._database is None:
            return
        for kind, name, value in self._database.execute("SELECT kind, name, value FROM kept"):
            yield kind, name, json.loads(value)

    def put(self, kind: str, name: object, value: object) -> None:
        """Keep a value under a name; `None` forgets it."""
        if self._thread is not None:
            self._put += 1
            self._pending[kind, str(name)] = value

    async def saved(self) -> None:
        """Return when everything that was put so far is written. Callers that wait together share one commit."""
        wanted = self._put
        if self._thread is None or self._written >= wanted:
            return
        async with self._turn:
            if self._written >= wanted:
                return
            batch, self._pending = self._pending, {}
            upto = self._put
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._write, batch)
            except sqlite3.Error:
                # A full disk: what was not written waits for the next turn, and whoever asked is not told it was.
                self._pending = batch | self._pending
                raise
            self._written = upto

    def _write(self, batch: Pending) -> None:
        assert self._database is not None
        kept = [
            (kind, name, json.dumps(value, ensure_ascii=False))
            for (kind, name), value in batch.items()
            if value is not None
        ]
        gone = [name for name, value in batch.items() if value is None]
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.executemany(_PUT, kept)
            self._database.executemany(_DROP, gone)
            self._database.execute("COMMIT")
        except sqlite3.Error:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    async def close(self) -> None:
        await self.saved()
        if self._thread is not None:
            self._thread.shutdown(wait=True)
        if self._database is not None:
            self._database.close()
            self._database = None
