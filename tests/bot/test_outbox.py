"""The way out: who is told what, when, how often, and what happens when Telegram does not play along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from sqlalchemy import update

from bot.metrics import Metrics
from bot.outbox import SETTLED_EVERY, TRIES, Sender, rest_after
from bot.pacing import UNLIMITED, Limits, MemoryMeter, Pacing
from bot.telling import BELIEVED, Teller
from handlers.chat.cards import Offer
from handlers.ground import Seen
from handlers.pictures.covers import Covers
from handlers.texts import LANGUAGES, Fact, Speaker
from storage.outbox import LEASE, Outbox, Pending, Settled
from storage.reads import SqlReads
from storage.tables import drafts, holds
from storage.tables import members as members_table
from tests.fakes.clock import FakeClock, settle
from tests.fakes.telegram import RecordingSession, bot_with
from tests.handlers.chat.money.world import NoEasel
from tests.handlers.chat.world import LIBRARY
from tests.patience import PATIENCE
from tests.wallet.bank import Bank, open_bank
from wallet.drafts import ExpireDraft, PlaceDraft
from wallet.events import Event, HoldWithdrawn, MoneyCame, MoneyWaits, NewVersions, PinWasLocked
from wallet.holds import ExpireHold, PlaceHold, PlaceOffer
from wallet.money import CNY
from wallet.rows import Notice
from wallet.views import GroupRulesView

ALICE, BOB, CAROL, DAVE = 101, 102, 103, 104
GROUP = -1001

T = TypeVar("T")


class FailingSession(RecordingSession):
    """Fails as it is told to, before it sends anything."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Callable[[TelegramMethod[Any]], Exception | None] = lambda method: None
        self.gate = asyncio.Event()
        self.gate.set()
        self.underway = 0

    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None) -> T:
        self.underway += 1
        await self.gate.wait()
        self.underway -= 1
        error = self.fails(method)
        if error is not None:
            raise error
        return await super().make_request(bot, method, timeout)


class FewPeople:
    """Who was seen."""

    def __init__(self) -> None:
        self.seen: dict[int, Seen] = {}

    def see(self, telegram_id: int, name: str, language_code: str = "en") -> None:
        self.seen[telegram_id] = Seen(telegram_id, "", name, language_code, False)

    async def by_username(self, username: str) -> Seen | None:
        return None

    async def by_ids(self, telegram_ids: Sequence[int]) -> Mapping[int, Seen]:
        return {one: self.seen[one] for one in telegram_ids if one in self.seen}


class ChineseGroups:
    """Every group speaks Chinese."""

    async def language(self, chat: int) -> str:
        return "zh_CN"

    async def set_language(self, chat: int, language: str) -> None:
        raise AssertionError("nobody chooses here")

    async def rules(self, chat: int) -> GroupRulesView:
        return GroupRulesView()


class Marked(Speaker):
    """Says which language it speaks."""

    def say(self, said: Fact) -> str:
        return f"[{self.language}] {super().say(said)}"


class Post:
    """A bank whose notices go out through a bot that only remembers."""

    def __init__(self, bank: Bank, limits: Limits = UNLIMITED, most_held: int = 1000, outbox: Outbox | None = None
                 ) -> None:
        assert bank.database is not None
        self.bank = bank
        self.session = FailingSession()
        self.clock = FakeClock()
        self.people = FewPeople()
        self.metrics = Metrics()
        self.bot = bot_with(self.session)
        self.session.middleware(Pacing(MemoryMeter(limits, self.clock), self.clock))
        self.table = outbox or Outbox(bank.database)
        self.most_held = most_held
        self.numbers = 64_000_000
        self.offers: list[tuple[int, int]] = []
        self.sender = self.new_sender()

    def new_sender(self, holder: str = "us") -> Sender:
        """As a process that has just started has it."""
        assert self.bank.database is not None
        reads = SqlReads(self.bank.database, lambda: 1)
        voices = {language: Marked(language, CNY, ZoneInfo("Asia/Shanghai"), "ikmPay", {}) for language in LANGUAGES}
        self.teller = Teller(self.bot, self.table, reads, self.people, ChineseGroups(), voices, self.clock, LIBRARY,
                             Covers(NoEasel(), voices), self.place_offer)
        return Sender(self.table, self.teller, self.clock, self.metrics, holder=holder, most_held=self.most_held)

    async def place_offer(self, offered: Offer, message: int) -> None:
        assert isinstance(offered, MoneyWaits)
        self.offers.append((offered.hold, message))

    async def start(self) -> None:
        await self.sender.start([lane.lane for lane in self.bank.engine.lanes])

    def hand_over(self) -> list[Notice]:
        """What the engine does after a commit."""
        rows = list(self.bank.told)
        self.bank.told.clear()
        self.sender.accept(rows)
        return rows

    def crash(self) -> None:
        """What was committed is handed over to nobody."""
        self.bank.told.clear()

    async def delivers(self) -> None:
        """Hand over what was committed, and wait until it went out."""
        self.hand_over()
        await self.idle()

    async def idle(self) -> None:
        """Wait until all went out. Whoever could not look up or write down rests on a clock that stands still, so a
        database that answers too late would be waited for without end."""
        async with asyncio.timeout(PATIENCE):
            await self.sender.idle()

    async def turns(self, seconds: float) -> None:
        """Let time pass, in steps, so that what asks a database on the way has its own time for it."""
        for _ in range(60):
            await self.clock.advance(seconds / 60)
            await self.idle()

    async def rows(self) -> dict[str, int]:
        return await self.table.count()

    def sent_to(self, chat: int) -> list[str]:
        return self.session.texts(chat)


async def until(ready: Callable[[], object]) -> None:
    """Let everything run until something has come, if it comes at all."""
    async with asyncio.timeout(PATIENCE):
        while not ready():
            await settle()


class ForgetfulOutbox(Outbox):
    """A table that can't be written to, or not be read, for a while."""

    away = False
    unreadable = False
    commits = 0

    async def settle(self, settled: Settled) -> None:
        if self.away:
            raise ConnectionError("the database is away")
        await super().settle(settled)
        self.commits += 1

    async def take(self, upto: Mapping[int, int], held: Collection[int], now: int, most: int
                   ) -> tuple[list[Pending], int]:
        if self.unreadable:
            raise ConnectionError("the database is away")
        return await super().take(upto, held, now, most)


@pytest.fixture
async def bank(database_url: str) -> AsyncIterator[Bank]:
    async with open_bank(database_url) as opened:
        for person in (ALICE, BOB, CAROL):
            await opened.join(person, 10_000)
        opened.told.clear()
        yield opened


@pytest.fixture
async def post(bank: Bank) -> AsyncIterator[Post]:
    made = Post(bank)
    await made.table.settle(Settled(arrived=[row.id for row in bank.told]))
    await made.start()
    yield made
    await made.sender.stop()


def blocked(method: TelegramMethod[Any]) -> Exception:
    return TelegramForbiddenError(method, "Forbidden: bot was blocked by the user")


def only_for(chat: int, error: Callable[[TelegramMethod[Any]], Exception]
             ) -> Callable[[TelegramMethod[Any]], Exception | None]:
    return lambda method: error(method) if getattr(method, "chat_id", None) == chat else None


# ---------------------------------------------------------------------------------------------- telling
async def test_the_receiver_is_told_and_the_row_is_gone(post: Post) -> None:
    post.people.see(ALICE, "Alice")
    await post.bank.pays(ALICE, BOB, amount=2_000, note="lunch")
    assert await post.rows() == {"pending": 1}
    await post.delivers()
    [text] = post.sent_to(BOB)
    assert "Alice" in text
    assert "20.00" in text
    assert "lunch" in text
    assert await post.rows() == {}


async def test_a_notice_speaks_its_readers_language_at_delivery(post: Post) -> None:
    await post.bank.pays(ALICE, BOB, amount=2_000)
    await speaks(post.bank, BOB, "zh_CN")
    await post.delivers()
    assert post.sent_to(BOB)[0].startswith("[zh_CN]")


async def test_a_language_chosen_meanwhile_is_known_at_once_here_and_soon_elsewhere(post: Post) -> None:
    for language in ("en", "zh_CN", "en"):
        await speaks(post.bank, BOB, language)
        post.teller.forget(post.bank.members[BOB])
        await post.bank.pays(ALICE, BOB, amount=2_000)
        await post.delivers()
        assert post.sent_to(BOB)[-1].startswith(f"[{language}]")
    await speaks(post.bank, BOB, "zh_CN")
    await post.clock.advance(BELIEVED)
    await post.bank.pays(ALICE, BOB, amount=2_000)
    await post.delivers()
    assert post.sent_to(BOB)[-1].startswith("[zh_CN]")


async def speaks(bank: Bank, telegram_id: int, language: str) -> None:
    """Another process has set somebody's language."""
    assert bank.database is not None
    chosen = update(members_table).where(members_table.c.telegram_id == telegram_id).values(language=language)
    await bank.database.write(lambda connection: connection.execute(chosen))


async def test_a_stranger_is_told_in_the_language_that_telegram_says(post: Post) -> None:
    post.people.see(DAVE, "Dave", "zh-hans")
    await post.bank.pays(ALICE, DAVE, amount=500)
    await post.delivers()
    [text] = post.sent_to(DAVE)
    assert text.startswith("[zh_CN]")


async def test_where_money_is_offered_is_remembered_and_the_offer_ends_with_it(post: Post) -> None:
    sent = await post.bank.pays(ALICE, DAVE, amount=500)
    await post.delivers()
    [(hold, message)] = post.offers
    assert hold == sent.holds[0]
    await post.bank.run(PlaceOffer(key=post.bank.key(), payer=post.bank.members[ALICE], hold=hold, message=message))
    await expire(post.bank, hold)
    await post.delivers()
    [edit] = post.session.of(EditMessageText)
    assert (edit.chat_id, edit.message_id, edit.reply_markup) == (DAVE, message, None)
    assert "5.00" in (edit.text or "")
    assert await post.rows() == {}


async def test_a_card_in_a_chat_that_its_group_left_is_let_be(post: Post) -> None:
    sent = await post.bank.pays(ALICE, DAVE, amount=500)
    await post.bank.run(PlaceHold(key=post.bank.key(), payer=post.bank.members[ALICE], hold=sent.holds[0], chat=GROUP,
                                  message=7))
    post.session.moved[GROUP] = -1009
    await expire(post.bank, sent.holds[0])
    await post.delivers()
    assert len(post.session.of(EditMessageText)) == 1
    assert "is back in your wallet" in post.sent_to(ALICE)[-1]
    assert await post.rows() == {}


async def test_the_card_of_a_payment_that_ran_out_is_changed_though_the_process_died_in_between(post: Post) -> None:
    card = await post.bot.send_message(GROUP, "waiting for Alice")
    asked = await post.bank.asks(ALICE, BOB, amount=500)
    await post.bank.run(PlaceDraft(key=post.bank.key(), member=post.bank.members[ALICE], token=asked.token,
                                   chat=GROUP, message=card.message_id))
    assert post.bank.database is not None
    over = update(drafts).where(drafts.c.token == asked.token).values(expires_at=1)
    await post.bank.database.write(lambda connection: connection.execute(over))
    await post.bank.run(ExpireDraft(key=f"draft:{asked.token}:expire", token=asked.token))
    post.crash()
    await post.sender.stop()
    post.sender = post.new_sender("us again")
    await post.start()
    await post.idle()
    [text] = post.sent_to(GROUP)
    assert text.startswith("[zh_CN]")
    assert "5.00" in text
    assert post.sent_to(ALICE) == []
    assert await post.rows() == {}


async def test_notices_that_wait_for_one_person_become_one_message(post: Post) -> None:
    post.session.gate.clear()
    await post.bank.pays(ALICE, BOB, amount=100)
    post.hand_over()
    await until(lambda: post.session.underway)
    for amount in (200, 300, 400):
        await post.bank.pays(ALICE, BOB, amount=amount)
        post.hand_over()
    post.session.gate.set()
    await post.idle()
    first, second = post.sent_to(BOB)
    assert "1.00" in first
    assert all(amount in second for amount in ("2.00", "3.00", "4.00"))
    assert await post.rows() == {}


async def test_news_of_agreements_keep_a_message_of_their_own(post: Post) -> None:
    alice = post.bank.members[ALICE]
    news = NewVersions("user-agreement@2026-11-22", "")
    post.sender.accept([notice(post, BOB, MoneyCame(640, alice, 100, "", 0)), notice(post, BOB, news),
                        notice(post, BOB, MoneyCame(641, alice, 200, "", 0))])
    await post.idle()
    assert sorted("Important" in text for text in post.sent_to(BOB)) == [False, True]


async def test_notices_to_one_person_arrive_in_order(post: Post) -> None:
    for amount in range(101, 111):
        await post.bank.pays(ALICE, BOB, amount=amount)
        await post.delivers()
    assert [f"1.{amount - 100:02d}" in text for amount, text in zip(range(101, 111), post.sent_to(BOB), strict=True)
            ] == [True] * 10


async def test_security_is_told_before_money_when_there_is_a_queue(post: Post) -> None:
    post.sender._at_once = 1
    post.session.gate.clear()
    post.sender.accept([notice(post, CAROL, HoldWithdrawn(1, post.bank.members[ALICE], 5, "expired"))])
    await until(lambda: post.session.underway)
    post.sender.accept([notice(post, BOB, MoneyCame(640, post.bank.members[ALICE], 100, "", 0)),
                        notice(post, ALICE, PinWasLocked(1_770_000_000_000_000))])
    post.session.gate.set()
    await post.idle()
    assert [method.chat_id for method in post.session.of(SendMessage)] == [CAROL, ALICE, BOB]


def notice(post: Post, reader: int, event: Event) -> Notice:
    """A notice as the engine hands it over."""
    post.numbers += 64
    return Notice(post.numbers, post.bank.members[reader], 0, type(event).__name__, event.facts(), 1, 0)


async def test_a_card_loses_its_buttons_when_its_money_went_back(post: Post) -> None:
    sent = await post.bank.pays(ALICE, DAVE, amount=500)
    alice = post.bank.members[ALICE]
    hold = sent.holds[0]
    card = await post.bot.send_message(GROUP, "Dave, claim it")
    await post.bank.run(PlaceHold(key="place", payer=alice, hold=hold, chat=GROUP, message=card.message_id))
    await post.delivers()
    await expire(post.bank, hold)
    await post.delivers()
    [edit] = post.session.of(EditMessageText)
    assert edit.text is not None
    assert edit.text.startswith("[zh_CN]")
    assert (edit.chat_id, edit.message_id, edit.reply_markup) == (GROUP, card.message_id, None)
    assert await post.rows() == {}


async def expire(bank: Bank, hold: int) -> None:
    """The clock gives a hold back whose time is over."""
    assert bank.database is not None
    over = update(holds).where(holds.c.id == hold).values(expires_at=1)
    await bank.database.write(lambda connection: connection.execute(over))
    await bank.run(ExpireHold(key=f"hold:{hold}:expire", hold=hold))


# ------------------------------------------------------------------------------------- nobody to be told
@pytest.mark.parametrize("error", [
    blocked,
    lambda method: TelegramForbiddenError(method, "Forbidden: bot can't initiate conversation with a user"),
    lambda method: TelegramBadRequest(method, "Bad Request: chat not found"),
    lambda method: TelegramForbiddenError(method, "Forbidden: user is deactivated"),
])
async def test_whoever_cannot_be_told_is_marked_and_not_asked_again(
        post: Post, error: Callable[[TelegramMethod[Any]], Exception]) -> None:
    post.session.fails = only_for(BOB, error)
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.bank.pays(ALICE, CAROL, amount=100)
    await post.delivers()
    assert await post.rows() == {"undeliverable": 1}
    assert len(post.sent_to(CAROL)) == 1
    post.session.fails = lambda method: None
    await post.turns(7200)
    await post.sender.sweep()
    await post.idle()
    assert post.sent_to(BOB) == []


async def test_a_card_is_changed_even_when_its_payer_blocked_the_bot(post: Post) -> None:
    sent = await post.bank.pays(ALICE, DAVE, amount=500)
    card = await post.bot.send_message(GROUP, "Dave, claim it")
    await post.bank.run(PlaceHold(key="place", payer=post.bank.members[ALICE], hold=sent.holds[0], chat=GROUP,
                                  message=card.message_id))
    await post.delivers()
    post.session.fails = only_for(ALICE, blocked)
    await expire(post.bank, sent.holds[0])
    await post.delivers()
    assert len(post.session.of(EditMessageText)) == 1
    assert await post.rows() == {"undeliverable": 1}


async def test_messages_that_arrive_one_after_another_are_written_down_together_and_soon(bank: Bank) -> None:
    assert bank.database is not None
    table = ForgetfulOutbox(bank.database)
    post = Post(bank, outbox=table)
    await post.start()
    await bank.pays(ALICE, BOB, amount=100)
    await post.delivers()
    commits = table.commits

    def enough(told: int) -> bool:
        return len(post.sent_to(CAROL)) >= told

    for told in range(1, 4):
        await bank.pays(ALICE, CAROL, amount=100)
        post.hand_over()
        await until(partial(enough, told))
    assert (table.commits, await post.rows()) == (commits, {"pending": 3})
    await post.clock.advance(SETTLED_EVERY)
    async with asyncio.timeout(PATIENCE):
        while await post.rows():
            await settle()
    assert table.commits == commits + 1
    await post.sender.stop()


# ------------------------------------------------------------------------------------ Telegram is not well
async def test_a_pause_for_one_chat_holds_up_nobody_else(post: Post) -> None:
    post.session.fails = only_for(BOB, lambda method: TelegramRetryAfter(method, "Too Many Requests", 30))
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.bank.pays(ALICE, CAROL, amount=100)
    await post.delivers()
    assert (len(post.sent_to(BOB)), len(post.sent_to(CAROL))) == (0, 1)
    post.session.fails = lambda method: None
    await post.turns(29)
    assert post.sent_to(BOB) == []
    await post.turns(2)
    assert len(post.sent_to(BOB)) == 1
    assert await post.rows() == {}


async def test_pauses_in_many_chats_at_once_are_meant_for_everybody(post: Post) -> None:
    strangers = range(201, 206)
    post.session.fails = lambda method: TelegramRetryAfter(method, "Too Many Requests", 10)
    for person in strangers:
        await post.bank.pays(ALICE, person, amount=1)
    await post.delivers()
    post.session.fails = lambda method: None
    await post.bank.pays(ALICE, CAROL, amount=100)
    post.hand_over()
    await until(lambda: post.clock.timers > len(strangers))
    await post.clock.advance(9)
    assert post.sent_to(CAROL) == []
    await post.clock.advance(2)
    await post.idle()
    assert len(post.sent_to(CAROL)) == 1


async def test_an_outage_loses_nothing_and_is_tried_again_more_slowly(post: Post) -> None:
    asked: list[float] = []

    def away(method: TelegramMethod[Any]) -> Exception:
        asked.append(post.clock.time())
        return TelegramNetworkError(method, "connection refused")

    post.session.fails = away
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.delivers()
    await post.turns(60)
    assert [round(at - asked[0]) for at in asked] == [0, 1, 3, 7, 15, 31]
    post.session.fails = lambda method: None
    await post.turns(60)
    assert len(post.sent_to(BOB)) == 1
    assert await post.rows() == {}


async def test_a_message_that_makes_telegram_ill_does_not_stop_the_others(post: Post) -> None:
    post.session.fails = only_for(BOB, lambda method: TelegramServerError(method, "Internal Server Error"))
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.bank.pays(ALICE, CAROL, amount=100)
    await post.delivers()
    await post.turns(10)
    assert len(post.sent_to(CAROL)) == 1
    post.session.fails = lambda method: None
    await post.turns(120)
    await post.sender.sweep()
    await post.idle()
    assert len(post.sent_to(BOB)) == 1


async def test_one_bad_notice_among_several_does_not_take_the_others_with_it(post: Post) -> None:
    post.session.gate.clear()
    await post.bank.pays(ALICE, BOB, amount=100)
    post.hand_over()
    await until(lambda: post.session.underway)
    for amount in (200, 666, 300):
        await post.bank.pays(ALICE, BOB, amount=amount)
    post.hand_over()
    post.session.fails = lambda method: (
        TelegramBadRequest(method, "Bad Request: can't parse entities")
        if isinstance(method, SendMessage) and "6.66" in method.text else None)
    post.session.gate.set()
    await post.idle()
    assert [text for text in post.sent_to(BOB) if "6.66" in text] == []
    assert any("2.00" in text for text in post.sent_to(BOB))
    assert any("3.00" in text for text in post.sent_to(BOB))
    assert await post.rows() == {"pending": 1}


async def test_a_notice_that_always_fails_is_given_up_in_the_end(post: Post) -> None:
    post.session.fails = only_for(BOB, lambda method: TelegramBadRequest(method, "Bad Request: can't parse entities"))
    await post.bank.pays(ALICE, BOB, amount=100)
    await post.delivers()
    for tries in range(TRIES - 1):
        assert await post.rows() == {"pending": 1}
        await post.clock.advance(rest_after(tries) / 1_000_000 - 1)
        assert await post.sender.sweep() == 0
        await post.clock.advance(2)
        assert await post.sender.sweep() == 1
        await post.idle()
    assert await post.rows() == {"undeliverable": 1}


# -------------------------------------------------------------------------------------------- crashes
async def test_what_a_crash_left_is_sent_by_the_next_process(post: Post) -> None:
    await post.bank.pays(ALICE, BOB, amount=100)
    post.crash()
    after = post.new_sender("the next")
    await after.start([lane.lane for lane in post.bank.engine.lanes])
    await after.idle()
    assert len(post.sent_to(BOB)) == 1
    assert await post.rows() == {}
    await after.stop()


async def test_what_is_about_to_be_handed_over_is_left_to_the_engine(post: Post) -> None:
    await post.bank.pays(ALICE, BOB, amount=100)
    post.sender._behind = True
    await post.sender.sweep()
    await post.idle()
    assert post.sent_to(BOB) == []
    await post.delivers()
    assert len(post.sent_to(BOB)) == 1


async def test_notices_of_a_process_that_is_gone_are_adopted_and_those_of_a_living_one_are_not(bank: Bank) -> None:
    post = Post(bank)
    await post.table.keep_lanes([lane.lane for lane in bank.engine.lanes], "the others", post.clock.now())
    await bank.pays(ALICE, BOB, amount=100)
    post.crash()
    await post.sender.start([5])
    await post.idle()
    assert post.sent_to(BOB) == []
    await post.clock.advance(LEASE / 1_000_000 + 1)
    for _ in range(6):
        await post.sender.sweep()
    await post.idle()
    assert len(post.sent_to(BOB)) == 1
    assert await post.rows() == {}
    await post.sender.stop()


async def test_what_does_not_fit_into_memory_is_sent_from_the_table(bank: Bank) -> None:
    post = Post(bank, most_held=4)
    await post.start()
    await asyncio.gather(*[bank.run(bank.send(ALICE, person, amount=1)) for person in range(300, 330)])
    post.hand_over()
    assert len(post.sender._held) == 4
    await post.idle()
    assert all(len(post.sent_to(person)) == 1 for person in range(300, 330))
    assert await post.rows() == {}
    await post.sender.stop()


async def test_a_table_that_could_not_be_looked_into_is_looked_into_again(bank: Bank) -> None:
    assert bank.database is not None
    table = ForgetfulOutbox(bank.database)
    post = Post(bank, outbox=table)
    await bank.pays(ALICE, BOB, amount=100)
    post.crash()
    table.unreadable = True
    with pytest.raises(ConnectionError):
        await post.start()
    table.unreadable = False
    await post.sender.sweep()
    await post.idle()
    assert len(post.sent_to(BOB)) == 1
    await post.sender.stop()


async def test_stopping_lets_what_is_on_its_way_arrive_and_leaves_the_rest(post: Post) -> None:
    post.session.gate.clear()
    await post.bank.pays(ALICE, BOB, amount=100)
    post.hand_over()
    await until(lambda: post.session.underway)
    await post.bank.pays(ALICE, CAROL, amount=100)
    stopping = asyncio.create_task(post.sender.stop())
    await settle()
    post.hand_over()
    post.session.gate.set()
    await stopping
    assert (len(post.sent_to(BOB)), len(post.sent_to(CAROL))) == (1, 0)
    assert await post.rows() == {"pending": 1}


async def test_what_arrived_while_the_database_was_away_is_not_sent_twice(bank: Bank) -> None:
    assert bank.database is not None
    table = ForgetfulOutbox(bank.database)
    post = Post(bank, outbox=table)
    await post.start()
    table.away = True
    await bank.pays(ALICE, BOB, amount=100)
    post.hand_over()
    await until(lambda: post.sent_to(BOB))
    assert await post.rows() == {"pending": 1}
    post.sender._behind = True
    await post.sender.sweep()
    table.away = False
    async with asyncio.timeout(PATIENCE):
        while await post.rows():
            await post.clock.advance(1)
    await post.idle()
    assert len(post.sent_to(BOB)) == 1
    await post.sender.stop()
