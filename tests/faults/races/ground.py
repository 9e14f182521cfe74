"""What every race needs: who asks, what was heard, and how something runs out while it is wanted."""
from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import Connection, text

from tests.faults.races.runners import Runners
from tests.wallet.bank import POLICY, Bank
from wallet.commands import Command
from wallet.rules import changed

ALICE, BOB, CAROL, DAVE, EVE = 101, 102, 103, 104, 105
SOON: Final = 25_000
"""Microseconds until a hold runs out, while people are trying to claim it."""
CHECKED: Final = 77
"""What a rule holds back, and one operator lets go; of one fen more it takes two."""
RULES: Final = replace(POLICY, release_alone=CHECKED + 1, rules=changed(json.dumps({"reported": {
    "at_least": {"receiver_reports": 0, "first": 0, "amount": CHECKED}, "below": {"amount": CHECKED + 2}}})))
"""Of all engines that race."""


@dataclass
class Raced:
    """What came of all rounds."""

    rounds: int = 0
    wrong: list[str] = field(default_factory=list)


class Ground:
    """Rounds on one database."""

    def __init__(self, bank: Bank, runners: Runners, chance: random.Random) -> None:
        self.bank = bank
        self.runners = runners
        self.chance = chance
        self.raced = Raced()
        self.asked: dict[str, int] = {}

    def _say(self, what: str, heard: object) -> None:
        self.raced.wrong.append(f"round {self.raced.rounds}: {what}: {heard}")

    def _key(self, what: str, place: int, number: int) -> str:
        return f"{what} {self.raced.rounds} {place} {number}"

    def _spread(self, make: Callable[[int, int], Command], each: int) -> list[list[Command]]:
        groups = [[make(place, number) for number in range(each)] for place in range(self.runners.count)]
        self.asked.update({command.key: command.actor() for group in groups for command in group})
        return groups

    async def _all(self, groups: list[list[Command]]) -> list[object]:
        for group in groups:
            self.chance.shuffle(group)
        together = self.raced.rounds % 2 == 0
        heard = [answer for group in await self.runners.ask(groups, together=together) for answer in group]
        for answer in heard:
            if isinstance(answer, str):
                self._say("a bug", answer)
        return heard

    async def _runs_out_soon(self, which: int | str, table: str = "holds", column: str = "id", soon: int = SOON
                             ) -> None:
        assert self.bank.database is not None
        now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint" if self._on_postgres else (
            "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)")

        def write(connection: Connection) -> None:
            connection.execute(text(
                f"UPDATE {table} SET expires_at = {now} + {soon} WHERE {column} = :which"), {"which": which})  # noqa: S608

        await self.bank.database.write(write)

    @property
    def _on_postgres(self) -> bool:
        assert self.bank.database is not None
        return self.bank.database.url.get_backend_name() == "postgresql"

    async def _forgets_how_often(self, asker: int) -> None:
        """Another day: nobody asks as often as rounds do."""
        assert self.bank.database is not None
        await self.bank.database.write(lambda connection: connection.execute(
            text("UPDATE tallies SET day = 1 WHERE member = :asker"), {"asker": asker}))
