"""Whoever is told that nothing happened, and a process that dies in that very moment: nothing happens afterwards.

Guards: what is tried is the whole process. It is stopped while the words are on their way, before anything that
comes after them; the next one finds the world changed, so that by then it could be done.
"""
from __future__ import annotations

import asyncio
from pathlib import Path

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.local import acts
from tests.patience import PATIENCE
from tests.scenarios.harness import Stage, stage
from tests.scenarios.test_first_story import ENGLISH, joins, tops_up
from wallet.operators import HOUSE, SetSwitch


class Words(BaseRequestMiddleware):
    """Holds what is said with these words, once Telegram has it, so that whoever said it hears no answer."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.said = asyncio.Event()

    async def __call__(self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot,
                       method: TelegramMethod[TelegramType]) -> Response[TelegramType]:
        """Let it pass, and keep the answer."""
        response = await make_request(bot, method)
        if isinstance(method, SendMessage) and self.words in method.text:
            self.said.set()
            await asyncio.Event().wait()
        return response


async def test_a_no_stays_a_no_when_the_process_dies_while_saying_it(sqlite_url: str, tmp_path: Path) -> None:
    world, words = tmp_path / "chat", "doing maintenance"
    async with stage(tmp_path, sqlite_url, data_dir=world) as here:
        await joins(here.alice, ENGLISH)
        await tops_up(here.alice, ENGLISH, 100)
        await here.app.engine.run(SetSwitch(key="rest", operator=HOUSE, state="maintenance"))
        told = Words(words)
        here.app.bot.session.middleware(told)
        acts.say(here.world, here.alice.id, None, "/send @bob 20")
        async with asyncio.timeout(PATIENCE):
            await told.said.wait()
        await dies(here)
    async with stage(tmp_path, sqlite_url, data_dir=world) as here:
        await here.settle()
        assert sum(words in said for said in here.alice.sees()) == 1
        await here.app.engine.run(SetSwitch(key="go on", operator=HOUSE, state="open"))
        await here.settle()
        assert "Confirm" not in here.alice.buttons()


async def dies(here: Stage) -> None:
    """As a kill: no mark is written any more, and nothing is finished."""
    inbox = here.app.inbox
    tasks = [*inbox._tasks, *inbox._handling.values()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    inbox._ended.clear()
