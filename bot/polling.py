"""Polling for updates, without losing any.

Guards: Telegram hears that we have an update (by the next offset) only after it is committed. An update that nobody
can read is not read here: they come as JSON and are stored as they are, so that one of them can't stop the others.
"""
from __future__ import annotations

import asyncio
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.methods import TelegramMethod

from bot.arrivals import Arrival, NotAnUpdate, arrived
from bot.clock import Clock
from bot.inbox import Inbox

log = structlog.get_logger(__name__)

WAIT: Final = 25
"""Seconds for which Telegram holds a poll that finds nothing."""
ANSWER: Final = 15
"""Seconds beyond that for the answer to arrive."""
PAUSE_LEAST: Final = 0.5
PAUSE_MOST: Final = 30.0


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates`, answered as JSON."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = 100
    timeout: int = WAIT
    allowed_updates: list[str]


class Polling:
    """Asks for updates until it is cancelled, which is safe at any moment."""

    def __init__(self, bot: Bot, inbox: Inbox, clock: Clock, kinds: list[str]) -> None:
        self._bot = bot
        self._inbox = inbox
        self._clock = clock
        self._kinds = kinds
        self.offset: int | None = None
        """Everything below it is stored."""
        self.turned = asyncio.Event()
        """Set whenever a poll was answered and what it brought is stored."""
        self.working = False
        """Whether the last poll was answered and what it brought is stored."""

    async def run(self) -> None:
        """Poll for ever. Raises `TelegramUnauthorizedError`: there is no use in going on."""
        await self._inbox.caught_up.wait()
        pause = PAUSE_LEAST
        while True:
            try:
                await self.once()
            except TelegramUnauthorizedError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it was, nothing was acknowledged
                self.working = False
                seconds = pause
                if isinstance(error, TelegramRetryAfter):
                    seconds = min(PAUSE_MOST, max(seconds, error.retry_after))
                if isinstance(error, TelegramConflictError):
                    log.error("somebody else takes this bot's updates; is a second process running?")
                else:
                    log.warning("no updates", error=type(error).__name__, pause=seconds)
                await self._clock.sleep(seconds)
                pause = min(PAUSE_MOST, 2 * pause)
            else:
                pause = PAUSE_LEAST

    async def once(self) -> None:
        """One poll: what it brings is committed when this returns."""
        # Until it works nothing is waited for, so that it is soon known whether it does.
        asks = GetRawUpdates(offset=self.offset, allowed_updates=self._kinds, timeout=WAIT if self.working else 0)
        updates = await self._bot(asks, request_timeout=WAIT + ANSWER)
        self.working = True
        await self._inbox.accept([arrival for update in updates if (arrival := self._read(update)) is not None])
        ids = [update["update_id"] for update in updates if isinstance(update.get("update_id"), int)]
        if ids:
            self.offset = ids[-1] + 1
        self.turned.set()

    def _read(self, update: dict[str, Any]) -> Arrival | None:
        try:
            return arrived(update, self._inbox.moment())
        except NotAnUpdate:
            log.error("the Bot API server sent something that is no update")
            return None
