"""The Bot API over HTTP: token, method, parameters in any of their four dresses, and the answer.

Guards: what the bot is answered is on disk before, and every refusal has Telegram's form.
"""

import asyncio
import inspect
import json
import logging
import time
from collections.abc import Callable

from aiohttp import web

from . import chats, editing, guests, inline, members, mini_apps, payments, profile, receiving, rules, sending, topics
from .call_log import MAX_NAMES, MAX_VALUE, Trail, shortened
from .calls import Call, Handler, Upload
from .errors import ActError, ApiError, bad_request
from .files import MAX_FILE, SHOWN
from .shapes import Json, parsed, picked
from .state import World

log = logging.getLogger(__name__)

PLAYED: dict[str, Handler] = {
    name.lower(): handler
    for module in (receiving, sending, editing, chats, members, topics, profile, inline, payments, mini_apps, guests)
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

    async def call(
        self,
        name: str,
        given: Json,
        uploads: dict[str, Upload] | None = None,
        gone: Callable[[], bool] = lambda: False,
        trail: Trail | None = None,
    ) -> object:
        """Carry out one method; its result, or an `ApiError`. The trail is told what was checked."""
        trail, method = trail or Trail(), rules.METHODS.get(name.lower())
        if method is None:
            raise ApiError(404, "Not Found")
        trail.passed("method", name=method.name)
        values = rules.read(method, given, set(uploads or {}))
        handler = PLAYED.get(name.lower())
        if handler is None:
            raise rules.unsupported()
        if values.get("business_connection_id"):
            raise bad_request("business connection not found")
        known = {field.name for field in method.fields}
        trail.passed("parameters", read=sorted(values), ignored=sorted(set(given) - known)[:MAX_NAMES])
        self.world.pace.check(name, values.get("chat_id"), self.world.clock())
        try:
            result = handler(Call(self.world, values, uploads or {}, gone))
            if inspect.isawaitable(result):
                result = await result
        except ActError as error:
            raise ApiError(400, f"Bad Request: {error.description}") from error
        trail.passed("rules")
        await self.world.journal.saved()
        return result

    # ------------------------------------------------------------ HTTP

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        name, given, uploads = request.match_info["method"], Json(), dict[str, Upload]()
        trail, began = Trail(), time.perf_counter()
        try:
            if request.match_info["token"] != self.world.token:
                raise ApiError(401, "Unauthorized")
            if request.method not in ("GET", "POST"):
                raise ApiError(405, "Method Not Allowed")
            trail.passed("token")
            given, uploads = await _parameters(request)
            answer = await self._answered(request, name, given, uploads, trail)
        except ApiError as error:
            trail.failed(error.description)
            answer = _refusal(error.code, error.description, error.parameters)
        except web.HTTPRequestEntityTooLarge:
            trail.failed("Request Entity Too Large")
            answer = _refusal(413, "Request Entity Too Large", None)
        except Exception:
            log.exception("%s could not be carried out", name)
            trail.failed("the local chat made a mistake")
            answer = _refusal(500, "Internal Server Error", None)
        self._note("http", name, given, uploads, trail, answer, began)
        return answer

    async def _answered(
        self, request: web.Request, name: str, given: Json, uploads: dict[str, Upload], trail: Trail
    ) -> web.Response:
        fault = self._fault(name, given)
        if fault is not None and fault["when"] == "before":
            trail.checks.append({"check": "injected", "ok": False, "why": "an error was asked for"})
            return _failed(request, fault)
        result = await self.call(name, given, uploads, lambda: _gone(request), trail)
        if fault is not None:
            trail.checks.append({"check": "injected", "ok": False, "why": "the answer shall be lost"})
            return _failed(request, fault)
        return _answer({"ok": True, "result": result})

    async def from_webhook(self, name: str, given: Json, uploads: dict[str, Upload]) -> None:
        """Carry out what a webhook answered. The bot never hears what came of it."""
        trail, began = Trail(), time.perf_counter()
        trail.passed("token")
        try:
            answer = _answer({"ok": True, "result": await self.call(name, given, uploads, trail=trail)})
        except ApiError as error:
            trail.failed(error.description)
            answer = _refusal(error.code, error.description, error.parameters)
        except Exception:
            log.exception("%s could not be carried out", name)
            trail.failed("the local chat made a mistake")
            answer = _refusal(500, "Internal Server Error", None)
        self._note("webhook", name, given, uploads, trail, answer, began)

    def _note(
        self,
        way: str,
        name: str,
        given: Json,
        uploads: dict[str, Upload],
        trail: Trail,
        answer: web.Response,
        began: float,
    ) -> None:
        body = answer.body if isinstance(answer.body, bytes) else b""
        if name.lower() == "getupdates" and body == _NO_UPDATES:
            return  # A bot that waits asks again and again; that would hide everything else.
        known = rules.METHODS.get(name.lower())
        self.world.calls.note(
            {
                "time": self.world.clock(),
                "by": way,
                "method": known.name if known else name[:100],
                "parameters": shortened(given),
                "files": {part[:100]: len(upload.content) for part, upload in uploads.items()},
                "checks": trail.checks,
                "ok": answer.status == 200,
                "status": answer.status,
                "answer": body[:MAX_VALUE].decode(errors="ignore"),
                "milliseconds": round(1000 * (time.perf_counter() - began), 1),
            }
        )

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
            body=content, content_type=file.mime_type if file.mime_type in SHOWN else "application/octet-stream"
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
            body = parsed(await request.read())
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


_NO_UPDATES = b'{"ok": true, "result": []}'


def _answer(body: Json, status: int = 200) -> web.Response:
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(), status=status, content_type="application/json"
    )


def _refusal(code: int, description: str, parameters: Json | None) -> web.Response:
    body: Json = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return _answer(body, code)


def _failed(request: web.Request, fault: Json) -> web.Response:
    """The error that was asked for: an answer, or a connection that breaks."""
    if fault["cut"]:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    parameters = picked(fault, ("retry_after", "migrate_to_chat_id"))
    usual = _DEFAULT_WORDS.get(fault["error_code"], "Error").format(retry_after=fault.get("retry_after", 0))
    return _refusal(fault["error_code"], fault.get("description") or usual, parameters)
