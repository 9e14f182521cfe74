"""Who people say that they are in the machine: what a level allows, a number that is taken off again, a name on a list.

Guards: the same as the machine, of which this is a chapter. A likeness is answered once, however many answer at once,
by nobody whom it is about; and whoever has one that waits pays nobody before an operator looked.
"""
from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.wallet.machine.ground import pick, yes
from tests.wallet.machine.proposals import CHIEF, Proposals
from tests.wallet.machine.three import ANYBODY, HOUR, PEOPLE, RULES, SUSPECTS
from wallet import refusals
from wallet.clearing import ClearHit, ListedDeed, LookAtHit
from wallet.commands import Command
from wallet.comparing import CompareNames, TakeList
from wallet.gate import Safeguard
from wallet.identity import GiveIdentity, Verified
from wallet.operators import Appoint, AppointOwners
from wallet.proposals import ExpireProposal, Reject
from wallet.refusals import Refusal
from wallet.resets import ResetIdentityDeed
from wallet.rows import Hit, Member, NameList
from wallet.screening import Likeness
from wallet.transfers import Sent

ADULT: Final = 726_532
"""A day of birth."""
STRANGER: Final = 888
"""Operates nothing."""
STEPS: Final = ("pay", "pay", "clear", "clear", "confirm", "confirm", "suspect", "suspect", "reject", "late",
                "clear_oneself", "clear_as_nobody", "look", "reset")


def digest_of(person: int) -> str:
    """Of somebody's ID number."""
    return f"number of {person}"


class Identities(Proposals):
    """Names and numbers."""

    def gives_identity(self, person: int, *, born: int = ADULT, of: int = 0) -> bool:
        """Somebody gives name and number; whether they are known by it now."""
        heard = self.ask(GiveIdentity(key=self.key(), member=self.members[person], digest=digest_of(of or person),
                                      sealed=b"sealed", born=born))[0]
        return isinstance(heard, Verified | refusals.IdentityKnown)

    @rule(person=st.sampled_from(PEOPLE[3:]), of=st.sampled_from((0, 0, PEOPLE[4])),
          money=st.sampled_from((200, 20_001, 100_001)), resets=yes, meanwhile=yes)
    def give_a_number_and_take_it_off(self, person: int, of: int, money: int, resets: bool, meanwhile: bool) -> None:
        member = self.fit(person)
        self.gives_identity(person, of=of)
        level = self.row(Member, member).level
        heard = self.ask(self.paying(member, [ANYBODY[-1]], money, "", True, False))[0]
        assert not isinstance(heard, Sent) or money <= RULES.level_limits[level]
        if meanwhile:
            self.gives_identity(person, of=PEOPLE[0])
        if resets and self.both_sign(ResetIdentityDeed(member, digest_of(of or person), "by their papers")):
            assert self.row(Member, member).level == 0, "nobody is more without a number"

    # -------------------------------------------------------------------------------------------- the list
    @rule(person=st.sampled_from(SUSPECTS), entries=st.integers(1, 2), money=st.integers(1, 390),
          then=st.lists(st.sampled_from(STEPS), max_size=5), at_once=yes, stays=pick)
    def find_a_name_on_the_list(self, person: int, entries: int, money: int, then: list[str], at_once: bool,
                                stays: int) -> None:
        member = self.fit(person)
        if not self.gives_identity(person):
            return
        self.ask(AppointOwners(key=self.key(), telegram_ids=(CHIEF,)))
        found = [f"UN-{next(self.keys)} un" for _ in range(entries)]
        raised, payment = self._compares(member, found), self.paying(member, [PEOPLE[0]], money, "", True, False)
        for heard in self.ask(*([raised, payment] if at_once else [raised])):
            assert not isinstance(heard, Sent) or heard.to_check == heard.holds, f"{heard} went out"
        together: list[Command] = []
        for step in then:
            together += self._about_a_hit(step, person, found[-1], money)
            if together and not at_once:
                self._answers(*together)
                together = []
        self._answers(*together)
        for entry in found if stays % 8 else ():
            self._settle(member, entry)

    def _compares(self, member: int, entries: list[str]) -> CompareNames:
        """The list changed, and the clock has found a member's name on it."""
        version = f"list {next(self.keys)}"
        self.ask(TakeList(key=self.key(), version=version))
        row = self.row(NameList, 1)
        return CompareNames(key=self.key(), version=version, since=row.since, after=row.after,
                            likenesses=((member, tuple(Likeness(entry, 91) for entry in entries)),))

    def _answers(self, *commands: Command) -> None:
        """Several say at once what a hit is: one of them is heard."""
        heard = self.ask(*commands) if commands else []
        done = [answer for command, answer in zip(commands, heard, strict=True)
                if isinstance(command, ClearHit | Reject) or not isinstance(answer, Refusal)]
        assert sum(not isinstance(answer, Refusal) for answer in done) <= 1, f"{commands} heard {heard}"

    def _about_a_hit(self, step: str, person: int, entry: str, money: int) -> list[Command]:
        """Do something about it; what is ready to be said is returned."""
        member = self.members[person]
        hit = self.row(Hit, (member, entry))
        if step == "pay":
            self.ask(self.paying(self.fit(person), [ANYBODY[-1]], money, "", True, False))
        elif step == "suspect":
            self.first_signs(ListedDeed(member, person, entry, "documents"))
        elif step == "late":
            self.three.now += 24 * HOUR
            self.ask(ExpireProposal(key=self.key(), proposal=hit.proposal))
        elif step == "look":
            self.ask(LookAtHit(key=self.key(), operator=CHIEF, member=member, entry=entry))
        elif step == "reset":
            reset = self.both_sign(ResetIdentityDeed(member, digest_of(person), "by their papers"))
            assert not reset or not self.row(Member, member).safeguards & Safeguard.SCREENED, "the name is looked at"
            self.gives_identity(person)
        elif step in ("clear_oneself", "clear_as_nobody"):
            if step == "clear_oneself":
                self.ask(Appoint(key=self.key(), operator=CHIEF, person=person, role="admin"))
            operator = person if step == "clear_oneself" else STRANGER
            assert isinstance(self.ask(self._clears(operator, member, entry))[0], Refusal)
            self.relieve(operator)
        elif step == "clear":
            return [self._clears(CHIEF, member, entry)]
        elif step == "reject":
            return [Reject(key=self.key(), operator=CHIEF, proposal=hit.proposal, why="")]
        elif hit.proposal:
            return self.ready_to_sign(hit.proposal)
        return []

    def _clears(self, operator: int, member: int, entry: str) -> ClearHit:
        return ClearHit(key=self.key(), operator=operator, member=member, entry=entry, reason="born")

    def _settle(self, member: int, entry: str) -> None:
        """Whoever is to do more in this machine has to have their money."""
        hit = self.row(Hit, (member, entry))
        if hit.state == "pending":
            self.ask(Reject(key=self.key(), operator=CHIEF, proposal=hit.proposal, why=""))
        self.ask(self._clears(CHIEF, member, entry))
