"""The control API and the WebSocket: what people see, what pages are told, and who is kept out."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType

from bot.local.events import MAX_EVENTS
from bot.local.pages import PAGE
from bot.local.server import make_local_chat
from bot.local.shapes import Json
from tests.bot.local.conftest import ALICE, BOB, BOT, GROUP, LIMING, Table
from tests.patience import PATIENCE

# ---------------------------------------------------------------- the world


async def test_the_first_start_has_four_people_and_a_group(table: Table) -> None:
    state = await table.read("state", as_=LIMING)
    assert [person["first_name"] for person in state["people"]] == ["Alice", "李明", "Bob", "王芳"]
    assert [(chat["id"], chat["type"]) for chat in state["chats"]] == [(LIMING, "private"), (GROUP, "supergroup")]
    places = {member["person_id"]: member["status"] for member in state["chats"][1]["local"]["members"]}
    assert places[BOT] == "administrator"
    assert state["chats"][0]["local"]["can_write"] is False
    assert (state["me"], state["brand"], state["bot"]["username"]) == (LIMING, "ikmPay", "ikmpay_bot")


async def test_only_start_opens_a_private_chat(table: Table) -> None:
    status, body = await table.try_act("say", as_=ALICE, text="hello")
    assert (status, body["error"]) == (403, "forbidden")
    opened = await table.act("open", as_=ALICE, link="https://t.me/ikmpay_bot?start=pay_4F7")
    assert (opened["message"]["text"], opened["chat_id"]) == ("/start pay_4F7", ALICE)
    await table.act("say", as_=ALICE, text="hello")
    assert [update["message"]["text"] for update in await table.updates()] == ["/start pay_4F7", "hello"]


@pytest.mark.parametrize(
    "link",
    [
        "https://t.me/other_bot?start=x",
        "https://t.me/ikmpay_bot?startapp=x",
        "https://example.com/ikmpay_bot?start=x",
        "tg://x",
    ],
)
async def test_a_link_that_leads_elsewhere_opens_nothing(table: Table, link: str) -> None:
    assert (await table.try_act("open", as_=ALICE, link=link))[0] == 400


async def test_a_mention_without_a_username_carries_the_person(table: Table) -> None:
    entity = {"type": "text_mention", "offset": 6, "length": 2, "user": {"id": LIMING}}
    await table.act("say", as_=ALICE, chat_id=GROUP, text="/send 李明 20", entities=[entity])
    found = (await table.updates())[0]["message"]["entities"]
    assert [(e["type"], e["offset"]) for e in found] == [("bot_command", 0), ("text_mention", 6)]
    assert found[1]["user"]["first_name"] == "李明"
    await table.act("say", as_=ALICE, chat_id=GROUP, text=f'<a href="tg://user?id={BOB}">B</a>', parse_mode="HTML")
    assert (await table.updates())[0]["message"]["entities"][0]["user"]["id"] == BOB


async def test_a_contact_is_ones_own_or_somebody_elses(table: Table) -> None:
    await table.started(ALICE)
    await table.act("contact", as_=ALICE)
    await table.act("contact", as_=ALICE, person_id=BOB)
    await table.act("contact", as_=ALICE, phone_number="+8613812345678", first_name="Forged", user_id=ALICE)
    shared = [update["message"]["contact"] for update in await table.updates()]
    assert [contact.get("user_id") for contact in shared] == [ALICE, BOB, ALICE]


async def test_a_username_can_change_hands(table: Table) -> None:
    await table.act(f"people/{LIMING}", username="bob")
    people = {person["id"]: person.get("username") for person in (await table.read("state", as_=ALICE))["people"]}
    assert (people[LIMING], people[BOB]) == ("bob", None)


async def test_people_and_groups_can_be_added(table: Table) -> None:
    person = (await table.act("people", first_name="Eve", language_code="en", chat_ids=[GROUP]))["person"]
    chat = (await table.act("chats", title="Two", members=[person["id"], ALICE], bot="member"))["chat"]
    assert chat["id"] < 0
    await table.act("say", as_=person["id"], chat_id=chat["id"], text="hi")
    assert (await table.updates())[-1]["message"]["chat"]["title"] == "Two"
    assert (await table.try_act("say", as_=BOB, chat_id=chat["id"], text="hi"))[0] == 403


async def test_unread_messages_are_counted_per_person(table: Table) -> None:
    await table.act("say", as_=ALICE, chat_id=GROUP, text="a")
    await table.act("say", as_=ALICE, chat_id=GROUP, text="b")
    assert (await table.read(f"chats/{GROUP}", as_=BOB))["local"]["unread"] == 2
    assert (await table.read(f"chats/{GROUP}", as_=ALICE))["local"]["unread"] == 0
    await table.act("read", as_=BOB, chat_id=GROUP)
    assert (await table.read(f"chats/{GROUP}", as_=BOB))["local"]["unread"] == 0


async def test_history_is_read_page_by_page(table: Table) -> None:
    for number in range(7):
        await table.act("say", as_=ALICE, chat_id=GROUP, text=str(number))
    page = await table.read(f"chats/{GROUP}/messages", as_=BOB, limit=3)
    assert ([m["text"] for m in page["messages"]], page["more"]) == (["4", "5", "6"], True)
    before = page["messages"][0]["local"]["key"]
    page = await table.read(f"chats/{GROUP}/messages", as_=BOB, limit=9, before=before)
    assert ([m["text"] for m in page["messages"]], page["more"]) == (["0", "1", "2", "3"], False)


async def test_a_reset_empties_chats_and_keeps_ids_rising(table: Table) -> None:
    await table.started(ALICE)
    first = (await table.act("say", as_=ALICE, text="a"))["message"]
    await table.act("reset")
    assert await table.messages(ALICE) == []
    assert await table.updates() == []
    second = (await table.act("open", as_=ALICE, start=""))["message"]
    assert second["message_id"] > first["message_id"]
    await table.act("people", first_name="Eve")
    await table.act("reset", people=True)
    assert len((await table.read("state", as_=ALICE))["people"]) == 4


@pytest.mark.parametrize("people", [False, True])
async def test_a_reset_leaves_the_bot_what_it_said_about_itself(table: Table, people: bool) -> None:
    commands = [{"command": "send", "description": "转账"}]
    button = {"type": "web_app", "text": "Open", "web_app": {"url": "https://example.com/"}}
    await table.call("setMyCommands", commands=commands, scope={"type": "all_private_chats"}, language_code="zh")
    await table.call("setMyName", name="Purse")
    await table.call("setMyDescription", description="收款与付款", language_code="zh")
    await table.call("setMyShortDescription", short_description="Play money")
    await table.call("setChatMenuButton", menu_button=button)
    await table.act("reset", people=people)
    scope = {"type": "all_private_chats"}
    assert await table.call("getMyCommands", scope=scope, language_code="zh") == commands
    assert (await table.call("getMe"))["first_name"] == "Purse"
    assert await table.call("getMyDescription", language_code="zh") == {"description": "收款与付款"}
    assert await table.call("getMyShortDescription") == {"short_description": "Play money"}
    assert await table.call("getChatMenuButton", chat_id=ALICE) == button


async def test_waiting_says_when_something_was_missed(table: Table) -> None:
    for _ in range(MAX_EVENTS + 2):
        table.world.events.tell("bot")
    assert (await table.read("wait", as_=ALICE, since=1))["lost"] is True
    assert (await table.read("wait", as_=ALICE, since=10**9))["lost"] is True
    cursor = table.world.events.cursor
    assert await table.read("wait", as_=ALICE, since=cursor, timeout=0) == {
        "events": [],
        "cursor": cursor,
        "lost": False,
    }


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("say", {"text": "x"}, 400),
        ("say", {"as": ALICE, "chat_id": GROUP, "text": 5}, 400),
        ("say", {"as": ALICE, "chat_id": GROUP, "text": "  "}, 400),
        ("say", {"as": ALICE, "chat_id": GROUP, "text": "x" * 4097}, 400),
        ("say", {"as": ALICE, "chat_id": GROUP, "text": "x", "entities": [{}]}, 400),
        ("say", {"as": ALICE, "chat_id": BOB, "text": "x"}, 404),
        ("say", {"as": 5, "chat_id": GROUP, "text": "x"}, 404),
        ("say", {"as": ALICE, "chat_id": GROUP, "text": "x", "reply_to": "m9"}, 404),
        ("press", {"as": ALICE, "chat_id": GROUP, "key": "m9", "data": "x"}, 404),
        ("tap", {"as": ALICE, "chat_id": GROUP, "text": "x"}, 404),
        ("nothing", {}, 404),
        ("errors", {"error_code": 200}, 400),
        ("people", {}, 400),
        ("chats", {"title": "x"}, 400),
        ("open", {"as": ALICE, "start": "ä"}, 400),
    ],
)
async def test_an_act_that_makes_no_sense_is_refused(table: Table, path: str, body: Json, status: int) -> None:
    async with table.client.post(table.url(f"/local/{path}"), json=body) as answer:
        assert answer.status == status
        refusal = await answer.json()
    assert refusal["ok"] is False
    assert refusal["description"]


def test_every_path_of_the_control_api_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs" / "local-chat.md").read_text()
    chat = make_local_chat(token="42:x", data_dir=None)
    routes = {route.resource.canonical for route in chat.app.router.routes() if route.resource is not None}
    paths = {path.replace("{person_id}", "<id>") for path in routes if path.startswith("/local/")}
    paths = {path.replace("{file_id}", "<file_id>") for path in paths} - {"/local/{act}"}
    paths |= {f"/local/{act}" for act in chat.control.acts}
    assert sorted(path for path in paths if not _documented(path, text)) == []


def _documented(path: str, text: str) -> bool:
    return any(path.replace("{chat_id}", name) in text for name in ("<chat_id>", "<id>"))


# ---------------------------------------------------------------- who is kept out


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:8080"}, 403),
        ({"Host": "localhost:1", "Origin": "http://localhost:1"}, 200),
        ({"Host": "localhost:1", "Origin": "http://localhost:2"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_only_this_machines_pages_and_programs_get_in(table: Table, headers: dict[str, str], status: int) -> None:
    for path in ("/local/state?as=1000001", "/local/ws"):
        async with table.client.get(table.url(path), headers=headers) as answer:
            assert (answer.status == 403) == (status == 403)


async def test_forms_that_other_sites_could_send_are_not_taken(table: Table) -> None:
    async with table.client.post(table.url("/local/reset"), data={"people": "true"}) as answer:
        assert answer.status == 415


async def test_answers_carry_a_strict_policy(table: Table) -> None:
    async with table.client.get(table.url("/local/state?as=1000001")) as answer:
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/js/../server.py", "/js/%2e%2e/index.html", "/local.py", "/page/index.html", "/js/none.js"]
)
async def test_nothing_but_the_page_is_served(table: Table, path: str) -> None:
    async with table.client.get(table.url("/").rstrip("/") + path) as answer:
        assert answer.status == 404


# ---------------------------------------------------------------- WebSocket


class Page:
    """A page that is open: reads frames in order, never waiting longer than a moment."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def next(self) -> Json:
        message = await self.socket.receive(timeout=PATIENCE)
        assert message.type is WSMsgType.TEXT, message
        frame: Json = json.loads(message.data)
        return frame

    async def until(self, kind: str) -> Json:
        for _ in range(50):
            frame = await self.next()
            if frame["type"] == kind:
                return frame
        raise AssertionError(kind)

    async def send(self, **said: Any) -> None:
        await self.socket.send_json(said)


async def test_a_page_is_greeted_and_told_what_happens(table: Table) -> None:
    await table.started(ALICE)
    async with table.client.ws_connect(table.url("/local/ws?as=1000001")) as socket:
        page = Page(socket)
        hello = await page.next()
        assert (hello["type"], hello["me"], len(hello["messages"]["1000001"])) == ("hello", ALICE, 1)
        await table.call("sendChatAction", chat_id=ALICE, action="typing")
        assert (await page.until("typing"))["action"] == "typing"
        button = {"inline_keyboard": [[{"text": "x", "callback_data": "a"}]]}
        sent = await table.call("sendMessage", chat_id=ALICE, text="one", reply_markup=button)
        assert (await page.until("message"))["message"]["text"] == "one"
        assert (await page.until("unread"))["counts"] == [{"person_id": ALICE, "unread": 1, "total": 1}]
        where = {"chat_id": ALICE, "message_id": sent["message_id"]}
        await table.call("editMessageText", **where, text="two")
        assert (await page.until("edited"))["message"]["text"] == "two"
        await table.call("sendMessage", chat_id=ALICE, text="k", reply_markup={"keyboard": [["a"]]})
        assert (await page.until("keyboard"))["keyboard"]["markup"] == {"keyboard": [[{"text": "a"}]]}
        await table.call("deleteMessage", **where)
        assert (await page.until("deleted"))["keys"] == [f"m{sent['message_id']}"]
        await table.call("setMyCommands", commands=[{"command": "send", "description": "x"}])
        assert (await page.until("commands"))["commands"]["1000001"][0]["command"] == "send"
        await page.send(type="ping")
        assert (await page.until("pong")) == {"type": "pong"}


async def test_a_page_becomes_somebody_else_and_sees_only_what_they_see(table: Table) -> None:
    async with table.client.ws_connect(table.url("/local/ws?as=1000001")) as socket:
        page = Page(socket)
        await page.until("hello")
        await page.send(type="as", person_id=BOB)
        assert (await page.until("hello"))["me"] == BOB
        secret = {"receiver_user_id": ALICE}
        await table.call("sendMessage", chat_id=GROUP, text="secret", ephemeral_message_parameters=secret)
        await table.call("sendMessage", chat_id=GROUP, text="public")
        assert (await page.until("message"))["message"]["text"] == "public"


async def test_a_reset_greets_every_page_anew(table: Table) -> None:
    await table.started(ALICE)
    async with table.client.ws_connect(table.url("/local/ws?as=1000001")) as socket:
        page = Page(socket)
        await page.until("hello")
        await table.act("reset")
        await page.until("reset")
        assert (await page.until("hello"))["messages"]["1000001"] == []


async def test_a_page_that_says_nonsense_is_not_minded(table: Table) -> None:
    async with table.client.ws_connect(table.url("/local/ws")) as socket:
        page = Page(socket)
        await page.until("hello")
        for nonsense in ("{", "[]", '{"type": "as", "person_id": []}', '{"type": "as", "person_id": 5}'):
            await socket.send_str(nonsense)
        await page.send(type="ping")
        await page.until("pong")


async def test_files_of_the_page_go_out_packed_and_only_when_they_changed(table: Table) -> None:
    async with table.client.get(table.url("/js/main.js")) as response:
        plain, tag = await response.read(), response.headers["ETag"]
        assert response.headers["Content-Encoding"] == "gzip"
        assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-cache"
    assert plain == (PAGE / "js" / "main.js").read_bytes()
    async with table.client.get(table.url("/js/main.js"), headers={"If-None-Match": tag}) as response:
        assert (response.status, await response.read()) == (304, b"")
    async with table.client.get(table.url("/js/main.js"), headers={"Accept-Encoding": "identity"}) as response:
        assert ("Content-Encoding" in response.headers, await response.read()) == (False, plain)
