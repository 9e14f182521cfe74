"""Cards on which operators decide are known by their buttons wherever they stand, and closed once it is decided."""
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from sqlalchemy.exc import OperationalError

from bot.desk import Desk
from handlers.chat.buttons import CheckAct, CheckButton, ProposalAct, ProposalButton
from handlers.notices.base import Edit
from handlers.texts import Fact
from storage.database import Database, open_database
from storage.desk_cards import DeskCard, DeskCards
from tests.fakes.telegram import RecordingSession, bot_with

GROUP, OPERATOR = -100, 7


def under(*data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data=one)] for one in data])


def proposal(number: int) -> InlineKeyboardMarkup:
    both = (ProposalAct.APPROVE, ProposalAct.REJECT)
    return under(*(ProposalButton(act=act, proposal=number).pack() for act in both))


def held(number: int) -> InlineKeyboardMarkup:
    return under(CheckButton(act=CheckAct.RELEASE, transfer=number).pack())


class Decided(DeskCards):
    """All that stands is decided; writing may fail."""

    fails = False

    async def over(self, limit: int) -> Sequence[DeskCard]:
        return (await self.all())[:limit]

    async def keep(self, card: DeskCard) -> None:
        if self.fails:
            raise OperationalError("", {}, Exception("gone"))
        await super().keep(card)


class House:
    """A bot that may be started anew on the same database."""

    def __init__(self, database: Database) -> None:
        self.cards = Decided(database)

    async def starts(self) -> None:
        self.session = RecordingSession()
        self.bot = bot_with(self.session)
        self.desk = Desk(self.cards)
        await self.desk.open()
        self.session.middleware(self.desk)
        self.edits: list[Edit] = []

    async def says(self, chat: int, markup: InlineKeyboardMarkup | None) -> int:
        return (await self.bot(SendMessage(chat_id=chat, text="?", reply_markup=markup))).message_id

    async def shows(self, chat: int, message: int, markup: InlineKeyboardMarkup | None) -> None:
        await self.bot(EditMessageText(chat_id=chat, message_id=message, text="!", reply_markup=markup))

    async def round(self, meanwhile: Callable[[], Awaitable[None]] | None = None) -> int:
        async def verdict(kind: str, number: int) -> Fact | None:
            if meanwhile is not None:
                await meanwhile()
            return f"{kind} {number}" if number != 404 else None

        async def change(edit: Edit) -> None:
            self.edits.append(edit)

        return await self.desk.round(verdict, change)

    async def standing(self) -> set[tuple[int, str, int]]:
        return {(card.message, card.kind, card.number) for card in await self.cards.all()}


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    database = open_database(database_url)
    one = House(database)
    await one.starts()
    yield one
    await database.close()


async def test_what_can_be_decided_on_is_kept_and_nothing_else(house: House) -> None:
    first, second = await house.says(GROUP, proposal(5)), await house.says(OPERATOR, held(6))
    for other in (None, under("x:1"), under(CheckButton(act=CheckAct.SHOW, transfer=6).pack()),
                  under(ProposalButton(act=ProposalAct.SHOW, proposal=5).pack())):
        await house.says(OPERATOR, other)
    assert await house.standing() == {(first, "proposal", 5), (second, "held", 6)}


async def test_a_message_that_shows_something_else_is_no_card_any_more(house: House) -> None:
    first, second = await house.says(GROUP, proposal(5)), await house.says(GROUP, proposal(5))
    await house.shows(GROUP, first, held(6))
    await house.shows(GROUP, second, None)
    assert await house.standing() == {(first, "held", 6)}


async def test_what_is_decided_is_closed_once_after_a_new_start_too(house: House) -> None:
    message = await house.says(GROUP, proposal(5))
    await house.starts()
    assert await house.round() == 1
    assert [(edit.chat, edit.message, edit.text) for edit in house.edits] == [(GROUP, message, "proposal 5")]
    assert await house.round() == 0
    assert await house.standing() == set()


async def test_what_another_card_took_the_place_of_is_left_alone(house: House) -> None:
    message = await house.says(GROUP, proposal(5))
    await house.round(lambda: house.shows(GROUP, message, held(6)))
    assert house.edits == []
    assert await house.standing() == {(message, "held", 6)}


async def test_what_is_gone_is_forgotten_without_a_word(house: House) -> None:
    await house.says(GROUP, proposal(404))
    assert await house.round() == 1
    assert house.edits == []
    assert await house.standing() == set()


async def test_what_cannot_be_kept_was_said_nevertheless(house: House) -> None:
    house.cards.fails = True
    assert await house.says(GROUP, proposal(5))
    assert await house.standing() == set()
