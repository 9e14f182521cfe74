"""Delivers updates to the bot's webhook, one at a time and in order.

Guards: an update is done only when the webhook answered 2xx; anything else is tried again, slower each time, until
the update is too old to be kept.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qsl

import aiohttp

from .calls import Upload
from .files import MAX_FILE
from .shapes import Json
from .state import World

MAX_PAUSE = 60.0
MAX_ANSWER = 1024 * 1024
MAX_PARTS = 100
ATTEMPT = aiohttp.ClientTimeout(total=60)

# Carries out the Bot API call that a webhook may answer with.
CallBack = Callable[[str, Json, dict[str, Upload]], Awaitable[None]]


class Webhook:
    """The one who knocks. `pause` waits between attempts, so that tests give their own."""

    def __init__(
        self, world: World, answer: CallBack, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._world, self._answer, self.pause = world, answer, pause
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="local-chat-webhook")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        updates = self._world.updates
        async with aiohttp.ClientSession(timeout=ATTEMPT) as session:
            while True:  # One turn for each webhook that is set; ends with the server.
                updates.webhook_changed.clear()
                deliver = asyncio.create_task(self._deliver(session)) if updates.webhook else None
                try:
                    await updates.webhook_changed.wait()
                finally:
                    if deliver is not None:
                        deliver.cancel()
                        await asyncio.gather(deliver, return_exceptions=True)

    async def _deliver(self, session: aiohttp.ClientSession) -> None:
        pause = 1.0
        while True:  # One turn for each attempt; ends when the webhook is changed.
            update = await self._world.updates.first()
            problem = await self._attempt(session, update)
            self._note(problem)
            if problem is None:
                self._world.updates.done(update["update_id"])
                pause = 1.0
            else:
                await self.pause(pause)
                pause = min(2 * pause, MAX_PAUSE)

    def _note(self, problem: str | None) -> None:
        updates, was_online = self._world.updates, self._world.updates.online
        updates.delivered = problem is None
        if problem is not None:
            updates.last_error = (self._world.now(), problem)
        if updates.online != was_online:
            self._world.events.tell("bot")

    async def _attempt(self, session: aiohttp.ClientSession, update: Json) -> str | None:
        """Deliver once; the reason why it failed, or nothing."""
        webhook = self._world.updates.webhook
        assert webhook is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret_token"]} if webhook["secret_token"] else {}
        try:
            async with session.post(webhook["url"], json=update, headers=headers, allow_redirects=False) as response:
                if not 200 <= response.status < 300:
                    return f"Wrong response from the webhook: {response.status} {response.reason or ''}".strip()
                asked, uploads = await _asked(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return f"Connection failed: {type(error).__name__}"
        if isinstance(asked.get("method"), str):
            await self._answer(asked.pop("method"), asked, uploads)
        return None


async def _asked(response: aiohttp.ClientResponse) -> tuple[Json, dict[str, Upload]]:
    """The Bot API call in the answer of a webhook: JSON, a form, or parts with files. What is none of them is none."""
    if response.content_type == "multipart/form-data":
        return await _parts(response)
    body = await _read(response.content.iter_chunked(64 * 1024), MAX_ANSWER)
    if response.content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True)), {}
    try:
        found = json.loads(body) if body.strip().startswith(b"{") else {}
    except (ValueError, RecursionError):
        return {}, {}
    return found, {}


async def _parts(response: aiohttp.ClientResponse) -> tuple[Json, dict[str, Upload]]:
    asked, uploads, left = Json(), dict[str, Upload](), MAX_FILE
    try:
        reader = aiohttp.MultipartReader.from_response(response)
        for _ in range(MAX_PARTS):
            part = await reader.next()
            if not isinstance(part, aiohttp.BodyPartReader):
                return asked, uploads
            content = await _read(_chunks(part), left)
            left -= len(content)
            if part.filename is not None:
                uploads[part.name or ""] = Upload(part.filename, content, part.headers.get("Content-Type"))
            else:
                asked[part.name or ""] = content.decode(errors="replace")
    except ValueError:
        return {}, {}
    return asked, uploads


async def _chunks(part: aiohttp.BodyPartReader) -> AsyncIterator[bytes]:
    while not part.at_eof():  # Ends with the part, whose reader stops at the bound of the answer.
        yield await part.read_chunk()


async def _read(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    """Everything, up to a bound; what is larger is cut off and then no longer makes sense."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > limit:
            break
    return bytes(content[:limit])
