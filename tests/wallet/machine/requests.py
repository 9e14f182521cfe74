"""What the machine does with requests for money."""
from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import Ground, amount, anybody, people, person, pick, yes
from tests.wallet.machine.three import GROUP, HOUR, Ordain
from wallet.commands import Command
from wallet.requests import (
    MOST_TO_ONE,
    AskFor,
    DeclineRequest,
    ExpireRequest,
    PayRequest,
    PlaceRequest,
    RemindOfRequest,
    RequestsMade,
    WithdrawRequest,
)

answers: st.SearchStrategy[type[Command]] = st.sampled_from(
    (PayRequest, PayRequest, DeclineRequest, WithdrawRequest, RemindOfRequest, ExpireRequest, PlaceRequest))


class Requests(Ground):
    """People ask and are asked for money."""

    @rule(telegram_id=person, people=people, money=amount, by_number=yes)
    def ask_people_for_money(self, telegram_id: int, people: list[int], money: int, by_number: bool) -> None:
        self.join_wholly(telegram_id)
        self.ask(AskFor(key=self.key(), asker=self.members[telegram_id], people=tuple(people), amount=money,
                        note="午饭 🍜", by_number=tuple(people[:1]) if by_number else ()))

    @rule(telegram_id=person, other=anybody)
    def bother_somebody(self, telegram_id: int, other: int) -> None:
        self.join_wholly(telegram_id)
        self.ask(*[AskFor(key=self.key(), asker=self.members[telegram_id], people=(other,), amount=1)
                   for _ in range(MOST_TO_ONE + 1)])

    @rule(telegram_id=person, payer=person, money=st.integers(1, 2_500), hours=st.sampled_from((0, 0, 25, 24 * 7)),
          ways=st.lists(answers, min_size=1, max_size=4))
    def ask_and_answer(self, telegram_id: int, payer: int, money: int, hours: int, ways: list[type[Command]]) -> None:
        for one in (telegram_id, payer):
            self.join_wholly(one)
            self.ask(Ordain(key=self.key(), member=self.members[one], state="active", restrictions=0, until=0))
        made = self.ask(AskFor(key=self.key(), asker=self.members[telegram_id], people=(payer,), amount=money))[0]
        self.three.now += hours * HOUR
        if isinstance(made, RequestsMade):
            self.ask(*[self._answer(kind, self.members[payer], payer, self.members[telegram_id], made.requests[0])
                       for kind in ways])

    @precondition(lambda self: self.requests)
    @rule(which=pick, number=pick, telegram_id=anybody, ways=st.lists(answers, min_size=1, max_size=4))
    def answer_what_may_be_anybodys(self, which: int, number: int, telegram_id: int, ways: list[type[Command]]
                                    ) -> None:
        request = self.requests[-1 - which % len(self.requests)]
        self.ask(*[self._answer(kind, self.someone(number + place), telegram_id, self.someone(number), request)
                   for place, kind in enumerate(ways)])

    def _answer(self, kind: type[Command], member: int, person: int, asker: int, request: int) -> Command:
        key = self.key()
        if kind is PayRequest:
            return PayRequest(key=key, member=member, request=request, token=f"token {key}", chat=GROUP)
        if kind is DeclineRequest:
            return DeclineRequest(key=key, person=person, request=request)
        if kind is WithdrawRequest:
            return WithdrawRequest(key=key, asker=asker, request=request)
        if kind is PlaceRequest:
            return PlaceRequest(key=key, asker=asker, request=request, chat=GROUP, message=11)
        return (RemindOfRequest if kind is RemindOfRequest else ExpireRequest)(key=key, request=request)
