"""What courts order about people's money in the machine, what is tried meanwhile, and how it ends."""
from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import person, pick, yes
from tests.wallet.machine.proposals import Proposals
from tests.wallet.machine.three import ANYBODY, HOUR, PEOPLE
from wallet.commands import Command
from wallet.drafts import Asked
from wallet.holds import CancelHold, ClaimHold, ExpireHold
from wallet.legal_holds import EndLegalHold, LegalHoldDeed, LegallyHeld, LiftLegalHoldDeed
from wallet.proposals import Approve, Deed, Propose, Proposed, Sign
from wallet.rows import LegalHold
from wallet.transfers import Sent

STEPS: Final = ("pay", "pay", "set_aside", "claim", "cancel", "expire", "another", "anew", "late", "end")
DATED: Final = 726_000


class LegalHolds(Proposals):
    """Orders that hold everything or an amount, for a time or until they are lifted."""

    @rule(telegram_id=person, amount=st.sampled_from((0, 0, 1, 200, 100_000)), hours=st.sampled_from((0, 0, 1, 30)),
          money=st.integers(1, 390), then=st.lists(st.sampled_from(STEPS), max_size=5), at_once=yes, stays=pick)
    def hold_by_an_order(self, telegram_id: int, amount: int, hours: int, money: int, then: list[str],
                         at_once: bool, stays: int) -> None:
        about = self.able(telegram_id)
        sent = self.ask(self.paying(about, [ANYBODY[-1]], money, "", True, False))[0]
        waits = sent.holds[0] if isinstance(sent, Sent) else 0
        until = self.three.now + hours * HOUR if hours else 0
        deed = LegalHoldDeed(about, telegram_id, "Court", "Ref 1", DATED, amount, until, "")
        meanwhile = [self.paying(about, [ANYBODY[0]], money, "", True, False)] if at_once else []
        held = self._by_two(telegram_id, deed, *meanwhile)
        if held:  # By the clock, too early.
            self.ask(EndLegalHold(key=self.key(), hold=held, member=about))
        for step in then:
            self._under_an_order(step, telegram_id, deed, money, waits, held)
        # Whoever is to do more in this machine has to have their money; a few go on under an order.
        if stays % 8:
            self._lift_all(telegram_id)
        self.relieve()

    @precondition(lambda self: self.three.memory.all(LegalHold))
    @rule(which=pick, hours=st.sampled_from((0, 0, 31)), lifts=yes)
    def end_an_order(self, which: int, hours: int, lifts: bool) -> None:
        self.three.now += hours * HOUR
        found = self.three.memory.all(LegalHold)
        row = found[-1 - which % len(found)]
        self.ask(EndLegalHold(key=self.key(), hold=row.id, member=row.member),
                 EndLegalHold(key=self.key(), hold=row.id, member=row.member + 64))
        if lifts:
            person = next(one for one, member in self.members.items() if member == row.member)
            self._by_two(person, LiftLegalHoldDeed(row.member, person, row.id, "paid"))
            self.relieve()

    # -------------------------------------------------------------------------------------------- the pieces
    def _under_an_order(self, step: str, telegram_id: int, deed: LegalHoldDeed, money: int, waits: int, held: int
                        ) -> None:
        about, stranger = deed.member, ANYBODY[-1]
        if step in ("pay", "set_aside"):
            receiver = next(one for one in PEOPLE if one != telegram_id) if step == "pay" else stranger
            self.ask(self.paying(about, [receiver], money, "", True, False))
        elif step in ("another", "anew"):
            reference = "Ref 2" if step == "another" else "Ref 1"
            self._by_two(telegram_id, LegalHoldDeed(about, telegram_id, "Court", reference, DATED, money, 0, ""))
        elif step == "late":
            self.three.now += HOUR
        elif step == "end":
            self.ask(EndLegalHold(key=self.key(), hold=held, member=about))
        elif waits:
            self.ask({"claim": ClaimHold(key=self.key(), member=self.someone(stranger), hold=waits),
                      "cancel": CancelHold(key=self.key(), member=about, hold=waits),
                      "expire": ExpireHold(key=self.key(), hold=waits)}[step])

    def _by_two(self, telegram_id: int, deed: Deed, *meanwhile: Command) -> int:
        """Two who are neither sign it, the second while something else is asked; the order that stands by it, or 0."""
        maker, checker = [one for one in PEOPLE if one != telegram_id][:2]
        first, second, held = self.operates(maker, "admin"), self.operates(checker, "admin"), 0
        for asked in self.ask(Propose(key=self.key(), member=first, deed=deed.text(), token=self.key())):
            if not isinstance(asked, Asked):
                continue
            done = self.ask(Sign(key=self.key(), member=first, token=asked.token, pin_version=1))[0]
            if not isinstance(done, Proposed):
                continue
            again = self.ask(Approve(key=self.key(), member=second, proposal=done.proposal, token=self.key()))[0]
            if isinstance(again, Asked):
                heard = self.ask(*meanwhile, Sign(key=self.key(), member=second, token=again.token, pin_version=1))
                held = next((one.hold for one in heard if isinstance(one, LegallyHeld)), held)
        return held

    def _lift_all(self, telegram_id: int) -> None:
        """All of theirs."""
        member = self.members[telegram_id]
        for row in self.three.memory.all(LegalHold):
            if row.member == member and not row.ended_at:
                self._by_two(telegram_id, LiftLegalHoldDeed(member, telegram_id, row.id, "paid"))
