"""What another Bot API server answers, and what stands in front of it, is taken for what it is."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import GetMe
from aiohttp import web

from bot.inbox import tries
from bot.telegram import ASK_AGAIN, ASK_AGAIN_MOST, Session, until_answered
from bot.web import Site
from tests.fakes.clock import FakeClock, settle

Ask = Callable[[web.Response], Awaitable[object]]
PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"
METHOD = GetMe()


@pytest.fixture
async def ask() -> AsyncIterator[Ask]:
    """Asks a server who we are, which answers what it is told to."""
    told: list[web.Response] = []

    async def answer(_: web.Request) -> web.Response:
        return told.pop()

    app = web.Application()
    app.router.add_route("*", "/bot42:token/{method}", answer)
    site = Site(app, "127.0.0.1", 0)
    await site.start()
    bot = Bot("42:token", session=Session(api=TelegramAPIServer.from_base(f"http://127.0.0.1:{site.port}")))

    async def asked(response: web.Response) -> object:
        told.append(response)
        return await bot.get_me()

    yield asked
    await bot.session.close()
    await site.stop()


@pytest.mark.parametrize("status", [200, 403, 404, 429, 500, 502, 504])
async def test_a_page_of_a_proxy_is_no_answer_and_what_was_asked_is_asked_again(ask: Ask, status: int) -> None:
    with pytest.raises(TelegramServerError) as caught:
        await ask(web.Response(text=PAGE, status=status, content_type="text/html"))
    assert tries(caught.value) > 10


async def test_a_refusal_of_the_server_itself_is_one(ask: Ask) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await ask(web.json_response({"ok": False, "error_code": 400, "description": "chat not found"}, status=400))


async def test_json_that_is_no_answer_is_not_asked_for_again(ask: Ask) -> None:
    with pytest.raises(ClientDecodeError):
        await ask(web.json_response({"ok": True, "result": {"first_name": "no id"}}))


async def test_at_the_start_the_server_is_asked_until_it_answers() -> None:
    clock = FakeClock()
    fails: list[Exception] = [TelegramNetworkError(METHOD, "no route"), TelegramServerError(METHOD, "502"),
                              TelegramRetryAfter(METHOD, "slowly", 7), TelegramRetryAfter(METHOD, "slowly", 9_999)]

    async def question() -> str:
        if fails:
            raise fails.pop(0)
        return "here"

    asking = asyncio.create_task(until_answered(question, clock))
    for pause in (ASK_AGAIN, ASK_AGAIN, 7, ASK_AGAIN_MOST):
        await settle()
        assert not asking.done()
        await clock.advance(pause)
    assert await asking == "here"


async def test_what_the_server_refuses_at_the_start_is_not_asked_for_again() -> None:
    async def question() -> None:
        raise TelegramNotFound(METHOD, "Not Found")

    with pytest.raises(TelegramNotFound):
        await until_answered(question, FakeClock())
