"""Nobody is left without an answer in private, and nobody is talked at in a group."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiogram.types import ReplyKeyboardRemove

from handlers.chat import agreements, joining, pin, reading, settings
from handlers.chat import help as helping
from handlers.ground import Accepts
from tests.handlers.chat.world import CONFIG, GROUP, Somebody, World


async def test_help_names_what_works_and_when_plain_words_are_seen(world: World, alice: Somebody, li: Somebody) -> None:
    await alice.says("/help")
    for word in ("/send", "/balance", "/history", "/topup", "/settings", "/pin", "/agreement", "/cancel",
                 "privacy mode", "administrator"):
        assert word in alice.sees_all()
    await li.says("帮助")
    assert "隐私模式" in li.sees_all()


async def test_help_tells_how_to_reach_whoever_runs_it(world: World, alice: Somebody, li: Somebody) -> None:
    await alice.says("/help")
    assert "has left no address here" in alice.sees()
    world.dispatcher["config"] = replace(CONFIG, contact="help@pay.example")
    await li.says("帮助")
    assert li.sees().endswith("（咨询或申诉）：help@pay.example")


async def test_help_in_a_group_is_short_and_points_to_the_private_chat(alice: Somebody) -> None:
    await alice.says("/help", chat=GROUP)
    assert len(alice.sees(GROUP)) < 500
    assert alice.sees_message(GROUP).buttons[0].url == "https://t.me/ikmpay_bot?start=hello"


async def test_help_opens_by_its_button(alice: Somebody) -> None:
    await alice.joins()
    await alice.taps("Help")
    assert "/send @bob 20 lunch" in alice.sees_all()


async def test_help_of_any_length_is_told_in_messages_that_telegram_takes(world: World, alice: Somebody,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helping, "PAGE", 1_500)
    await alice.says("/help")
    told = world.session.texts(alice.id)
    assert len(told) > 2
    assert "/send" in told[0]
    assert "Reach us" in told[-1]


async def test_cancel_leaves_a_dialog_and_its_keyboard(world: World, alice: Somebody) -> None:
    await alice.joins()
    await world.dialogs.put(alice.id, {"kind": "send"})
    await alice.says("/cancel")
    assert alice.sees() == "Cancelled. No money moved."
    assert isinstance(alice.sees_message().markup, ReplyKeyboardRemove)
    assert world.dialogs.texts == {}
    await alice.says("取消")
    assert alice.sees() == "There is nothing to cancel."
    assert isinstance(alice.sees_message().markup, ReplyKeyboardRemove), "a dialog that was overtaken left its keys"


async def test_cancel_in_a_group_counts_only_as_a_command(world: World, alice: Somebody) -> None:
    assert not await alice.says("取消", chat=GROUP)
    await world.dialogs.put(alice.id, {"kind": "send"})
    await alice.says("/cancel", chat=GROUP)
    assert world.dialogs.texts == {}
    assert alice.sees(GROUP) == "Cancelled. No money moved."


@pytest.mark.parametrize("text", ["what?", "/fly", "帮助 我"])
async def test_what_nobody_understands_in_private_gets_the_way_to_help(alice: Somebody, text: str) -> None:
    await alice.says(text)
    assert "/start" in alice.sees()
    await alice.joins()
    await alice.says(text)
    assert "/help" in alice.sees()


@pytest.mark.parametrize("text", ["what?", "/fly", "hello bot"])
async def test_what_nobody_understands_in_a_group_stays_unanswered(world: World, alice: Somebody, text: str) -> None:
    assert not await alice.says(text, chat=GROUP)
    assert world.session.requests == []


def test_every_handler_says_what_it_accepts() -> None:
    routers = [pin.make_router(), joining.make_router(), agreements.make_router(), reading.make_router(),
               settings.make_router(), helping.make_router(), helping.make_last_router()]
    silent = [handler.callback for router in routers for observer in router.observers.values()
              for handler in observer.handlers if not isinstance(handler.flags.get("accepts"), Accepts)]
    assert silent == []
