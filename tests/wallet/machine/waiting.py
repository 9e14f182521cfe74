"""What the machine does with money that waits for somebody."""
from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import person, pick, yes
from tests.wallet.machine.paying import Paying
from tests.wallet.machine.three import HOUR, LATECOMERS, Ordain
from wallet.commands import Command
from wallet.holds import CancelHold, ClaimHold, DeclineHold, ExpireHold, PlaceHold, SettleHold
from wallet.members import SetConfirmIncoming
from wallet.rows import Hold
from wallet.transfers import DELAYS, Sent

endings: st.SearchStrategy[type[Command]] = st.sampled_from(
    (ClaimHold, CancelHold, DeclineHold, ExpireHold, PlaceHold, SettleHold))


class Waiting(Paying):
    """Money waits, is taken, taken back or comes back."""

    @rule(telegram_id=person, latecomer=st.sampled_from(LATECOMERS), money=st.integers(1, 500),
          hours=st.sampled_from((0, 0, 1, 25)), endings=st.lists(endings, min_size=1, max_size=3))
    def let_money_wait(self, telegram_id: int, latecomer: int, money: int, hours: int,
                       endings: list[type[Command]]) -> None:
        self.join_wholly(telegram_id)
        payer = self.members[telegram_id]
        self.ask(Ordain(key=self.key(), member=payer, state="active", restrictions=0, until=0))
        sent = self.ask(self.paying(payer, [latecomer], money, "", True, False))[0]
        self.three.now += hours * HOUR
        hold = sent.holds[0] if isinstance(sent, Sent) else 0
        for kind in endings if hold else ():
            if kind is ClaimHold:
                self.join_wholly(latecomer)
            self.ask(self._ending(kind, self.members[latecomer] if kind is ClaimHold else payer, hold))

    @rule(telegram_id=person, receiver=person, money=st.integers(1, 500), hours=st.sampled_from((0, 0, 1, 25)),
          endings=st.lists(endings, min_size=1, max_size=3))
    def wait_for_a_word(self, telegram_id: int, receiver: int, money: int, hours: int,
                        endings: list[type[Command]]) -> None:
        self.join_wholly(telegram_id)
        self.join_wholly(receiver)
        payer, asked = self.members[telegram_id], self.members[receiver]
        for member in (payer, asked):
            self.ask(Ordain(key=self.key(), member=member, state="active", restrictions=0, until=0))
        self.ask(SetConfirmIncoming(key=self.key(), member=asked, on=True))
        sent = self.ask(self.paying(payer, [receiver], money, "", True, False))[0]
        self.three.now += hours * HOUR
        if isinstance(sent, Sent) and sent.holds[0]:
            self.ask(*[self._ending(kind, asked if kind in (ClaimHold, DeclineHold) else payer, sent.holds[0])
                       for kind in endings])

    @rule(telegram_id=person, receiver=person, money=st.integers(1, 500), delay=st.sampled_from(DELAYS),
          hours=st.sampled_from((0, 2, 24, 25)), asks=yes, stops=st.sampled_from((False, False, False, True)),
          endings=st.lists(st.one_of(st.sampled_from((SettleHold, CancelHold)), endings), min_size=1, max_size=4))
    def let_money_arrive_later(self, telegram_id: int, receiver: int, money: int, delay: int, hours: int, asks: bool,
                               stops: bool, endings: list[type[Command]]) -> None:
        self.join_wholly(telegram_id)
        self.join_wholly(receiver)
        payer, named = self.members[telegram_id], self.members[receiver]
        for member in (payer, named):
            self.ask(Ordain(key=self.key(), member=member, state="active", restrictions=0, until=0))
        self.ask(SetConfirmIncoming(key=self.key(), member=named, on=asks))
        sent = self.ask(replace(self.paying(payer, [receiver], money, "", True, False), delay=delay))[0]
        self.three.now += hours * HOUR
        if stops:
            self.ask(Ordain(key=self.key(), member=named, state="frozen", restrictions=0, until=0))
        if isinstance(sent, Sent) and sent.holds[0]:
            self.ask(*[self._ending(kind, named if kind in (ClaimHold, DeclineHold) else payer, sent.holds[0])
                       for kind in endings])

    @precondition(lambda self: self.holds)
    @rule(number=pick, hold=pick, what=st.lists(endings, min_size=1, max_size=3))
    def end_a_hold(self, number: int, hold: int, what: list[type[Command]]) -> None:
        which = self.holds[-1 - hold % len(self.holds)]
        self.ask(*[self._ending(kind, self.someone(number + place), which) for place, kind in enumerate(what)])

    def _ending(self, kind: type[Command], member: int, hold: int) -> Command:
        if kind is ExpireHold:
            return ExpireHold(key=self.key(), hold=hold)
        if kind is PlaceHold:
            return PlaceHold(key=self.key(), payer=member, hold=hold, chat=-5, message=8)
        if kind is DeclineHold:
            return DeclineHold(key=self.key(), member=member, hold=hold)
        if kind is SettleHold:
            row = self.three.memory.rows[(Hold, hold)]
            assert isinstance(row, Hold)
            return SettleHold(key=self.key(), hold=hold, receiver=self.members.get(row.beneficiary, member))
        return (ClaimHold if kind is ClaimHold else CancelHold)(key=self.key(), member=member, hold=hold)

    @precondition(lambda self: self.holds)
    @rule(hold=pick, against=st.sampled_from((None, CancelHold, ExpireHold)), first=yes)
    def claim_ones_own(self, hold: int, against: type[Command] | None, first: bool) -> None:
        which = self.holds[-1 - hold % len(self.holds)]
        payment, sent = next((asked, answer) for asked, answer in self.asked
                             if isinstance(answer, Sent) and which in answer.holds)
        telegram_id = sent.receivers[sent.holds.index(which)]
        self.join_wholly(telegram_id)
        both: list[Command] = [ClaimHold(key=self.key(), member=self.members[telegram_id], hold=which)]
        if against:
            both.append(self._ending(against, payment.actor(), which))
        self.ask(*both if first else reversed(both))
