"""What was said in a group in passing is cleared away there after a time, where the group wants that.

Guards: only messages of our own are deleted, only such as were said in passing, and none in a group that does not want
it any more; what is to be deleted is written down when it is said, so that no restart forgets it.
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Message
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.pacing import Priority, speak_as
from handlers.chat.saying import is_passing
from handlers.ground import Groups
from storage.leavings import Leavings

log = structlog.get_logger(__name__)

HOUR: Final = 60 * 60 * 1_000_000
AT_ONCE: Final = 100
"""Telegram deletes no more messages by one call, and a round deletes no more."""


class Tidying(BaseRequestMiddleware):
    """Notes what is said in passing, and clears it away when it is due. Belongs into the session."""

    def __init__(self, leavings: Leavings, groups: Groups, clock: Clock) -> None:
        self._leavings = leavings
        self._groups = groups
        self._clock = clock

    async def __call__(self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot,
                       method: TelegramMethod[TelegramType]) -> Response[TelegramType]:
        """Let it pass, and note what came of it."""
        response = await make_request(bot, method)
        said: object = response
        if is_passing() and isinstance(said, Message) and said.chat.id < 0 and said.message_id:
            hours = (await self._groups.rules(said.chat.id)).tidy
            if hours:
                try:
                    await self._leavings.keep(said.chat.id, said.message_id, self._clock.now() + hours * HOUR)
                except SQLAlchemyError:  # It was said; saying it again would be worse than leaving it there.
                    log.exception("leaving_not_noted")
        return response

    async def round(self, bot: Bot) -> int:
        """Delete what is due, at most as much as one call takes; returns how much that was. What Telegram will not
        delete any more stays where it is, and what it has no time for is tried again."""
        speak_as(Priority.REST)
        due = await self._leavings.due(self._clock.now(), AT_ONCE)
        for chat, found in groupby(due, key=lambda one: one[0]):
            messages = [message for _chat, message in found]
            if (await self._groups.rules(chat)).tidy:
                await self._delete(bot, chat, messages)
            await self._leavings.forget(chat, messages)
        return len(due)

    @staticmethod
    async def _delete(bot: Bot, chat: int, messages: Sequence[int]) -> None:
        try:
            await bot.delete_messages(chat, list(messages))
        except (TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat) as refused:
            log.info("leavings_stay", count=len(messages), reason=str(refused)[:200])
