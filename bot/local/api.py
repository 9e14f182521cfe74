"""The Bot API over HTTP: token, method, parameters in any of their four dresses, and the answer.

The invariant: what the bot is answered is on disk before, and every refusal has Telegram's form.
"""

import asyncio
import inspect
import json
import logging
from typing import Any

from aiohttp import web

from . import chats, editing, members, profile, receiving, rules, sending, topics
from .calls import Call, Handler, Upload
from .errors import ActError, ApiError, bad_request
from .files import INLINE, MAX_FILE
from .shapes import Json, picked
from .state import World

log = logging.getLogger(__name__)

PLAYED: dict[str, Handler] = {
    name.lower(): handler
    for module in (receiving, sending, editing, chats, members, topics, profile)
    for name, handler in module.PLAYED.items()
}
_DEFAULT_WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class BotApi:
    """Answers the bot's requests out of one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)

    async def call(self, name: str, given: Json, uploads: dict[str, Upload] | None = None, gone: Any = None) -> object:
        """Carry out one method; its result, or an `ApiError`."""
        method = rules.METHODS.get(name.lower())
        if method is None:
            raise ApiError(404, "Not Found")
        values = rules.read(method, given, set(uploads or {}))
        handler = PLAYED.get(name.lower())
        if handler is None:
            raise rules.unsupported()
        if values.get("business_connection_id"):
            raise bad_request("business connection not found")
        try:
            result = handler(Call(self.world, values, uploads or {}, gone or (lambda: False)))
            if inspect.isawaitable(result):
                result = await result
        except ActError as error:
            raise ApiError(400, f"Bad Request: {error.description}") from error
        await self.world.journal.saved()
        return result

    # ------------------------------------------------------------ HTTP

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            if request.match_info["token"] != self.world.token:
                raise ApiError(401, "Unauthorized")
            if request.method not in ("GET", "POST"):
                raise ApiError(405, "Method Not Allowed")
            given, uploads = await _parameters(request)
            name = request.match_info["method"]
            fault = self._fault(name, given)
            if fault is not None and fault["when"] == "before":
                return _failed(request, fault)
            result = await self.call(name, given, uploads, lambda: _gone(request))
            if fault is not None:
                return _failed(request, fault)
            return _answer({"ok": True, "result": result})
        except ApiError as error:
            return _refusal(error.code, error.description, error.parameters)
        except web.HTTPRequestEntityTooLarge:
            return _refusal(413, "Request Entity Too Large", None)
        except Exception:
            log.exception("%s could not be carried out", request.match_info["method"])
            return _refusal(500, "Internal Server Error", None)

    def _fault(self, name: str, given: Json) -> Json | None:
        """The error that somebody asked for, if this call is meant; each is used up by its calls."""
        for fault_id, fault in self.world.faults.items():
            if fault["method"] not in ("*", name.lower()):
                continue
            if "chat_id" in fault and str(given.get("chat_id")) != str(fault["chat_id"]):
                continue
            if fault["times"] == 1:
                del self.world.faults[fault_id]
            elif fault["times"] > 1:
                self.world.faults[fault_id] = {**fault, "times": fault["times"] - 1}
            return fault
        return None

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.world.token:
            return _refusal(401, "Unauthorized", None)
        file = self.world.files.at(request.match_info["path"])
        if file is None:
            return _refusal(404, "Not Found", None)
        content = await asyncio.get_running_loop().run_in_executor(None, self.world.files.read, file)
        return web.Response(
            body=content, content_type=file.mime_type if file.mime_type in INLINE else "application/octet-stream"
        )


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


async def _parameters(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """The parameters from the query and the body; later ones win, as the body is what the caller meant."""
    given: Json = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.method == "GET" or not request.can_read_body:
        return given, uploads
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise ApiError(400, "Bad Request: can't parse JSON object") from None
        if not isinstance(body, dict):
            raise ApiError(400, "Bad Request: object expected as the request body")
        return given | body, uploads
    try:
        form = await request.post()
    except ValueError:
        raise ApiError(400, "Bad Request: can't parse the request body") from None
    for name, value in form.items():
        if isinstance(value, web.FileField):
            content = value.file.read(MAX_FILE + 1)
            uploads[name] = Upload(value.filename, content, value.content_type)
        else:
            given[name] = value if isinstance(value, str) else value.decode(errors="replace")
    return given, uploads


def _answer(body: Json, status: int = 200) -> web.Response:
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(), status=status, content_type="application/json"
    )


def _refusal(code: int, description: str, parameters: Json | None) -> web.Response:
    body: Json = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return _answer(body, code)


def _failed(request: web.Request, fault: Json) -> web.StreamResponse:
    """The error that was asked for: an answer, or a connection that breaks."""
    if fault["cut"]:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    parameters = picked(fault, ("retry_after", "migrate_to_chat_id"))
    usual = _DEFAULT_WORDS.get(fault["error_code"], "Error").format(retry_after=fault.get("retry_after", 0))
    return _refusal(fault["error_code"], fault.get("description") or usual, parameters)
