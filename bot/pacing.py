"""One pace for everything that is said to Telegram: so many calls a second in all, and so many in each chat.

Guards: a direct answer is sent at once. It borrows from what comes later and never waits behind notices; only what
Telegram itself asks (`retry_after`) and a debt of a second hold it back. A notice waits for its turn, security before
money before the rest, and a chat that has to wait makes nobody else wait: its notice comes back as `NotYet`.
"""
from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.clock import Clock

Where: TypeAlias = "int | str"
"""A chat: its number, or a channel's @name."""

PATIENCE: Final = 60.0
"""Seconds for which an answer waits at most when Telegram asks for a pause; nobody looks at it after that."""

TRIES: Final = 4
"""How often an answer is sent at most when Telegram keeps asking for pauses."""

MOST_WAITING: Final = 10_000
"""How many calls may wait for their turn; what comes beyond is told to come back later."""

MOST_CHATS: Final = 20_000
"""How many chats are remembered; those whose pace is used up no more are forgotten first."""

MANY_CHATS: Final = 5
"""Pauses asked for in so many chats within a second are meant for everybody: Telegram does not say which it means."""


class Priority(IntEnum):
    """Who goes first when Telegram's pace is short."""

    ANSWER = 0
    """The direct answer to what somebody just did."""
    SECURITY = 1
    MONEY = 2
    REST = 3


_priority: ContextVar[Priority] = ContextVar("priority", default=Priority.ANSWER)


def speak_as(priority: Priority) -> None:
    """Give the running task's calls a priority. Whoever says nothing answers somebody."""
    _priority.set(priority)


class NotYet(Exception):
    """This chat has to wait, for so many seconds; the others do not."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:.1f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast we may speak. A burst and a second's worth together keep to Telegram's numbers in any second, and
    a group's burst and a minute's worth in any minute."""

    every: float = 1 / 27
    """Seconds between two calls: about 30 a second in all."""
    burst: int = 3
    debt: int = 30
    """How many answers may borrow ahead before they wait as well."""
    chat_every: float = 1.0
    chat_burst: int = 3
    group_every: float = 4.0
    """20 a minute: a burst of 5, then 15."""
    group_burst: int = 5

    def of(self, chat: Where) -> tuple[float, int]:
        """A chat's seconds between two messages, and its burst."""
        private = isinstance(chat, int) and chat > 0
        return (self.chat_every, self.chat_burst) if private else (self.group_every, self.group_burst)


UNLIMITED: Final = Limits(every=0, chat_every=0, group_every=0)
"""For the local chat and for benchmarks; what Telegram asks for still holds."""


class Meter(Protocol):
    """Counts calls. Whoever shares a meter shares a pace."""

    async def take(self, chat: Where | None, *, borrow: bool) -> tuple[float, bool]:
        """Take a call's worth: (0, …) when it was taken, else for how many seconds to wait and whether everybody
        has to. `borrow` takes what comes later."""

    async def hold(self, chat: Where | None, seconds: float) -> None:
        """Telegram asks for a pause, in one chat or (None) from everybody."""


class MemoryMeter:
    """A meter for one process. For each chat it keeps the moment until which its pace is used up."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._all = -math.inf
        self._chats: dict[Where, float] = {}
        self._held: dict[Where, float] = {}
        self._held_all = -math.inf
        self._pauses: list[tuple[float, Where]] = []

    async def take(self, chat: Where | None, *, borrow: bool) -> tuple[float, bool]:
        """See `Meter`; never waits itself."""
        now, limits = self._clock.time(), self._limits
        if self._held_all > now:
            return self._held_all - now, True
        used = now
        every, burst = 0.0, 1
        if chat is not None:
            held = self._held.get(chat, now)
            if held > now:
                return held - now, False
            every, burst = limits.of(chat)
            used = max(self._chats.get(chat, now), now)
            wait = used - now - (burst - 1) * every
            if wait > 0 and not borrow:
                return wait, False
        wait = self._all - now - (limits.burst - 1 + (limits.debt if borrow else 0)) * limits.every
        if wait > 0:
            return wait, True
        self._all = max(self._all, now) + limits.every
        if chat is not None and every:
            # A debt in a chat ends after another burst's worth, so that its notices are not put off for ever.
            self._chats[chat] = min(used, now + 2 * burst * every) + every
            if len(self._chats) > MOST_CHATS:
                self._chats = _newest(self._chats, now)
        return 0.0, False

    async def hold(self, chat: Where | None, seconds: float) -> None:
        """See `Meter`."""
        now = self._clock.time()
        if chat is not None:
            self._held[chat] = now + seconds
            self._pauses = [(at, who) for at, who in self._pauses if at > now - 1 and who != chat][-MANY_CHATS:]
            self._pauses.append((now, chat))
            if len(self._held) > MOST_CHATS:
                self._held = _newest(self._held, now)
        if chat is None or len(self._pauses) >= MANY_CHATS:
            self._held_all = max(self._held_all, now + seconds)


def _newest(until: dict[Where, float], now: float) -> dict[Where, float]:
    """Without what is over, and without the half that ends first if that is not enough."""
    left = {chat: at for chat, at in until.items() if at > now}
    if len(left) > MOST_CHATS // 2:
        left = dict(sorted(left.items(), key=lambda item: item[1])[-MOST_CHATS // 2:])
    return left


@dataclass(slots=True, order=True)
class _Turn:
    """A call that waits for its turn."""

    priority: Priority
    number: int
    chat: Where | None = field(compare=False)
    future: asyncio.Future[None] = field(compare=False)


class Pacing(BaseRequestMiddleware):
    """Sits in the bot's session, so that no call gets past it."""

    def __init__(self, meter: Meter, clock: Clock, on_pause: Callable[[], None] = lambda: None) -> None:
        self._meter = meter
        self._clock = clock
        self._on_pause = on_pause
        self._turns: list[_Turn] = []
        self._numbers = itertools.count()
        self._pump: asyncio.Task[None] | None = None

    async def __call__(self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot,
                       method: TelegramMethod[TelegramType]) -> Response[TelegramType]:
        """Send a call when it may be sent. Raises `NotYet` for a notice whose chat has to wait."""
        if not is_paced(type(method)):
            return await make_request(bot, method)
        chat: Where | None = getattr(method, "chat_id", None)
        priority = _priority.get()
        if priority is Priority.ANSWER:
            return await self._answer(make_request, bot, method, chat)
        await self._turn(chat, priority)
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as error:
            await self._pause(chat, error.retry_after)
            raise NotYet(error.retry_after) from error

    async def _answer(self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot,
                      method: TelegramMethod[TelegramType], chat: Where | None) -> Response[TelegramType]:
        """An answer has nobody who would send it later: it waits here, for a while."""
        end = self._clock.time() + PATIENCE
        for attempt in itertools.count(1):
            try:
                await self._turn(chat, Priority.ANSWER)
                return await make_request(bot, method)
            except NotYet as error:
                if self._clock.time() + error.seconds > end:
                    raise TelegramRetryAfter(method, "this chat has to wait", math.ceil(error.seconds)) from error
                await self._clock.sleep(error.seconds)
            except TelegramRetryAfter as error:
                await self._pause(chat, error.retry_after)
                if attempt >= TRIES or self._clock.time() + error.retry_after > end:
                    raise
        raise AssertionError("unreachable")

    async def _pause(self, chat: Where | None, seconds: float) -> None:
        self._on_pause()
        await self._meter.hold(chat, seconds)

    # ------------------------------------------------------------------------------------------- turns
    async def _turn(self, chat: Where | None, priority: Priority) -> None:
        """Wait until this call may be made. Raises `NotYet` when it is the chat that has to wait."""
        if not self._turns or priority is Priority.ANSWER:
            seconds, everybody = await self._meter.take(chat, borrow=priority is Priority.ANSWER)
            if not seconds:
                return
            if not everybody:
                raise NotYet(seconds)
        if len(self._turns) >= MOST_WAITING:
            raise NotYet(1.0)
        turn = _Turn(priority, next(self._numbers), chat, asyncio.get_running_loop().create_future())
        heapq.heappush(self._turns, turn)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._give_turns(), name="pacing")
        await turn.future

    async def _give_turns(self) -> None:
        """Give turns in order, as fast as the meter allows, until nobody waits."""
        while self._turns:
            turn = heapq.heappop(self._turns)
            if turn.future.done():
                continue  # Whoever waited gave up.
            try:
                seconds, everybody = await self._meter.take(turn.chat, borrow=turn.priority is Priority.ANSWER)
            except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
                if not turn.future.done():
                    turn.future.set_exception(error)
                continue
            if turn.future.done():
                continue
            if not seconds:
                turn.future.set_result(None)
            elif not everybody:
                turn.future.set_exception(NotYet(seconds))
            else:
                heapq.heappush(self._turns, turn)
                await self._clock.sleep(seconds)


@lru_cache(maxsize=512)
def is_paced(kind: type[TelegramMethod[TelegramType]]) -> bool:
    """Whether a method puts something into a chat. Answers to button presses and long polls never wait."""
    name = kind.__api_method__
    return name.startswith(("send", "edit", "copy", "forward")) and name != "sendChatAction"
