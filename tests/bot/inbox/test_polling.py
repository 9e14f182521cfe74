"""The way in by asking: the next offset is asked for after the commit."""
from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError, TelegramNetworkError
from aiogram.methods import GetMe, TelegramMethod

from bot.polling import GetRawUpdates, Polling
from storage.database import Database
from tests.bot.inbox.desk import Desk, opened, said, turned
from tests.fakes.telegram import RecordingSession


class Source(RecordingSession):
    """A Bot API that has updates: an answer or an error for each poll."""

    def __init__(self, *answers: Any) -> None:
        super().__init__()
        self.answers = list(answers)
        self.offsets: list[int | None] = []

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        if isinstance(method, GetRawUpdates):
            self.offsets.append(method.offset)
            answer = self.answers.pop(0) if self.answers else asyncio.CancelledError()
            if isinstance(answer, BaseException):
                raise answer
            return answer
        return await super().make_request(bot, method, timeout)


def polling(desk: Desk, source: Source) -> Polling:
    return Polling(Bot("42:TEST", session=source), desk.inbox, desk.clock, ["message"])


async def test_the_next_offset_is_asked_for_after_the_commit(desk: Desk) -> None:
    source = Source([said(5), said(6)], [said(9)], [])
    polls = polling(desk, source)
    await polls.once()
    assert await desk.states() == {5: "pending", 6: "pending"}
    await polls.once()
    await polls.once()
    assert source.offsets == [None, 7, 10]


async def test_what_was_not_stored_is_asked_for_again(database: Database) -> None:
    desk = await opened(database)
    source = Source([said(5)], [said(5)])
    polls = polling(desk, source)
    await database.close()
    with pytest.raises(RuntimeError):
        await polls.once()
    assert polls.offset is None
    await desk.inbox.stop(0.1)


async def test_polling_goes_on_after_whatever_telegram_says(desk: Desk) -> None:
    method = GetMe()
    source = Source(TelegramConflictError(method, "Conflict: terminated by other getUpdates request"),
                    TelegramNetworkError(method, "cut"), OSError("no route"), [said(1)])
    polls = polling(desk, source)
    running = asyncio.create_task(polls.run())
    await turned(desk, lambda: bool(desk.handled.seen))
    assert polls.working
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_update_that_nobody_can_read_does_not_stop_the_others(desk: Desk) -> None:
    polls = polling(desk, Source([{"no": "number"}, {"update_id": 3, "message": "broken"}, said(4)]))
    await polls.once()
    await desk.idle()
    assert {number for _, number in desk.handled.seen} == {3, 4}
    assert polls.offset == 5
