"""What was said in passing is cleared away where the group wants it: our own messages only, and none is forgotten."""
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import DeleteMessages, EditMessageText, SendMessage

from bot.tidying import HOUR, Tidying
from handlers.chat.saying import passing
from storage.database import Database, open_database
from storage.leavings import Leavings
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import RecordingSession, bot_with
from wallet.views import GroupRulesView

GROUP, QUIET = -100, -200


class Groups:
    """One group wants to be tidy, others don't."""

    def __init__(self) -> None:
        self.hours = {GROUP: 1}

    async def language(self, chat: int) -> str:
        return "en"

    async def set_language(self, chat: int, language: str) -> None:
        raise AssertionError

    async def rules(self, chat: int) -> GroupRulesView:
        return GroupRulesView(tidy=self.hours.get(chat, 0))


class House:
    """A bot that may be started anew on the same database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock, self.groups = FakeClock(), Groups()
        self.starts()

    def starts(self) -> None:
        self.session = RecordingSession()
        self.bot = bot_with(self.session)
        self.tidying = Tidying(Leavings(self.database), self.groups, self.clock)
        self.session.middleware(self.tidying)

    async def says(self, chat: int) -> int:
        return (await self.bot(SendMessage(chat_id=chat, text="Only its administrators can do this."))).message_id

    async def round(self) -> list[int]:
        """What one round deletes."""
        before = len(self.session.of(DeleteMessages))
        await self.tidying.round(self.bot)
        return [message for call in self.session.of(DeleteMessages)[before:] for message in call.message_ids]

    async def later(self, hours: int) -> None:
        await self.clock.advance(hours * HOUR / 1_000_000)


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    database = open_database(database_url)
    yield House(database)
    await database.close()


async def test_what_was_said_in_passing_is_deleted_when_its_time_is_over(house: House) -> None:
    with passing():
        said = [await house.says(GROUP), await house.says(GROUP)]
    assert await house.round() == []
    await house.later(1)
    assert await house.round() == said
    assert await house.round() == []


async def test_what_is_needed_later_stays_and_so_does_what_is_said_elsewhere(house: House) -> None:
    await house.says(GROUP)
    with passing():
        await house.says(QUIET)
        await house.says(1000)
    await house.later(48)
    assert await house.round() == []


async def test_a_line_that_has_ended_is_deleted_so_long_after_its_end(house: House) -> None:
    line = await house.says(GROUP)
    await house.later(5)
    with passing():
        await house.bot(EditMessageText(chat_id=GROUP, message_id=line, text="Cancelled."))
    assert await house.round() == []
    await house.later(1)
    assert await house.round() == [line]


async def test_a_restart_forgets_none(house: House) -> None:
    with passing():
        said = await house.says(GROUP)
    await house.later(1)
    house.starts()
    assert await house.round() == [said]


async def test_a_group_that_does_not_want_it_any_more_keeps_what_there_is(house: House) -> None:
    with passing():
        await house.says(GROUP)
    house.groups.hours.clear()
    await house.later(1)
    assert await house.round() == []
    house.groups.hours[GROUP] = 1
    assert await house.round() == []


async def test_what_telegram_will_not_delete_stays_and_is_not_asked_for_again(house: House) -> None:
    with passing():
        await house.says(GROUP)
    await house.later(1)
    house.session.refuse(DeleteMessages, "message can't be deleted")
    await house.round()
    assert await house.round() == []


async def test_what_telegram_had_no_time_for_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with passing():
        said = await house.says(GROUP)
    await house.later(1)

    async def fails(*_args: object) -> None:
        raise TelegramNetworkError(DeleteMessages(chat_id=GROUP, message_ids=[said]), "no network")

    with monkeypatch.context() as away:
        away.setattr(type(house.bot), "delete_messages", fails)
        with pytest.raises(TelegramNetworkError):
            await house.round()
    assert await house.round() == [said]


async def test_a_round_is_bounded(house: House) -> None:
    with passing():
        said = [await house.says(GROUP) for _ in range(103)]
    await house.later(1)
    assert await house.round() == said[:100]
    assert await house.round() == said[100:]
