"""What the machine does with payments: sent, confirmed, given back."""
from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import Ground, amount, people, pick, yes
from wallet import ids
from wallet.drafts import CancelDraft, Confirm, ExpireDraft, PlaceDraft
from wallet.funding import TopUp
from wallet.givebacks import GiveBack
from wallet.rows import Hold, Transfer
from wallet.transfers import Send


class Paying(Ground):
    """Members pay, confirm and give back."""

    @rule(number=pick, money=amount)
    def top_up(self, number: int, money: int) -> None:
        self.ask(TopUp(key=self.key(), member=self.someone(number), amount=money))

    def sending(self, number: int, receivers: list[int], money: int, note: str, sure: bool, stale: bool) -> Send:
        return self.paying(self.someone(number), receivers, money, note, sure, stale)

    def paying(self, payer: int, receivers: list[int], money: int, note: str, sure: bool, stale: bool) -> Send:
        token = f"token {next(self.keys)}"
        members = tuple(0 if stale else self.members.get(receiver, 0) for receiver in receivers)
        return Send(key=self.key(), payer=payer, receivers=tuple(receivers), amount=money, note=note,
                    members=members, sure=sure, token=token, chat=-5 if sure else 0)

    @rule(number=pick, receivers=people, money=amount, note=st.sampled_from(("", "午饭 🍜", "x" * 140)), sure=yes,
          stale=yes)
    def send(self, number: int, receivers: list[int], money: int, note: str, sure: bool, stale: bool) -> None:
        self.ask(self.sending(number, receivers, money, note, sure, stale))

    @rule(payments=st.lists(st.tuples(pick, people, st.integers(1, 2_500)), min_size=2, max_size=8))
    def send_at_once(self, payments: list[tuple[int, list[int], int]]) -> None:
        self.ask(*[self.sending(number, receivers, money, "", True, False) for number, receivers, money in payments])

    @precondition(lambda self: self.drafts)
    @rule(number=pick, token=pick, proven=yes)
    def confirm(self, number: int, token: int, proven: bool) -> None:
        member = self.someone(number)
        self.ask(Confirm(key=self.key(), member=member, token=self.drafts[-1 - token % len(self.drafts)][1],
                         pin_version=int(proven)))

    @precondition(lambda self: self.drafts)
    @rule(token=pick, proven=yes, twice=yes)
    def confirm_ones_own(self, token: int, proven: bool, twice: bool) -> None:
        owner, name = self.drafts[-1 - token % len(self.drafts)]
        self.ask(*[Confirm(key=self.key(), member=owner, token=name, pin_version=int(proven))
                   for _ in range(1 + twice)])

    @precondition(lambda self: self.drafts)
    @rule(token=pick)
    def let_a_draft_run_out(self, token: int) -> None:
        self.ask(ExpireDraft(key=self.key(), token=self.drafts[-1 - token % len(self.drafts)][1]))

    @precondition(lambda self: self.drafts)
    @rule(number=pick, token=pick, place=yes)
    def say_no_or_place_the_question(self, number: int, token: int, place: bool) -> None:
        name, member = self.drafts[-1 - token % len(self.drafts)][1], self.someone(number)
        self.ask(PlaceDraft(key=self.key(), member=member, token=name, chat=-5, message=7) if place
                 else CancelDraft(key=self.key(), member=member, token=name))

    @precondition(lambda self: self.moved)
    @rule(number=pick, which=pick, sure=yes, version=st.integers(0, 1))
    def give_back_what_may_be_anybodys(self, number: int, which: int, sure: bool, version: int) -> None:
        transfer = self.moved[-1 - which % len(self.moved)]
        self.ask(GiveBack(key=self.key(), member=self.someone(number), transfer=transfer, sure=sure,
                          pin_version=version))

    @precondition(lambda self: self.moved)
    @rule(which=pick, times=st.integers(1, 3), sure=yes, version=st.integers(0, 1))
    def give_back_ones_own(self, which: int, times: int, sure: bool, version: int) -> None:
        transfer = self.three.memory.rows[(Transfer, self.moved[-1 - which % len(self.moved)])]
        assert isinstance(transfer, Transfer)
        receiver = ids.owner_of(transfer.credit)
        if transfer.kind == "set_aside":
            hold = self.three.memory.rows[(Hold, transfer.hold)]
            assert isinstance(hold, Hold)
            receiver = self.members.get(hold.beneficiary, receiver)
        self.ask(*[GiveBack(key=self.key(), member=receiver, transfer=transfer.id, sure=sure, pin_version=version)
                   for _ in range(times)])
