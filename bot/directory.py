"""Who somebody is, which role they have and whether a group waits for a word, without asking the database for every
message.

Guards: what a member changes is seen by that member's next message, because whoever runs a command forgets what is
known of its actor. What is kept is bounded and grows old, since another process may change it too; somebody who is
still joining is never kept. Nothing is decided by it: the wallet looks again, under its locks.
"""
from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Final

from bot.clock import Clock
from storage.together import Together
from wallet.applications import DecideApplication
from wallet.commands import Command, Outcome
from wallet.engine import Engine
from wallet.envelopes import PlaceEnvelope
from wallet.members import Meet
from wallet.operators import Appoint, AppointOwners
from wallet.proposals import Sign
from wallet.protocols import OperatorReads, Reads
from wallet.views import MemberView, WordedView

MOST: Final = 20_000
"""How many members are kept."""
SILENT: Final = 3.0
"""Seconds for which a group without a word is believed to have none: another process may fill an envelope there."""
TOGETHER: Final = 200
"""How many are asked for in one query."""


class Directory:
    """Members by Telegram id."""

    def __init__(self, reads: Reads, clock: Clock, seconds: float) -> None:
        """`seconds` is how long somebody is believed to be as they were."""
        self._reads = reads
        self._clock = clock
        self._seconds = seconds
        self._known: dict[int, tuple[MemberView, float]] = {}
        self._numbers: dict[int, int] = {}
        """Telegram ids by member number, of those who are known."""
        self._unknown = Together(self._look, TOGETHER)
        self._changes = 0

    async def member(self, telegram_id: int) -> MemberView | None:
        """The member, or None for somebody who never began to join."""
        known = self._known.get(telegram_id)
        if known is not None and self._clock.time() < known[1]:
            return known[0]
        return await self._unknown.get(telegram_id)

    def forget(self, command: Command) -> None:
        """Whoever a command is about may be another now."""
        self._changes += 1
        if isinstance(command, DecideApplication | Sign):  # About somebody whom it does not name, or two accounts.
            self._known.clear()
            self._numbers.clear()
        met = command.telegram_id if isinstance(command, Meet) else self._numbers.pop(command.actor(), 0)
        self._known.pop(met, None)

    async def _look(self, telegram_ids: Sequence[int]) -> Mapping[int, MemberView]:
        before = self._changes
        found = await self._reads.members(telegram_ids)
        if self._changes == before:  # Else it may be older than what was forgotten meanwhile.
            self._keep(list(found.values()))
        return found

    def _keep(self, members: Sequence[MemberView]) -> None:
        until = self._clock.time() + self._seconds
        for member in members:
            if member.joined:
                self._known[member.telegram_id] = (member, until)
                self._numbers[member.id] = member.telegram_id
        if len(self._known) > MOST:
            for telegram_id in list(self._known)[:MOST // 2]:
                self._numbers.pop(self._known.pop(telegram_id)[0].id, None)


class Roles:
    """Who is an operator. There are few of them, so all are kept."""

    def __init__(self, reads: OperatorReads, clock: Clock, seconds: float) -> None:
        """`seconds` is how long they are believed to be what they were."""
        self._reads = reads
        self._clock = clock
        self._seconds = seconds
        self._known: Mapping[int, str] = {}
        self._until = 0.0
        self._changes = 0

    async def role(self, telegram_id: int) -> str:
        """Their role, "" for everybody else."""
        return (await self._all()).get(telegram_id, "")

    async def those(self, roles: Container[str]) -> Sequence[int]:
        """The Telegram ids of those who have one of these roles."""
        return sorted(telegram_id for telegram_id, role in (await self._all()).items() if role in roles)

    async def _all(self) -> Mapping[int, str]:
        if self._clock.time() >= self._until:
            before = self._changes
            self._known = await self._reads.roles()
            if self._changes == before:  # Else it may be older than what was forgotten meanwhile.
                self._until = self._clock.time() + self._seconds
        return self._known

    def forget(self, command: Command) -> None:
        """Whoever an owner appointed is another now."""
        if isinstance(command, Appoint | AppointOwners):
            self._changes += 1
            self._until = 0.0


class Words:
    """The words by which envelopes open in groups. Most groups have none, and whatever is said there costs no look."""

    def __init__(self, reads: Reads, clock: Clock) -> None:
        self._reads = reads
        self._clock = clock
        self._silent: dict[int, float] = {}
        """Groups that had none, and until when that is believed."""
        self._changes = 0

    async def worded(self, chat: int, limit: int) -> Sequence[WordedView]:
        """The open envelopes of a group that open by a word, newest first."""
        if self._clock.time() < self._silent.get(chat, 0.0):
            return ()
        before = self._changes
        found = await self._reads.worded(chat, limit)
        if not found and self._changes == before:  # Else it may be older than what was forgotten meanwhile.
            self._silent[chat] = self._clock.time() + SILENT
            if len(self._silent) > MOST:
                for known in list(self._silent)[:MOST // 2]:
                    del self._silent[known]
        return found

    def forget(self, command: Command) -> None:
        """An envelope's card stands in a group now, and its word may be said there."""
        if isinstance(command, PlaceEnvelope):
            self._changes += 1
            self._silent.pop(command.chat, None)


class WatchedEngine(Engine):
    """The engine, telling who may be another after a command. Payments change nothing that anybody keeps in memory."""

    watchers: tuple[Callable[[Command], None], ...] = ()

    async def run(self, command: Command, *, deadline: float | None = None, clock: bool = False) -> Outcome:
        """As the engine does; the watchers are told afterwards, whatever came of it."""
        if command.MONEY:
            return await super().run(command, deadline=deadline, clock=clock)
        try:
            return await super().run(command, deadline=deadline, clock=clock)
        finally:
            for watcher in self.watchers:
                watcher(command)
