"""What the machine does with splits."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import Ground, amount, anybody, person, pick, yes
from tests.wallet.machine.three import ANYBODY, GROUP, HOUR, Ordain
from wallet.commands import Command
from wallet.rows import Split
from wallet.splits import (
    CloseOffers,
    CloseSplit,
    ExpireSplit,
    MakeSplit,
    PayShare,
    PlaceShare,
    PlaceSplit,
    RemindAfterADay,
    RemindSplit,
    SplitMade,
)


class Splits(Ground):
    """Bills are split and shares paid."""

    def pay_share(self, split: int, person: int, chat: int) -> PayShare:
        row = self.three.memory.rows[(Split, split)]
        assert isinstance(row, Split)
        return PayShare(key=self.key(), member=self.members[person], split=split, chat=chat, person=person,
                        maker=row.member, asked_in=chat, token=f"token {next(self.keys)}")

    def ask_shares(self, maker: int, money: int, heads: int, named: Sequence[int], own: bool) -> MakeSplit:
        persons = tuple(named)
        amounts = tuple(money + place for place in range(len(persons))) if own else ()
        return MakeSplit(key=self.key(), member=maker, amount=sum(amounts) if own and persons else money,
                         persons=persons, amounts=amounts, note="火锅", chat=GROUP,
                         heads=len(persons) + (not own) if persons else heads)

    @rule(number=pick, money=amount, heads=st.integers(0, 6), named=st.lists(anybody, max_size=4), own=yes)
    def split_a_bill(self, number: int, money: int, heads: int, named: list[int], own: bool) -> None:
        self.ask(self.ask_shares(self.someone(number), money, heads, named, own))

    @rule(telegram_id=person, money=st.integers(6, 2_000), heads=st.integers(2, 5), named=st.lists(person, max_size=3),
          payers=st.lists(person, min_size=1, max_size=8), hours=st.sampled_from((0, 0, 1, 25, 170)),
          end=st.sampled_from((None, None, CloseSplit, ExpireSplit)))
    def split_and_pay(self, telegram_id: int, money: int, heads: int, named: list[int], payers: list[int], hours: int,
                      end: type[CloseSplit | ExpireSplit] | None) -> None:
        for one in {telegram_id, *payers}:
            self.join_wholly(one)
        maker = self.members[telegram_id]
        self.ask(Ordain(key=self.key(), member=maker, state="active", restrictions=0, until=0))
        made = self.ask(self.ask_shares(maker, money, heads, [*{*named} - {telegram_id}], False))[0]
        if not isinstance(made, SplitMade):
            return
        self.three.now += hours * HOUR
        presses: list[Command] = [self.pay_share(made.split, one, GROUP) for one in payers]
        if end is CloseSplit:
            presses.insert(len(presses) // 2, CloseSplit(key=self.key(), member=maker, split=made.split, chat=GROUP,
                                                         persons=ANYBODY))
        elif end is ExpireSplit:
            presses.insert(len(presses) // 2, ExpireSplit(key=self.key(), split=made.split, persons=ANYBODY))
        self.ask(*presses)

    @precondition(lambda self: self.splits)
    @rule(which=pick, number=pick, chat=st.sampled_from((GROUP, GROUP, 0, -6)), moved=yes,
          what=st.sampled_from((PayShare, PayShare, CloseSplit, RemindSplit, RemindAfterADay, ExpireSplit, PlaceSplit,
                                 PlaceShare, CloseOffers)))
    def go_on_with_a_split(self, which: int, number: int, chat: int, moved: bool, what: type[Command]) -> None:
        split = self.splits[-1 - which % len(self.splits)]
        person = sorted(self.members)[number % len(self.members)]
        member = self.members[person]
        ways: dict[type[Command], Callable[[], Command]] = {
            PayShare: lambda: self.pay_share(split, person, chat),
            CloseSplit: lambda: CloseSplit(key=self.key(), member=member, split=split, chat=chat, persons=ANYBODY),
            RemindSplit: lambda: RemindSplit(key=self.key(), member=member, split=split, chat=chat, persons=ANYBODY),
            RemindAfterADay: lambda: RemindAfterADay(key=self.key(), split=split, persons=ANYBODY),
            ExpireSplit: lambda: ExpireSplit(key=self.key(), split=split, persons=ANYBODY),
            PlaceSplit: lambda: PlaceSplit(key=self.key(), member=member, split=split, chat=-6 if moved else GROUP,
                                           message=9),
            PlaceShare: lambda: PlaceShare(key=self.key(), member=member, split=split, person=person, message=10),
            CloseOffers: lambda: CloseOffers(key=self.key(), split=split, persons=ANYBODY)}
        self.ask(ways[what]())
