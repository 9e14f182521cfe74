"""Races for money on a card, and for the card itself."""
from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import text

from tests.faults.races.ground import ALICE, BOB, CAROL, EVE, SOON, Ground
from wallet.appeals import Appeal, AppealPaid, PayAppeal
from wallet.commands import Command
from wallet.drafts import Asked, CancelDraft, Confirm, ExpireDraft
from wallet.gifts import GiftMade
from wallet.holds import CancelHold, Claimed, ClaimHold, ExpireHold, Returned


class Cards(Ground):
    """Money on cards is wanted by many."""

    async def take_a_gift(self, *, expiring: bool) -> None:
        """Confirmed by its payer and by another from everywhere; then wanted by several, under its card and under
        another, and by its payer, while it is taken back or runs out. It was given once, and ended once."""
        card = f"gift {self.raced.rounds} {expiring}"
        draft = await self.bank.run(self.bank.wish(ALICE, amount=1, card=card))
        assert isinstance(draft, Asked)
        said = await self._all(self._spread(lambda place, number: Confirm(
            key=self._key(f"yes {card}", place, number), member=self.bank.members[(ALICE, BOB)[number % 2]],
            token=draft.token), 4))
        given = [answer for answer in said if isinstance(answer, GiftMade)]
        if len(given) != 1:
            self._say("a gift was not given once", said)
            return
        hold, alice = given[0].hold, self.bank.members[ALICE]
        if expiring:
            await self._runs_out_soon(hold)

        def ends(key: str) -> Command:
            return ExpireHold(key=key, hold=hold) if expiring else CancelHold(key=key, member=alice, hold=hold)

        def make(place: int, number: int) -> Command:
            key = self._key(f"take {expiring}", place, number)
            if number == 0:
                return ends(key)
            return ClaimHold(key=key, member=self.bank.members[(ALICE, BOB, CAROL, EVE)[number % 4]], hold=hold,
                             card="another" if number == 1 else card)

        heard = await self._all(self._spread(make, 8))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, _number: ends(self._key(f"gone {card}", place, 0)), 1))
        if sum(isinstance(answer, Claimed | Returned) for answer in heard) != 1:
            self._say("a gift did not end once", heard)

    async def want_one_card(self) -> None:
        """Wanted by three from everywhere, it is one's; given, taken back and its draft long forgotten, it is wanted
        again and nobody's."""
        card = f"one {self.raced.rounds}"

        def wants(place: int, number: int) -> Command:
            key = self._key(f"want {len(self.asked)}", place, number)
            return replace(self.bank.wish((ALICE, BOB, CAROL)[number % 3], amount=1, card=card), key=key)

        heard = await self._all(self._spread(wants, 6))
        asked = [answer for answer in heard if isinstance(answer, Asked)]
        if len(asked) != 1:
            self._say("a card was not one member's", heard)
            return
        owner = asked[0].what.payer
        given = await self.bank.run(Confirm(key=self._key("one", 0, 0), member=owner, token=asked[0].token))
        assert isinstance(given, GiftMade)
        await self.bank.run(CancelHold(key=self._key("one", 0, 1), member=owner, hold=given.hold))
        self.asked[self._key("one", 0, 0)] = owner
        assert self.bank.database is not None
        await self.bank.database.write(lambda connection: connection.execute(
            text("DELETE FROM drafts WHERE token = :token"), {"token": asked[0].token}))
        heard = await self._all(self._spread(wants, 6))
        if any(isinstance(answer, Asked) for answer in heard):
            self._say("a card was had a second time", heard)

    async def pay_what_a_card_asks_for(self, *, expiring: bool) -> None:
        """Paid by several, under its card and under another, while it is taken back or runs out: paid once, or over."""
        card, alice = f"asks {self.raced.rounds} {expiring}", self.bank.members[ALICE]
        before = await self.bank.balance(ALICE)
        await self.bank.run(Appeal(key=card, asker=alice, amount=1, card=card, token=f"token of {card}"))
        if expiring:
            await self._runs_out_soon(f"token of {card}", "drafts", "token")

        def ends(key: str) -> Command:
            token = f"token of {card}"
            return ExpireDraft(key=key, token=token) if expiring else CancelDraft(key=key, member=alice, token=token)

        def make(place: int, number: int) -> Command:
            key = self._key(f"pay {card}", place, number)
            if number == 0:
                return ends(key)
            return PayAppeal(key=key, member=self.bank.members[(BOB, CAROL)[number % 2]], appeal=f"token of {card}",
                             card="another" if number == 1 else card, token=f"token {key}")

        heard = await self._all(self._spread(make, 6))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, _number: ends(self._key(f"over {card}", place, 0)), 1))
        paid = sum(isinstance(answer, AppealPaid) for answer in heard)
        if paid + sum(isinstance(answer, Asked) for answer in heard) != 1:
            self._say("what a card asks for did not end once", heard)
        if await self.bank.balance(ALICE) != before + paid:
            self._say("a card was paid otherwise than it says", heard)
