"""The methods of the Bot API, walked one by one out of aiogram's generated models."""

import asyncio
import re
from pathlib import Path
from typing import Any

import aiogram.methods
import pytest
from aiogram.types import Chat, ChatFullInfo, Message, User, WebhookInfo
from pydantic import TypeAdapter

from bot.local import rules
from bot.local.api import PLAYED
from bot.local.call_log import MAX_CALLS
from tests.bot.local.conftest import ALICE, GROUP, TOKEN, Table

KNOWN = sorted(rules.METHODS)
# Something of the right type for each kind of parameter, where a method asks for one.
SAMPLES: dict[str, Any] = {"str": "x", "int": 1, "float": 1.0, "bool": True, "chat": GROUP, "file": "photo-none"}


def test_the_registry_holds_every_method_that_aiogram_generates() -> None:
    generated = {
        getattr(aiogram.methods, name).__api_method__
        for name in aiogram.methods.__all__
        if name not in ("Request", "Response", "TelegramMethod")
    }
    assert {method.name for method in rules.METHODS.values()} == generated
    assert set(PLAYED) <= set(KNOWN)


def test_the_document_lists_what_is_played_and_nothing_else() -> None:
    text = (Path(__file__).parents[3] / "docs" / "local-chat.md").read_text()
    listed = text[text.index("**Played in full**") : text.index("**Known, not played**")]
    words = {word for quoted in re.findall(r"`([^`]+)`", listed) for word in quoted.split()}
    assert {word.lower() for word in words} == set(PLAYED)


@pytest.mark.parametrize("name", KNOWN)
async def test_a_method_without_what_it_requires_is_a_bad_request(table: Table, name: str) -> None:
    if any(field.required for field in rules.METHODS[name].fields):
        assert (await table.refused(name)).startswith("Bad Request: ")


def _scalars_only(name: str) -> bool:
    return all(field.kind != "object" for field in rules.METHODS[name].fields if field.required)


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in PLAYED and _scalars_only(name)])
async def test_a_method_that_is_not_played_says_so_once_its_parameters_are_right(table: Table, name: str) -> None:
    needed = [field for field in rules.METHODS[name].fields if field.required]
    given = {field.name: SAMPLES[field.kind] for field in needed}
    assert await table.refused(name, **given) == "Bad Request: method is not supported by the local chat"


@pytest.mark.parametrize("name", sorted(PLAYED))
async def test_a_played_method_refuses_an_object_where_a_scalar_belongs(table: Table, name: str) -> None:
    for field in rules.METHODS[name].fields:
        if field.kind in ("int", "float", "bool", "chat"):
            assert "Bad Request: " in await table.refused(name, **_enough(name), **{field.name: {"a": 1}})
            return


def _enough(name: str) -> dict[str, Any]:
    fields = rules.METHODS[name].fields
    first = next((field.name for field in fields if field.kind in ("int", "float", "bool", "chat")), "")
    return {f.name: SAMPLES.get(f.kind, []) for f in fields if f.required and f.name != first}


async def test_a_wrong_token_is_unauthorized_and_an_unknown_method_not_found(table: Table) -> None:
    assert await table.http("getMe", token="42:wrong") == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )
    assert await table.http("getNothing") == (404, {"ok": False, "error_code": 404, "description": "Not Found"})


async def test_parameters_come_in_four_dresses_and_names_in_any_case(table: Table) -> None:
    await table.started(ALICE)
    url = table.url(f"/bot{TOKEN}/SENDMESSAGE")
    given = {
        "chat_id": str(ALICE),
        "text": "hi",
        "reply_markup": '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}',
    }
    async with table.client.get(url, params=given) as answer:
        by_query = await answer.json()
    async with table.client.post(url, data=given) as answer:
        by_form = await answer.json()
    async with table.client.post(url, json=given | {"chat_id": ALICE}) as answer:
        by_json = await answer.json()
    assert all(answer["ok"] for answer in (by_query, by_form, by_json))
    markups = [answer["result"]["reply_markup"]["inline_keyboard"][0][0] for answer in (by_query, by_form, by_json)]
    assert markups == [{"text": "a", "callback_data": "b"}] * 3


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "can't parse JSON object"),
        (b"[]", "object expected as the request body"),
        (b"[" * 100_000, "can't parse JSON object"),
        (b'{"chat_id": 1, "text": "\\ud800"}', "can't parse JSON object"),
    ],
)
async def test_a_body_that_is_no_object_is_refused(table: Table, body: bytes, reason: str) -> None:
    url = table.url(f"/bot{TOKEN}/sendMessage")
    async with table.client.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400
        assert (await answer.json())["description"] == f"Bad Request: {reason}"


async def test_what_is_answered_has_the_shape_of_aiograms_types(table: Table) -> None:
    await table.started(ALICE)
    sent = await table.call("sendMessage", chat_id=ALICE, text="hi <b>x</b>", parse_mode="HTML")
    for made, kind in (
        (await table.call("getMe"), User),
        (sent, Message),
        (sent["chat"], Chat),
        (await table.call("getChat", chat_id=GROUP), ChatFullInfo),
        (await table.call("getChat", chat_id=ALICE), ChatFullInfo),
        (await table.call("getWebhookInfo"), WebhookInfo),
    ):
        kind.model_validate(made)
    for method, given in (
        ("getChatMember", {"chat_id": GROUP, "user_id": 42}),
        ("getChatMember", {"chat_id": GROUP, "user_id": ALICE}),
        ("getChatAdministrators", {"chat_id": GROUP}),
        ("getMyDefaultAdministratorRights", {}),
        ("getChatMenuButton", {}),
        ("getMyCommands", {}),
        ("getMyName", {}),
    ):
        model = next(m for m in vars(aiogram.methods).values() if getattr(m, "__api_method__", None) == method)
        TypeAdapter(model.__returning__).validate_python(await table.call(method, **given))


async def test_errors_that_were_asked_for_are_given_as_often_as_asked(table: Table) -> None:
    await table.started(ALICE)
    await table.act("errors", method="sendMessage", chat_id=ALICE, error_code=429, retry_after=7, times=2)
    for _ in range(2):
        status, body = await table.http("sendMessage", chat_id=ALICE, text="x")
        assert (status, body["parameters"]) == (429, {"retry_after": 7})
        assert body["description"] == "Too Many Requests: retry after 7"
    assert (await table.http("sendMessage", chat_id=ALICE, text="x"))[0] == 200
    assert (await table.read("errors"))["errors"] == []


async def test_an_answer_can_be_lost_after_the_deed(table: Table) -> None:
    await table.started(ALICE)
    await table.act("errors", method="sendMessage", error_code=502, when="after")
    assert (await table.http("sendMessage", chat_id=ALICE, text="done"))[0] == 502
    assert (await table.messages(ALICE))[-1]["text"] == "done"


async def test_a_connection_can_be_cut(table: Table) -> None:
    await table.act("errors", method="getMe", cut=True)
    with pytest.raises(Exception, match=r"disconnected|reset"):
        await table.http("getMe")
    assert (await table.http("getMe"))[0] == 200


async def test_calls_are_logged_with_what_was_checked(table: Table) -> None:
    await table.http("sendMessage", chat_id=GROUP, text="x" * 5000, colour="red")
    await table.http("sendMessage", chat_id=GROUP)
    await table.http("getMe", token="42:wrong")
    await table.act("errors", method="getMe", error_code=502)
    await table.http("getMe")
    await table.http("setWebhook", url="https://example.com/", secret_token="s3cret")
    await table.http("deleteWebhook")
    calls = (await table.read("calls", limit=10))["calls"]
    failed = [next((c["check"] for c in call["checks"] if not c["ok"]), "") for call in calls]
    assert failed == ["rules", "parameters", "token", "injected", "", ""]
    assert calls[0]["checks"][2]["ignored"] == ["colour"]
    assert len(calls[0]["parameters"]["text"]) < 2100
    assert calls[4]["parameters"]["secret_token"] == "…"
    assert [call["id"] for call in (await table.read("calls", failed="true", since=calls[1]["id"]))["calls"]] == [3, 4]
    await table.http("getUpdates")
    await table.act("reset")
    assert (await table.read("calls"))["calls"] == []


async def test_the_log_of_calls_is_bounded(table: Table) -> None:
    for number in range(MAX_CALLS + 5):
        table.world.calls.note({"method": str(number), "ok": True})
    kept = (await table.read("calls", limit=5000))["calls"]
    assert (len(kept), kept[0]["method"]) == (MAX_CALLS, "5")


async def test_whoever_watches_the_log_hears_the_next_call_that_they_want(table: Table) -> None:
    await table.http("getMe")
    waiting = asyncio.create_task(table.read("calls", since=1, failed="true", timeout=30))
    await table.http("getMe")
    await table.http("sendMessage", chat_id=GROUP, text="")
    told = await waiting
    assert ([call["id"] for call in told["calls"]], told["first"], told["last"]) == ([3], 1, 3)
    await table.act("reset")
    assert await table.read("calls", since=3) == {"calls": [], "first": 4, "last": 3}


async def test_an_injected_upgrade_names_the_new_chat(table: Table) -> None:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    await table.act("errors", method="sendMessage", error_code=400, description=words, migrate_to_chat_id=-100123)
    _, body = await table.http("sendMessage", chat_id=GROUP, text="x")
    assert (body["description"], body["parameters"]) == (words, {"migrate_to_chat_id": -100123})
