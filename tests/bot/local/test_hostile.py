"""Requests that no honest client sends: each is answered or refused, and none gets through to an error of ours."""

import asyncio
import contextlib
import json
import random
from typing import Any

import pytest

from bot.local.api import PLAYED
from bot.local.errors import ApiError
from bot.local.rules import METHODS
from tests.bot.local.conftest import ALICE, BOB, GROUP, Table
from tests.patience import PATIENCE

# fmt: off
ACTS = [
    "say", "edit", "delete", "forward", "press", "tap", "contact", "location", "open", "block", "read",
    "join", "leave", "people", "chats", "errors", "update",
    "topic", "inline", "choose", "pay", "shipping", "web_app", "web_app_data", "write_access", "bot",
]
NAMES = [
    "as", "chat_id", "from_chat_id", "key", "message_id", "reply_to", "row", "column", "user_ids",
    "person_id", "members", "status", "text", "entities", "parse_mode", "data", "phone_number", "first_name",
    "link", "start", "title", "method", "date", "timeout", "latitude", "longitude", "blocked", "bot",
    "error_code", "times", "message_thread_id", "as_chat", "name", "is_closed", "deleted", "query", "query_id",
    "result_id", "offset", "order_info", "tip_amount", "shipping_query_id", "shipping_option_id", "button_text",
    "inline", "reads_all", "main_web_app", "type", "is_forum", "username", "signed", "linked_chat_id", "rights",
    "permissions", "is_anonymous", "custom_title", "until_date", "is_member", "hides_forwards", "deactivated",
    "shared_chat_id", "quote", "migrate_to_chat_id",
]
# fmt: on
ACTS += [f"people/{ALICE}", f"chats/{GROUP}/members", f"chats/{GROUP}", f"chats/{GROUP}/migrate"]

SCALARS: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2**31,
    2**63,
    -(2**70),
    1.5,
    float(10**30),
    "",
    " ",
    "x",
    "m1",
    "e1",
    "5",
    "-1",
    "１２",
    "²",
    "NaN",
    ALICE,
    BOB,
    GROUP,
    str(GROUP),
    "@bob",
    "\ud800",
    "\x00",
    "😀" * 3000,
    "<b>",
    "</b>",
    "a" * 70,
    "https://",
    "http://[",
    "tg://user?id=9",
    "attach://x",
    "{",
    "[]",
    "HTML",
    "MarkdownV2",
    "{0.__class__}",
    "%s",
    "../../etc/passwd",
    "t.me/ikmpay_bot?start=x",
]
OBJECTS: list[Any] = [
    {},
    [],
    [[]],
    [{}],
    [None],
    {"inline_keyboard": [[]]},
    {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]},
    {"keyboard": [["a"]]},
    {"remove_keyboard": True},
    {"force_reply": True},
    {"message_id": 1},
    {"message_id": -1},
    {"receiver_user_id": ALICE},
    {"receiver_user_id": 5, "callback_query_id": "x"},
    {"html": "<p>x</p>"},
    {"markdown": "# x"},
    {"blocks": [{"type": "paragraph", "text": "x"}]},
    {"blocks": [{"type": "table", "cells": [[{}]]}]},
    {"type": "chat", "chat_id": GROUP},
    [{"type": "bold", "offset": 0, "length": 1}],
    [{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": "x"}}],
    [{"type": "pre", "offset": 2**40, "length": 2}],
    [{"command": "a", "description": "b"}],
    {"type": "photo", "media": "x"},
    [{"type": "photo", "media": "x"}, {"type": "document", "media": "attach://y"}],
    {"type": "commands"},
    [1, 2],
    ["message"],
]


def _value(dice: random.Random) -> Any:
    value = dice.choice(SCALARS) if dice.random() < 0.55 else dice.choice(OBJECTS)
    return json.dumps(value) if dice.random() < 0.15 else value


@pytest.mark.parametrize("name", sorted(PLAYED))
async def test_no_parameters_of_the_bot_api_break_a_method(table: Table, name: str) -> None:
    dice = random.Random(name)
    await table.started(ALICE)
    likely = {
        "chat_id": ALICE,
        "text": "x",
        "message_id": 1,
        "user_id": ALICE,
        "rich_message": {"html": "x"},
        "action": "typing",
    }
    for _ in range(60):
        fields = [field.name for field in METHODS[name].fields if field.name != "timeout"]
        given = {field: _value(dice) for field in fields if dice.random() < 0.4}
        with contextlib.suppress(ApiError):
            call = table.chat.api.call(name, likely | given if dice.random() < 0.7 else given)
            await asyncio.wait_for(call, PATIENCE)


@pytest.mark.parametrize("path", ACTS)
async def test_no_act_breaks_the_control_api(table: Table, path: str) -> None:
    dice = random.Random(path)
    await table.started(ALICE)
    headers = {"Content-Type": "application/json"}
    for _ in range(60):
        given = {name: _value(dice) for name in NAMES if dice.random() < 0.4}
        given |= {"as": ALICE} if dice.random() < 0.7 else {}
        body = json.dumps(given | {"timeout": 0}).encode()
        async with table.client.post(table.url(f"/local/{path}"), data=body, headers=headers) as answer:
            assert answer.status < 500, given
            await answer.json()
    state = await table.read("state", as_=ALICE)
    json.dumps(state, ensure_ascii=False).encode()


async def test_an_error_of_ours_is_answered_in_telegrams_form(table: Table, caplog: pytest.LogCaptureFixture) -> None:
    table.world.chats[GROUP].members = None  # type: ignore[assignment]  # A mistake of ours, made on purpose.
    status, body = await table.http("getChatMemberCount", chat_id=GROUP)
    assert (status, body) == (500, {"ok": False, "error_code": 500, "description": "Internal Server Error"})
    assert "getChatMemberCount" in caplog.text
