"""What every chapter of the machine stands on: it asks, remembers what was heard, and looks at every invariant."""
from __future__ import annotations

import itertools
from typing import Any, ClassVar, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.wallet.bank import PAYMENT, USER, ZONE, Made
from tests.wallet.invariants.ledger import ledger_of
from tests.wallet.invariants.witness import Witness
from tests.wallet.machine.three import ANYBODY, HOUR, LATER, PEOPLE, RULES, Ordain, Three, Where
from wallet.agreements import Accept, Published
from wallet.appeals import Appeal, AppealPaid, PayAppeal
from wallet.commands import Command, Outcome
from wallet.drafts import Asked
from wallet.envelopes import AskEnvelope, EnvelopeMade
from wallet.funding import ToppedUp, TopUp
from wallet.gifts import AskGift, GiftMade
from wallet.givebacks import GivenBack
from wallet.holds import Claimed
from wallet.members import ChooseLanguage, Meet, Met, ShareContact
from wallet.movements import AccountKind
from wallet.pins import SetPin
from wallet.refusals import Refusal
from wallet.requests import PayRequest, RequestSettled, RequestsMade
from wallet.rows import Account, Member, Row
from wallet.schedules import AskSchedule, ScheduleMade
from wallet.splits import SplitMade
from wallet.transfers import Send, Sent

R = TypeVar("R", bound=Row)
LOOK_EVERY: Final = 10
"""How many steps go by between two looks at all invariants."""

person = st.sampled_from(PEOPLE)
anybody = st.sampled_from(ANYBODY)
people = st.one_of(st.lists(anybody, min_size=1, max_size=4, unique=True), st.lists(anybody, min_size=2, max_size=3))
amount = st.one_of(st.integers(1, 900), st.integers(1, 3_000), st.sampled_from((0, -1, 1_000_000, 5_000_001)))
pick = st.integers(0, 30)
yes = st.booleans()


class Ground(RuleBasedStateMachine):
    """A machine that asks three stores at once, and people who join."""

    where: ClassVar[Where]

    def __init__(self) -> None:
        super().__init__()
        self.three = Three(self.where)
        self.witness = Witness(ZONE, RULES.no_pin_limit, limits=RULES.level_limits)
        self.members: dict[int, int] = {}
        self.drafts: list[tuple[int, str]] = []
        """Who wants something that waits for their word, and its token."""
        self.holds: list[int] = []
        self.moved: list[int] = []
        self.envelopes: list[int] = []
        self.splits: list[int] = []
        self.requests: list[int] = []
        self.schedules: list[int] = []
        self.vouchers: list[Made] = []
        self.asked: list[tuple[Command, Outcome | Refusal]] = []
        self.keys = itertools.count()
        self.paid_in = 0
        self.ready = True

    # ---------------------------------------------------------------------------------------------- asking
    def key(self) -> str:
        return f"machine:{next(self.keys)}"

    def ask(self, *commands: Command) -> list[Outcome | Refusal]:
        """Ask, remember what was heard, look at everything in memory."""
        self.where.steps += 1
        self.three.now += 1_000
        for command in commands:
            self.witness.asked.setdefault(command.key, command.actor())
        heard = self.three.run(*commands)
        for command, answer in zip(commands, heard, strict=True):
            self.where.heard[type(answer).__name__] += 1
            self._remember(command, answer)
        if self.where.steps % LOOK_EVERY == 0:
            broken = self.witness.broken(self.three.do(ledger_of(self.three.memory)))
            assert broken == [], broken
        clearing = sum(account.balance for account in self.three.memory.all(Account)
                       if account.kind == AccountKind.CLEARING)
        assert clearing == -self.paid_in
        return heard

    def _remember(self, command: Command, answer: Outcome | Refusal) -> None:
        # The newest: what was refused without being stored may have been done since.
        before = next((old for known, old in reversed(self.asked) if known == command), None)
        if before is not None and not _may_change(before, answer):
            assert answer == before, f"{command} heard {before} first and {answer} now"
            return
        self.asked.append((command, answer))
        if isinstance(answer, ToppedUp):
            self.paid_in += answer.amount
        elif isinstance(answer, Asked):
            if isinstance(command, Appeal | AskEnvelope | AskGift | AskSchedule | PayAppeal | PayRequest | Send):
                self.drafts.append((answer.what.payer, answer.token))
        elif isinstance(answer, SplitMade):
            self.splits.append(answer.split)
        elif isinstance(answer, EnvelopeMade):
            self.envelopes.append(answer.envelope)
            self.moved.append(answer.transfer)
        elif isinstance(answer, Sent):
            self.holds += [hold for hold in answer.holds if hold]
            self.moved += answer.transfers
        elif isinstance(answer, ScheduleMade):
            self.schedules.append(answer.schedule)
        elif isinstance(answer, RequestsMade):
            self.requests += answer.requests
        elif isinstance(answer, AppealPaid | Claimed | GiftMade | GivenBack | RequestSettled):
            self.moved.append(answer.transfer)
        elif isinstance(answer, Met):
            assert isinstance(command, Meet)
            self.members[command.telegram_id] = answer.member

    def row(self, cls: type[R], key: Any) -> R:
        """A row as it is now, of which all three hold the same."""
        found = self.three.memory.rows[(cls, key)]
        assert isinstance(found, cls)
        return found

    def someone(self, number: int) -> int:
        """One of those who have begun to join."""
        known = sorted(self.members.values())
        return known[number % len(known)]

    def able(self, telegram_id: int) -> int:
        """Somebody who has joined and may pay; the member's number."""
        self.join_wholly(telegram_id)
        self.ask(Ordain(key=self.key(), member=self.members[telegram_id], state="active", restrictions=0, until=0))
        return self.members[telegram_id]

    def fit(self, telegram_id: int) -> int:
        """The same in one go, of somebody who has joined before."""
        if telegram_id not in self.members or self.row(Member, self.members[telegram_id]).step:
            return self.able(telegram_id)
        member, payment = self.members[telegram_id], LATER if self.three.now > LATER.effective else PAYMENT
        self.ask(Ordain(key=self.key(), member=member, state="active", restrictions=0, until=0),
                 *[Accept(key=self.key(), member=member, language="en", chat=telegram_id,
                          documents=((document.name, document.version),)) for document in (USER, payment)],
                 TopUp(key=self.key(), member=member, amount=1_000))
        return member

    # --------------------------------------------------------------------------------------------- joining
    @initialize()
    def three_have_joined(self) -> None:
        for telegram_id in PEOPLE[:3]:
            self.join_wholly(telegram_id)
        for telegram_id in PEOPLE[:2]:
            self.ask(SetPin(key=self.key(), member=self.members[telegram_id], hash="hash", pin_version=0))

    @rule(telegram_id=anybody)
    def join_wholly(self, telegram_id: int) -> None:
        self.meet(telegram_id, "")
        member = self.members[telegram_id]
        self.ask(ChooseLanguage(key=self.key(), member=member, language="en"))
        self.accept_all(telegram_id)
        self.share(telegram_id, telegram_id)
        self.ask(TopUp(key=self.key(), member=member, amount=5_000))

    @rule(telegram_id=anybody, payload=st.sampled_from(("", "claim")))
    def meet(self, telegram_id: int, payload: str) -> None:
        self.ask(Meet(key=self.key(), telegram_id=telegram_id, language="zh_CN", payload=payload))

    @rule(telegram_id=person)
    def accept_all(self, telegram_id: int) -> None:
        for document in (USER, LATER if self.three.now > LATER.effective else PAYMENT):
            self.accept(telegram_id, document)

    @rule(telegram_id=person, document=st.sampled_from((USER, PAYMENT, LATER)))
    def accept(self, telegram_id: int, document: Published) -> None:
        if telegram_id in self.members:
            self.ask(Accept(key=self.key(), member=self.members[telegram_id], language="en", chat=telegram_id,
                            documents=((document.name, document.version),)))

    @rule(telegram_id=person, phone=person)
    def share(self, telegram_id: int, phone: int) -> None:
        if telegram_id in self.members:
            self.ask(ShareContact(key=self.key(), member=self.members[telegram_id], phone_digest=f"{phone:064x}",
                                  sealed_phone=b"sealed", wrapped_key=b"key", nickname=f"member {telegram_id}"))

    @rule(hours=st.sampled_from((1, 1, 6, 24, -2)))
    def wait(self, hours: int) -> None:
        self.three.now += hours * HOUR

    def teardown(self) -> None:
        try:
            self.three.compare(self.witness)
        finally:
            self.three.close()


def _may_change(before: Outcome | Refusal, answer: Outcome | Refusal) -> bool:
    """Whether a key may hear something else: it was not decided before, or what is so for ever is told from memory."""
    return isinstance(before, Refusal) and (not before.stored or (isinstance(answer, Refusal) and answer.final))
