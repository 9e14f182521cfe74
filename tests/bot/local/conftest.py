"""A local chat on a free port, with a clock that only moves when a test moves it.

Guards: every test has a world of its own, and everything it opens is closed again.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.local.errors import ApiError
from bot.local.server import LocalChat, make_local_chat
from bot.local.shapes import Json
from tests.bot.local.browsers import Browsers, chromium

TOKEN = "42:local-chat-token"
ALICE, LIMING, BOB, WANGFANG = 1000001, 1000002, 1000003, 1000004
GROUP = -1001000000001
BOT = 42


class Clock:
    """Seconds that stand still until somebody moves them."""

    def __init__(self) -> None:
        self.now = 1_760_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


class Table:
    """A local chat that is being served, and the two ways to talk to it."""

    def __init__(self, chat: LocalChat, server: TestServer, client: aiohttp.ClientSession, clock: Clock) -> None:
        self.chat, self.server, self.client, self.clock = chat, server, client, clock
        self.world = chat.world

    def url(self, path: str) -> str:
        return str(self.server.make_url(path))

    async def call(self, method: str, **given: Any) -> Any:
        """A Bot API call without HTTP around it."""
        return await self.chat.api.call(method, given)

    async def refused(self, method: str, **given: Any) -> str:
        """The description with which a Bot API call is refused."""
        with pytest.raises(ApiError) as caught:
            await self.chat.api.call(method, given)
        return caught.value.description

    async def http(self, method: str, token: str = TOKEN, **given: Any) -> tuple[int, Json]:
        async with self.client.post(self.url(f"/bot{token}/{method}"), json=given) as response:
            return response.status, await response.json()

    async def act(self, path: str, **given: Any) -> Any:
        """An act through the control API, which must succeed."""
        status, body = await self.try_act(path, **given)
        assert status == 200, body
        return body["result"]

    async def try_act(self, path: str, **given: Any) -> tuple[int, Json]:
        given = {name.rstrip("_"): value for name, value in given.items()}
        async with self.client.post(self.url(f"/local/{path}"), json=given) as response:
            return response.status, await response.json()

    async def read(self, path: str, **query: Any) -> Any:
        query = {name.rstrip("_"): str(value) for name, value in query.items()}
        async with self.client.get(self.url(f"/local/{path}"), params=query) as response:
            body = await response.json()
            assert response.status == 200, body
            return body["result"]

    async def messages(self, person: int, chat_id: int | None = None) -> list[Json]:
        found: list[Json] = (await self.read(f"chats/{chat_id or person}/messages", as_=person))["messages"]
        return found

    async def news(self, person: int, since: int, kind: str, count: int = 1) -> list[Json]:
        """At least so many events of a kind since the cursor; waits for them without sleeping."""
        found = list[Json]()
        for _ in range(20):
            told = await self.read("wait", as_=person, since=since, type=kind, timeout=5)
            found.extend(told["events"])
            since = told["cursor"]
            if len(found) >= count:
                return found
        raise AssertionError(f"only {found}")

    async def updates(self) -> list[Json]:
        """What the bot would get now; it is confirmed at once."""
        found: list[Json] = await self.call("getUpdates")
        if found:
            await self.call("getUpdates", offset=found[-1]["update_id"] + 1)
        return found

    async def started(self, *people: int) -> None:
        """These people have pressed Start, and the bot knows already."""
        for person in people:
            await self.act("open", as_=person, start="")
        await self.updates()


async def serve(data_dir: Path | None, clock: Clock) -> AsyncIterator[Table]:
    chat = make_local_chat(token=TOKEN, data_dir=data_dir, clock=clock)
    await chat.start()
    server = TestServer(chat.app)
    await server.start_server()
    try:
        async with aiohttp.ClientSession() as client:
            yield Table(chat, server, client, clock)
    finally:
        await server.close()
        await chat.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def table(clock: Clock) -> AsyncIterator[Table]:
    async for made in serve(None, clock):
        yield made


@pytest.fixture
async def browsers(table: Table) -> AsyncIterator[Browsers]:
    async with chromium(table) as opened:
        yield opened
