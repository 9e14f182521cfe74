"""The whole wallet, driven at random, on three stores in step: in memory, SQLite and PostgreSQL.

Guards: whatever is asked in whatever order, all three give the same outcomes and hold the same rows, every invariant
holds, and the money that is there is the money that came in. The clock is given, and falls back now and then.
"""
from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import tempfile
from collections import Counter as Tally
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from storage.database import Database, PostgresDatabase, SqliteDatabase, normal
from storage.postgres_store import PostgresStore
from storage.reconcile import reconcile
from storage.sqlite_store import SqliteStore
from tests.fakes.store import FakeStore
from tests.services.postgres import Postgres
from tests.wallet.bank import PAYMENT, POLICY, START, USER, ZONE, Made
from tests.wallet.cards import CardRules
from tests.wallet.invariants import Ledger, Witness, ledger_of
from wallet import ids, refusals
from wallet.agreements import Accept, Published, Terms
from wallet.appeals import Appeal, AppealPaid, PayAppeal
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.dates import DAILY, MONTHLY, WEEKLY
from wallet.drafts import Asked, CancelDraft, Confirm, ExpireDraft, PlaceDraft
from wallet.engine import Engine
from wallet.envelopes import (
    AskEnvelope,
    EnvelopeMade,
    ExpireEnvelope,
    OpenEnvelope,
    PlaceEnvelope,
)
from wallet.funding import ToppedUp, TopUp
from wallet.gate import Restriction
from wallet.gifts import AskGift, GiftMade
from wallet.givebacks import GiveBack, GivenBack
from wallet.groups import SetGroupRule
from wallet.holds import CancelHold, Claimed, ClaimHold, DeclineHold, ExpireHold, PlaceHold, SettleHold
from wallet.keeping import KeepShare, OpenKept, ReturnKept
from wallet.members import (
    ChangeNickname,
    ChooseLanguage,
    Meet,
    Met,
    SetConfirmIncoming,
    SetNoPinLimit,
    ShareContact,
)
from wallet.movements import AccountKind
from wallet.operators import HOUSE, SetSwitch
from wallet.pins import PinFailed, ReserveAttempt, SetPin
from wallet.plain import frozen
from wallet.protocols import Store
from wallet.refusals import KeyReused, Refusal
from wallet.requests import (
    MOST_TO_ONE,
    AskFor,
    DeclineRequest,
    ExpireRequest,
    PayRequest,
    PlaceRequest,
    RemindOfRequest,
    RequestSettled,
    RequestsMade,
    WithdrawRequest,
)
from wallet.rows import EQUAL, LUCKY, Account, Hold, Key, Member, Pin, Schedule, Split, Transfer
from wallet.schedules import (
    AskSchedule,
    RunSchedule,
    ScheduleMade,
    StopSchedule,
    TellOfSchedule,
)
from wallet.splits import (
    CloseSplit,
    ExpireSplit,
    MakeSplit,
    PayShare,
    PlaceSplit,
    RemindAfterADay,
    RemindSplit,
    SplitMade,
)
from wallet.transfers import DELAYS, Send, Sent
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

PEOPLE: Final = (101, 102, 103, 104, 105)
STRANGERS: Final = (201, 202, 203)
"""They are paid before they have heard of us."""
LATECOMERS: Final = tuple(range(301, 313))
"""They join when money waits for them, if they join at all."""
RULES_IN_A_RUN: Final = 150
"""Some rules ask for several things."""
RUNS_OF_A_SEED: Final = 5
"""Few, so that not much more is done than was asked for."""
LOOK_EVERY: Final = 10
"""How many steps go by between two looks at all invariants."""
HOUR: Final = 60 * 60 * 1_000_000
LATER: Final = replace(PAYMENT, version="2027-01-01", effective=START + 30 * HOUR)
"""Comes into force while the machine runs, and has to be accepted again."""
RULES: Final = replace(POLICY, no_pin_limit=2_000, envelope_average=400, envelope_shares=12)
GROUP: Final = -5


@frozen(kw_only=True)
class Ordain(Command):
    """What operators will do to a member later: freeze, ban, restrict."""

    member: int
    state: str
    restrictions: int
    until: int
    HOUSE: ClassVar[tuple[AccountKind, ...]] = ()

    def reads(self, today: int) -> Iterable[Key]:
        return ((Member, self.member),)

    def decide(self, books: Books) -> Outcome:
        member = books.edit(Member, self.member)
        if member.state != "joining":
            member.state = self.state
        member.restrictions, member.restricted_until = self.restrictions, self.until
        return Done()


@dataclass
class Where:
    """Where the machine's databases come from; counts what all machines did and what they heard."""

    postgres: Postgres
    template: str
    file: Path
    steps: int = 0
    heard: Tally[str] = field(default_factory=Tally)


class Three:
    """One wallet on three stores, with one clock."""

    def __init__(self, where: Where) -> None:
        self.now = START
        self._runner = asyncio.Runner()
        self._left = contextlib.ExitStack()
        folder = Path(self._left.enter_context(tempfile.TemporaryDirectory()))
        shutil.copy(where.file, folder / "wallet.db")
        sqlite = SqliteDatabase(normal(f"sqlite:///{folder / 'wallet.db'}"))
        url = self._left.enter_context(where.postgres.database(template=where.template))
        self.databases: tuple[Database, ...] = (sqlite, PostgresDatabase(normal(url)))
        self.memory = FakeStore(self.clock)
        self._engines = [self._engine(store) for store in (
            self.memory, SqliteStore(sqlite, self.clock), PostgresStore(normal(url), self.clock))]
        self.do(self._start())

    def clock(self) -> int:
        """The moment, for all three."""
        return self.now

    def _engine(self, store: Store) -> Engine:
        # Terms remember what was missing when, and the clock begins anew with each machine.
        return Engine(store, replace(RULES, terms=Terms((USER, PAYMENT, LATER))), zone=ZONE, clock=self.clock,
                      writers=1)

    async def _start(self) -> None:
        for engine in self._engines:
            await engine.start()

    def do(self, job: Coroutine[Any, Any, Any]) -> Any:
        """Run something to its end."""
        return self._runner.run(job)

    def run(self, *commands: Command) -> list[Outcome | Refusal]:
        """Ask for commands at once, on each store; fails unless all answer alike."""
        answers = self.do(self._ask(commands))
        assert answers[0] == answers[1] == answers[2], f"memory, SQLite, PostgreSQL: {answers}"
        for answer in answers[0]:
            if not isinstance(answer, Outcome | Refusal):
                raise answer
        return list(answers[0])

    async def _ask(self, commands: Sequence[Command]) -> list[Any]:
        return await asyncio.gather(*[
            asyncio.gather(*[engine.run(command) for command in commands], return_exceptions=True)
            for engine in self._engines])

    async def _compare(self) -> list[Ledger]:
        """The rows of all three."""
        return [await ledger_of(self.memory), *[await ledger_of(database) for database in self.databases]]

    def compare(self, witness: Witness) -> None:
        """Fail unless all three hold the same, whole, in the rows and by the reconciliation."""
        memory, *others = self.do(self._compare())
        for ledger in others:
            assert memory.same(ledger) == []
            assert witness.broken(ledger) == []
        for database in self.databases:
            report = self.do(reconcile(database.url.render_as_string(hide_password=False)))
            assert report.whole, [check for check in report.checks if check.broken]

    def close(self) -> None:
        """Stop and remove everything."""
        self.do(self._stop())
        self._runner.close()
        self._left.close()

    async def _stop(self) -> None:
        for engine in self._engines:
            await engine.stop()
        for database in self.databases:
            await database.close()


person = st.sampled_from(PEOPLE)
anybody = st.sampled_from((*PEOPLE, *STRANGERS))
people = st.one_of(st.lists(anybody, min_size=1, max_size=4, unique=True), st.lists(anybody, min_size=2, max_size=3))
amount = st.one_of(st.integers(1, 900), st.integers(1, 3_000), st.sampled_from((0, -1, 1_000_000, 5_000_001)))
pick = st.integers(0, 30)
yes = st.booleans()
endings: st.SearchStrategy[type[Command]] = st.sampled_from(
    (ClaimHold, CancelHold, DeclineHold, ExpireHold, PlaceHold, SettleHold))

answers: st.SearchStrategy[type[Command]] = st.sampled_from(
    (PayRequest, PayRequest, DeclineRequest, WithdrawRequest, RemindOfRequest, ExpireRequest, PlaceRequest))

rhythms: st.SearchStrategy[tuple[str, int]] = st.sampled_from(
    ((DAILY, 0), (DAILY, 0), (WEEKLY, 0), (WEEKLY, 4), (MONTHLY, 1), (MONTHLY, 31)))


class Machine(CardRules):
    """What people, clocks and operators do."""

    where: ClassVar[Where]

    def __init__(self) -> None:
        super().__init__()
        self.three = Three(self.where)
        self.witness = Witness(ZONE, RULES.no_pin_limit)
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

    def someone(self, number: int) -> int:
        """One of those who have begun to join."""
        known = sorted(self.members.values())
        return known[number % len(known)]

    def able(self, telegram_id: int) -> int:
        """Somebody who has joined and may pay; the member's number."""
        self.join_wholly(telegram_id)
        self.ask(Ordain(key=self.key(), member=self.members[telegram_id], state="active", restrictions=0, until=0))
        return self.members[telegram_id]

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

    # --------------------------------------------------------------------------------------------- sending
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

    # ----------------------------------------------------------------------------------------------- holds
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

    # ------------------------------------------------------------------------------------------- envelopes
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
        gives_back = [ReturnKept(key=self.key(), envelope=envelope, person=newcomer + place) for place in (0, 1)]
        taps = [OpenEnvelope(key=self.key(), member=self.members[one], envelope=envelope, chat=GROUP)
                for one in openers]
        # Somebody who was seen without a wallet may have one by now, and a share.
        late = KeepShare(key=self.key(), person=openers[0], envelope=envelope, chat=GROUP)
        if asks:
            self.answer_for_what_is_kept(newcomer, envelope, gives_back)
        self.ask(*taps, *(takes if first else ()), late, *gives_back, *(() if first else takes))

    def answer_for_what_is_kept(self, newcomer: int, envelope: int, gives_back: Sequence[Command]) -> None:
        """In private, while the clock may give the share back."""
        def rule(question: int) -> None:
            self.ask(SetGroupRule(key=self.key(), administrator=1, chat=GROUP, rule="question", value=question))

        rule(1)
        member = self.members[newcomer]
        asked = self.ask(OpenKept(key=self.key(), member=member, envelope=envelope))[0]
        if isinstance(asked, refusals.QuestionAsked):
            self.ask(OpenEnvelope(key=self.key(), member=member, envelope=envelope, chat=0, proof=asked.proof,
                                  answer=asked.first + asked.second), *gives_back)
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
          delay=st.sampled_from((0, 0, 60)))
    def answer_questions_before_a_share(self, telegram_id: int, opener: int, right: list[bool], delay: int) -> None:
        self.join_wholly(opener)
        who, envelope = self.members[opener], self.filled(telegram_id, 60, 3)
        if not envelope:
            return

        def rules(question: int, delay: int) -> None:
            self.ask(*[SetGroupRule(key=self.key(), administrator=1, chat=GROUP, rule=rule, value=value)
                       for rule, value in (("question", question), ("delay", delay))])

        rules(1, delay)
        for is_right in right:
            asked = self.ask(OpenEnvelope(key=self.key(), member=who, envelope=envelope, chat=GROUP))[0]
            if isinstance(asked, refusals.QuestionAsked):
                self.ask(OpenEnvelope(key=self.key(), member=who, envelope=envelope, chat=0, proof=asked.proof,
                                      answer=asked.first + asked.second + (not is_right)))
        rules(0, 0)

    @precondition(lambda self: self.envelopes)
    @rule(which=pick, number=pick, moved=yes)
    def place_an_envelope(self, which: int, number: int, moved: bool) -> None:
        self.ask(PlaceEnvelope(key=self.key(), member=self.someone(number), message=9, chat=-6 if moved else GROUP,
                               envelope=self.envelopes[-1 - which % len(self.envelopes)]))

    # ---------------------------------------------------------------------------------------------- splits
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
            presses.insert(len(presses) // 2, CloseSplit(key=self.key(), member=maker, split=made.split, chat=GROUP))
        elif end is ExpireSplit:
            presses.insert(len(presses) // 2, ExpireSplit(key=self.key(), split=made.split))
        self.ask(*presses)

    @precondition(lambda self: self.splits)
    @rule(which=pick, number=pick, chat=st.sampled_from((GROUP, GROUP, 0, -6)), moved=yes,
          what=st.sampled_from((PayShare, PayShare, CloseSplit, RemindSplit, RemindAfterADay, ExpireSplit, PlaceSplit)))
    def go_on_with_a_split(self, which: int, number: int, chat: int, moved: bool, what: type[Command]) -> None:
        split = self.splits[-1 - which % len(self.splits)]
        person = sorted(self.members)[number % len(self.members)]
        member = self.members[person]
        ways: dict[type[Command], Callable[[], Command]] = {
            PayShare: lambda: self.pay_share(split, person, chat),
            CloseSplit: lambda: CloseSplit(key=self.key(), member=member, split=split, chat=chat),
            RemindSplit: lambda: RemindSplit(key=self.key(), member=member, split=split, chat=chat, persons=PEOPLE),
            RemindAfterADay: lambda: RemindAfterADay(key=self.key(), split=split, persons=PEOPLE),
            ExpireSplit: lambda: ExpireSplit(key=self.key(), split=split),
            PlaceSplit: lambda: PlaceSplit(key=self.key(), member=member, split=split, chat=-6 if moved else GROUP,
                                           message=9)}
        self.ask(ways[what]())

    # -------------------------------------------------------------------------------------------- requests
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

    # ---------------------------------------------------------------------------------------- what comes again
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

    # --------------------------------------------------------------------------------------------- vouchers
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

    # ------------------------------------------------------------------------------------------ giving back
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

    # ------------------------------------------------------------------------------------------------ PINs
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

    @rule(number=pick, on=yes)
    def confirm_what_comes_in_or_not(self, number: int, on: bool) -> None:
        self.ask(SetConfirmIncoming(key=self.key(), member=self.someone(number), on=on))

    @rule(number=pick, name=st.sampled_from(("member 101", "Green Tea", "Black Tea")))
    def change_the_nickname(self, number: int, name: str) -> None:
        self.ask(ChangeNickname(key=self.key(), member=self.someone(number), nickname=name))

    # ---------------------------------------------------------------------------------------- keys again
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

    # ------------------------------------------------------------------------------- operators and clocks
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

    @rule(hours=st.sampled_from((1, 1, 6, 24, -2)))
    def wait(self, hours: int) -> None:
        self.three.now += hours * HOUR

    def teardown(self) -> None:
        try:
            self.three.compare(self.witness)
        finally:
            self.three.close()


def drive(where: Where, *, steps: int, first_seed: int, shrink: bool = False,
          note: Callable[[str], None] = lambda _: None) -> int:
    """Run machines until so many steps were made; returns the seed after the last. A failing seed is noted."""
    number = first_seed
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    while where.steps < steps:  # Every machine makes steps, so this ends.
        machine = seed(number)(type(f"Machine{number}", (Machine,), {"where": where}))
        try:
            run_state_machine_as_test(machine, settings=settings(
                max_examples=RUNS_OF_A_SEED, stateful_step_count=RULES_IN_A_RUN, deadline=None, database=None,
                phases=phases, suppress_health_check=list(HealthCheck), print_blob=False))
        except BaseException:
            note(f"machine seed {number}")
            raise
        number += 1
    return number


BENEATH: Final[Mapping[type[Refusal], str]] = {
    refusals.NotAllowed: "no command for operators can be typed yet",
    refusals.JoiningOutOfOrder: "a contact is handled at its step only, and one person's updates one after another",
    refusals.DocumentChanged: "the documents are shown anew instead; two versions in force differ by a moment only",
    refusals.PinNotSet: "a keypad that chooses the PIN is shown instead",
    refusals.PinNeeded: "a keypad that asks for the PIN is shown instead",
    refusals.HoldNotDue: "only the clock ends what ran out",
    refusals.EnvelopeNotDue: "only the clock ends what ran out",
    refusals.QuestionAsked: "the question is shown with what may be its answer instead",
    refusals.DraftNotDue: "only the clock ends what ran out",
    refusals.PasswordNeeded: "the password is asked for instead",
    refusals.VoucherNotDue: "only the clock ends what ran out",
    refusals.RequestNotDue: "only the clock reminds and ends",
    refusals.SplitNotDue: "only the clock reminds and ends",
    refusals.ScheduleNotDue: "only the clock pays what comes again",
}
"""What the wallet refuses to its callers and nobody is told, each with the reason: it has to be met here."""


def _may_change(before: Outcome | Refusal, answer: Outcome | Refusal) -> bool:
    """Whether a key may hear something else: it was not decided before, or what is so for ever is told from memory."""
    return isinstance(before, Refusal) and (not before.stored or (isinstance(answer, Refusal) and answer.final))


DONE: Final = frozenset((
    "Kept", "Sent", "Asked", "Claimed", "Returned", "GivenBack", "EnvelopeMade", "Opened", "EnvelopeEnded",
    "RequestsMade", "RequestSettled", "RequestDone", "SplitMade", "SharePaid", "SplitOver", "Reminded",
    "ScheduleMade", "ScheduleTurn", "ScheduleStopped", "VoucherMade", "Redeemed", "VoucherEnded", "GiftMade",
    "AppealPaid"))
REFUSED: Final = frozenset((
    "SharesOutOfRange", "EnvelopeOutOfRange", "EnvelopeUnknown", "OpenedBefore", "EnvelopeEmpty", "EnvelopeOver",
    "RequestUnknown", "RequestOver", "AskedTooOften", "AskYourself", "EnvelopeForAnother", "WordNeeded",
    "NothingKept", "AnswerWrong", "ScheduleUnknown", "ScheduleOver", "ReceiverHasNotJoined", "SplitUnknown",
    "SplitClosed", "SharePaidBefore", "OwnSplit", "NotInSplit", "SplitOutOfRange", "ShareOutOfRange",
    "SplitWithYourself", "UsesOutOfRange", "VoucherUnknown", "VoucherOwn", "VoucherNotForYou", "RedeemedBefore",
    "VoucherUsedUp", "VoucherWithdrawn", "VoucherOver", "PasswordNeeded", "PasswordWrong", "OwnGift", "PayToYourself",
    "NotYours", "DraftOver", "HoldArriving"))
WANTED: Final = frozenset({*DONE, *REFUSED, *(kind.__name__ for kind in BENEATH)})
"""What a long walk has to hear, so that no rule walks past what it is there for."""
STEPS: Final = 5_000
MISSED: Final = len(WANTED) // 5
"""So many of them a short walk may miss by chance."""


@pytest.mark.faults
@pytest.mark.timeout(1_200)
def test_three_stores_agree_whatever_is_asked(postgres: Postgres, postgres_template: str,
                                              sqlite_template: Path) -> None:
    where = Where(postgres, postgres_template, sqlite_template)
    seed_after = drive(where, steps=STEPS, first_seed=1, note=print)
    while where.steps < 2 * STEPS and len(WANTED - set(where.heard)) > MISSED:
        seed_after = drive(where, steps=where.steps + 500, first_seed=seed_after, note=print)
    assert len(WANTED - set(where.heard)) <= MISSED, sorted(WANTED - set(where.heard))
