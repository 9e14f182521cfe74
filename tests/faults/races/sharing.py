"""Races for envelopes, splits and vouchers."""
from __future__ import annotations

import asyncio

from tests.faults.races.ground import ALICE, BOB, CAROL, EVE, SOON
from tests.faults.races.penalties import Penalties
from tests.wallet.bank import GROUP
from wallet.commands import Command
from wallet.envelopes import EnvelopeEnded, ExpireEnvelope, Opened, OpenEnvelope
from wallet.refusals import PasswordWrong
from wallet.splits import CloseSplit, ExpireSplit, PayShare, SharePaid, SplitOver
from wallet.vouchers import OWN_TRIES, ExpireVoucher, Redeemed, VoucherEnded, WithdrawVoucher


class Sharing(Penalties):
    """Many want a part of one thing."""

    async def open_an_envelope(self, *, ban: bool) -> None:
        """Opened by everybody several times, run out, and its maker banned at once. Of four shares three are wanted, so
        one is left for the clock."""
        envelope = (await self.bank.fills(ALICE, amount=10, shares=4)).envelope
        await self._runs_out_soon(envelope, "envelopes")
        crowd = (BOB, CAROL, EVE)
        before = sum([await self.bank.balance(person) for person in (ALICE, *crowd)])

        def make(place: int, number: int) -> Command:
            key = self._key(f"envelope {ban}", place, number)
            if number % 4 == 3:
                return ExpireEnvelope(key=key, envelope=envelope)
            return OpenEnvelope(key=key, member=self.bank.members[crowd[number % 4]], envelope=envelope, chat=GROUP)

        async def banned() -> None:
            if ban:
                await self.ban(ALICE)

        heard, _ = await asyncio.gather(self._all(self._spread(make, 12)), banned())
        await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, number: ExpireEnvelope(
            key=self._key(f"late envelope {ban}", place, number), envelope=envelope), 1))
        if ban:
            await self.unban(ALICE)
        found = [answer for answer in heard if isinstance(answer, Opened)]
        back = [answer for answer in heard if isinstance(answer, EnvelopeEnded)]
        left = sum(share.amount for share in found) + sum(end.amount for end in back)
        after = sum([await self.bank.balance(person) for person in (ALICE, *crowd)])
        if len(back) != 1 or left != 10 or after != before + 10:
            self._say("an envelope was not divided", heard)
        if sorted(share.number for share in found) != list(range(1, len(found) + 1)) or len(found) > len(crowd):
            self._say("a share was given twice, or two to one", heard)

    async def pay_shares(self, *, expiring: bool) -> None:
        """Two places wanted by three, each several times, and closed or run out at once. It ends once, as many have
        paid as it says, and none of them twice."""
        split = await self.bank.splits(ALICE, amount=3, heads=3)
        if expiring:
            await self._runs_out_soon(split, "splits")
        crowd, alice = (BOB, CAROL, EVE), self.bank.members[ALICE]
        before = await self.bank.balance(ALICE)

        def make(place: int, number: int) -> Command:
            key = self._key(f"split {expiring}", place, number)
            if number % 8 == 7:
                return (ExpireSplit(key=key, split=split, persons=()) if expiring else
                        CloseSplit(key=key, member=alice, split=split, chat=GROUP, persons=()))
            who = crowd[number % 3]
            return PayShare(key=key, member=self.bank.members[who], split=split, chat=GROUP, person=who, maker=alice,
                            token=f"token {key}")

        heard = await self._all(self._spread(make, 16))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, _number: (
            ExpireSplit(key=self._key("late split", place, 0), split=split, persons=()) if expiring else
            CloseSplit(key=self._key("last split", place, 0), member=alice, split=split, chat=GROUP, persons=())), 1))
        paid = [answer for answer in heard if isinstance(answer, SharePaid)]
        ended = [answer for answer in heard if isinstance(answer, SplitOver)]
        if len(paid) > 2 or len(ended) != (len(paid) < 2) or await self.bank.balance(ALICE) != before + len(paid):
            self._say("a split was paid by too many, or ended twice or never", heard)
        await self._forgets_how_often(alice)

    async def cash_a_voucher(self) -> None:
        """The last use, wanted by several, each of them more than once."""
        made = await self.bank.makes(ALICE, amount=1)
        heard = await self._all(self._spread(lambda place, number: self.bank.redeem(
            made, (BOB, CAROL, EVE)[number % 3], key=self._key("cash", place, number)), 6))
        if sum(isinstance(answer, Redeemed) for answer in heard) != 1:
            self._say("a voucher for one was not redeemed by one", heard)

    async def end_a_voucher(self, *, expiring: bool) -> None:
        """Redeemed, taken back and run out at once: what was put in is what came out, whoever got it."""
        made, alice = await self.bank.makes(ALICE, amount=1, uses=3), self.bank.members[ALICE]
        if expiring:
            await self._runs_out_soon(made.voucher, "vouchers")

        def make(place: int, number: int) -> Command:
            key = self._key(f"voucher {expiring}", place, number)
            if number % 2 == 0:
                return self.bank.redeem(made, (BOB, CAROL)[number // 2 % 2], key=key)
            if expiring:
                return ExpireVoucher(key=key, voucher=made.voucher)
            return WithdrawVoucher(key=key, member=alice, voucher=made.voucher)

        heard = await self._all(self._spread(make, 4))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
            heard += await self._all(self._spread(lambda place, number: ExpireVoucher(
                key=self._key("voucher late", place, number), voucher=made.voucher), 1))
        ends = [answer for answer in heard if isinstance(answer, VoucherEnded)]
        taken = sum(isinstance(answer, Redeemed) for answer in heard)
        if len(ends) != 1 or taken > 2 or ends[0].amount != 3 - taken:
            self._say("a voucher did not end once", heard)

    async def guess_a_password(self) -> None:
        """Guesses from everywhere at once, of which only so many are looked at."""
        made = await self.bank.makes(ALICE, amount=1, word="right")
        heard = await self._all(self._spread(lambda place, number: self.bank.redeem(
            made, BOB, word=f"wrong {place} {number}", key=self._key("guess", place, number)), 6))
        if sum(isinstance(answer, PasswordWrong) for answer in heard) != OWN_TRIES:
            self._say("other guesses were looked at than there are", heard)
        await self.bank.run(WithdrawVoucher(key=self._key("guessed", 0, 0), member=self.bank.members[ALICE],
                                            voucher=made.voucher))
