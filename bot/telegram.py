"""The way to the Bot API server: what its answers mean, and asking until there is one.

Guards: only what a Bot API server says in its own words is taken for its word. A page of a proxy in front of it, or
anything else that is no JSON, means that it did not answer, so that what was asked is asked again and nothing is lost.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.clock import Clock

T = TypeVar("T")
log = structlog.get_logger(__name__)

ASK_AGAIN: Final = 5.0
ASK_AGAIN_MOST: Final = 60.0
"""Seconds between two questions at the start, while the server does not answer."""


class Session(AiohttpSession):
    """Calls the server."""

    def check_response(self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
                       ) -> Response[TelegramType]:
        """Read an answer. Raises what the server refuses, and `TelegramServerError` where it was not heard."""
        try:
            return super().check_response(bot, method, status_code, content)
        except ClientDecodeError as error:
            if isinstance(error.data, str):  # No JSON; what is JSON and wrong is a fault of its own.
                raise TelegramServerError(method, f"{status_code}, and no JSON with it") from error
            raise


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
