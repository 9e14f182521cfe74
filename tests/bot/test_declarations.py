"""A process whose handlers do not fit its commands, or what they are given, does not start."""
from __future__ import annotations

from types import SimpleNamespace

import pytest
from aiogram import F, Router
from aiogram.types import Message

from bot.declarations import Missing, Undeclared, check_commands, check_parameters
from bot.routers import routers
from handlers.asking import Asks, answers
from handlers.commands import Verb, declared
from handlers.ground import Accepts, Config, Who, accepts
from tests.benchmarks import way


async def idle(event: Message) -> None:
    raise AssertionError


def test_a_command_that_nobody_answers_fails_at_the_start() -> None:
    with pytest.raises(Undeclared, match="/pin"):
        check_commands(Router(), [Verb.PIN])


def test_a_command_that_is_answered_in_one_kind_of_chat_only_fails_at_the_start() -> None:
    router = Router()
    answers(router, Verb.HELP, idle, private=True)
    with pytest.raises(Undeclared, match="/help"):
        check_commands(router, [Verb.HELP])
    answers(router, Verb.HELP, idle, private=False)
    check_commands(router, [Verb.HELP])


def test_a_command_that_is_answered_twice_fails_at_the_start() -> None:
    router = Router()
    answers(router, Verb.HELP, idle, private=True)
    answers(router, Verb.HELP, idle)
    with pytest.raises(Undeclared, match=r"/help.*twice"):
        check_commands(router, ())


@pytest.mark.parametrize("flags", [accepts(), {"accepts": Accepts(private=Who.MEMBERS, group=Who.MEMBERS)}])
def test_a_handler_that_lets_others_in_than_its_commands_row_fails_at_the_start(flags: dict[str, Accepts]) -> None:
    router = Router()
    router.message.register(idle, Asks(Verb.SEND), flags=flags)
    with pytest.raises(Undeclared, match="/send"):
        check_commands(router, ())


def test_a_handler_that_answers_a_command_at_times_only_fails_at_the_start() -> None:
    router = Router()
    router.message.register(idle, Asks(Verb.SEND), F.photo, flags=declared(Verb.SEND))
    with pytest.raises(Undeclared, match="/send"):
        check_commands(router, ())


@pytest.mark.parametrize("missing", [None, *Verb])
def test_the_chapters_answer_every_command_and_none_may_be_missing(missing: Verb | None) -> None:
    whole = Router()
    for chapter in routers():
        for handler in chapter.message.handlers:
            answered = {one.callback.verb for one in handler.filters or () if isinstance(one.callback, Asks)}
            if missing not in answered:
                whole.message.handlers.append(handler)
    if missing is None:
        check_commands(whole, Verb)
        return
    with pytest.raises(Undeclared, match=f"/{missing} "):
        check_commands(whole, Verb)


def test_a_handler_without_a_command_fails_before_the_start() -> None:
    with pytest.raises(ValueError, match="fly"):
        Asks(Verb("fly"))


def test_a_handler_that_asks_for_what_nobody_has_fails_at_the_start() -> None:
    async def greedy(message: Message, config: Config, treasure: int, spare: int = 0) -> None:
        raise AssertionError

    router = Router()
    router.message.register(greedy, flags=accepts())
    with pytest.raises(Missing, match=r"greedy.*treasure$"):
        check_parameters(router, {"config"})


async def test_the_road_that_is_measured_without_inbox_has_all_that_handlers_ask_for() -> None:
    way.short(way.QuickTelegram(), lambda bot, told: SimpleNamespace(), accounts=2)
