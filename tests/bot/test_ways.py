"""From an event to its handler: who is asked at all, and in which order."""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from aiogram import F, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Chat, Message, User

from bot.dispatcher import way_of
from handlers.asking import Asks, AsksUnclearly, InDialog
from handlers.commands import Verb
from handlers.keyboards import Renamed
from handlers.parsing import Asked, ParseProblem, Unclear
from tests.handlers.chat.world import FakeDialogs

SOMEBODY = User(id=7, is_bot=False, first_name="Somebody")


class Number(CallbackData, prefix="n"):
    """What a button carries."""

    number: int


class Moved(Renamed, prefix="m2"):
    """The same under another prefix than before."""

    FORMER: ClassVar[str] = "m"

    word: str


def press(data: str) -> CallbackQuery:
    return CallbackQuery(id="1", from_user=SOMEBODY, chat_instance="1", data=data)


def message(text: str) -> Message:
    return Message(message_id=1, date=datetime.now(UTC), chat=Chat(id=7, type="private"), from_user=SOMEBODY, text=text)


def says(word: str, heard: list[str]) -> Callable[..., Any]:
    """A handler that says who it is."""
    async def handler(_event: object) -> str:
        heard.append(word)
        return word
    return handler


class Question(Filter):
    """A filter that writes down that it was asked."""

    def __init__(self, asked: list[str], word: str, *, yes: bool) -> None:
        self.asked, self.word, self.yes = asked, word, yes

    async def __call__(self, _event: object) -> bool:
        self.asked.append(self.word)
        return self.yes


@pytest.mark.parametrize(("data", "whose"), [
    ("n:1", "number"), ("n:2", "two"), ("m2:x", "moved"), ("m:x", "moved"), ("n:x", "last"), ("other:1", "last"),
    ("", "last"), ("n", "last")])
async def test_a_press_goes_to_the_first_that_wants_it(data: str, whose: str) -> None:
    router, heard = Router(), list[str]()
    router.callback_query.register(says("two", heard), Number.filter(F.number == 2))
    router.callback_query.register(says("number", heard), Number.filter())
    router.callback_query.register(says("moved", heard), Moved.filter())
    router.callback_query.register(says("last", heard))
    assert await way_of(router.callback_query)(press(data), {}) == whose
    assert heard == [whose]


async def test_only_those_are_asked_that_can_want_it_and_in_their_order() -> None:
    router, asked, heard = Router(), list[str](), list[str]()
    router.callback_query.register(says("a", heard), Question(asked, "first", yes=False))
    router.callback_query.register(says("b", heard), Moved.filter(), Question(asked, "moved", yes=True))
    router.callback_query.register(says("c", heard), Number.filter(), Question(asked, "number", yes=False))
    router.callback_query.register(says("d", heard), Question(asked, "fourth", yes=False), Number.filter())
    assert await way_of(router.callback_query)(press("n:1"), {}) is UNHANDLED
    assert (asked, heard) == (["first", "number", "fourth"], [])


@pytest.mark.parametrize(("asked", "whose"), [
    (Asked(Verb.SEND), "send"), (Asked(Verb.BALANCE), "last"), (Unclear(Verb.SEND, ParseProblem.AMOUNT), "unclear"),
    (Unclear(Verb.BALANCE, ParseProblem.AMOUNT), "last"), (None, "dialog")])
async def test_a_message_goes_to_its_command_clear_or_not_or_to_its_dialog(
        asked: Asked | Unclear | None, whose: str) -> None:
    router, heard = Router(), list[str]()
    router.message.register(says("dialog", heard), InDialog("wizard"))
    router.message.register(says("unclear", heard), AsksUnclearly(Verb.SEND, Verb.RED))
    router.message.register(says("send", heard), Asks(Verb.SEND))
    router.message.register(says("last", heard))
    dialogs = FakeDialogs()
    await dialogs.put(7, {"kind": "wizard"})
    assert await way_of(router.message)(message("hello"), {"asked": asked, "dialogs": dialogs}) == whose


async def test_looking_at_an_event_takes_no_other_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    async def elsewhere(*_: object) -> None:
        raise AssertionError("another thread")

    monkeypatch.setattr(asyncio, "to_thread", elsewhere)
    router, heard = Router(), list[str]()
    router.callback_query.register(says("no", heard), F.inline_message_id)
    router.callback_query.register(says("yes", heard), Number.filter(), F.data.endswith("1"))
    assert await way_of(router.callback_query)(press("n:1"), {}) == "yes"
