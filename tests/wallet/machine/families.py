"""Minors in the machine, who answers for them, what that allows, and what they pay meanwhile.

Guards: the same as the machine, of which this is a chapter. What a guardian allows is judged when the money moves: that
no cap was passed is seen in the rows; here it is seen that what is stopped does not go.
"""
from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.wallet.machine.ground import pick, yes
from tests.wallet.machine.identity import ADULT, Identities
from tests.wallet.machine.three import ANYBODY, GUARDIANS, HOUR, KIDS, PEOPLE, RULES
from wallet import family, refusals
from wallet.commands import Command
from wallet.family import BecomeGuardian, DecideForWard, DeclineWard, LeaveGuardian, ReleaseWard, TellWard
from wallet.gate import Safeguard
from wallet.holds import CancelHold, ClaimHold, ExpireHold
from wallet.members import ChooseLanguage, DeclareMinor
from wallet.pins import SetPin
from wallet.refusals import Refusal
from wallet.rows import Member, Ward
from wallet.transfers import Sent

STEPS: Final = ("pay", "pay", "pay", "set_aside", "set_aside", "payment", "day", "month", "stopped", "go_on", "leave",
                "ward_leaves", "another", "claim", "cancel", "expire", "tell", "tomorrow")
FORGED: Final = ("", "", "", "seal", "old", "oneself", "a_ward")
caps = st.sampled_from((0, 1, 50, 200, 400))


class Families(Identities):
    """Guardians and their wards."""

    @rule(kid=st.sampled_from(KIDS), guardian=st.sampled_from(GUARDIANS), forged=st.sampled_from(FORGED),
          money=st.integers(1, 390), cap=caps, then=st.lists(st.sampled_from(STEPS), min_size=1, max_size=6),
          at_once=yes, number=pick)
    def answer_for_a_minor(self, kid: int, guardian: int, forged: str, money: int, cap: int, then: list[str],
                           at_once: bool, number: int) -> None:
        ward = self._minor(kid)
        for one in GUARDIANS if forged or GUARDIANS[1] not in self.members else (guardian,):
            self._grown_up(one)
        if forged:
            assert isinstance(self.ask(self._accepts(ward, guardian, forged))[0], Refusal), forged
        self.ask(self._accepts(ward, guardian, ""))
        self.fit(kid)
        waits: list[int] = []
        together: list[Command] = []
        for step in then:
            together += self._of_a_family(step, ward, guardian, money, cap, waits, number)
            if together and not at_once:
                self._says(ward, together, waits)
                together = []
        if together:
            self._says(ward, together, waits)
        self.ask(DecideForWard(key=self.key(), guardian=self._guardian(ward), ward=ward, what=family.STOPPED, value=0,
                               pin_version=1))

    @rule(kid=st.sampled_from(KIDS), days=st.sampled_from((0, 1, 7)), number=pick)
    def come_of_age(self, kid: int, days: int, number: int) -> None:
        """All of a sudden their number says so; a week later nobody answers for them any more."""
        ward = self._minor(kid)
        if number % 3:  # Few do: the machine wants minors.
            self.ask(ReleaseWard(key=self.key(), ward=ward)) if self._ward(ward) else None
            return
        self.fit(kid)
        self.gives_identity(kid, born=ADULT)
        self.three.now += days * 24 * HOUR
        if self._ward(ward):
            self.ask(ReleaseWard(key=self.key(), ward=ward), self.paying(ward, [PEOPLE[0]], 5, "", True, False))

    # -------------------------------------------------------------------------------------------- the pieces
    def _minor(self, kid: int) -> int:
        """Somebody begins to join who says that they are under 18, if they have not."""
        if kid not in self.members:
            self.meet(kid, "")
        member = self.members[kid]
        self.ask(ChooseLanguage(key=self.key(), member=member, language="en"), DeclareMinor(key=self.key(),
                                                                                           member=member))
        return member

    def _grown_up(self, person: int) -> int:
        known, member = person in self.members, self.fit(person)
        if not known:
            self.gives_identity(person)
            self.ask(SetPin(key=self.key(), member=member, hash="hash", pin_version=0))
        return member

    def _accepts(self, ward: int, guardian: int, forged: str) -> BecomeGuardian:
        until = self.three.now // 1_000_000 + family.LINK_LIFE * (forged != "old")
        of = {"oneself": ward, "a_ward": self._minor(KIDS[-1])}.get(forged, self.members[guardian])
        seal = family.seal_of(RULES, ward + 64 * (forged == "seal"), until)
        return BecomeGuardian(key=self.key(), guardian=of, ward=ward, until=until, seal=seal, pin_version=1)

    def _ward(self, ward: int) -> Ward | None:
        return self.row(Ward, ward) if (Ward, ward) in self.three.memory.rows else None

    def _guardian(self, ward: int) -> int:
        row = self._ward(ward)
        return row.guardian if row and row.guardian else self.members[GUARDIANS[0]]

    def _of_a_family(self, step: str, ward: int, guardian: int, money: int, cap: int, waits: list[int], number: int
                     ) -> list[Command]:
        """What one of them says next."""
        answers, key = self._guardian(ward), self.key()
        if step in ("pay", "set_aside"):
            return [self.paying(ward, [PEOPLE[0] if step == "pay" else ANYBODY[-1]], money, "", True, False)]
        if step in (*family.CAPS, family.STOPPED, "go_on"):
            what = family.STOPPED if step == "go_on" else step
            value = {family.STOPPED: 1, "go_on": 0}.get(step, cap)
            by = self.someone(number) if not number % 7 else answers
            return [DecideForWard(key=key, guardian=by, ward=ward, what=what, value=value, pin_version=number % 2)]
        if step in ("leave", "ward_leaves"):
            return [LeaveGuardian(key=key, member=answers if step == "leave" else ward, ward=ward)]
        if step == "another":
            accepts = self._accepts(ward, next(one for one in GUARDIANS if one != guardian), "")
            return [DeclineWard(key=key, guardian=accepts.guardian, ward=ward, until=accepts.until, seal=accepts.seal),
                    accepts]
        if step == "tomorrow":
            self.three.now += 24 * HOUR
        elif step == "tell":
            return [TellWard(key=key, ward=ward)] if self._ward(ward) else []
        elif waits:
            return [{"claim": ClaimHold(key=key, member=self.someone(number), hold=waits[-1]),
                     "cancel": CancelHold(key=key, member=ward, hold=waits[-1]),
                     "expire": ExpireHold(key=key, hold=waits[-1])}[step]]
        return []

    def _says(self, ward: int, commands: list[Command], waits: list[int]) -> None:
        """What is asked at once is decided in turn: whatever follows a stop is stopped."""
        member = self.row(Member, ward)
        halted = bool(member.safeguards & (Safeguard.STOPPED | Safeguard.UNGUARDED))
        decided = any(isinstance(one, BecomeGuardian | DecideForWard) for one in commands)
        for command, answer in zip(commands, self.ask(*commands), strict=True):
            if isinstance(answer, Sent):
                assert not halted or decided, f"{command} went out of a wallet that is stopped"
                waits += [hold for hold in answer.holds if hold]
        assert member.step or isinstance(self.ask(DecideForWard(
            key=self.key(), guardian=ward, ward=ward, what="day", value=0))[0], refusals.GuardianUnknown)
