"""What the machine does with payments that come again."""
from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.bank import ZONE
from tests.wallet.machine.ground import Ground, amount, anybody, person, pick, yes
from tests.wallet.machine.three import HOUR, Ordain
from wallet.commands import Command
from wallet.dates import DAILY, MONTHLY, WEEKLY
from wallet.drafts import Asked, Confirm
from wallet.funding import TopUp
from wallet.pins import SetPin
from wallet.rows import Pin, Schedule
from wallet.schedules import AskSchedule, RunSchedule, StopSchedule, TellOfSchedule

rhythms: st.SearchStrategy[tuple[str, int]] = st.sampled_from(
    ((DAILY, 0), (DAILY, 0), (WEEKLY, 0), (WEEKLY, 4), (MONTHLY, 1), (MONTHLY, 31)))


class Schedules(Ground):
    """Days come on which something is due."""

    @rule(telegram_id=person, receiver=anybody, money=amount, rhythm=rhythms, last=st.sampled_from((0, 0, 1, 40)),
          proven=st.sampled_from((True, True, False)), days=st.sampled_from((0, 1, 7, 32)), stops=yes)
    def plan(self, telegram_id: int, receiver: int, money: int, rhythm: tuple[str, int], last: int, proven: bool,
             days: int, stops: bool) -> None:
        self.join_wholly(telegram_id)
        member, key = self.members[telegram_id], self.key()
        self.ask(Ordain(key=self.key(), member=member, state="active", restrictions=0, until=0))
        self.ask(SetPin(key=self.key(), member=member, hash="hash", pin_version=0))
        asked = self.ask(AskSchedule(key=key, payer=member, person=receiver, amount=money, note="房租", unit=rhythm[0],
                                     on=rhythm[1], last_day=last and self.today() + last, token=f"token {key}"))[0]
        if isinstance(asked, Asked):
            version = next(row.version for row in self.three.memory.all(Pin) if row.member == member)
            self.ask(*[Confirm(key=self.key(), member=member, token=asked.token, pin_version=version * proven)
                       for _ in range(2)])
        if self.schedules:
            self.let_a_day_come(0, days, 2, True, stops)

    @precondition(lambda self: self.schedules)
    @rule(which=pick, days=st.sampled_from((0, 1, 1, 7, 32)), times=st.integers(1, 3), top_up=yes,
          stops=st.sampled_from((False, False, False, True)))
    def let_a_day_come(self, which: int, days: int, times: int, top_up: bool, stops: bool) -> None:
        number = self.schedules[-1 - which % len(self.schedules)]
        row = self.three.memory.rows[(Schedule, number)]
        assert isinstance(row, Schedule)
        self.three.now += days * 24 * HOUR
        if top_up:
            self.ask(TopUp(key=self.key(), member=row.member, amount=5_000))
        ways: list[Command] = [RunSchedule(key=f"schedule:{number}:{row.next_day}:{row.tries}", schedule=number,
                                           day=row.next_day, tries=row.tries)]
        ways += [RunSchedule(key=self.key(), schedule=number, day=row.next_day, tries=row.tries)
                 for _ in range(times - 1)]
        ways.append(TellOfSchedule(key=self.key(), schedule=number, day=row.next_day))
        if stops:
            ways.insert(len(ways) // 2, StopSchedule(key=self.key(), member=row.member, schedule=number))
        self.ask(*ways)

    @precondition(lambda self: self.schedules)
    @rule(which=pick, number=pick)
    def stop_what_may_be_anybodys(self, which: int, number: int) -> None:
        self.ask(StopSchedule(key=self.key(), member=self.someone(number),
                              schedule=self.schedules[-1 - which % len(self.schedules)]))

    def today(self) -> int:
        """The number of the day."""
        return datetime.fromtimestamp(self.three.now / 1_000_000, UTC).astimezone(ZONE).toordinal()
