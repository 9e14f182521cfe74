"""What members choose, operators ordain, and networks deliver again."""
from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import anybody, pick, yes
from tests.wallet.machine.paying import Paying
from tests.wallet.machine.three import HOUR, PEOPLE, Ordain
from wallet import refusals
from wallet.funding import TopUp
from wallet.members import ChangeNickname, SetConfirmIncoming, SetNoPinLimit
from wallet.operators import HOUSE, SetSwitch
from wallet.pins import PinFailed, ReserveAttempt, SetPin
from wallet.refusals import KeyReused, Refusal
from wallet.safeguards import LockWallet, SetOwnLimit, UnlockWallet
from wallet.standing import Restriction
from wallet.transfers import Send


class House(Paying):
    """PINs, settings, keys, switches and clocks."""

    @rule(number=pick, version=st.integers(0, 3))
    def set_pin(self, number: int, version: int) -> None:
        self.ask(SetPin(key=self.key(), member=self.someone(number), hash=f"hash {version}", pin_version=version))

    @rule(number=pick, tries=st.integers(1, 6))
    def guess_a_pin(self, number: int, tries: int) -> None:
        member = self.someone(number)
        heard = self.ask(*[ReserveAttempt(key=self.key(), member=member) for _ in range(tries)])
        if not isinstance(heard[0], Refusal):
            self.ask(PinFailed(key=self.key(), member=member))

    @rule(number=pick, limit=st.sampled_from((0, 500, 2_000, 2_001)), version=st.integers(0, 2))
    def set_the_limit(self, number: int, limit: int, version: int) -> None:
        self.ask(SetNoPinLimit(key=self.key(), member=self.someone(number), limit=limit, pin_version=version))

    @rule(number=pick, what=st.sampled_from(("payment", "day")), limit=st.sampled_from((0, 300, 1_500, 5_000_001)),
          version=st.integers(0, 2))
    def set_a_limit_of_ones_own(self, number: int, what: str, limit: int, version: int) -> None:
        self.ask(SetOwnLimit(key=self.key(), member=self.someone(number), what=what, limit=limit, pin_version=version))

    @rule(number=pick, version=st.integers(0, 2))
    def lock_and_try_to_unlock(self, number: int, version: int) -> None:
        member = self.someone(number)
        self.ask(LockWallet(key=self.key(), member=member))
        self.ask(UnlockWallet(key=self.key(), member=member, pin_version=version))

    @rule(number=pick, on=yes)
    def confirm_what_comes_in_or_not(self, number: int, on: bool) -> None:
        self.ask(SetConfirmIncoming(key=self.key(), member=self.someone(number), on=on))

    @rule(number=pick, name=st.sampled_from(("member 101", "Green Tea", "Black Tea")))
    def change_the_nickname(self, number: int, name: str) -> None:
        self.ask(ChangeNickname(key=self.key(), member=self.someone(number), nickname=name))

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 300), times=st.integers(1, 3))
    def deliver_again(self, which: int, times: int) -> None:
        command, _ = self.asked[which % len(self.asked)]
        self.ask(*[command] * times)

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 300))
    def use_a_key_for_something_else(self, which: int) -> None:
        command, before = self.asked[which % len(self.asked)]
        if isinstance(command, Send | TopUp) and not (isinstance(before, Refusal) and not before.stored):
            assert self.ask(replace(command, amount=command.amount + 1)) == [KeyReused()]

    @rule(number=pick, state=st.sampled_from(("active", "active", "active", "active", "frozen", "banned")),
          bits=st.sampled_from((0, 0, 0, 0, Restriction.SENDING, Restriction.RECEIVING)), hours=st.integers(0, 3))
    def ordain(self, number: int, state: str, bits: int, hours: int) -> None:
        self.ask(Ordain(key=self.key(), member=self.someone(number), state=state, restrictions=int(bits),
                        until=hours and self.three.now + hours * HOUR))

    @rule(state=st.sampled_from(("open", "open", "open", "maintenance", "read_only")))
    def switch(self, state: str) -> None:
        self.ask(SetSwitch(key=self.key(), operator=HOUSE, state=state, until=self.three.now))
        if state != "open":
            self.send(1, [PEOPLE[0]], 5, "", True, False)
            self.ask(SetSwitch(key=self.key(), operator=HOUSE, state="open"))

    @rule(telegram_id=anybody, state=st.sampled_from(("open", "maintenance", "read_only")))
    def switch_without_a_role(self, telegram_id: int, state: str) -> None:
        assert self.ask(SetSwitch(key=self.key(), operator=telegram_id, state=state)) == [refusals.NotAllowed()]
