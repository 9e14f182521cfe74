"""The way to the Bot API server: what its answers mean, and asking until there is one.

Guards: only what a Bot API server says in its own words is taken for its word. A page of a proxy in front of it, or
anything else that is no JSON, means that it did not answer, so that what was asked is asked again and nothing is lost.
How old a message is, is judged by the clock that dated it, as that server tells it; no message moves that clock.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Message
from aiohttp import TraceConfig, TraceRequestEndParams

from bot.clock import Clock

T = TypeVar("T")
log = structlog.get_logger(__name__)

ASK_AGAIN: Final = 5.0
ASK_AGAIN_MOST: Final = 60.0
"""Seconds between two questions at the start, while the server does not answer."""
UNSAID_PAUSE: Final = 5
"""Seconds to pause when the server says that we are too fast, but not for how long."""
LONGEST_PAUSE: Final = 24 * 3600
"""No pause that a server asks for is longer; it may ask again."""
CLOCKS_AGREE: Final = 60.0
CLOCKS_TELL: Final = 2 * 24 * 3600.0
"""Clocks that differ by fewer seconds are taken for the same; a date that differs by more is none, but a server's own
idea."""
MOST_QUOTED: Final = 200
"""So much of what an ill server says is told in an error."""

_CODES: Final = frozenset(range(400, 600))


class OneWay(BaseSession):
    """A session that puts together what every call passes when there is more of it, and not for each."""

    _way: NextRequestMiddlewareType[Any] | None = None
    _passed = -1
    """How many middlewares it leads through."""

    async def __call__(self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
                       ) -> TelegramType:
        """Make a call. Who has more or less patience than usual is rare enough to have a way of their own."""
        if timeout is not None:
            return await super().__call__(bot, method, timeout)
        if self._way is None or self._passed != len(self.middleware):
            self._passed, self._way = len(self.middleware), self.middleware.wrap_middlewares(self.make_request)
        answer: Any = await self._way(bot, method)  # The library calls it a response, and gives what is in it.
        return cast("TelegramType", answer)


class Session(OneWay, AiohttpSession):
    """Calls the server."""

    async def tell_the_time(self, tell: Callable[[datetime], None]) -> None:
        """Tell what time it was for the server at its next answer, if it says so."""
        session = await self.create_session()

        async def look(_: object, __: object, end: TraceRequestEndParams) -> None:
            session.trace_configs.clear()  # Every call would pay for it.
            with suppress(ValueError, KeyError):
                tell(parsedate_to_datetime(end.response.headers["Date"]).replace(tzinfo=UTC))

        watch = TraceConfig()
        watch.on_request_end.append(look)
        watch.freeze()
        session.trace_configs.append(watch)

    async def close(self) -> None:
        """Call no more. What is encrypted says goodbye, and is given the time; a server beside us needs none."""
        if self.api.base.startswith("http://") and self._session is not None:
            await self._session.close()
        else:
            await super().close()

    def check_response(self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
                       ) -> Response[TelegramType]:
        """Read an answer. Raises what the server refuses, and `TelegramServerError` where it was not heard."""
        if status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TelegramServerError(method, f"{status_code}: {content[:MOST_QUOTED]}")
        try:
            return super().check_response(bot, method, status_code, content)
        except ClientDecodeError as error:
            if not (isinstance(error.data, Mapping) and "ok" in error.data):
                # Somebody else's words; an answer that is the server's and wrong is a fault of its own.
                raise TelegramServerError(method, f"{status_code}, and no answer with it") from error
            raise
        except TelegramRetryAfter as error:
            error.retry_after = max(1, min(LONGEST_PAUSE, error.retry_after))
            raise
        except TelegramAPIError as error:
            error.message = error.message or ""  # Who reads it looks for words in it.
            if type(error) is not TelegramAPIError:
                raise
            if status_code == HTTPStatus.TOO_MANY_REQUESTS:
                raise TelegramRetryAfter(method, error.message, UNSAID_PAUSE) from error
            code = self.json_loads(content).get("error_code")
            if code in _CODES and code != status_code:
                # Some servers refuse with a status of 200, and some proxies make one of whatever it was.
                return self.check_response(bot, method, code, content)
            raise

    async def make_request(self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
                           ) -> TelegramType:
        """Ask the server."""
        try:
            return await super().make_request(bot, method, timeout)
        except UnicodeDecodeError as error:  # A page in another encoding than it says; the server's are all UTF-8.
            raise TelegramServerError(method, "a page that can't be read") from error


class TelegramTime(BaseRequestMiddleware):
    """What time it is for Telegram, by the dates of what we send and, before anything was, by that of its first answer.
    By our own clock alone, were it hours ahead, every payment would be too old to be done, and were it behind, what was
    typed hours ago would be. Belongs into the session."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = 0.0
        """So many seconds our clock runs ahead of Telegram's; none for what a slow answer explains."""

    async def __call__(self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot,
                       method: TelegramMethod[TelegramType]) -> Response[TelegramType]:
        """Let it pass, and look at it."""
        response = await make_request(bot, method)
        answer: object = response  # The library calls it a response, and gives what is in it.
        # What is edited keeps the date at which it was sent.
        if isinstance(answer, Message) and method.__api_method__.startswith("send"):
            self.compare(answer.date)
        return response

    def compare(self, theirs: datetime) -> None:
        """Take a moment that the server has just told for what it is."""
        ahead = self._ours() - theirs.timestamp()
        if not CLOCKS_AGREE < abs(ahead) < CLOCKS_TELL:
            ahead = 0.0
        if abs(ahead - self._ahead) > CLOCKS_AGREE:
            log.warning("our clock and Telegram's differ", ahead=str(timedelta(seconds=ahead)))
            self._ahead = ahead

    def now(self) -> datetime:
        """The moment, as Telegram would say it."""
        return datetime.fromtimestamp(self._ours() - self._ahead, UTC)

    def _ours(self) -> float:
        return self._clock.now() / 1_000_000


async def until_answered(ask: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """What the server answers to a question without which nothing can begin. Raises what it refuses."""
    while True:  # Without an answer there is nothing to do but to ask again.
        try:
            return await ask()
        except (TelegramNetworkError, TelegramServerError, TelegramRetryAfter) as error:
            pause = ASK_AGAIN
            if isinstance(error, TelegramRetryAfter):
                pause = min(ASK_AGAIN_MOST, max(pause, error.retry_after))
            log.warning("Telegram does not answer", error=type(error).__name__, asked_again_in=pause)
            await clock.sleep(pause)
