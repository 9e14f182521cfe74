"""What the machine does with vouchers."""
from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.bank import Made
from tests.wallet.machine.ground import Ground, amount, person, pick, yes
from tests.wallet.machine.three import GROUP, HOUR, PEOPLE, RULES
from wallet.commands import Command
from wallet.drafts import Asked, Confirm
from wallet.vouchers import (
    AskVoucher,
    ExpireVoucher,
    PlaceVoucher,
    Redeem,
    VoucherMade,
    WithdrawVoucher,
    link_of,
    password_of,
)


class Vouchers(Ground):
    """Vouchers are made and redeemed."""

    def come(self, made: Made, member: int, word: str, *, forged: bool = False) -> Redeem:
        password = password_of(RULES.voucher_key, made.nonce, word) if word else ""
        return Redeem(key=self.key(), member=member, voucher=made.voucher, link="A" * 22 if forged else made.link,
                      password=password)

    @rule(telegram_id=person, money=amount, uses=st.integers(0, 4), only=st.sampled_from((0, 0, *PEOPLE)),
          word=st.sampled_from(("", "sesame")), chat=st.sampled_from((0, GROUP)), yes_said=yes,
          comers=st.lists(person, min_size=1, max_size=6), ends=yes)
    def make_and_redeem_one(self, telegram_id: int, money: int, uses: int, only: int, word: str, chat: int,
                            yes_said: bool, comers: list[int], ends: bool) -> None:
        for one in {telegram_id, *comers}:
            self.join_wholly(one)
        maker, nonce = self.members[telegram_id], f"{next(self.keys):032x}"
        wanted = self.ask(AskVoucher(
            key=self.key(), payer=maker, amount=money, uses=1 if only else uses, only=only, nonce=nonce,
            password=password_of(RULES.voucher_key, nonce, word) if word else "", token=f"voucher {nonce}",
            chat=chat))[0]
        if not isinstance(wanted, Asked) or not yes_said:
            return
        made = self.ask(Confirm(key=self.key(), member=maker, token=wanted.token, pin_version=1))[0]
        if isinstance(made, VoucherMade):
            self.vouchers.append(Made(made.voucher, link_of(RULES.voucher_key, nonce), nonce))
            self.moved.append(made.transfer)
            ways: list[Command] = [self.come(self.vouchers[-1], self.members[one], word) for one in comers]
            if ends:
                ways.insert(len(ways) // 2, WithdrawVoucher(key=self.key(), member=maker, voucher=made.voucher))
            self.ask(*ways)

    @rule(telegram_id=person, comer=person,
          words=st.lists(st.sampled_from(("", "sesame", "wrong")), min_size=1, max_size=4),
          money=st.integers(1, 500))
    def come_for_one_with_a_password(self, telegram_id: int, comer: int, words: list[str], money: int) -> None:
        maker, nonce = self.able(telegram_id), f"{next(self.keys):032x}"
        member = self.able(comer)
        wanted = self.ask(AskVoucher(
            key=self.key(), payer=maker, amount=money, uses=1, only=0, nonce=nonce, chat=0,
            password=password_of(RULES.voucher_key, nonce, "sesame"), token=f"voucher {nonce}"))[0]
        if not isinstance(wanted, Asked):
            return
        made = self.ask(Confirm(key=self.key(), member=maker, token=wanted.token, pin_version=1))[0]
        if isinstance(made, VoucherMade):
            self.vouchers.append(Made(made.voucher, link_of(RULES.voucher_key, nonce), nonce))
            self.moved.append(made.transfer)
            self.ask(ExpireVoucher(key=self.key(), voucher=made.voucher))
            self.ask(*[self.come(self.vouchers[-1], member, word) for word in words])

    @precondition(lambda self: self.vouchers)
    @rule(which=pick, comers=st.lists(pick, min_size=1, max_size=7), forged=yes, later=st.sampled_from((0, 0, 0, 31)),
          word=st.sampled_from(("", "sesame", "wrong", "worse")), end=st.sampled_from((0, 1, 2)))
    def come_for_vouchers(self, which: int, comers: list[int], forged: bool, later: int, word: str, end: int) -> None:
        made = self.vouchers[-1 - which % len(self.vouchers)]
        self.three.now += later * 24 * HOUR
        ways: list[Command] = [self.come(made, self.someone(one), word, forged=forged and not place)
                               for place, one in enumerate(comers)]
        if end == 1:
            ways.insert(len(ways) // 2, ExpireVoucher(key=self.key(), voucher=made.voucher))
        elif end:
            ways.append(WithdrawVoucher(key=self.key(), member=self.someone(which), voucher=made.voucher))
        self.ask(*ways)

    @precondition(lambda self: self.vouchers)
    @rule(which=pick, number=pick)
    def place_a_voucher(self, which: int, number: int) -> None:
        self.ask(PlaceVoucher(key=self.key(), member=self.someone(number), chat=GROUP, message=9,
                              voucher=self.vouchers[-1 - which % len(self.vouchers)].voucher))
