"""Races for what a rule holds back: let go, sent back and run out at once, by several, while its people are banned."""
from __future__ import annotations

import asyncio
from typing import Final

from tests.faults.races.ground import BOB, CHECKED, EVE, SOON
from tests.faults.races.penalties import OPERATOR, Penalties
from wallet.commands import Command
from wallet.drafts import Asked
from wallet.holds import CancelHold, Claimed, ExpireHold, Returned
from wallet.operators import Appoint, AppointOwners
from wallet.proposals import Approve, Propose, Proposed, Sign
from wallet.releases import ReleaseDeed, SendBackCheck
from wallet.standing import BANNED
from wallet.transfers import Sent

GRACE, HEIDI, IVAN = 106, 107, 108
"""They operate, and have wallets of their own."""
TIMES: Final = 5


class Checks(Penalties):
    """Operators decide about what is held back."""

    async def _operators(self) -> None:
        if GRACE not in self.bank.members:
            await self.bank.run(AppointOwners(key="operators", telegram_ids=(OPERATOR,)))
            for one in (GRACE, HEIDI, IVAN):
                await self.bank.join(one)
                await self.bank.set_pin(one)
                await self.bank.run(Appoint(key=self.bank.key(), operator=OPERATOR, person=one, role="admin"))

    async def _asked_to_sign(self, who: int, deed: str, proposal: int = 0) -> Sign:
        """Somebody wants to sign, and is asked for their PIN; what they say then."""
        member, token = self.bank.members[who], f"sign {self.bank.key()}"
        key = self.bank.key()
        asked = await self.bank.run(Approve(key=key, member=member, proposal=proposal, token=token) if proposal else
                                    Propose(key=key, member=member, deed=deed, token=token))
        assert isinstance(asked, Asked)
        return Sign(key=self.bank.key(), member=member, token=token, pin_version=1)

    async def _ready_to_release(self, hold: int, amount: int) -> list[Sign]:
        """Two who let it go with their next word: a small one each alone, a large one each as the second."""
        deed = ReleaseDeed(hold, self.bank.members[BOB], EVE, self.bank.members[EVE], amount, "it was them").text()
        if amount == CHECKED:
            return [await self._asked_to_sign(one, deed) for one in (GRACE, HEIDI)]
        proposed = await self.bank.run(await self._asked_to_sign(IVAN, deed))
        assert isinstance(proposed, Proposed)
        return [await self._asked_to_sign(one, deed, proposed.proposal) for one in (GRACE, HEIDI)]

    async def decide_what_is_held_back(self, *, by_two: bool, ban: int = 0, expiring: bool = False) -> None:
        """Let go by two at once and from everywhere, sent back, run out, while its payer or receiver is banned: it
        ended once, and by nobody who may not. Another hold keeps money there that must not be given away."""
        await self._operators()
        what = f"check {by_two} {ban} {expiring}"
        amount, before = CHECKED + by_two, await self.bank.balance(EVE)
        sent = await self._pays(EVE, amount, self._key(what, -1, 0))
        other = await self._pays(1, 2 * amount, self._key(what, -1, 1))
        (hold,), ready = sent.holds, await self._ready_to_release(sent.holds[0], amount)
        assert sent.to_check == sent.holds
        if expiring:
            await self._runs_out_soon(hold)

        def make(place: int, number: int) -> Command:
            key = self._key(what, place, number)
            if number < len(ready):
                return Sign(key=key, member=ready[number].member, token=ready[number].token, pin_version=1)
            if number == 2:
                return ExpireHold(key=key, hold=hold)
            if number == 3 and ban:
                return self._decide(key, ban, BANNED)
            if number == 4:
                return CancelHold(key=key, member=self.bank.members[BOB], hold=hold)
            return SendBackCheck(key=key, operator=OPERATOR, hold=hold, reason="no")

        heard = await self._all(self._spread(make, TIMES + bool(self.raced.rounds % 3)))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, _number: ExpireHold(
            key=self._key(f"{what} late", place, 0), hold=hold) if expiring else SendBackCheck(
            key=self._key(f"{what} back", place, 0), operator=OPERATOR, hold=hold, reason="no"), 1))
        arrived = sum(isinstance(answer, Claimed) for answer in heard)
        if arrived + sum(isinstance(answer, Returned) for answer in heard) != 1:
            self._say("what was held back did not end once", heard)
        if await self.bank.balance(EVE) != before + amount * arrived:
            self._say("what was held back went elsewhere", heard)
        if any(isinstance(answer, Returned) and answer.state not in ("released", "expired") for answer in heard):
            self._say("what was held back was taken back by its payer", heard)
        if ban:
            await self.unban(ban)
        await self.bank.run(CancelHold(key=self._key(f"{what} tidy", 0, 0), member=self.bank.members[BOB],
                                       hold=other.holds[0]))

    async def _pays(self, person: int, amount: int, key: str) -> Sent:
        payment = self.bank.send(BOB, person, amount=amount, key=key)
        self.asked[key] = payment.payer
        sent = await self.bank.run(payment)
        assert isinstance(sent, Sent)
        return sent
