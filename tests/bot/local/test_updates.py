"""Updates: polled, confirmed, filtered, pushed to a webhook, and lost by nobody."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot, Dispatcher
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.local.shapes import Json
from tests.bot.local.conftest import ALICE, BOB, GROUP, Table
from tests.patience import PATIENCE


async def test_an_update_comes_again_until_it_is_confirmed(table: Table) -> None:
    await table.act("say", as_=ALICE, chat_id=GROUP, text="one")
    await table.act("say", as_=ALICE, chat_id=GROUP, text="two")
    first = await table.call("getUpdates")
    assert first == await table.call("getUpdates")
    assert [update["message"]["text"] for update in first] == ["one", "two"]
    left = await table.call("getUpdates", offset=first[0]["update_id"] + 1)
    assert left == first[1:]
    assert await table.call("getUpdates", limit=1) == first[1:]
    assert await table.call("getUpdates", offset=first[1]["update_id"] + 1) == []


async def test_a_negative_offset_forgets_all_but_the_last(table: Table) -> None:
    for text in ("one", "two", "three"):
        await table.act("say", as_=ALICE, chat_id=GROUP, text=text)
    last = await table.call("getUpdates", offset=-1)
    assert [update["message"]["text"] for update in last] == ["three"]
    assert len(await table.call("getUpdates")) == 1


async def test_a_long_poll_ends_with_the_first_update(table: Table) -> None:
    polling = asyncio.create_task(table.call("getUpdates", timeout=50))
    await asyncio.sleep(0)
    await table.act("say", as_=ALICE, chat_id=GROUP, text="hello")
    assert (await asyncio.wait_for(polling, PATIENCE))[0]["message"]["text"] == "hello"


async def test_a_second_poller_ends_the_first(table: Table) -> None:
    first = asyncio.create_task(table.refused("getUpdates", timeout=50))
    await asyncio.sleep(0)
    assert await table.call("getUpdates") == []
    assert (await first).startswith("Conflict: terminated by other getUpdates request")


async def test_only_updates_that_the_bot_allows_are_queued(table: Table) -> None:
    await table.call("getUpdates", allowed_updates=["callback_query"])
    await table.act("say", as_=ALICE, chat_id=GROUP, text="unheard")
    assert await table.updates() == []
    await table.call("getUpdates", allowed_updates=[])
    await table.act("say", as_=ALICE, chat_id=GROUP, text="heard")
    assert len(await table.updates()) == 1


async def test_updates_are_dropped_after_24_hours(table: Table) -> None:
    await table.act("say", as_=ALICE, chat_id=GROUP, text="old")
    table.clock.pass_by(86_401)
    assert await table.call("getUpdates") == []


async def test_an_edit_is_an_update_of_its_own(table: Table) -> None:
    said = (await table.act("say", as_=ALICE, chat_id=GROUP, text="/send @bob 20"))["message"]
    await table.act("edit", as_=ALICE, chat_id=GROUP, key=said["local"]["key"], text="/send @bob 200")
    edited = (await table.updates())[-1]["edited_message"]
    assert (edited["text"], edited["message_id"]) == ("/send @bob 200", said["message_id"])


async def test_a_forward_names_where_it_comes_from_and_an_old_message_its_time(table: Table) -> None:
    said = (await table.act("say", as_=ALICE, chat_id=GROUP, text="/send @bob 20"))["message"]
    await table.act("forward", as_=BOB, from_chat_id=GROUP, key=said["local"]["key"], chat_id=GROUP)
    await table.act("say", as_=BOB, chat_id=GROUP, text="/send @alice 1", date=table.world.now() - 20 * 3600)
    _, forwarded, old = [update["message"] for update in await table.updates()]
    assert forwarded["forward_origin"]["sender_user"]["id"] == ALICE
    assert old["date"] == table.world.now() - 20 * 3600


async def test_in_privacy_mode_a_plain_member_hears_only_what_is_meant_for_it(table: Table) -> None:
    table.world.reads_all = False
    await table.act(f"chats/{GROUP}/members", person_id=42, status="member")
    await table.updates()
    sent = await table.call("sendMessage", chat_id=GROUP, text="hi")
    for text in ("just talk", "/help", "/help@other_bot", "hey @ikmpay_bot", "转账 @bob 20"):
        await table.act("say", as_=ALICE, chat_id=GROUP, text=text)
    await table.act("say", as_=ALICE, chat_id=GROUP, text="an answer", reply_to=f"m{sent['message_id']}")
    heard = [update["message"]["text"] for update in await table.updates()]
    assert heard == ["/help", "hey @ikmpay_bot", "an answer"]


async def test_coming_and_going_is_told(table: Table) -> None:
    await table.act("leave", as_=BOB, chat_id=GROUP)
    await table.act("join", as_=BOB, chat_id=GROUP)
    left, joined = [update["message"] for update in await table.updates()]
    assert (left["left_chat_member"]["id"], joined["new_chat_members"][0]["id"]) == (BOB, BOB)
    assert (await table.try_act("join", as_=BOB, chat_id=GROUP))[0] == 409


async def test_a_raw_update_is_queued_as_it_is(table: Table) -> None:
    made = await table.act("update", message={"nonsense": True})
    assert await table.updates() == [{"update_id": made["update_id"], "message": {"nonsense": True}}]


async def test_stopping_waits_for_no_poll(table: Table) -> None:
    url = table.url("/bot42:local-chat-token/getUpdates?timeout=50")
    async with aiohttp.ClientSession() as client:
        polling = asyncio.create_task(client.get(url))
        waiting = asyncio.create_task(client.get(table.url("/local/wait?since=0&timeout=50")))
        while not table.world.updates.online:
            await table.world.events.changed(table.world.events.cursor, PATIENCE)
        await asyncio.wait_for(table.server.close(), 5)
        await asyncio.gather(polling, waiting, return_exceptions=True)


async def test_stopping_waits_little_for_pages_that_sleep(table: Table) -> None:
    async with aiohttp.ClientSession() as client:
        asleep = [await client.ws_connect(table.url("/local/ws")) for _ in range(5)]
        for socket in asleep:
            assert (await socket.receive_json())["type"] == "hello"
        await asyncio.wait_for(table.server.close(), 10)  # None of them reads that it shall hang up.


# ---------------------------------------------------------------- webhook


class Hook:
    """A webhook that remembers what it got and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[str | None, Json]] = []
        self.answers: list[tuple[int, Json]] = []
        self.news = asyncio.Event()
        app = web.Application()
        app.router.add_post("/hook", self._serve)
        self.server = TestServer(app)

    async def _serve(self, request: web.Request) -> web.Response:
        self.got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        self.news.set()
        status, body = self.answers.pop(0) if self.answers else (200, {})
        return web.json_response(body, status=status)

    async def until(self, count: int) -> None:
        while len(self.got) < count:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), PATIENCE)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    await made.server.start_server()
    yield made
    await made.server.close()


async def without_pause(_: float) -> None:
    await asyncio.sleep(0)


async def test_a_webhook_gets_updates_in_order_with_its_secret(table: Table, hook: Hook) -> None:
    await table.act("say", as_=ALICE, chat_id=GROUP, text="before")
    await table.call("setWebhook", url=str(hook.server.make_url("/hook")), secret_token="s3cret_-")
    await table.act("say", as_=ALICE, chat_id=GROUP, text="after")
    await hook.until(2)
    assert [(secret, update["message"]["text"]) for secret, update in hook.got] == [
        ("s3cret_-", "before"),
        ("s3cret_-", "after"),
    ]
    assert (await table.refused("getUpdates")).startswith(
        "Conflict: can't use getUpdates method while webhook is active"
    )
    await table.call("deleteWebhook")
    assert await table.call("getUpdates", offset=-1) is not None


async def test_a_webhook_that_fails_gets_the_same_update_again(table: Table, hook: Hook) -> None:
    table.chat.webhook.pause = without_pause
    hook.answers = [(500, {}), (302, {})]
    await table.call("setWebhook", url=str(hook.server.make_url("/hook")))
    await table.act("say", as_=ALICE, chat_id=GROUP, text="once")
    await hook.until(3)
    assert len({update["update_id"] for _, update in hook.got}) == 1
    assert "302" in (await table.call("getWebhookInfo"))["last_error_message"]


async def test_a_call_in_the_webhooks_answer_is_carried_out(table: Table, hook: Hook) -> None:
    hook.answers = [(200, {"method": "sendMessage", "chat_id": GROUP, "text": "answered"})]
    await table.call("setWebhook", url=str(hook.server.make_url("/hook")))
    made = await table.act("say", as_=ALICE, chat_id=GROUP, text="ask")
    found = await table.news(ALICE, made["cursor"], "message", 2)
    assert found[-1]["message"]["text"] == "answered"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"url": "http://example.com/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://"}, "bad webhook: invalid URL specified"),
        ({"url": "https://example.com/", "secret_token": "a b"}, "secret token contains unallowed characters"),
    ],
)
async def test_a_webhook_must_be_reachable_and_its_secret_plain(table: Table, given: Json, reason: str) -> None:
    assert await table.refused("setWebhook", **given) == f"Bad Request: {reason}"


async def test_a_call_in_the_webhooks_answer_that_is_refused_stops_nothing(table: Table, hook: Hook) -> None:
    hook.answers = [(200, {"method": "sendMessage", "chat_id": 999, "text": "x"}), (200, {"method": "fly"})]
    await table.call("setWebhook", url=str(hook.server.make_url("/hook")))
    for text in ("one", "two", "three"):
        await table.act("say", as_=ALICE, chat_id=GROUP, text=text)
    await hook.until(3)
    refused = (await table.read("calls", failed="true"))["calls"]
    assert [(call["method"], call["by"], call["status"]) for call in refused] == [
        ("sendMessage", "webhook", 400),
        ("fly", "webhook", 404),
    ]


async def test_aiograms_own_webhook_answer_with_a_file_is_carried_out(table: Table) -> None:
    """aiogram answers in parts, as a browser's form would."""
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> SendDocument:
        return SendDocument(chat_id=message.chat.id, document=BufferedInputFile(b"a,b", "a.csv"), caption="here")

    bot, app = Bot("42:x"), web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False).register(app, "/hook")
    server = TestServer(app)
    await server.start_server()
    try:
        await table.call("setWebhook", url=str(server.make_url("/hook")))
        made = await table.act("say", as_=ALICE, chat_id=GROUP, text="ask")
        shown = (await table.news(ALICE, made["cursor"], "message", 2))[-1]["message"]
        assert (shown["document"]["file_name"], shown["caption"]) == ("a.csv", "here")
    finally:
        await server.close()
        await bot.session.close()
