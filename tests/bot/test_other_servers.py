"""A Bot API server of somebody else's need not know everything: what the bot can do without does not keep it from
starting, and what it can't is said in words."""
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from bot.app import App
from bot.settings import WrongSettings, read_settings
from bot.web import Site
from tests.scenarios.harness import HASHER

ME = {"id": 42, "is_bot": True, "first_name": "Pay", "username": "other_pay_bot"}
Start = Callable[..., Awaitable[App]]


@pytest.fixture
async def start(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a bot against a server that knows nothing but who the bot is and that nothing has happened."""
    refused = {"deleteWebhook": 404, "setMyCommands": 404, "setWebhook": 400}

    async def answer(request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method in refused:
            body = {"ok": False, "error_code": refused[method], "description": f"Bad Request: no {method} here"}
            return web.json_response(body, status=refused[method])
        return web.json_response({"ok": True, "result": ME if method == "getMe" else []})

    server = web.Application()
    server.router.add_route("*", "/bot42:token/{method}", answer)
    site = Site(server, "127.0.0.1", 0)
    await site.start()
    apps: list[App] = []

    async def started(**more: object) -> App:
        given = {"data_dir": tmp_path, "database_url": sqlite_url, "port": 0, "bot_token": "42:token",
                 "bot_api_url": f"http://127.0.0.1:{site.port}/", **more}
        apps.append(App(read_settings(given), hasher=HASHER))
        await apps[-1].start()
        return apps[-1]

    yield started
    for app in apps:
        await app.stop()
    await site.stop()


async def test_a_server_without_menus_and_webhooks_is_polled_all_the_same(start: Start) -> None:
    app = await start()
    assert app.polling is not None
    await app.polling.turned.wait()
    assert app.troubles() == []


async def test_a_webhook_that_the_server_refuses_is_said_in_words(start: Start) -> None:
    with pytest.raises(WrongSettings, match=r"WEBHOOK_URL: .* no setWebhook here"):
        await start(webhook_url="http://127.0.0.1:8080/telegram/hook", webhook_secret="s" * 32)
