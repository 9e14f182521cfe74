"""What rules stop in the machine: held back, late, asked about, refused, and what becomes of what is held back."""
from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import person, pick, yes
from tests.wallet.machine.proposals import CHIEF, Proposals
from tests.wallet.machine.three import HOUR, LATECOMERS, OPERATOR, PEOPLE, REFUSED_FROM, STOPPED, Ordain
from wallet import refusals
from wallet.blocks import BlockMember, Unblock
from wallet.commands import Command
from wallet.drafts import Asked, Confirm
from wallet.holds import CancelHold, ClaimHold, ExpireHold, SettleHold
from wallet.operators import AppointOwners
from wallet.proposals import Propose, Sign
from wallet.releases import ReleaseDeed, SendBackCheck
from wallet.rows import TO_CHECK, Hold, Interception, Member
from wallet.transfers import Sent

STEPS: Final = ("release", "release", "release", "send_back", "send_back", "send_back_as_nobody", "expire", "cancel",
                "claim", "settle", "freeze_payer", "ban_payer", "freeze", "ban", "block", "late", "about_another")
step = st.sampled_from(STEPS)


class Checks(Proposals):
    """Payments that a rule stops, and the operators who decide about them."""

    @rule(telegram_id=person, receiver=st.one_of(person, st.sampled_from(LATECOMERS)), money=st.sampled_from(STOPPED),
          hours=st.sampled_from((0, 0, 0, 1, 73)), then=st.lists(step, max_size=4), at_once=yes)
    def pay_what_a_rule_stops(self, telegram_id: int, receiver: int, money: int, hours: int, then: list[str],
                              at_once: bool) -> None:
        payer = self.able(telegram_id)
        if receiver in PEOPLE and receiver != telegram_id:
            self.able(receiver)
        heard = self.ask(self.paying(payer, [receiver], money, "", True, False))[0]
        if isinstance(heard, Asked):
            heard = self.ask(Confirm(key=self.key(), member=payer, token=heard.token, pin_version=1))[0]
        assert not (isinstance(heard, Sent) and money >= REFUSED_FROM), "what is refused went"
        self.three.now += hours * HOUR
        if isinstance(heard, Sent) and heard.holds[0]:
            self._decide(heard.holds[0], then, at_once=at_once)

    @precondition(lambda self: self.three.memory.all(Interception))
    @rule(which=pick, then=st.lists(step, min_size=1, max_size=3), at_once=yes)
    def decide_about_any(self, which: int, then: list[str], at_once: bool) -> None:
        found = sorted(one.id for one in self.three.memory.all(Interception))
        number = found[-1 - which % len(found)]
        if (Hold, number) in self.three.memory.rows:
            self._decide(number, then, at_once=at_once)
        else:
            self.ask(self._sends_back(number, self.owner()), self._expires(number))

    def owner(self) -> int:
        """Somebody who may decide about everything, and has no wallet."""
        self.ask(AppointOwners(key=self.key(), telegram_ids=(CHIEF,)))
        return CHIEF

    # -------------------------------------------------------------------------------------------- deciding
    def _decide(self, number: int, then: list[str], *, at_once: bool) -> None:
        """One after the other, or all that is ready at once."""
        hold = self._hold(number)
        together: list[Command] = []
        self.owner()
        for one in then:
            if one == "release":
                together += self._releases(hold)
            elif one in ("freeze_payer", "ban_payer", "freeze", "ban", "block", "late"):
                self._meanwhile(hold, one)
            elif one == "about_another":
                self._propose_wrongly(hold)
            else:
                together.append(self._ends(hold, one))
            if not at_once and together:
                self.ask(*together)
                together = []
        if together:
            self.ask(*together)
        if then and then[-1] == "block" and hold.beneficiary in self.members:
            self.ask(Unblock(key=self.key(), member=self.members[hold.beneficiary], blocked=hold.member))
        self.relieve()

    def _hold(self, number: int) -> Hold:
        hold = self.three.memory.rows[(Hold, number)]
        assert isinstance(hold, Hold)
        return hold

    def _sends_back(self, number: int, operator: int) -> SendBackCheck:
        return SendBackCheck(key=self.key(), operator=operator, hold=number, reason="no")

    def _expires(self, number: int) -> ExpireHold:
        return ExpireHold(key=self.key(), hold=number)

    def _ends(self, hold: Hold, how: str) -> Command:
        receiver = self.members.get(hold.beneficiary, hold.member)
        if how == "send_back":
            return self._sends_back(hold.id, CHIEF)
        if how == "send_back_as_nobody":  # One whose money it is or would be, or who has no role.
            return self._sends_back(hold.id, OPERATOR)
        if how == "cancel":
            return CancelHold(key=self.key(), member=hold.member, hold=hold.id)
        if how == "claim":
            return ClaimHold(key=self.key(), member=receiver, hold=hold.id)
        if how == "settle":
            return SettleHold(key=self.key(), hold=hold.id, receiver=receiver)
        return self._expires(hold.id)

    def _deed(self, hold: Hold) -> ReleaseDeed:
        return ReleaseDeed(hold.id, hold.member, hold.beneficiary, self.members.get(hold.beneficiary, 0), hold.amount,
                           "it was them")

    def _releases(self, hold: Hold) -> list[Command]:
        """One proposes and is asked for their PIN, another one answers what needs two; the last words are returned,
        so that they can be said at once with others'."""
        payer = self.three.memory.rows[(Member, hold.member)]
        assert isinstance(payer, Member)
        makers = [one for one in PEOPLE if one not in (payer.telegram_id, hold.beneficiary)]
        found: list[Command] = []
        for maker in makers[:2]:
            member = self.operates(maker, "admin")
            heard = self.ask(Propose(key=self.key(), member=member, token=self.key(), deed=self._deed(hold).text()))[0]
            if isinstance(heard, Asked):
                found.append(Sign(key=self.key(), member=member, token=heard.token, pin_version=1))
        return found

    def _propose_wrongly(self, hold: Hold) -> None:
        """By whoever would get it, by its payer, and of another one's money."""
        payer = self.three.memory.rows[(Member, hold.member)]
        assert isinstance(payer, Member)
        for one in {payer.telegram_id, hold.beneficiary} & set(PEOPLE):
            member = self.operates(one, "admin")
            self.ask(Propose(key=self.key(), member=member, token=self.key(), deed=self._deed(hold).text()),
                     self._sends_back(hold.id, one))
        self.relieve()
        nobody = self.able(PEOPLE[0])
        self.ask(Propose(key=self.key(), member=nobody, token=self.key(), deed=self._deed(hold).text()))

    def _meanwhile(self, hold: Hold, what: str) -> None:
        receiver = self.members.get(hold.beneficiary, 0)
        if what == "late":
            self.three.now = max(self.three.now, hold.expires_at)
        elif what == "block" and receiver:
            self.ask(BlockMember(key=self.key(), member=receiver, blocked=hold.member))
        elif what.endswith("_payer"):
            self._ordain(hold.member, what)
        elif receiver:
            self._ordain(receiver, what)

    def _ordain(self, member: int, what: str) -> None:
        self.ask(Ordain(key=self.key(), member=member, state="banned" if what.startswith("ban") else "frozen",
                        restrictions=0, until=0))

    # ---------------------------------------------------------------------------------------- rare refusals
    @rule(telegram_id=person, receiver=person)
    def hold_back_and_let_go(self, telegram_id: int, receiver: int) -> None:
        """All the way, so that a walk hears each end of it, and each refusal after it."""
        if telegram_id == receiver:
            return
        payer, named = self.able(telegram_id), self.able(receiver)
        heard = self.ask(self.paying(payer, [receiver], STOPPED[0], "", True, False))[0]
        if isinstance(heard, Asked):
            heard = self.ask(Confirm(key=self.key(), member=payer, token=heard.token, pin_version=1))[0]
        if not isinstance(heard, Sent):
            return
        (number,) = heard.holds
        hold = self._hold(number)
        if hold.purpose != TO_CHECK:
            return
        self.owner()
        assert self.ask(CancelHold(key=self.key(), member=payer, hold=number)) == [refusals.HoldChecked()]
        assert self.ask(ClaimHold(key=self.key(), member=named, hold=number)) == [refusals.HoldUnknown()]
        assert self.ask(self._sends_back(number, telegram_id)) == [refusals.NotAllowed()]
        self.operates(receiver, "admin")
        assert self.ask(self._sends_back(number, receiver)) == [refusals.OnOneself()]
        self._propose_wrongly(hold)
        self._ordain(payer, "ban")
        self._releases(hold)
        self.able(telegram_id)
        self._ordain(named, "ban")
        self._releases(hold)
        self.able(receiver)
        for _ in range(2):
            for signed in self._releases(hold):
                self.ask(signed)
        self.ask(self._sends_back(number, CHIEF))
        self.relieve()
