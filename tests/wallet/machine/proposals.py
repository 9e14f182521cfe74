"""What operators propose, approve, reject and let run out in the machine."""
from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import person, pick, yes
from tests.wallet.machine.paying import Paying
from tests.wallet.machine.three import HOUR, PEOPLE, SIGNERS
from wallet.adjustments import AdjustDeed
from wallet.commands import Command
from wallet.drafts import Asked
from wallet.operators import Appoint, AppointOwners
from wallet.pins import SetPin
from wallet.proposals import Approve, Deed, ExpireProposal, Propose, Proposed, Reject, Sign
from wallet.refusals import Refusal
from wallet.rows import Pin, Proposal

CHIEF: Final = 8
"""Appoints operators; no member."""
roles = st.sampled_from(("admin", "admin", "admin", "support"))


class Proposals(Paying):
    """Corrections with two operators, or with fewer than that."""

    def operates(self, telegram_id: int, role: str) -> int:
        """Somebody operates, and has a PIN; their member's number."""
        member = self.able(telegram_id)
        self.ask(AppointOwners(key=self.key(), telegram_ids=(CHIEF,)),
                 Appoint(key=self.key(), operator=CHIEF, person=telegram_id, role=role),
                 SetPin(key=self.key(), member=member, hash="hash", pin_version=0))
        return member

    @rule(maker=person, role=roles, whom=person, money=st.integers(-3_000, 3_000), which=pick, corrects=yes)
    def propose(self, maker: int, role: str, whom: int, money: int, which: int, corrects: bool) -> None:
        member, about = self.operates(maker, role), self.able(whom)
        receipt = self.moved[-1 - which % len(self.moved)] if corrects and self.moved else 0
        self.sign(member, Propose(key=self.key(), member=member, token=self.key(),
                                  deed=AdjustDeed(about, money, "counted twice", receipt).text()))
        self.relieve()

    def sign(self, member: int, command: Propose | Approve, *, times: int = 1) -> None:
        for asked in self.ask(command):
            if isinstance(asked, Asked):
                self.ask(*[Sign(key=self.key(), member=member, token=asked.token, pin_version=1)
                           for _ in range(times)])

    def signer(self, place: int) -> int:
        """One of those who operate all the time; their member's number."""
        person = SIGNERS[place]
        return self.fit(person) if person in self.members else self.operates(person, "admin")

    def first_signs(self, deed: Deed) -> int:
        """One of them asks for what takes two; the number under which it waits, or 0."""
        member = self.signer(0)
        for asked in self.ask(Propose(key=self.key(), member=member, deed=deed.text(), token=self.key())):
            if isinstance(asked, Asked):
                done = self.ask(self._signs(member, asked.token))[0]
                return done.proposal if isinstance(done, Proposed) else 0
        return 0

    def ready_to_sign(self, proposal: int) -> list[Command]:
        """The other one wants to sign it and is asked for their PIN: what they say then."""
        member = self.signer(1)
        asked = self.ask(Approve(key=self.key(), member=member, proposal=proposal, token=self.key()))[0]
        return [self._signs(member, asked.token)] if isinstance(asked, Asked) else []

    def both_sign(self, deed: Deed) -> bool:
        """Both do it; whether it is done."""
        proposal = self.first_signs(deed)
        heard = self.ask(*ready) if proposal and (ready := self.ready_to_sign(proposal)) else []
        return bool(heard) and not isinstance(heard[0], Refusal)

    def _signs(self, member: int, token: str) -> Sign:
        return Sign(key=self.key(), member=member, token=token, pin_version=self.row(Pin, member).version)

    def relieve(self, *people: int) -> None:
        """In this machine whoever has no role is to be told so."""
        self.ask(*[Appoint(key=self.key(), operator=CHIEF, person=one, role="") for one in people or PEOPLE])

    @precondition(lambda self: self.three.memory.all(Proposal))
    @rule(which=pick, checker=person, role=roles, maker_stays=yes, times=st.integers(1, 2),
          how=st.sampled_from(("approve", "approve", "approve", "reject", "expire", "late")))
    def answer(self, which: int, checker: int, role: str, maker_stays: bool, times: int, how: str) -> None:
        found = sorted(self.three.memory.all(Proposal), key=lambda row: row.id)
        proposal = found[-1 - which % len(found)]
        if maker_stays:
            self.operates(proposal.maker, "admin")
        member = self.operates(checker, role)
        if how == "late":
            self.three.now += 24 * HOUR
        if how == "reject":
            self.ask(Reject(key=self.key(), operator=checker, proposal=proposal.id, why="no"))
        elif how == "approve":
            self.sign(member, Approve(key=self.key(), member=member, proposal=proposal.id, token=self.key()),
                      times=times)
        else:
            self.ask(ExpireProposal(key=self.key(), proposal=proposal.id))
        self.relieve()

    @rule(whom=person, money=st.integers(1, 500))
    def correct(self, whom: int, money: int) -> None:
        """All the way, so that a walk hears it."""
        maker, checker = [one for one in PEOPLE if one != whom][:2]
        about = self.able(whom)
        for one, deed in ((maker, AdjustDeed(about, money, "missing")), (checker, None)):
            member = self.operates(one, "admin")
            if deed is not None:
                self.sign(member, Propose(key=self.key(), member=member, deed=deed.text(), token=self.key()))
                continue
            newest = max((row.id for row in self.three.memory.all(Proposal)), default=0)
            if newest:
                self.ask(ExpireProposal(key=self.key(), proposal=newest))
            self.sign(member, Approve(key=self.key(), member=member, proposal=newest, token=self.key()))
        self.relieve()
