"""The pace towards Telegram: never faster than it allows, answers first, and nobody waits for another chat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageText,
    GetMe,
    GetUpdates,
    SendChatAction,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)

from bot.pacing import (
    MOST_CHATS,
    PATIENCE,
    UNLIMITED,
    Limits,
    MemoryMeter,
    NotYet,
    Pacing,
    Priority,
    is_paced,
    speak_as,
)
from tests.fakes.clock import FakeClock, settle
from tests.fakes.telegram import RecordingSession, bot_with

ALICE, BOB, GROUP = 101, 102, -1001
T = TypeVar("T")


class TimedSession(RecordingSession):
    """Notes when each call reached Telegram; asks for pauses as it is told."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self.at: list[tuple[float, int]] = []
        self.pauses: Callable[[TelegramMethod[Any]], int] = lambda method: 0

    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None) -> T:
        self.at.append((round(self._clock.time() - 1000, 3), int(getattr(method, "chat_id", 0) or 0)))
        pause = self.pauses(method)
        if pause:
            raise TelegramRetryAfter(method, "Too Many Requests", pause)
        return await super().make_request(bot, method, timeout)

    def times(self, chat: int) -> list[float]:
        return [at for at, where in self.at if where == chat]


class Line:
    """A bot behind a pace, and people who want to say something."""

    def __init__(self, limits: Limits) -> None:
        self.clock = FakeClock()
        self.session = TimedSession(self.clock)
        self.bot = bot_with(self.session)
        self.session.middleware(Pacing(MemoryMeter(limits, self.clock), self.clock))
        self.tasks: list[asyncio.Task[object]] = []

    def say(self, chat: int, priority: Priority = Priority.ANSWER, text: str = "x") -> asyncio.Task[object]:
        async def said() -> object:
            speak_as(priority)
            return await self.bot.send_message(chat, text)

        self.tasks.append(asyncio.create_task(said()))
        return self.tasks[-1]

    async def ends(self) -> list[object]:
        return list(await asyncio.gather(*self.tasks, return_exceptions=True))


async def test_no_second_sees_more_than_thirty_notices() -> None:
    line = Line(Limits())
    for chat in range(1, 121):
        line.say(chat, Priority.MONEY)
    await line.clock.advance(10)
    times = [at for at, _ in line.session.at]
    assert len(times) == 120
    assert max(sum(start <= at < start + 1 for at in times) for start in times) <= 30
    assert times[-1] < 5


async def test_a_chat_hears_one_a_second_after_a_small_burst() -> None:
    line = Line(Limits())
    for _ in range(6):
        line.say(ALICE, Priority.MONEY)
    line.say(BOB, Priority.MONEY)
    await line.clock.advance(1)
    ends = [task.exception() if task.done() else None for task in line.tasks]
    assert line.session.times(ALICE) == [0, 0, 0]
    assert line.session.times(BOB), "nobody waits for another chat"
    waits = [error.seconds for error in ends if isinstance(error, NotYet)]
    assert waits == pytest.approx([1.0, 1.0, 1.0])
    await asyncio.gather(*line.tasks, return_exceptions=True)


async def test_no_minute_in_a_group_sees_more_than_twenty_notices() -> None:
    line = Line(Limits())
    sent: list[float] = []
    for _ in range(600):
        task = line.say(GROUP, Priority.REST)
        await settle()
        if task.exception() is None:
            sent.append(line.clock.time())
        await line.clock.advance(0.5)
    busiest = max(sum(start <= at < start + 60 for at in sent) for start in sent)
    assert 18 <= busiest <= 20


async def test_an_answer_is_sent_at_once_and_never_waits_behind_notices() -> None:
    line = Line(Limits())
    for chat in range(1000, 1100):
        line.say(chat, Priority.MONEY)
    await settle()
    line.say(ALICE)
    await settle()
    assert line.session.times(ALICE) == [0]
    await line.clock.advance(10)
    await line.ends()


async def test_what_answers_borrowed_is_paid_back_by_notices() -> None:
    line = Line(Limits(every=0.1, burst=1, debt=10))
    for chat in range(1, 8):
        line.say(chat)
    await settle()
    assert [at for at, _ in line.session.at] == [0] * 7
    line.say(ALICE, Priority.MONEY)
    await line.clock.advance(0.65)
    assert line.session.times(ALICE) == []
    await line.clock.advance(0.1)
    assert line.session.times(ALICE) == [0.7]


async def test_even_answers_wait_when_a_second_is_borrowed_and_still_come_first() -> None:
    line = Line(Limits(every=0.1, burst=1, debt=3))
    for chat in range(1, 7):
        line.say(chat, Priority.REST if chat == 1 else Priority.ANSWER)
    await line.clock.advance(3)
    assert line.session.at == [(0, 1), (0, 2), (0, 3), (0, 4), (0.1, 5), (0.2, 6)]


async def test_security_goes_before_money_and_money_before_the_rest() -> None:
    line = Line(Limits(every=1, burst=1, debt=0))
    line.say(1, Priority.REST)
    await settle()
    for chat, priority in ((2, Priority.REST), (3, Priority.MONEY), (4, Priority.SECURITY), (5, Priority.MONEY)):
        line.say(chat, priority)
    await line.clock.advance(10)
    assert [chat for _, chat in line.session.at] == [1, 4, 3, 5, 2]


# ------------------------------------------------------------------------------------ what Telegram asks
async def test_a_pause_in_one_chat_is_kept_and_others_go_on() -> None:
    line = Line(Limits())
    line.session.pauses = lambda method: 30 * (getattr(method, "chat_id", 0) == ALICE and line.clock.time() < 1005)
    notice = line.say(ALICE, Priority.MONEY)
    await settle()
    error = notice.exception()
    assert isinstance(error, NotYet)
    assert error.seconds == 30
    answer = line.say(ALICE)
    other = line.say(BOB, Priority.MONEY)
    await line.clock.advance(29)
    assert other.done()
    assert not answer.done(), "an answer keeps Telegram's pause as well"
    await line.clock.advance(2)
    assert answer.exception() is None
    assert line.session.times(ALICE) == [0, 30]


async def test_an_answer_that_telegram_turned_away_is_sent_again_by_itself() -> None:
    line = Line(Limits())
    line.session.pauses = lambda method: 3 if line.clock.time() < 1002 else 0
    answer = line.say(ALICE)
    await line.clock.advance(4)
    assert answer.exception() is None
    assert line.session.times(ALICE) == [0, 3]


async def test_an_answer_is_given_up_when_the_pause_is_too_long() -> None:
    line = Line(Limits())
    line.session.pauses = lambda method: int(PATIENCE) + 1
    answer = line.say(ALICE)
    await settle()
    assert isinstance(answer.exception(), TelegramRetryAfter)
    again = line.say(ALICE)
    await settle()
    assert isinstance(again.exception(), TelegramRetryAfter)
    assert line.session.times(ALICE) == [0]


async def test_whoever_gives_up_waiting_holds_up_nobody() -> None:
    line = Line(Limits(every=1, burst=1, debt=0))
    for chat in range(1, 4):
        line.say(chat, Priority.MONEY)
    await settle()
    line.tasks[1].cancel()
    await line.clock.advance(5)
    assert [chat for _, chat in line.session.at] == [1, 3]
    await line.ends()


# ------------------------------------------------------------------------------------------ what is paced
@pytest.mark.parametrize(("method", "paced"), [
    (SendMessage, True), (EditMessageText, True), (SendPhoto, True), (AnswerCallbackQuery, False), (GetUpdates, False),
    (GetMe, False), (SendChatAction, False), (DeleteMessage, False)])
def test_only_what_puts_something_into_a_chat_is_paced(method: type[TelegramMethod[Any]], paced: bool) -> None:
    assert is_paced(method) == paced


async def test_without_limits_nothing_waits() -> None:
    line = Line(UNLIMITED)
    for _ in range(500):
        line.say(ALICE, Priority.REST)
    await settle()
    assert all(task.done() and task.exception() is None for task in line.tasks)


async def test_memory_does_not_grow_with_the_number_of_chats() -> None:
    clock = FakeClock()
    meter = MemoryMeter(Limits(every=0), clock)
    for chat in range(1, 3 * MOST_CHATS):
        await meter.take(chat, borrow=False)
        await meter.hold(-chat, 1000)
        if chat % 1000 == 0:
            await clock.advance(1)
    assert len(meter._chats) <= MOST_CHATS
    assert len(meter._held) <= MOST_CHATS
