"""Races against operators: somebody is stopped while they pay, and let go while money waits for them."""
from __future__ import annotations

from typing import Final

from tests.faults.races.ground import ALICE, BOB, EVE, Ground
from wallet.commands import Command
from wallet.holds import CancelHold, Claimed, Returned, SettleHold
from wallet.operators import AppointOwners
from wallet.penalties import Lift, Lifted, Penalise, Penalised
from wallet.refusals import AccountBanned
from wallet.standing import BANNED, FROZEN
from wallet.transfers import Sent

OPERATOR: Final = 9


class Penalties(Ground):
    """Operators decide while everything else goes on."""

    def _decide(self, key: str, person: int, kind: str) -> Penalise:
        return Penalise(key=key, operator=OPERATOR, person=person, member=self.bank.members[person], kind=kind,
                        reason="fraud", hours=24 if kind == BANNED else 0)

    def _lift(self, key: str, person: int, kind: str) -> Lift:
        return Lift(key=key, operator=OPERATOR, person=person, member=self.bank.members[person], kind=kind)

    async def ban(self, person: int) -> None:
        """Somebody is banned."""
        await self.bank.run(AppointOwners(key="operators", telegram_ids=(OPERATOR,)))
        await self.bank.run(self._decide(self.bank.key(), person, BANNED))

    async def unban(self, person: int) -> None:
        """And is so no more."""
        await self.bank.run(self._lift(self.bank.key(), person, BANNED))

    async def ban_a_payer(self) -> None:
        """Paid by Bob from everywhere while he is banned there, too: once, and nothing goes out after that."""
        await self.bank.run(AppointOwners(key="operators", telegram_ids=(OPERATOR,)))
        before = await self.bank.balance(BOB)

        def make(place: int, number: int) -> Command:
            key = self._key("ban", place, number)
            if number == 3:
                return self._decide(key, BOB, BANNED)
            return self.bank.send(BOB, ALICE, amount=1, key=key)

        heard = await self._all(self._spread(make, 8))
        after = await self._all(self._spread(lambda place, number: self.bank.send(
            BOB, ALICE, amount=1, key=self._key("banned", place, number)), 2))
        paid = sum(isinstance(answer, Sent) for answer in heard)
        if not any(isinstance(answer, Penalised) for answer in heard):  # A later one takes its place.
            self._say("somebody was not banned", heard)
        if not all(isinstance(answer, AccountBanned) for answer in after) or (
                await self.bank.balance(BOB) != before - paid):
            self._say("something went out after a ban", [*heard, *after])
        await self.unban(BOB)

    async def thaw(self) -> None:
        """What waits for Eve is let arrive, taken back and sent back while her freeze is lifted and she is banned."""
        await self.bank.run(AppointOwners(key="operators", telegram_ids=(OPERATOR,)))
        await self.bank.run(self._decide(self._key("freeze", 0, 0), EVE, FROZEN))
        sent = await self.bank.pays(ALICE, EVE, amount=1)
        (hold,), eve, before = sent.holds, self.bank.members[EVE], await self.bank.balance(EVE)

        def make(place: int, number: int) -> Command:
            key = self._key("thaw", place, number)
            if number == 0:
                return self._lift(key, EVE, FROZEN)
            if number == 1 and not self.raced.rounds % 3:
                return self._decide(key, EVE, BANNED)
            if number == 2:
                return CancelHold(key=key, member=self.bank.members[ALICE], hold=hold)
            return SettleHold(key=key, hold=hold, receiver=eve)

        heard = await self._all(self._spread(make, 6))
        heard += await self._all(self._spread(lambda place, number: SettleHold(
            key=self._key("thaw late", place, number), hold=hold, receiver=eve), 1))
        arrived = sum(isinstance(answer, Claimed) for answer in heard)
        if arrived + sum(isinstance(answer, Returned) for answer in heard) != 1:
            self._say("what waits for the frozen did not end once", heard)
        if await self.bank.balance(EVE) != before + arrived:
            self._say("what waits for the frozen went elsewhere", heard)
        if sum(isinstance(answer, Lifted) for answer in heard) != 1:
            self._say("a freeze was not lifted once", heard)
        if any(isinstance(answer, Penalised) for answer in heard):
            await self.unban(EVE)
