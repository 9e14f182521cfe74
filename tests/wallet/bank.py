"""A small bank for tests: an engine on one of the three stores, and members who joined by the real commands.

Guards: whatever a test does, `whole` holds afterwards: money in is money out, on every store by the same checks.
"""
from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storage.database import Database, open_database
from storage.reconcile import reconcile
from storage.store import open_store
from storage.tables import accounts
from tests.fakes.store import FakeStore
from wallet.agreements import Accept, Published, Terms
from wallet.books import Policy
from wallet.commands import Command, Outcome
from wallet.dates import DAILY
from wallet.drafts import Asked, Confirm
from wallet.engine import Engine, microseconds
from wallet.envelopes import AskEnvelope, EnvelopeMade, Opened, OpenEnvelope
from wallet.funding import TopUp
from wallet.gifts import AskGift, GiftMade
from wallet.members import ChooseLanguage, Meet, Met, ShareContact
from wallet.pins import SetPin
from wallet.proposals import Approve, Deed, Propose, Proposed, Sign
from wallet.protocols import Store
from wallet.requests import AskFor, PayRequest, RequestsMade
from wallet.rows import LUCKY, Account, Member, Notice, Row
from wallet.schedules import AskSchedule, ScheduleMade
from wallet.splits import MakeSplit, PayShare, SharePaid, SplitMade
from wallet.transfers import Send, Sent
from wallet.vouchers import AskVoucher, Redeem, VoucherMade, link_of, password_of

ZONE = ZoneInfo("Asia/Shanghai")
USER = Published("user-agreement", "2026-11-22", 0, True, ("join", "payment"), (("en", "a" * 64), ("zh_CN", "b" * 64)))
PAYMENT = Published("payment-service-agreement", "2026-11-22", 0, True, ("payment",),
                    (("en", "c" * 64), ("zh_CN", "d" * 64)))
POLICY = Policy(terms=Terms((USER, PAYMENT)), digest_key=b"k" * 32, max_amount=5_000_000, no_pin_limit=20_000,
                top_up_most=1_000_000, balance_most=2**53, envelope_average=20_000, envelope_shares=100,
                voucher_key=b"v" * 32, voucher_life=30 * 24 * 60 * 60 * 1_000_000,
                openings_a_minute=1_000)
GROUP = -1001
"""Where envelopes are opened."""
ALICE, BOB, CAROL, STRANGER = 101, 102, 103, 999
"""Whom most tests are about. The stranger has not heard of us."""
START = 1_770_000_000_000_000
R = TypeVar("R", bound=Row)


class Clock:
    """Microseconds that a test moves. Only the store in memory can be given it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += 1
        return self.now

    def forward(self, *, hours: float = 0, minutes: float = 0) -> None:
        """Move on."""
        self.now += int((hours * 60 + minutes) * 60_000_000)


class Made(NamedTuple):
    """A voucher as whoever has its link knows it."""

    voucher: int
    link: str
    nonce: str


class Bank:
    """An engine and the people who use it."""

    def __init__(self, store: Store, database: Database | None, clock: Clock, *, policy: Policy = POLICY,
                 **options: int) -> None:
        self.store = store
        self.database = database
        self.clock = clock
        self.told: list[Notice] = []
        self.deaths: list[BaseException] = []
        self.engine = Engine(store, policy, zone=ZONE, on_notices=self.told.extend, on_death=self.deaths.append,
                             clock=microseconds if database else clock, **options)
        self.members: dict[int, int] = {}
        self._keys = itertools.count()

    def key(self) -> str:
        """A key that was not used yet."""
        return f"test:{next(self._keys)}"

    async def run(self, command: Command) -> Outcome:
        """Through the one door."""
        return await self.engine.run(command)

    async def join(self, telegram_id: int, funds: int = 0) -> int:
        """Somebody joins by the real steps and takes play money; returns the member's number."""
        met = await self.run(Meet(key=self.key(), telegram_id=telegram_id, language="en"))
        assert isinstance(met, Met)
        await self.run(ChooseLanguage(key=self.key(), member=met.member, language="en"))
        for document in (USER, PAYMENT):
            await self.run(Accept(key=self.key(), member=met.member, documents=((document.name, document.version),),
                                  language="en", chat=telegram_id))
        await self.run(ShareContact(key=self.key(), member=met.member, phone_digest=f"{telegram_id:064x}",
                                    sealed_phone=b"sealed", wrapped_key=b"wrapped", nickname=f"member {telegram_id}"))
        self.members[telegram_id] = met.member
        if funds:
            await self.run(TopUp(key=self.key(), member=met.member, amount=funds))
        return met.member

    async def settle(self) -> None:
        """Alice and Bob join and have money, Carol joins and has none."""
        for person, funds in ((ALICE, 100_000), (BOB, 100_000), (CAROL, 0)):
            await self.join(person, funds)

    async def set_pin(self, who: int) -> None:
        """Somebody chooses their first PIN."""
        await self.run(SetPin(key=self.key(), member=self.members[who], hash="argon2", pin_version=0))

    def send(self, payer: int, *receivers: int, amount: int, key: str = "", note: str = "", sure: bool = True,
             chat: int = 0, by_number: tuple[int, ...] = ()) -> Send:
        """A payment between people named by their Telegram ids."""
        return Send(key=key or self.key(), payer=self.members[payer], receivers=receivers, amount=amount, note=note,
                    members=tuple(self.members.get(receiver, 0) for receiver in receivers), sure=sure,
                    token=f"token-{key or next(self._keys)}", chat=chat, by_number=by_number)

    async def pays(self, payer: int, *receivers: int, amount: int, note: str = "", by_number: tuple[int, ...] = ()
                   ) -> Sent:
        """A payment that goes at once."""
        outcome = await self.run(self.send(payer, *receivers, amount=amount, note=note, by_number=by_number))
        assert isinstance(outcome, Sent), outcome
        return outcome

    async def asks(self, payer: int, *receivers: int, amount: int, sure: bool = False) -> Asked:
        """A payment that needs the payer's word."""
        outcome = await self.run(self.send(payer, *receivers, amount=amount, sure=sure))
        assert isinstance(outcome, Asked), outcome
        return outcome

    async def fills(self, payer: int, *, amount: int, shares: int, kind: str = LUCKY, greeting: str = "",
                    beneficiary: int = 0, word: str = "") -> EnvelopeMade:
        """A red envelope that its maker has confirmed."""
        number, member = next(self._keys), self.members[payer]
        draft = await self.run(AskEnvelope(
            key=self.key(), payer=member, kind=kind, amount=amount, shares=shares, greeting=greeting,
            seed=f"{number:064x}", token=f"token {number}", chat=GROUP, beneficiary=beneficiary,
            word=word))
        assert isinstance(draft, Asked), draft
        outcome = await self.run(Confirm(key=self.key(), member=member, token=draft.token))
        assert isinstance(outcome, EnvelopeMade), outcome
        return outcome

    def ask_for(self, asker: int, *people: int, amount: int, note: str = "", by_number: tuple[int, ...] = ()) -> AskFor:
        """A request between people named by their Telegram ids."""
        return AskFor(key=self.key(), asker=self.members[asker], people=people, amount=amount, note=note,
                      by_number=by_number)

    async def asks_for(self, asker: int, person: int, *, amount: int, note: str = "") -> int:
        """A request for money; returns its number."""
        outcome = await self.run(self.ask_for(asker, person, amount=amount, note=note))
        assert isinstance(outcome, RequestsMade), outcome
        return outcome.requests[0]

    def pay_request(self, payer: int, request: int, *, chat: int = 0) -> PayRequest:
        """Somebody presses Pay."""
        return PayRequest(key=self.key(), member=self.members[payer], request=request, chat=chat,
                          token=f"token {next(self._keys)}")

    def wish(self, payer: int, *, amount: int, card: str, note: str = "") -> AskGift:
        """Money for whoever takes it first under a card."""
        return AskGift(key=f"card:{card}:{payer}", payer=self.members[payer], amount=amount, note=note, card=card,
                       token=f"token of {card}")

    async def gives(self, payer: int, *, amount: int, card: str, note: str = "") -> GiftMade:
        """The same, confirmed."""
        draft = await self.run(self.wish(payer, amount=amount, card=card, note=note))
        assert isinstance(draft, Asked), draft
        outcome = await self.run(Confirm(key=self.key(), member=self.members[payer], token=draft.token))
        assert isinstance(outcome, GiftMade), outcome
        return outcome

    async def plans(self, payer: int, person: int, *, amount: int, unit: str = DAILY, on: int = 0, last_day: int = 0
                    ) -> int:
        """A payment that comes again, confirmed with the PIN, which the payer has; returns its number."""
        member = self.members[payer]
        asked = await self.run(AskSchedule(key=self.key(), payer=member, person=person, amount=amount, note="rent",
                                           unit=unit, on=on, last_day=last_day, token=f"token {next(self._keys)}"))
        assert isinstance(asked, Asked), asked
        made = await self.run(Confirm(key=self.key(), member=member, token=asked.token, pin_version=1))
        assert isinstance(made, ScheduleMade), made
        return made.schedule

    def tap(self, envelope: int, who: int, *, chat: int = GROUP, word: str = "") -> OpenEnvelope:
        """Somebody presses Open, or says a word."""
        return OpenEnvelope(key=self.key(), member=self.members[who], envelope=envelope, chat=chat, word=word)

    async def opens(self, envelope: int, who: int) -> Opened:
        """Somebody gets their share."""
        outcome = await self.run(self.tap(envelope, who))
        assert isinstance(outcome, Opened), outcome
        return outcome

    async def makes(self, payer: int, *, amount: int, uses: int = 1, only: int = 0, word: str = "", chat: int = 0
                    ) -> Made:
        """A voucher that its maker has confirmed."""
        number, member, key = next(self._keys), self.members[payer], POLICY.voucher_key
        nonce = f"{number:032x}"
        draft = await self.run(AskVoucher(
            key=self.key(), payer=member, amount=amount, uses=uses, only=only, nonce=nonce, chat=chat,
            password=password_of(key, nonce, word) if word else "", token=f"voucher {number}"))
        assert isinstance(draft, Asked), draft
        outcome = await self.run(Confirm(key=self.key(), member=member, token=draft.token))
        assert isinstance(outcome, VoucherMade), outcome
        return Made(outcome.voucher, link_of(key, nonce), nonce)

    def redeem(self, made: Made, who: int, *, word: str = "", key: str = "") -> Redeem:
        """Somebody comes with the link of a voucher."""
        return Redeem(key=key or self.key(), member=self.members[who], voucher=made.voucher, link=made.link,
                      password=password_of(POLICY.voucher_key, made.nonce, word) if word else "")

    async def splits(self, maker: int, *persons: int, amount: int, heads: int, amounts: tuple[int, ...] = (),
                     note: str = "", chat: int = GROUP) -> int:
        """Somebody asks for shares; returns the split."""
        outcome = await self.run(MakeSplit(key=self.key(), member=self.members[maker], amount=amount, persons=persons,
                                           amounts=amounts, heads=heads, note=note, chat=chat))
        assert isinstance(outcome, SplitMade), outcome
        return outcome.split

    def share(self, split: int, who: int, *, chat: int = GROUP, asked_in: int = 0, maker: int = ALICE) -> PayShare:
        """Somebody presses Pay."""
        return PayShare(key=self.key(), member=self.members[who], split=split, chat=chat, person=who,
                        maker=self.members[maker], asked_in=asked_in, token=f"token {next(self._keys)}")

    async def pays_share(self, split: int, who: int) -> SharePaid:
        """Somebody pays theirs."""
        outcome = await self.run(self.share(split, who))
        assert isinstance(outcome, SharePaid), outcome
        return outcome

    def propose(self, who: int, deed: Deed) -> Propose:
        """An operator asks for what takes two of them."""
        return Propose(key=self.key(), member=self.members[who], deed=deed.text(), token=self.key())

    def approve(self, who: int, proposal: int) -> Approve:
        """Another one agrees."""
        return Approve(key=self.key(), member=self.members[who], proposal=proposal, token=self.key())

    async def signs(self, who: int, ask: Propose | Approve) -> Outcome:
        """They prove their PIN; what follows."""
        asked = await self.run(ask)
        assert isinstance(asked, Asked), asked
        return await self.run(Sign(key=self.key(), member=self.members[who], token=asked.token, pin_version=1))

    async def proposes(self, who: int, deed: Deed) -> int:
        """The same of asking for it; returns the proposal."""
        done = await self.signs(who, self.propose(who, deed))
        assert isinstance(done, Proposed), done
        return done.proposal

    async def approves(self, who: int, proposal: int) -> Outcome:
        """The same of agreeing: it is done."""
        return await self.signs(who, self.approve(who, proposal))

    async def both_sign(self, deed: Deed, first: int, second: int) -> Outcome:
        """Two operators do what one may not."""
        return await self.approves(second, await self.proposes(first, deed))

    async def balance(self, telegram_id: int, kind: int = 0) -> int:
        """What somebody's account holds, from the store itself."""
        account = self.members[telegram_id] * 16 + kind
        if isinstance(self.store, FakeStore):
            row = self.store.rows[(Account, account)]
            assert isinstance(row, Account)
            return row.balance
        assert self.database is not None
        async with self.database.reading.connect() as connection:
            found = await connection.execute(select(accounts.c.balance).where(accounts.c.id == account))
            return int(found.scalar_one())

    def row(self, cls: type[R], key: int | str) -> R:
        """A row of the store in memory, which a test may change as nothing in the wallet does yet."""
        assert isinstance(self.store, FakeStore)
        row = self.store.rows[cls, key]
        assert isinstance(row, cls)
        return row

    def change(self, who: int, **changes: object) -> None:
        """Make somebody another kind of member, in memory."""
        for name, value in changes.items():
            setattr(self.row(Member, self.members[who]), name, value)

    async def whole(self) -> None:
        """Fail unless everything that must hold does."""
        if isinstance(self.store, FakeStore):
            assert sum(account.balance for account in self.store.all(Account)) == 0
            return
        assert self.database is not None
        report = await reconcile(self.database.url.render_as_string(hide_password=False))
        assert report.whole, [check for check in report.checks if check.broken]


@asynccontextmanager
async def open_bank(url: str, *, policy: Policy = POLICY, **options: int) -> AsyncIterator[Bank]:
    """A bank on a database, or in memory when the URL is ""."""
    clock = Clock()
    database = open_database(url) if url else None
    bank = Bank(open_store(database) if database else FakeStore(clock), database, clock, policy=policy, **options)
    await bank.engine.start()
    try:
        yield bank
        await bank.whole()
    finally:
        await bank.engine.stop()
        if database:
            await database.close()
