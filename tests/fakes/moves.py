"""What the fake reads say of wallets that move to another account."""
from __future__ import annotations

from tests.fakes.store import FakeStore
from wallet.rows import Move
from wallet.views import MoveView


class FakeMoves:
    """A part of `FakeReads`, over the same store."""

    _store: FakeStore

    async def moves_due(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        due = sorted((row.due_at, row.member) for row in self._store.all(Move) if 0 < row.due_at <= now)
        return tuple((member, at) for at, member in due[:limit])

    async def move(self, member: int) -> MoveView | None:
        row = self._store.rows.get((Move, member))
        return MoveView(member, row.person, row.asker, row.state, row.ready_at) if isinstance(row, Move) else None
