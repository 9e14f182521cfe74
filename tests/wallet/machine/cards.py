"""What the machine does with money on cards: gifts that the first takes, requests that the first pays.

Guards: the same as the machine, of which this is a chapter. Whoever comes for a card brings what may be another card's,
somebody else's, late, or asked for twice; what a card became is told only under it.
"""
from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import Ground, person, pick, yes
from wallet import refusals
from wallet.appeals import Appeal, AppealPaid, PayAppeal
from wallet.commands import Command
from wallet.drafts import Asked, CancelDraft, Confirm, ExpireDraft
from wallet.gifts import AskGift, GiftMade
from wallet.holds import CancelHold, Claimed, ClaimHold, ExpireHold
from wallet.refusals import Refusal

amount = st.one_of(st.integers(1, 900), st.integers(1, 3_000), st.sampled_from((0, 1_000_000, 5_000_001)))
crowd = st.lists(person, min_size=1, max_size=6)
late = st.sampled_from((0, 0, 0, 25, 24 * 7))


class Gift(NamedTuple):
    """Money on a card as somebody knows it who has seen the card."""

    hold: int
    payer: int
    card: str


class Cards(Ground):
    """The part of a machine that is about cards."""

    def __init__(self) -> None:
        super().__init__()
        self.gifts: list[Gift] = []
        self.appeals: list[str] = []
        """Each card that asks."""

    # ----------------------------------------------------------------------------------------------- gifts
    def _gift(self, payer: int, money: int, card: str) -> AskGift:
        return AskGift(key=self.key(), payer=payer, amount=money, note="午饭", card=card, token=f"token of {card}")

    def _take(self, member: int, gift: Gift, *, forged: bool = False) -> ClaimHold:
        return ClaimHold(key=self.key(), member=member, hold=gift.hold, card="another" if forged else gift.card)

    @rule(telegram_id=person, money=amount, rival=person, proven=yes, takers=crowd, hours=late,
          end=st.sampled_from((None, CancelHold, ExpireHold)), forged=yes)
    def give_on_a_card(self, telegram_id: int, money: int, rival: int, proven: bool, takers: list[int], hours: int,
                       end: type[Command] | None, forged: bool) -> None:
        payer, other, card = self.able(telegram_id), self.able(rival), f"card {next(self.keys)}"
        comers = [self.able(one) for one in takers]
        asked = self.ask(self._gift(payer, money, card), self._gift(other, money + 1, card))[0]
        if not isinstance(asked, Asked):
            return
        said = self.ask(*[Confirm(key=self.key(), member=who, token=asked.token, pin_version=int(proven))
                          for who in (payer, payer, other)])
        made = [answer for answer in said if isinstance(answer, GiftMade)]
        assert len(made) <= 1, "one card is one debit"
        for gift in (Gift(one.hold, payer, card) for one in made):
            self.gifts.append(gift)
            self.wait(hours=hours)
            self._come_for(gift, comers, end, forged)

    def _come_for(self, gift: Gift, comers: list[int], end: type[Command] | None, forged: bool) -> None:
        """Several at once, the first perhaps with another card, while it is taken back or runs out."""
        ways: list[Command] = [self._take(who, gift, forged=forged and not place) for place, who in enumerate(comers)]
        if end is CancelHold:
            ways.insert(len(ways) // 2, CancelHold(key=self.key(), member=gift.payer, hold=gift.hold))
        elif end is ExpireHold:
            ways.insert(len(ways) // 2, ExpireHold(key=self.key(), hold=gift.hold))
        heard = self.ask(*ways)
        for command, answer in zip(ways, heard, strict=True):
            if isinstance(command, ClaimHold) and (command.card != gift.card or command.member == gift.payer):
                assert isinstance(answer, Refusal), f"{command} took {gift}"
        assert sum(isinstance(answer, Claimed) for answer in heard) <= 1

    @precondition(lambda self: self.gifts)
    @rule(which=pick, takers=st.lists(pick, min_size=1, max_size=4),
          end=st.sampled_from((None, None, CancelHold, ExpireHold)), forged=yes)
    def come_for_what_is_on_a_card(self, which: int, takers: list[int], end: type[Command] | None, forged: bool
                                   ) -> None:
        comers = [self.someone(number) for number in takers]
        self._come_for(self.gifts[-1 - which % len(self.gifts)], comers, end, forged)

    # -------------------------------------------------------------------------------------------- requests
    def _pay(self, member: int, card: str, *, under: str = "") -> PayAppeal:
        key = self.key()
        return PayAppeal(key=key, member=member, appeal=f"token of {card}", card=under or card, token=f"token {key}")

    @rule(telegram_id=person, money=amount, rival=person, payers=crowd, hours=late,
          end=st.sampled_from((None, CancelDraft, ExpireDraft)), forged=yes)
    def ask_on_a_card(self, telegram_id: int, money: int, rival: int, payers: list[int], hours: int,
                      end: type[Command] | None, forged: bool) -> None:
        asker, other, card = self.able(telegram_id), self.able(rival), f"card {next(self.keys)}"
        comers = [self.able(one) for one in payers]
        asked = self.ask(*[Appeal(key=self.key(), asker=who, amount=money + extra, card=card, token=f"token of {card}")
                           for extra, who in enumerate((asker, other))])[0]
        if not isinstance(asked, Asked):
            return
        self.appeals.append(card)
        self.wait(hours=hours)
        ways: list[Command] = [self._pay(who, card, under="another" if forged and not place else "")
                               for place, who in enumerate(comers)]
        if end is CancelDraft:
            ways.insert(len(ways) // 2, CancelDraft(key=self.key(), member=asker, token=asked.token))
        elif end is ExpireDraft:
            ways.insert(len(ways) // 2, ExpireDraft(key=self.key(), token=asked.token))
        heard = self.ask(*ways)
        assert sum(isinstance(answer, AppealPaid) for answer in heard) <= 1, "one card is paid once"
        assert not forged or isinstance(heard[0], Refusal) or isinstance(ways[0], CancelDraft | ExpireDraft)

    @precondition(lambda self: self.appeals)
    @rule(which=pick, number=pick, times=st.integers(1, 3))
    def pay_what_a_card_asks_for(self, which: int, number: int, times: int) -> None:
        card = self.appeals[-1 - which % len(self.appeals)]
        self.ask(*[self._pay(self.someone(number + place), card) for place in range(times)])

    @precondition(lambda self: self.appeals)
    @rule(which=pick, number=pick)
    def say_yes_to_what_a_card_asks_for(self, which: int, number: int) -> None:
        card = self.appeals[-1 - which % len(self.appeals)]
        said = self.ask(Confirm(key=self.key(), member=self.someone(number), token=f"token of {card}"))
        assert isinstance(said[0], Refusal), "nobody confirms a request"
        assert said[0] not in (refusals.PinNeeded(), refusals.PinNotSet())
