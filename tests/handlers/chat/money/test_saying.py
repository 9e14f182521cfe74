"""What is one person's own business reaches that person, on servers that know ephemeral messages and on others."""
from __future__ import annotations

import pytest
from aiogram.methods import SendMessage

from handlers.chat.refusing import answer_refusal
from handlers.ground import ANONYMOUS_ADMIN, CHANNEL_AS_SENDER
from tests.fakes.telegram import chat_of, message_update, user
from tests.handlers.chat.money.world import MoneyWorld, spoken
from tests.handlers.chat.world import CONFIG, GROUP, SPEAKERS, Somebody
from wallet.refusals import SenderIsNotAPerson

TOLD = "I have answered you in our private chat."
POINTER = "Please continue in our private chat."


def tried_alone(world: MoneyWorld) -> int:
    """How many ephemeral messages were tried."""
    return sum(1 for request in world.session.of(SendMessage) if request.ephemeral_message_parameters is not None)


@pytest.mark.parametrize(("said", "labels"), [
    ("/send 0", []), ("/cancel", []), ("/topup 5", ["Open the private chat"]), ("/send 900", ["💰 Balance"])])
async def test_words_alone_have_a_button_only_where_there_is_something_to_go_on_with(
        world: MoneyWorld, a: Somebody, b: Somebody, said: str, labels: list[str]) -> None:
    await a.says("/balance", chat=GROUP)
    await a.says(said, chat=GROUP, reply_to=spoken(b))
    shown = world.session.in_chat(GROUP)[-1]
    assert shown.receiver == a.id
    assert [button.text for button in shown.buttons] == labels


async def test_where_a_group_refuses_it_the_answer_is_written_in_private(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    world.session.refuse(SendMessage, "not enough rights to send ephemeral messages")
    await a.says("/send 900", chat=GROUP, reply_to=spoken(b))
    assert "you have ¥500.00" in a.sees()
    said = world.public()[-1]
    assert (said.text, said.buttons[0].url) == (TOLD, "https://t.me/ikmpay_bot")


async def test_a_group_that_refused_it_is_not_asked_again_and_again(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    world.session.refuse(SendMessage, "unknown parameter ephemeral_message_parameters")
    for _ in range(3):
        await a.says("/send 900", chat=GROUP, reply_to=spoken(b))
    assert tried_alone(world) == 1
    assert [shown.text for shown in world.public()] == [TOLD] * 3


async def test_a_server_that_ignores_what_it_does_not_know_shows_the_group_nothing_personal(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    world.session.knows_ephemeral = False
    for _ in range(2):
        await a.says("/send 900", chat=GROUP, reply_to=spoken(b))
        assert "you have ¥500.00" in a.sees()
    assert [shown.text for shown in world.public()] == [POINTER, TOLD]


async def test_where_we_may_not_write_in_private_the_group_shows_the_way_there(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    world.session.knows_ephemeral = False
    await a.says("/balance", chat=GROUP)
    world.session.unreachable.add(a.id)
    await a.says("/balance", chat=GROUP)
    said = world.public()[-1]
    assert (said.text, said.buttons[0].url) == (POINTER, "https://t.me/ikmpay_bot?start=balance_now")


async def test_what_only_leads_to_the_private_chat_is_not_written_there_as_well(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    world.session.knows_ephemeral = False
    before = len(world.session.in_chat(a.id))
    await a.says("/send", chat=GROUP)
    await a.says("/send", chat=GROUP)
    assert len(world.session.in_chat(a.id)) == before
    assert {shown.buttons[0].url for shown in world.public()} == {"https://t.me/ikmpay_bot?start=send_now"}


@pytest.mark.parametrize("nobody", [ANONYMOUS_ADMIN, CHANNEL_AS_SENDER])
async def test_whoever_writes_in_somebodys_name_is_told_in_the_group_and_in_its_topic(
        world: MoneyWorld, b: Somebody, nobody: int) -> None:
    said = message_update(user(nobody, "Group"), "/send 20", chat=GROUP, reply_to=spoken(b), sender_chat=chat_of(GROUP),
                          message_thread_id=7, is_topic_message=True).message
    assert said is not None
    await answer_refusal(said.as_(world.bot), SenderIsNotAPerson(),
                         {"speaker": SPEAKERS["zh_CN"], "group_speaker": SPEAKERS["en"], "config": CONFIG})
    shown = world.public()[-1]
    assert "write as yourself" in shown.text
    assert shown.thread == 7
