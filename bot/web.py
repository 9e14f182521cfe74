"""The web surface of the process: health, numbers, and the webhook.

Guards: an update is answered with 200 only after it is committed; nobody without the secret is listened to, and the
secret is compared in constant time, as bytes, whatever was sent. Bodies are bounded, and when there is no room the
sender hears 503 and comes back.
"""
from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Final

import structlog
from aiohttp import web

from bot.arrivals import NotAnUpdate, arrived
from bot.inbox import Inbox
from bot.metrics import Metrics

log = structlog.get_logger(__name__)

MOST_BYTES: Final = 1024 * 1024
"""How large an update may be; Telegram's own have some kilobytes."""
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name


class Webhook:
    """Takes updates from Telegram."""

    def __init__(self, inbox: Inbox, secret: str) -> None:
        assert secret
        self._inbox = inbox
        self._secret = secret.encode()

    async def take(self, request: web.Request) -> web.Response:
        """Store one update."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=401)
        if self._inbox.full:
            return web.Response(status=503, headers={"Retry-After": "1"})
        try:
            update = json.loads(await read(request))
            arrival = arrived(update, self._inbox.moment())
        except (ValueError, RecursionError, NotAnUpdate):
            return web.Response(status=400)
        try:
            await self._inbox.accept([arrival])
        except Exception as error:  # noqa: BLE001 - not stored, whatever the reason: it has to come again
            log.warning("an update could not be stored", error=type(error).__name__)
            return web.Response(status=503, headers={"Retry-After": "1"})
        return web.Response()


async def read(request: web.Request) -> bytes:
    """The body, unless it is too large."""
    if (request.content_length or 0) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)
    body = bytearray()
    async for piece in request.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES, len(body))
    return bytes(body)


def add_health(app: web.Application, troubles: Callable[[], list[str]], metrics: Metrics | None) -> None:
    """`/healthz`: the process lives. `/readyz`: it can do its work. `/metrics`: its numbers, where they may be seen:
    the port may be a public one, and how much is paid is nobody's business."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        found = troubles()
        return web.Response(text="\n".join(found or ["ready"]) + "\n", status=503 if found else 200)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    if metrics is None:
        return

    async def numbers(_: web.Request) -> web.Response:
        return web.Response(body=metrics.page(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app.router.add_get("/metrics", numbers)


class Site:
    """An application that is served on one port."""

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=3.0)
        self._host = host
        self._wanted = port
        self.port = port
        """The real one, once it is open: 0 asks for any that is free."""

    async def start(self) -> None:
        """Begin to listen. Raises `OSError` when the port is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._wanted).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Let go of the port and of whoever is connected."""
        await self._runner.cleanup()
