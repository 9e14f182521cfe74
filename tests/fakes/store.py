"""A store in memory: the engine's rules without a database.

Guards: it behaves as the real stores do as far as the engine can see: a commit is whole or not at all, a final row
cannot be changed, and no balance but the clearing account's goes below zero.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

from wallet.books import Lane
from wallet.ids import account
from wallet.movements import HOUSE, MAY_GO_BELOW_ZERO
from wallet.protocols import LaneLost, Work, Writes
from wallet.rows import Account, Journal, Key, Row, Switch


class Broken(Exception):
    """What a database's constraint would have refused."""


class FakeStore:
    """Rows in a dictionary. `failures` are raised by the next commits, one each (before anything is written)."""

    WRITERS: ClassVar[int] = 1
    AHEAD: ClassVar[int] = 1

    def __init__(self, clock: Callable[[], int]) -> None:
        self.rows: dict[Key, Row] = {(Switch, 1): Switch(1, "open", 0, "")}
        self.lanes: dict[int, Lane] = {}
        self.clock = clock
        self.failures: list[BaseException] = []
        self.commits = 0
        self.open = asyncio.Event()
        """Cleared, commits wait: what is asked meanwhile stays queued."""
        self.open.set()

    def all(self, cls: type[Row]) -> list[Any]:
        """All rows of one kind, by key."""
        return [self.rows[key] for key in sorted((k for k in self.rows if k[0] is cls), key=lambda k: k[1])]

    async def open_lane(self) -> Lane:
        number = len(self.lanes)
        for kind in HOUSE:
            self.rows.setdefault((Account, account(number, kind)), Account(account(number, kind), int(kind), 0, 0))
        self.lanes[number] = Lane(number, 1, 0, bytes(32), 0, 0)
        return self.lanes[number]

    async def commit(self, lane: Lane, work: Work) -> None:
        await self.open.wait()
        if self.failures:
            raise self.failures.pop(0)
        here = self.lanes[lane.lane]
        if here.epoch != lane.epoch:
            raise LaneLost
        base: dict[Key, Row | None] = {
            (cls, key): self.rows.get((cls, key)) for cls, keys in work.keys(here).items() for key in keys}
        switch = self.rows[(Switch, 1)]
        assert isinstance(switch, Switch)
        writes = work.decide(here, self.clock(), switch, base)
        if writes is not None:
            self._write(writes)

    def _write(self, writes: Writes) -> None:
        staged: dict[Key, Row] = {(Journal, writes.journal.pk()): writes.journal}
        for cls, (new, changed) in writes.changes.items():
            for row in new:
                if (cls, row.pk()) in self.rows or (cls, row.pk()) in staged:
                    raise Broken(f"{cls.__name__} {row.pk()} exists")
                staged[(cls, row.pk())] = row
            for row in changed:
                if cls.FINAL or (cls, row.pk()) not in self.rows:
                    raise Broken(f"{cls.__name__} {row.pk()} cannot be changed")
                staged[(cls, row.pk())] = row
        for row in staged.values():
            if isinstance(row, Account) and row.balance < 0 and row.kind not in MAY_GO_BELOW_ZERO:
                raise Broken(f"account {row.id} below zero")
        self.rows.update({key: row.copy() for key, row in staged.items()})
        self.lanes[writes.lane.lane] = writes.lane
        self.commits += 1

    async def was_committed(self, lane: Lane, seq: int, head: bytes) -> bool:
        here = self.lanes[lane.lane]
        return (here.seq, here.head) == (seq, head)

    async def close_lane(self, lane: Lane) -> None:
        """A lane in memory needs no giving back."""
