"""Ephemeral messages: for one pair of eyes, in a group."""

import pytest
from aiogram.types import Message

from bot.local.shapes import Json
from tests.bot.local.conftest import ALICE, BOB, BOT, GROUP, Table


def only(person: int, **more: object) -> Json:
    return {"chat_id": GROUP, "ephemeral_message_parameters": {"receiver_user_id": person, **more}}


async def test_only_its_receiver_sees_an_ephemeral_message(table: Table) -> None:
    sent = await table.call("sendMessage", text="your balance is 5", **only(ALICE))
    Message.model_validate(sent)
    assert (sent["message_id"], sent["ephemeral_message_id"], sent["receiver_user"]["id"]) == (0, 1, ALICE)
    assert [message["local"]["key"] for message in await table.messages(ALICE, GROUP)] == ["e1"]
    assert await table.messages(BOB, GROUP) == []
    assert (await table.read("wait", as_=BOB, since=0, type="message", timeout=0))["events"] == []
    status, _ = await table.try_act("press", as_=BOB, chat_id=GROUP, key="e1", data="x")
    assert status == 404


async def test_the_older_parameters_of_10_2_still_work(table: Table) -> None:
    sent = await table.call("sendMessage", chat_id=GROUP, text="x", receiver_user_id=ALICE)
    assert sent["receiver_user"]["id"] == ALICE


async def test_it_is_edited_and_deleted_by_methods_of_its_own(table: Table) -> None:
    sent = await table.call("sendMessage", text="a", **only(ALICE))
    where = {"chat_id": GROUP, "receiver_user_id": ALICE, "ephemeral_message_id": sent["ephemeral_message_id"]}
    refused = await table.refused("editMessageText", chat_id=GROUP, message_id=0, text="b")
    assert refused == "Bad Request: message to edit not found"
    assert await table.call("editEphemeralMessageText", **where, text="b") is True
    assert (await table.messages(ALICE, GROUP))[-1]["text"] == "b"
    wrong = where | {"receiver_user_id": BOB}
    assert (
        await table.refused("editEphemeralMessageText", **wrong, text="c") == "Bad Request: message to edit not found"
    )
    assert await table.call("deleteEphemeralMessage", **where) is True
    assert await table.messages(ALICE, GROUP) == []


@pytest.mark.parametrize(("chat_id", "person"), [(ALICE, ALICE), (GROUP, BOT), (GROUP, 999)])
async def test_it_goes_to_people_in_groups_only(table: Table, chat_id: int, person: int) -> None:
    await table.started(ALICE)
    given = only(person) | {"chat_id": chat_id}
    assert (await table.refused("sendMessage", text="x", **given)).startswith("Bad Request: ")


async def test_a_bot_without_rights_needs_a_press_of_the_last_15_seconds(table: Table) -> None:
    button = {"inline_keyboard": [[{"text": "x", "callback_data": "a"}]]}
    await table.call("sendMessage", chat_id=GROUP, text="?", reply_markup=button)
    key = (await table.messages(ALICE, GROUP))[-1]["local"]["key"]
    await table.act(f"chats/{GROUP}/members", person_id=BOT, status="member")
    assert "not enough rights" in await table.refused("sendMessage", text="x", **only(ALICE))
    press = await table.act("press", as_=ALICE, chat_id=GROUP, key=key, data="a", timeout=0)
    query = press["callback_query_id"]
    await table.call("sendMessage", text="x", **only(ALICE, callback_query_id=query))
    assert "query is too old" in await table.refused("sendMessage", text="x", **only(BOB, callback_query_id=query))
    table.clock.pass_by(16)
    assert "query is too old" in await table.refused("sendMessage", text="x", **only(ALICE, callback_query_id=query))


async def test_it_can_stand_in_the_place_of_the_message_with_the_button(table: Table) -> None:
    button = {"inline_keyboard": [[{"text": "x", "callback_data": "a"}]]}
    sent = await table.call("sendMessage", chat_id=GROUP, text="?", reply_markup=button)
    press = await table.act("press", as_=ALICE, chat_id=GROUP, message_id=sent["message_id"], data="a", timeout=0)
    replacing = only(ALICE, callback_query_id=press["callback_query_id"], replace_callback_query_message=True)
    await table.call("sendMessage", text="yours", **replacing)
    assert (await table.messages(ALICE, GROUP))[-1]["local"]["replaces"] == f"m{sent['message_id']}"


async def test_an_ephemeral_command_is_between_two(table: Table) -> None:
    command = {"command": "balance", "description": "x", "is_ephemeral": True}
    await table.call("setMyCommands", commands=[command], scope={"type": "all_group_chats"})
    await table.act("say", as_=ALICE, chat_id=GROUP, text="/balance")
    heard = (await table.updates())[-1]["message"]
    assert (heard["message_id"], heard["receiver_user"]["id"], heard["from"]["id"]) == (0, BOT, ALICE)
    assert await table.messages(BOB, GROUP) == []
    reply = {"ephemeral_message_id": heard["ephemeral_message_id"]}
    refused = await table.refused("sendMessage", chat_id=GROUP, text="5", reply_parameters=reply)
    assert refused == "Bad Request: a reply to an ephemeral message must be ephemeral"
    await table.call("sendMessage", text="5", **only(ALICE), reply_parameters=reply)
    await table.act(
        "say",
        as_=ALICE,
        chat_id=GROUP,
        text="thanks",
        reply_to=(await table.messages(ALICE, GROUP))[-1]["local"]["key"],
    )
    assert (await table.updates())[-1]["message"]["message_id"] == 0


async def test_a_press_on_it_brings_it_along(table: Table) -> None:
    button = {"inline_keyboard": [[{"text": "x", "callback_data": "a"}]]}
    await table.call("sendMessage", text="x", reply_markup=button, **only(ALICE))
    await table.act("press", as_=ALICE, chat_id=GROUP, ephemeral_message_id=1, data="a", timeout=0)
    message = (await table.updates())[-1]["callback_query"]["message"]
    assert (message["message_id"], message["ephemeral_message_id"]) == (0, 1)
