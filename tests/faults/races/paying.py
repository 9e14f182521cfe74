"""Races of payments: for one balance, under one key, crosswise, and on a day of what comes again."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import text

from tests.faults.races.ground import ALICE, BOB, CAROL, DAVE, Ground
from wallet.commands import Command
from wallet.funding import TopUp
from wallet.schedules import RunSchedule, ScheduleStopped, ScheduleTurn, StopSchedule
from wallet.transfers import Send, Sent


class Paying(Ground):
    """Payments race for the same money."""

    async def overspend(self) -> None:
        """Twenty payments of a balance for one."""
        await self.bank.run(TopUp(key=self._key("fund", 0, 0), member=self.bank.members[DAVE], amount=1))
        heard = await self._all(self._spread(lambda place, number: self.bank.send(
            DAVE, BOB, amount=1, key=self._key("spend", place, number)), 20 // self.runners.count))
        if sum(isinstance(answer, Sent) for answer in heard) != 1:
            self._say("spent more than there was", heard)

    async def one_key(self) -> None:
        """The same key from everywhere."""
        heard = await self._all(self._spread(lambda place, number: self.bank.send(
            ALICE, BOB, amount=1, key=self._key("same", 0, 0)), 2))
        if len(set(heard)) != 1:
            self._say("one key, several answers", heard)

    async def cross(self) -> None:
        """A pays B and C, B pays C and A, C pays A and B: from the runners, and one by one from here as well.

        Three at the same money is what it takes: when the first lets go, two go on at once, and would meet crosswise.
        """
        ring = (ALICE, BOB, CAROL)

        def make(place: int, number: int) -> Send:
            payer = ring[(place + number) % 3]
            return self.bank.send(payer, *[person for person in ring if person != payer], amount=1,
                                  key=self._key("cross", place, number))

        theirs = self._spread(make, 12)
        ours = [make(self.runners.count, number) for number in range(12)]
        self.asked.update({command.key: command.actor() for command in ours})
        heard, own = await asyncio.gather(self._all(theirs), self._one_by_one(ours))
        if not all(isinstance(answer, Sent) for answer in [*heard, *own]):
            self._say("a crossing payment did not arrive", [*heard, *own])

    async def _one_by_one(self, commands: Sequence[Command]) -> list[object]:
        return [await self.bank.run(command) for command in commands]

    async def run_a_day(self) -> None:
        """A day of what comes again is due everywhere at once, while its payer stops it: paid once or not at all."""
        assert self.bank.database is not None
        number = await self.bank.plans(ALICE, BOB, amount=1)
        await self.bank.database.write(lambda connection: connection.execute(
            text("UPDATE schedules SET next_day = next_day - 1, try_day = try_day - 1 WHERE id = :id"), {"id": number}))
        async with self.bank.database.reading.connect() as connection:
            day = int((await connection.execute(text("SELECT next_day FROM schedules WHERE id = :id"),
                                                {"id": number})).scalar_one())
        alice, before = self.bank.members[ALICE], await self.bank.balance(BOB)

        def runs(place: int, number_: int) -> Command:
            key = self._key("day", place, number_)
            if number_ == 7:
                return StopSchedule(key=key, member=alice, schedule=number)
            return RunSchedule(key=key, schedule=number, day=day, tries=0)

        heard = await self._all(self._spread(runs, 8))
        paid = sum(isinstance(answer, ScheduleTurn) for answer in heard)
        if paid > 1 or await self.bank.balance(BOB) != before + paid:
            self._say("a day was paid twice, or not as it was said", heard)
        if sum(isinstance(answer, ScheduleStopped) for answer in heard) != 1:
            self._say("what comes again was not stopped once", heard)
