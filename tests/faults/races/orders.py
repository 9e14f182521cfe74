"""Races against orders of courts: written down and lifted from everywhere while the money they hold is spent."""
from __future__ import annotations

from tests.faults.races.checks import GRACE, HEIDI, IVAN, Checks
from tests.faults.races.ground import ALICE, BOB
from wallet.commands import Command
from wallet.legal_holds import LegalHoldDeed, LegallyFree, LegallyHeld, LiftLegalHoldDeed
from wallet.proposals import Proposed, Sign
from wallet.refusals import HeldByOrder
from wallet.transfers import Sent

DATED = 726_000


class Orders(Checks):
    """A court orders that money stays while it goes."""

    async def hold_by_an_order(self, *, leaves: int) -> None:
        """Bob pays from everywhere while two sign that his money stays, all of it or all but a little: it stands once,
        and after that nothing goes out but what it leaves, until it is lifted, once."""
        await self._operators()
        bob, before = self.bank.members[BOB], await self.bank.balance(BOB)
        keeps = max(0, before - leaves) if leaves else 0
        ready = await self._ready(LegalHoldDeed(bob, BOB, "Court", self._key("order", 0, leaves), DATED, keeps, 0, ""))

        def make(place: int, number: int) -> Command:
            key = self._key(f"order {leaves}", place, number)
            if number < len(ready):
                return Sign(key=key, member=ready[number].member, token=ready[number].token, pin_version=1)
            return self.bank.send(BOB, ALICE, amount=1, key=key)

        heard = await self._all(self._spread(make, 8))
        standing = await self.bank.balance(BOB)
        late = await self._all(self._spread(lambda place, number: self.bank.send(
            BOB, ALICE, amount=1, key=self._key(f"held {leaves}", place, number)), 2 + leaves))
        held = {answer.hold for answer in heard if isinstance(answer, LegallyHeld)}
        if len(held) != 1 or not any(isinstance(answer, HeldByOrder) for answer in late):
            self._say("an order did not stand once", [*heard, *late])
        paid, more = (sum(isinstance(answer, Sent) for answer in some) for some in (heard, late))
        if before - paid != standing or more != (max(0, standing - keeps) if leaves else 0):
            self._say("something else went out than an order leaves", [*heard, *late])
        for hold in held:
            await self._lift_it(hold)

    async def _lift_it(self, hold: int) -> None:
        """By two at once and from everywhere."""
        ready = await self._ready(LiftLegalHoldDeed(self.bank.members[BOB], BOB, hold, "paid"))

        def make(place: int, number: int) -> Command:
            return Sign(key=self._key(f"lift {hold}", place, number), member=ready[number].member,
                        token=ready[number].token, pin_version=1)

        heard = await self._all(self._spread(make, len(ready)))
        if {answer for answer in heard if isinstance(answer, LegallyFree)} != {LegallyFree(hold)}:
            self._say("an order was not lifted once", heard)
        payment = self.bank.send(BOB, ALICE, amount=1, key=self._key(f"free {hold}", 0, 0))
        self.asked[payment.key] = payment.payer
        if not isinstance(await self.bank.run(payment), Sent):
            self._say("an order was lifted and held on", heard)

    async def _ready(self, deed: LegalHoldDeed | LiftLegalHoldDeed) -> list[Sign]:
        """Two of whom each would be the second to sign."""
        proposed = await self.bank.run(await self._asked_to_sign(IVAN, deed.text()))
        assert isinstance(proposed, Proposed)
        return [await self._asked_to_sign(one, deed.text(), proposed.proposal) for one in (GRACE, HEIDI)]
