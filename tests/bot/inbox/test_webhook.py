"""The way in by being told: the answer comes after the commit, and only for whoever knows the secret."""
from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web import MOST_BYTES, SECRET_HEADER, Webhook
from storage.database import Database
from tests.bot.inbox.desk import Desk, opened, said

SECRET = "a-secret-of-the-webhook"
Post = Callable[..., Awaitable[int]]


@pytest.fixture
async def post(desk: Desk) -> AsyncIterator[Post]:
    app = web.Application()
    app.router.add_post("/hook", Webhook(desk.inbox, SECRET).take)
    async with TestClient(TestServer(app)) as client:
        async def send(body: Any, secret: str | bytes | None = SECRET) -> int:
            headers = {} if secret is None else {SECRET_HEADER: secret}
            data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
            async with client.post("/hook", data=data, headers=headers) as answer:  # type: ignore[arg-type]
                return answer.status

        yield send


async def test_the_webhook_answers_when_it_is_stored(desk: Desk, post: Post) -> None:
    desk.handled.gates[7] = asyncio.Event()
    assert await post(said(1)) == 200
    assert await desk.states() == {1: "pending"}
    assert await post(said(1)) == 200
    desk.handled.gates[7].set()
    await desk.idle()
    assert desk.handled.numbers(7) == [1]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "密钥", "é"])
async def test_nobody_without_the_secret_is_listened_to(desk: Desk, post: Post, secret: str | None) -> None:
    assert await post(said(1), secret) == 401
    assert await desk.states() == {}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"update_id": "1"}', b"\xff\xfe", b"[" * 100_000])
async def test_what_is_no_update_is_a_bad_request(desk: Desk, post: Post, body: bytes) -> None:
    assert await post(body) == 400


async def test_a_body_beyond_the_bound_is_refused(desk: Desk, post: Post) -> None:
    assert await post(b"x" * (MOST_BYTES + 1)) == 413


async def test_a_full_inbox_says_come_back(database: Database) -> None:
    desk = await opened(database, most=1)
    gate = desk.handled.gates[7] = asyncio.Event()
    app = web.Application()
    app.router.add_post("/hook", Webhook(desk.inbox, SECRET).take)
    async with TestClient(TestServer(app)) as client:
        headers = {SECRET_HEADER: SECRET}
        assert (await client.post("/hook", json=said(1), headers=headers)).status == 200
        answer = await client.post("/hook", json=said(2), headers=headers)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        gate.set()
        await desk.idle()
        assert (await client.post("/hook", json=said(2), headers=headers)).status == 200
        await desk.idle()
    await desk.inbox.stop()
    assert await desk.states() == {1: "done", 2: "done"}


async def test_an_update_that_could_not_be_stored_comes_again(database: Database) -> None:
    desk = await opened(database)
    await database.close()
    app = web.Application()
    app.router.add_post("/hook", Webhook(desk.inbox, SECRET).take)
    async with TestClient(TestServer(app)) as client:
        assert (await client.post("/hook", json=said(1), headers={SECRET_HEADER: SECRET})).status == 503
    await desk.inbox.stop(0.1)
