"""What the machine does with red envelopes."""
from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.wallet.machine.ground import Ground, amount, people, person, pick, yes
from tests.wallet.machine.three import GROUP, HOUR, PEOPLE, Ordain
from wallet import refusals
from wallet.commands import Command
from wallet.drafts import Asked, Confirm
from wallet.envelopes import AskEnvelope, EnvelopeMade, ExpireEnvelope, OpenEnvelope, PlaceEnvelope
from wallet.groups import SetGroupRule
from wallet.keeping import KEPT, KeepShare, OpenKept, ReturnKept
from wallet.rows import EQUAL, LUCKY


class Envelopes(Ground):
    """Envelopes are filled and opened."""

    def wish(self, payer: int, money: int, count: int, lucky: bool, alone: int = 0, word: str = "") -> AskEnvelope:
        number = next(self.keys)
        amount = money if lucky or count <= 0 else money - money % count
        return AskEnvelope(key=self.key(), payer=payer, kind=LUCKY if lucky else EQUAL, amount=amount, shares=count,
                           greeting="恭喜发财", seed=f"{number:064x}", token=f"token {number}", chat=GROUP,
                           beneficiary=alone if count == 1 else 0, word=word)

    @rule(number=pick, money=amount, count=st.integers(0, 13), lucky=yes)
    def wish_for_an_envelope(self, number: int, money: int, count: int, lucky: bool) -> None:
        self.ask(self.wish(self.someone(number), money, count, lucky))

    @rule(telegram_id=person, money=st.integers(6, 900), count=st.integers(1, 6), lucky=yes,
          openers=st.lists(person, min_size=1, max_size=8), hours=st.sampled_from((0, 0, 1, 25)), end=yes,
          alone=st.sampled_from((0, 0, *PEOPLE)), word=st.sampled_from(("", "", "恭喜")))
    def fill_and_open_one(self, telegram_id: int, money: int, count: int, lucky: bool, openers: list[int], hours: int,
                          end: bool, alone: int, word: str) -> None:
        for one in {telegram_id, *openers}:
            self.join_wholly(one)
        maker = self.members[telegram_id]
        self.ask(Ordain(key=self.key(), member=maker, state="active", restrictions=0, until=0))
        wanted = self.ask(self.wish(maker, money, 1 if alone else count, lucky, alone, word))[0]
        if not isinstance(wanted, Asked):
            return
        envelope = self.ask(Confirm(key=self.key(), member=maker, token=wanted.token, pin_version=1))[0]
        self.three.now += hours * HOUR
        if isinstance(envelope, EnvelopeMade):
            taps: list[Command] = [OpenEnvelope(key=self.key(), member=self.members[one], envelope=envelope.envelope,
                                                chat=GROUP, word="" if place % 3 else word)
                                   for place, one in enumerate(openers)]
            if end:
                taps.insert(len(taps) // 2, ExpireEnvelope(key=self.key(), envelope=envelope.envelope))
            self.ask(*taps)

    @precondition(lambda self: self.envelopes)
    @rule(which=pick, openers=st.lists(pick, min_size=1, max_size=5), chat=st.sampled_from((GROUP, GROUP, GROUP, -6)),
          ends=yes)
    def open_envelopes(self, which: int, openers: list[int], chat: int, ends: bool) -> None:
        envelope = self.envelopes[-1 - which % len(self.envelopes)]
        ways: list[Command] = [OpenEnvelope(key=self.key(), member=self.someone(number), envelope=envelope, chat=chat)
                               for number in openers]
        if ends:
            ways.append(ExpireEnvelope(key=self.key(), envelope=envelope))
        self.ask(*ways)

    @rule(telegram_id=person, count=st.integers(9, 12), openers=people, minutes=st.sampled_from((0, 5, 11)), first=yes,
          asks=yes)
    def keep_a_share_for_a_newcomer(self, telegram_id: int, count: int, openers: list[int], minutes: int, first: bool,
                                    asks: bool) -> None:
        for one in openers:
            self.join_wholly(one)
        newcomer, envelope = 10_000 + next(self.keys), self.filled(telegram_id, 60, count)
        if not envelope:
            return
        self.ask(*[KeepShare(key=self.key(), person=newcomer + place % 2, envelope=envelope, chat=GROUP)
                   for place in range(3)])
        self.join_wholly(newcomer)
        self.three.now += minutes * HOUR // 60
        takes: list[Command] = [OpenKept(key=self.key(), member=self.members[newcomer], envelope=envelope)]
        gives_back = self.giving_back(newcomer, envelope)
        taps = [OpenEnvelope(key=self.key(), member=self.members[one], envelope=envelope, chat=GROUP)
                for one in openers]
        # Somebody who was seen without a wallet may have one by now, and a share.
        late = KeepShare(key=self.key(), person=openers[0], envelope=envelope, chat=GROUP)
        if asks:
            self.answer_for_what_is_kept(newcomer, envelope, gives_back)
        self.ask(*taps, *(takes if first else ()), late, *gives_back, *(() if first else takes))
        self.three.now += KEPT
        self.ask(*self.giving_back(newcomer, envelope))  # By now the time of what was opened is over, too.

    def giving_back(self, newcomer: int, envelope: int) -> list[Command]:
        """What the clock asks for: a newcomer may have come with somebody."""
        return [ReturnKept(key=self.key(), envelope=envelope, person=newcomer + place) for place in (0, 1)]

    def answer_for_what_is_kept(self, newcomer: int, envelope: int, gives_back: Sequence[Command]) -> None:
        """In private, while the clock may give the share back."""
        def rule(question: int) -> None:
            self.ask(SetGroupRule(key=self.key(), administrator=1, chat=GROUP, rule="question", value=question))

        rule(1)
        member = self.members[newcomer]
        asked = self.ask(OpenKept(key=self.key(), member=member, envelope=envelope))[0]
        if isinstance(asked, refusals.QuestionAsked):
            self.ask(OpenEnvelope(key=self.key(), member=member, envelope=envelope, chat=0, proof=asked.words.proof,
                                  answer=asked.words.right), *gives_back)
        rule(0)

    def filled(self, telegram_id: int, money: int, count: int) -> int:
        """A new envelope of somebody's, or 0 where they may make none."""
        self.join_wholly(telegram_id)
        maker = self.members[telegram_id]
        self.ask(Ordain(key=self.key(), member=maker, state="active", restrictions=0, until=0))
        wanted = self.ask(self.wish(maker, money, count, True))[0]
        if not isinstance(wanted, Asked):
            return 0
        made = self.ask(Confirm(key=self.key(), member=maker, token=wanted.token, pin_version=1))[0]
        return made.envelope if isinstance(made, EnvelopeMade) else 0

    @rule(telegram_id=person, opener=person, right=st.lists(yes, min_size=1, max_size=5),
          delay=st.sampled_from((0, 0, 60)), kind=st.sampled_from((1, 2)))
    def answer_questions_before_a_share(self, telegram_id: int, opener: int, right: list[bool], delay: int, kind: int
                                        ) -> None:
        self.join_wholly(opener)
        who, envelope = self.members[opener], self.filled(telegram_id, 60, 3)
        if not envelope:
            return

        def rules(question: int, delay: int) -> None:
            self.ask(*[SetGroupRule(key=self.key(), administrator=1, chat=GROUP, rule=rule, value=value)
                       for rule, value in (("question", question), ("delay", delay))])

        rules(kind, delay)
        for is_right in right:
            asked = self.ask(OpenEnvelope(key=self.key(), member=who, envelope=envelope, chat=GROUP))[0]
            if isinstance(asked, refusals.QuestionAsked):
                question = asked.picture or asked.words
                self.ask(OpenEnvelope(key=self.key(), member=who, envelope=envelope, chat=0, proof=question.proof,
                                      answer=(question.right + (not is_right)) % len(question.offered)))
        rules(0, 0)

    @precondition(lambda self: self.envelopes)
    @rule(which=pick, number=pick, moved=yes)
    def place_an_envelope(self, which: int, number: int, moved: bool) -> None:
        self.ask(PlaceEnvelope(key=self.key(), member=self.someone(number), message=9, chat=-6 if moved else GROUP,
                               envelope=self.envelopes[-1 - which % len(self.envelopes)]))
