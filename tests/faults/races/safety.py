"""Races about who somebody is: a name on a list, a guardian's word, a wallet that moves, a service that closes.

Guards: two who decide at once are heard once, and the other one is told why not; a payment that meets the decision goes
wholly before it or not at all, so that nothing is lost or counted twice; and after it nothing goes out that may not.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import text

from storage.reconcile import reconcile
from tests.faults.races.checks import GRACE, HEIDI, IVAN, Checks
from tests.faults.races.ground import ALICE, BOB
from tests.faults.races.penalties import OPERATOR
from tests.wallet.bank import GROUP, ZONE
from tests.wallet.invariants.journal import chains
from tests.wallet.invariants.ledger import ledger_of
from tests.wallet.invariants.money import balances, effects, folds, two_sides
from tests.wallet.invariants.moves import closing
from tests.wallet.invariants.names import names
from tests.wallet.invariants.waiting import checked, held, holds
from tests.wallet.invariants.wards import allowed, guarded
from wallet import refusals
from wallet.clearing import ClearHit, ListedDeed
from wallet.commands import Command
from wallet.comparing import Compared, CompareNames, TakeList
from wallet.drafts import Asked, Confirm
from wallet.engine import microseconds
from wallet.envelopes import AskEnvelope, EnvelopeMade
from wallet.family import LINK_LIFE, BecomeGuardian, DecideForWard, seal_of
from wallet.funding import ToppedUp, TopUp
from wallet.holds import Returned
from wallet.identity import GiveIdentity
from wallet.members import ChooseLanguage, DeclareMinor, Meet, Met
from wallet.moving import AskMove, EndMove, MoveAskedFor, MoveDeed, ObjectToMove
from wallet.proposals import Deed, Proposed, Reject, Sign
from wallet.refusals import Refusal
from wallet.releases import SendBackCheck
from wallet.rows import LUCKY
from wallet.screening import Likeness
from wallet.standing import FROZEN
from wallet.transfers import Sent
from wallet.winding_down import DAY, NOTICE, CallOffDeed, WindDownDeed, WindDownMade

SAM, KID, NORA, FIRST, OTHER = 401, 411, 421, 431, 432
"""Whose name is on a list; a minor and their guardian; somebody's two Telegram accounts."""
ADULT: Final = 726_532
FUNDS: Final = 50_000
EACH: Final = 6
"""Commands of each place."""


class Safety(Checks):
    """Round by round."""

    old, new = FIRST, OTHER
    """The account that has the wallet, and the one that wants it: each time it moves they change places."""

    async def settle(self) -> None:
        """All who are in it."""
        await self._operators()
        for one in (SAM, NORA, FIRST):
            await self.bank.join(one, FUNDS)
            await self.bank.set_pin(one)
            await self.bank.run(GiveIdentity(key=self.bank.key(), member=self.bank.members[one], digest=f"id {one}",
                                             sealed=b"sealed", born=ADULT))
        kid, until = await self._meets(KID), microseconds() // 1_000_000 + LINK_LIFE
        await self.bank.run(ChooseLanguage(key=self.bank.key(), member=kid, language="en"))
        await self.bank.run(DeclareMinor(key=self.bank.key(), member=kid))
        await self.bank.run(BecomeGuardian(key=self.bank.key(), guardian=self.bank.members[NORA], ward=kid, until=until,
                                           seal=seal_of(self.bank.engine.policy, kid, until), pin_version=1))
        await self.bank.join(KID, FUNDS)

    async def once(self) -> None:
        """One round of each kind."""
        self.raced.rounds += 1
        entry = await self.raise_while_they_pay()
        await self.decide_about_a_name(entry)
        await self.cap_what_a_minor_pays()
        await self.ask_for_a_wallet_that_pays()
        await self.grant_or_object()
        await self.close_while_envelopes_are_filled()

    async def look(self) -> None:
        """Everything must be whole at the end. Time was turned for what waits a day, so that is not looked at."""
        assert self.bank.database is not None
        ledger = await ledger_of(self.bank.database)
        checks = (balances, two_sides, folds, effects, holds, held, checked, names, guarded, closing, chains)
        report = await reconcile(self.bank.database.url.render_as_string(hide_password=False))
        self.raced.wrong += [*(wrong for check in checks for wrong in check(ledger)), *allowed(ledger, ZONE),
                             *(f"{check.name}: {check.broken}" for check in report.checks if check.broken)]

    # --------------------------------------------------------------------------------------------- names
    async def raise_while_they_pay(self) -> str:
        """Sam pays from everywhere while the clock finds their name: each payment arrived or waits, and once it is
        found all wait; sent back, all of it is there again."""
        entry, sam, version = f"UN-{self.raced.rounds} un", self.bank.members[SAM], f"list {self.raced.rounds}"
        await self.bank.run(TakeList(key=self.bank.key(), version=version))
        since, after = await self._read("SELECT since, after FROM name_lists WHERE id = 1")
        before, had = await self.bank.balance(SAM), await self.bank.balance(ALICE)

        def make(place: int, number: int) -> Command:
            key = self._key("raise", place, number)
            if number == 3:
                return CompareNames(key=key, version=version, since=since, after=after,
                                    likenesses=((sam, (Likeness(entry, 91),)),))
            return self.bank.send(SAM, ALICE, amount=1, key=key)

        heard = await self._all(self._spread(make, EACH))
        heard += await self._all(self._spread(lambda place, number: self.bank.send(
            SAM, ALICE, amount=1, key=self._key("raised", place, number)), 1))
        sent = [one for one in heard if isinstance(one, Sent)]
        held = [hold for one in sent for hold in one.to_check]
        if sum(one.found for one in heard if isinstance(one, Compared)) != 1:
            self._say("a name was not found once", heard)
        if len(sent) != (EACH - 1) * self.runners.count + self.runners.count or len(held) < self.runners.count:
            self._say("a payment was lost, or went out after the name was found", heard)
        if await self.bank.balance(ALICE) != had + len(sent) - len(held):
            self._say("what waits arrived", heard)
        for hold in held:
            back = await self.bank.run(SendBackCheck(key=self.bank.key(), operator=OPERATOR, hold=hold, reason="no"))
            assert isinstance(back, Returned)
        if await self.bank.balance(SAM) != before - len(sent) + len(held):
            self._say("what was sent back is not there", heard)
        return entry

    async def decide_about_a_name(self, entry: str) -> None:
        """Cleared from everywhere while two are the first to confirm it; then confirmed, while it is rejected."""
        sam = self.bank.members[SAM]
        deed = ListedDeed(sam, SAM, entry, "documents").text()
        ready = [await self._asked_to_sign(one, deed) for one in (GRACE, HEIDI)]
        heard = await self._race("clear", ready, lambda key: ClearHit(
            key=key, operator=OPERATOR, member=sam, entry=entry, reason="born"))
        firsts = [answer for answer in heard if isinstance(answer, Proposed)]
        done = [answer for answer in heard if not isinstance(answer, Refusal)]
        if len(done) != 1 or not all(isinstance(one, refusals.HitDecided | refusals.DraftOver) for one in heard
                                     if isinstance(one, Refusal)):
            self._say("a name was not answered once", heard)
        if firsts:
            ready = [await self._asked_to_sign(one, deed, firsts[0].proposal) for one in (IVAN,)]
            heard = await self._race("confirm", ready, lambda key: Reject(
                key=key, operator=OPERATOR, proposal=firsts[0].proposal))
            if sum(not isinstance(answer, Refusal) for answer in heard) != 1:
                self._say("a proposal did not end once", heard)
        state, operator, second = await self._read(
            f"SELECT state, operator, second FROM hits WHERE entry = '{entry}'")  # noqa: S608
        if state not in ("open", "cleared", "confirmed") or (state == "confirmed") is not bool(second) or (
                (state == "open") is bool(operator)):
            self._say("a name is", (state, operator, second))
        if state == "open":
            await self.bank.run(ClearHit(key=self.bank.key(), operator=OPERATOR, member=sam, entry=entry,
                                         reason="born"))
        if state == "confirmed":
            if not isinstance(await self._hears(self.bank.send(SAM, ALICE, amount=1)), refusals.AccountFrozen):
                self._say("a wallet is not frozen", heard)
            await self.bank.run(self._lift(self.bank.key(), SAM, FROZEN))

    # ------------------------------------------------------------------------------------------- minors
    async def cap_what_a_minor_pays(self) -> None:
        """Their guardian caps the day at what they paid before and one more, while they pay from everywhere: what went
        out is what was answered, and then it is over."""
        kid, before = self.bank.members[KID], await self.bank.balance(KID)
        paid = FUNDS - before

        def make(place: int, number: int) -> Command:
            key = self._key("cap", place, number)
            if number == 2:
                return self._caps(key, kid, paid + 1)
            return self.bank.send(KID, ALICE, amount=1, key=key)

        heard = await self._all(self._spread(make, EACH))
        heard += await self._all(self._spread(lambda place, number: self.bank.send(
            KID, ALICE, amount=1, key=self._key("capped", place, number)), 2))
        sent = sum(isinstance(answer, Sent) for answer in heard)
        if await self.bank.balance(KID) != before - sent or not sent:
            self._say("a minor's money is not where it was said", heard)
        if not all(isinstance(answer, refusals.GuardianLimitReached) for answer in heard
                   if isinstance(answer, Refusal)) or not any(isinstance(answer, Refusal) for answer in heard):
            self._say("a cap was not told, or not kept", heard)
        await self.bank.run(self._caps(self.bank.key(), kid, 0))

    def _caps(self, key: str, kid: int, value: int) -> DecideForWard:
        return DecideForWard(key=key, guardian=self.bank.members[NORA], ward=kid, what="day", value=value,
                             pin_version=1)

    # ---------------------------------------------------------------------------------- a wallet that moves
    async def ask_for_a_wallet_that_pays(self) -> None:
        """Asked for from another account while the old one pays from everywhere: once asked, nothing goes out."""
        new, wallet = await self._meets(self.new), self.bank.members[self.old]
        before, had = await self.bank.balance(self.old), await self.bank.balance(ALICE)
        await self._forgets_how_often(new)

        def make(place: int, number: int) -> Command:
            key = self._key("move", place, number)
            if number == 3 and not place:
                return AskMove(key=key, member=new, phone=f"{FIRST:064x}", number=f"id {FIRST}")
            return self.bank.send(self.old, ALICE, amount=1, key=key)

        heard = await self._all(self._spread(make, EACH))
        after = await self._all(self._spread(lambda place, number: self.bank.send(
            self.old, ALICE, amount=1, key=self._key("moving", place, number)), 1))
        sent = sum(isinstance(answer, Sent) for answer in heard)
        refused = [answer for answer in (*heard, *after) if isinstance(answer, Refusal)]
        if sum(isinstance(answer, MoveAskedFor) for answer in heard) != 1 or not all(
                isinstance(answer, refusals.WalletMoving) for answer in refused):
            self._say("a wallet was not asked for", heard)
        if any(isinstance(answer, Sent) for answer in after) or (
                await self.bank.balance(self.old), await self.bank.balance(ALICE)) != (before - sent, had + sent):
            self._say("something went out while a wallet moves", [*heard, *after])
        await self._writes(f"UPDATE moves SET ready_at = 1 WHERE member = {wallet}")  # noqa: S608

    async def grant_or_object(self) -> None:
        """Two say yes as the second, the old account says no and pays, all at once: it is one of the two, and whoever
        has no wallet any more pays nothing."""
        wallet, new = self.bank.members[self.old], self.bank.members[self.new]
        before = await self.bank.balance(self.old)
        deed = MoveDeed(wallet, self.old, new, self.new, "by their papers").text()
        first = await self.bank.run(await self._asked_to_sign(IVAN, deed))
        assert isinstance(first, Proposed)
        ready = [await self._asked_to_sign(one, deed, first.proposal) for one in (GRACE, HEIDI)]

        def make(place: int, number: int) -> Command:
            key = self._key("grant", place, number)
            if number < len(ready):
                return Sign(key=key, member=ready[number].member, token=ready[number].token, pin_version=1)
            if number == 2:
                return ObjectToMove(key=key, member=wallet)
            return self.bank.send(self.old, ALICE, amount=1, key=key)

        heard = await self._all(self._spread(make, EACH - 1 + self.raced.rounds % 2))
        sent = sum(isinstance(answer, Sent) for answer in heard)
        if await self.bank.balance(self.old) != before - sent:
            self._say("a wallet moved without what was in it", heard)
        granted = (await self._read(f"SELECT telegram_id FROM members WHERE id = {wallet}"))[0] == self.new  # noqa: S608
        if sum(not isinstance(answer, Refusal | Sent) for answer in heard) != 1 or (granted and sent):
            self._say("a wallet was not given or kept once", heard)
        if granted:
            await self._is_given(wallet, heard)
        else:  # Whoever was told no asks again at once, for this race's sake.
            await self._writes(f"UPDATE moves SET asked_at = 1 WHERE member = {wallet}")  # noqa: S608
            await self.bank.pays(self.old, ALICE, amount=1)

    async def _is_given(self, wallet: int, heard: list[object]) -> None:
        """The new account has it, a minute later; the old one has none. For the next round they change names."""
        old = await self._meets(self.old)
        if old == wallet or await self._meets(self.new) != wallet or not isinstance(
                await self._hears(self.bank.send(self.old, ALICE, amount=1)), refusals.NotAMember):
            self._say("two accounts have a wallet, or none", heard)
        if not isinstance(await self._hears(self.bank.send(self.new, ALICE, amount=1)), refusals.WalletMoving):
            self._say("a wallet pays before everybody knows whose it is", heard)
        await self._writes(f"UPDATE moves SET due_at = 1 WHERE member = {wallet}")  # noqa: S608
        await self.bank.run(EndMove(key=self.bank.key(), member=wallet))
        await self.bank.pays(self.new, ALICE, amount=1)
        self.old, self.new = self.new, self.old

    # ----------------------------------------------------------------------------------------- closing
    async def close_while_envelopes_are_filled(self) -> None:
        """The second signature comes while envelopes are asked for and filled, and money is topped up: what was
        answered is there, all else is refused, and once it is called off it goes on."""
        bob, before = self.bank.members[BOB], await self.bank.balance(BOB)
        closes_at = microseconds() + NOTICE + DAY
        tokens = [[await self._wants_an_envelope() for _ in range(2)] for _ in range(self.runners.count)]
        ready = await self._second(WindDownDeed(closes_at))

        def make(place: int, number: int) -> Command:
            key = self._key("close", place, number)
            if number < 2:
                return Confirm(key=key, member=bob, token=tokens[place][number])
            if number == 2:
                return Sign(key=key, member=ready.member, token=ready.token, pin_version=1)
            return TopUp(key=key, member=bob, amount=10) if number % 2 else self._envelope(key)

        heard = await self._all(self._spread(make, EACH))
        after = await self._all(self._spread(lambda place, number: (TopUp(
            key=self._key("closed", place, number), member=bob, amount=10) if number else self._envelope(
            self._key("closed", place, number))), 2))
        made = sum(isinstance(answer, EnvelopeMade) for answer in heard)
        came = sum(isinstance(answer, ToppedUp) for answer in heard)
        if sum(isinstance(answer, WindDownMade) for answer in heard) != 1 or not all(
                isinstance(answer, refusals.WindingDown) for answer in after):
            self._say("the service did not close once", [*heard, *after])
        if await self.bank.balance(BOB) != before - 7 * made + 10 * came:
            self._say("an envelope was lost or filled twice", heard)
        if not all(isinstance(answer, refusals.WindingDown | refusals.DraftOver) for answer in heard
                   if isinstance(answer, Refusal)):
            self._say("something else was said", heard)
        await self.bank.run(await self._second(CallOffDeed(closes_at)))
        assert isinstance(await self.bank.run(self._envelope(self.bank.key())), Asked)

    def _envelope(self, key: str) -> AskEnvelope:
        return AskEnvelope(key=key, payer=self.bank.members[BOB], kind=LUCKY, amount=7, shares=1, seed="0" * 64,
                           token=f"token {key}", chat=GROUP)

    async def _wants_an_envelope(self) -> str:
        asked = await self.bank.run(self._envelope(self.bank.key()))
        assert isinstance(asked, Asked)
        return asked.token

    # ---------------------------------------------------------------------------------------- the pieces
    async def _race(self, what: str, ready: list[Sign], other: Callable[[str], Command]) -> list[object]:
        """Those who are ready to sign, and one who says something else, everywhere at once."""
        def make(place: int, number: int) -> Command:
            key = self._key(what, place, number)
            if number < len(ready):
                return Sign(key=key, member=ready[number].member, token=ready[number].token, pin_version=1)
            return other(key)

        return await self._all(self._spread(make, len(ready) + 1))

    async def _second(self, deed: Deed) -> Sign:
        """One has signed; the second one's next word does it."""
        first = await self.bank.run(await self._asked_to_sign(GRACE, deed.text()))
        assert isinstance(first, Proposed)
        return await self._asked_to_sign(HEIDI, deed.text(), first.proposal)

    async def _meets(self, person: int) -> int:
        met = await self.bank.run(Meet(key=self.bank.key(), telegram_id=person, language="en"))
        assert isinstance(met, Met)
        self.bank.members[person] = met.member
        return met.member

    async def _hears(self, command: Command) -> object:
        try:
            return await self.bank.run(command)
        except Refusal as refusal:
            return refusal

    async def _writes(self, sql: str) -> None:
        """Time goes by."""
        assert self.bank.database is not None
        await self.bank.database.write(lambda connection: connection.execute(text(sql)))

    async def _read(self, sql: str) -> tuple[Any, ...]:
        assert self.bank.database is not None
        async with self.bank.database.reading.connect() as connection:
            return tuple((await connection.execute(text(sql))).one())
