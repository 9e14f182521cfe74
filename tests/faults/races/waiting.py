"""Races to end what waits: holds, what arrives later, offers, requests."""
from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.faults.races.ground import ALICE, BOB, CAROL, SOON, Ground
from wallet.commands import Command
from wallet.holds import CancelHold, Claimed, ClaimHold, DeclineHold, ExpireHold, Returned, SettleHold
from wallet.members import SetConfirmIncoming
from wallet.requests import DeclineRequest, ExpireRequest, PayRequest, RequestDone, RequestSettled, WithdrawRequest
from wallet.transfers import Sent


class Waiting(Ground):
    """What waits is ended from several sides at once."""

    async def end_a_hold(self, *, expiring: bool) -> None:
        """Claimed, cancelled and run out at once. Another hold keeps money there that must not be given away."""
        stranger = 1_000 + self.raced.rounds * 2 + expiring
        sent = await self.bank.pays(ALICE, stranger, amount=1)
        other = await self.bank.pays(ALICE, 1, amount=1)
        member = await self.bank.join(stranger)
        alice, hold = self.bank.members[ALICE], sent.holds[0]
        if expiring:
            await self._runs_out_soon(hold)

        def make(place: int, number: int) -> Command:
            key = self._key(f"end {expiring}", place, number)
            if number % 2 == 0:
                return ClaimHold(key=key, member=member, hold=hold)
            return ExpireHold(key=key, hold=hold) if expiring else CancelHold(key=key, member=alice, hold=hold)

        heard = await self._all(self._spread(make, 4))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
            heard += await self._all(self._spread(lambda place, number: ExpireHold(
                key=self._key("late", place, number), hold=hold), 1))
        if sum(isinstance(answer, Claimed | Returned) for answer in heard) != 1:
            self._say("a hold did not end once", heard)
        await self.bank.run(CancelHold(key=self._key(f"tidy {expiring}", 0, 0), member=alice, hold=other.holds[0]))

    async def arrive_or_come_back(self) -> None:
        """Taken back and let arrive from everywhere, about the moment from which it arrives: one of these, once."""
        sent = await self.bank.run(replace(self.bank.send(ALICE, BOB, amount=1, key=self._key("later", 0, 0)), delay=2))
        assert isinstance(sent, Sent)
        (hold,), bob = sent.holds, self.bank.members[BOB]
        before = await self.bank.balance(BOB)
        await self._runs_out_soon(hold, soon=self.chance.randrange(SOON))

        def make(place: int, number: int) -> Command:
            key = self._key("arrive", place, number)
            if number % 2 == 0:
                return SettleHold(key=key, hold=hold, receiver=bob)
            return CancelHold(key=key, member=self.bank.members[ALICE], hold=hold)

        heard = await self._all(self._spread(make, 8))
        await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, number: SettleHold(
            key=self._key("arrive late", place, number), hold=hold, receiver=bob), 1))
        arrived = sum(isinstance(answer, Claimed) for answer in heard)
        if arrived + sum(isinstance(answer, Returned) for answer in heard) != 1:
            self._say("what arrives later did not end once", heard)
        if await self.bank.balance(BOB) != before + arrived:
            self._say("what arrives later went elsewhere", heard)

    async def answer_an_offer(self) -> None:
        """Accepted, declined and taken back at once; then paid while the receiver changes their mind about being
        asked. What waits then is taken back, so that the next round finds room."""
        bob, carol, hold = self.bank.members[BOB], self.bank.members[CAROL], 0

        def asks(key: str, *, on: bool) -> Command:
            return SetConfirmIncoming(key=key, member=bob, on=on)

        def ends(place: int, number: int) -> Command:
            key = self._key("offer", place, number)
            if number % 3 == 0:
                return ClaimHold(key=key, member=bob, hold=hold)
            if number % 3 == 1:
                return DeclineHold(key=key, member=bob, hold=hold)
            return CancelHold(key=key, member=self.bank.members[ALICE], hold=hold)

        def turns(place: int, number: int) -> Command:
            key = self._key("mind", place, number)
            return asks(key, on=number % 4 == 0) if number % 2 == 0 else self.bank.send(CAROL, BOB, amount=1, key=key)

        await self.bank.run(asks(self._key("asked", 0, 0), on=True))
        (hold,) = (await self.bank.pays(ALICE, BOB, amount=1)).holds
        heard = await self._all(self._spread(ends, 6))
        if sum(isinstance(answer, Claimed | Returned) for answer in heard) != 1:
            self._say("an offer did not end once", heard)
        sent = [answer for answer in await self._all(self._spread(turns, 8)) if isinstance(answer, Sent)]
        if len(sent) != 4 * self.runners.count:
            self._say("a payment to somebody who changed their mind did not go", sent)
        for left in [one.holds[0] for one in sent if one.holds[0]]:
            await self.bank.run(CancelHold(key=f"{self._key('left', 0, 0)}:{left}", member=carol, hold=left))
        await self.bank.run(asks(self._key("asked", 0, 1), on=False))

    async def answer_a_request(self) -> None:
        """Paid twice, declined, taken back and run out at once; it ends once, and was paid once or not at all."""
        request = await self.bank.asks_for(ALICE, BOB, amount=1)
        expiring = bool(self.raced.rounds % 2)
        if expiring:
            await self._runs_out_soon(request, "requests")
        alice, bob = self.bank.members[ALICE], self.bank.members[BOB]

        def ends(place: int, number: int) -> Command:
            key = self._key("request", place, number)
            if number % 4 == 0:
                return PayRequest(key=key, member=bob, request=request, token=f"token {key}")
            if number % 4 == 1:
                return DeclineRequest(key=key, person=BOB, request=request)
            if number % 4 == 2:
                return WithdrawRequest(key=key, asker=alice, request=request)
            return ExpireRequest(key=key, request=request)

        heard = await self._all(self._spread(ends, 8))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
            heard += await self._all(self._spread(lambda place, number: ExpireRequest(
                key=self._key("late request", place, number), request=request), 1))
        if sum(isinstance(answer, RequestSettled | RequestDone) for answer in heard) != 1:
            self._say("a request did not end once", heard)
        await self._forgets_how_often(alice)
