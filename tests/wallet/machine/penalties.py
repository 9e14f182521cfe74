"""What operators decide against people in the machine, and what the clock does about it."""
from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fakes.reads import FakeReads
from tests.wallet.machine.ground import person, pick
from tests.wallet.machine.paying import Paying
from tests.wallet.machine.three import ANYBODY, HOUR, OPERATOR, Ordain
from wallet.bans import EndForBan, FinishBan
from wallet.holds import CancelHold, ExpireHold, SettleHold
from wallet.operators import AppointOwners
from wallet.penalties import EndPenalty, Lift, Penalise, Penalised
from wallet.rows import LIMITED, WARNING, Penalty
from wallet.standing import BANNED, DIRECTIONS, FROZEN
from wallet.transfers import Sent

sorts = st.sampled_from([(WARNING, ""), (FROZEN, ""), (FROZEN, ""), (BANNED, ""),
                         *((LIMITED, direction) for direction in DIRECTIONS)])


class Penalties(Paying):
    """Warnings, limits, freezes and bans."""

    def _penalise(self, telegram_id: int, kind: str, direction: str, hours: int) -> list[Penalised]:
        self.ask(AppointOwners(key=self.key(), telegram_ids=(OPERATOR,)))
        heard = self.ask(Penalise(key=self.key(), operator=OPERATOR, person=telegram_id,
                                  member=self.members.get(telegram_id, 0), kind=kind, direction=direction,
                                  reason="fraud", hours=hours))
        return [one for one in heard if isinstance(one, Penalised)]

    def _lift(self, telegram_id: int, kind: str, direction: str) -> None:
        self.ask(Lift(key=self.key(), operator=OPERATOR, person=telegram_id, member=self.members.get(telegram_id, 0),
                      kind=kind, direction=direction))

    @rule(telegram_id=person, sort=sorts, hours=st.sampled_from((0, 1, 30)), lifts=st.booleans())
    def decide_against(self, telegram_id: int, sort: tuple[str, str], hours: int, lifts: bool) -> None:
        given = self._penalise(telegram_id, *sort, 0 if sort[0] == WARNING else hours)
        self.ask(*[EndPenalty(key=self.key(), penalty=one.penalty) for one in given])
        if lifts:
            self._lift(telegram_id, *sort)

    @precondition(lambda self: self.three.memory.all(Penalty))
    @rule(which=pick, hours=st.sampled_from((0, 0, 1)))
    def end_one_by_the_clock(self, which: int, hours: int) -> None:
        self.three.now += hours * HOUR
        numbers = sorted(row.id for row in self.three.memory.all(Penalty))
        self.ask(EndPenalty(key=self.key(), penalty=numbers[-1 - which % len(numbers)]))

    @rule(telegram_id=person, receiver=person, money=st.integers(1, 500), hours=st.sampled_from((0, 0, 0, 2, 168)),
          then=st.lists(st.sampled_from(("lift", "ban", "settle", "settle", "cancel", "expire")), max_size=4))
    def pay_somebody_who_is_frozen(self, telegram_id: int, receiver: int, money: int, hours: int, then: list[str]
                                   ) -> None:
        for one in (telegram_id, receiver):
            self.join_wholly(one)
            self.ask(Ordain(key=self.key(), member=self.members[one], state="active", restrictions=0, until=0))
        payer, frozen = self.members[telegram_id], self.members[receiver]
        self._penalise(receiver, FROZEN, "", 0)
        sent = self.ask(self.paying(payer, [receiver], money, "", True, False))[0]
        self.three.now += hours * HOUR
        hold = sent.holds[0] if isinstance(sent, Sent) else 0
        for step in then if hold else ():
            if step == "lift":
                self._lift(receiver, FROZEN, "")
            elif step == "ban":
                self._penalise(receiver, BANNED, "", 1)
            elif step == "cancel":
                self.ask(CancelHold(key=self.key(), member=payer, hold=hold))
            elif step == "expire":
                self.ask(ExpireHold(key=self.key(), hold=hold))
            else:
                self.ask(SettleHold(key=self.key(), hold=hold, receiver=frozen))

    @rule(telegram_id=person, rounds=st.integers(1, 4), lifts=st.booleans())
    def ban_and_end_what_it_ends(self, telegram_id: int, rounds: int, lifts: bool) -> None:
        self.join_wholly(telegram_id)
        member = self.members[telegram_id]
        self._penalise(telegram_id, BANNED, "", 0)  # For ever, and by one alone.
        for given in self._penalise(telegram_id, BANNED, "", 30):
            found = self.three.do(FakeReads(self.three.memory).ends_with_ban(member, rounds))
            if lifts:
                self._lift(telegram_id, BANNED, "")
            self.ask(*[EndForBan(key=self.key(), penalty=given.penalty, member=member, what=one.what,
                                 number=one.number, token=one.token, persons=ANYBODY) for one in found],
                     FinishBan(key=self.key(), penalty=given.penalty, member=member))
        self._lift(telegram_id, BANNED, "")
