"""Words of a card are changed where they are, under a picture or not, whichever was thought."""
from __future__ import annotations

import pytest
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile

from handlers.chat.saying import change_card
from tests.fakes.telegram import RecordingSession, bot_with


@pytest.mark.parametrize("thought", [True, False])
@pytest.mark.parametrize("is_so", [True, False])
async def test_a_card_is_changed_whether_or_not_it_has_a_picture(thought: bool, is_so: bool) -> None:
    session = RecordingSession()
    bot = bot_with(session)
    message = (await bot.send_photo(-5, BufferedInputFile(b"x", "x.png"), caption="a", parse_mode=ParseMode.HTML)
               if is_so else await bot.send_message(-5, "a"))
    await change_card(bot, -5, message.message_id, "b", pictured=thought)
    assert session.last(-5).text == "b"
    assert len(session.requests) == 2 + (thought is not is_so)


async def test_what_else_is_refused_is_not_tried_twice() -> None:
    session = RecordingSession()
    bot = bot_with(session)
    with pytest.raises(TelegramBadRequest):
        await change_card(bot, -5, 1, "b", pictured=True)
    assert len(session.requests) == 1
