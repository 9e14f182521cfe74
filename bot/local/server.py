"""The local chat as one aiohttp application: Bot API, control API, WebSocket and page.

Guards: only this machine's own pages and programs get in. Hosts are loopback names, and a request that a browser
sends for another site is refused before anything reads it.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, WSMsgType, web

from . import seed, views
from .api import BotApi
from .control import Control
from .files import MAX_FILE
from .mails import Mails
from .pages import PageFiles
from .shapes import Json
from .state import World
from .webhook import Webhook

log = logging.getLogger(__name__)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MAX_PAGES = 200
MAX_BEHIND = 1_000
LEAVE = 2.0  # Seconds for a page to hang up; one that sleeps must not keep the chat from stopping.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; "
    "frame-src 'self' https: http://127.0.0.1:* http://localhost:*; "  # Mini Apps come from elsewhere.
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Keep other sites out: by rebinding a name to this machine, or by a form or a script of theirs."""
    if not request.path.startswith(("/bot", "/file/")):
        host = request.headers.get("Host", "")
        name = _hostname(host)
        origin = request.headers.get("Origin")
        if name not in LOOPBACK or (origin is not None and origin != f"{request.scheme}://{host}"):
            body = {"ok": False, "error": "forbidden", "description": "Only pages and programs of this machine."}
            return web.json_response(body, status=403)
    return await handler(request)


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


class LocalChat:
    """A world and the application that shows it. `start` before serving, `close` after."""

    def __init__(self, world: World, *, operators: bool = False) -> None:
        """`operators` are among the people where nobody else is."""
        self.world = world
        self._operators = operators
        self.api = BotApi(world)
        self.control = Control(world)
        self.webhook = Webhook(world, self.api.from_webhook)
        self.app = web.Application(middlewares=[guard], client_max_size=MAX_FILE + 1024 * 1024)
        self._sockets: set[web.WebSocketResponse] = set()
        self._watch: asyncio.Task[None] | None = None
        self._started = False
        self.api.add_routes(self.app)
        self.app.router.add_get("/local/ws", self._socket)
        self.control.add_routes(self.app)
        self.mails = Mails()
        self.mails.add_routes(self.app)
        PageFiles().add_routes(self.app)
        self.app.on_response_prepare.append(_harden)
        self.app.on_shutdown.append(self._hang_up)

    async def start(self) -> None:
        if self._started:
            return
        self._started = True
        self.world.open()
        if self._operators:
            self.world.sow(seed.OPERATORS, seed.OPERATORS_GROUP_ID, seed.OPERATORS_GROUP_TITLE)
        await self.world.journal.saved()
        self.webhook.start()
        self._watch = asyncio.create_task(self._watch_bot(), name="local-chat-watch")

    async def close(self) -> None:
        if not self._started:
            return
        self._started = False
        await self._hang_up(self.app)
        await self.webhook.close()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.world.journal.close()

    async def _watch_bot(self) -> None:
        """Tell the pages when the bot stops asking for updates."""
        online = self.world.updates.online
        while True:  # Ends when the chat is closed.
            await asyncio.sleep(2)
            if self.world.updates.online != online:
                online = not online
                self.world.events.tell("bot")

    # ------------------------------------------------------------ WebSocket

    async def _hang_up(self, _: web.Application) -> None:
        """End everything that waits, so that stopping takes no longer than it must."""
        self.world.updates.stop()
        self.world.events.close()
        self.world.calls.close()
        ended = [socket.close(code=WSCloseCode.GOING_AWAY, message=b"the local chat stops") for socket in self._sockets]
        await asyncio.gather(*ended, return_exceptions=True)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if len(self._sockets) >= MAX_PAGES:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(timeout=LEAVE, heartbeat=30, max_msg_size=64 * 1024)
        await socket.prepare(request)
        page = _Page(self.world, socket, request.query.get("as", ""))
        self._sockets.add(socket)
        self.world.pages += 1
        teller = asyncio.create_task(page.tell())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await page.hear(message.data)
        except ConnectionError:
            log.debug("a page went away while it was told something")
        finally:
            self.world.pages -= 1
            self._sockets.discard(socket)
            teller.cancel()
            await asyncio.gather(teller, return_exceptions=True)
        return socket


async def _harden(request: web.Request, response: web.StreamResponse) -> None:
    if not request.path.startswith(("/bot", "/file/")):
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)


class _Page:
    """One open page: who it is, and how far it has been told."""

    def __init__(self, world: World, socket: web.WebSocketResponse, wanted: str) -> None:
        self._world, self._socket = world, socket
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 17 else 0
        self._person = number if number in world.people else min(world.people)
        self._cursor = -1
        self._turn = 0

    async def tell(self) -> None:
        """Tell until the page is gone. If telling itself fails, the page is sent to begin again."""
        try:
            await self._tell()
        except ConnectionError:
            log.debug("a page went away while it was told something")
        except Exception:
            log.exception("a page could not be told what happened")
            await self._socket.close(code=WSCloseCode.INTERNAL_ERROR)

    async def _tell(self) -> None:
        """Say hello, then every event in order. A page that falls too far behind has to begin again.

        When the chat ends there is nothing more to tell, though the page may not have hung up yet.
        """
        while not self._socket.closed and not self._world.events.closed:
            if self._cursor < 0:
                await self._hello()
            turn = self._turn
            events, lost = self._world.events.since(self._cursor)
            if lost or len(events) > MAX_BEHIND:
                await self._socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"too slow")
                return
            for event in events:
                if self._turn != turn:  # The person changed meanwhile, and was greeted with everything.
                    break
                self._cursor = event.cursor
                if event.type == "reset":
                    self._person = self._person if self._person in self._world.people else min(self._world.people)
                    await self._send({"cursor": event.cursor, "type": "reset"})
                    self._cursor = -1
                    break
                shown = views.event_view(self._world, event, self._person)
                if shown is not None:
                    await self._send(shown)
            if self._cursor >= 0:
                await self._world.events.changed(self._cursor, 30)

    async def _hello(self) -> None:
        state = views.state(self._world, self._person)
        self._turn += 1
        self._cursor = int(state["cursor"])
        await self._send({"type": "hello", **state})

    async def _send(self, message: Json) -> None:
        await self._socket.send_str(json.dumps(message, ensure_ascii=False))

    async def hear(self, data: str) -> None:
        try:
            said = json.loads(data)
        except (ValueError, RecursionError):
            return
        if not isinstance(said, dict):
            return
        if said.get("type") == "ping":
            await self._send({"type": "pong"})
            return
        person = said.get("person_id")
        if said.get("type") == "as" and isinstance(person, int) and person in self._world.people:
            self._person = person
            await self._hello()


def make_local_chat(
    *,
    token: str,
    data_dir: Path | None,
    clock: Callable[[], float] = time.time,
    brand: str = "ikmPay",
    operators: bool = False,
) -> LocalChat:
    """A local chat for one bot. Without a folder nothing outlives it. With `operators` there are the seed's."""
    if not token.partition(":")[0].isdecimal() or not token.partition(":")[2]:
        raise ValueError("A bot token is a number, a colon and a secret.")
    return LocalChat(World(token, data_dir, clock, brand), operators=operators)
