"""What another Bot API server answers, and what stands in front of it, is taken for what it is."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import cast

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Message
from aiohttp import web

from bot.inbox import tries
from bot.telegram import ASK_AGAIN, ASK_AGAIN_MOST, LONGEST_PAUSE, UNSAID_PAUSE, Session, TelegramTime, until_answered
from bot.web import Site
from tests.fakes.clock import FakeClock, settle
from tests.fakes.telegram import RecordingSession, bot_with

Ask = Callable[[web.Response], Awaitable[object]]
PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"
METHOD = GetMe()
ME = {"id": 42, "is_bot": True, "first_name": "Pay"}


@pytest.fixture
def server() -> Session:
    """What calls the server."""
    return Session()


@pytest.fixture
async def ask(server: Session) -> AsyncIterator[Ask]:
    """Asks a server who we are, which answers what it is told to."""
    told: list[web.Response] = []

    async def answer(_: web.Request) -> web.Response:
        return told.pop()

    app = web.Application()
    app.router.add_route("*", "/bot42:token/{method}", answer)
    site = Site(app, "127.0.0.1", 0)
    await site.start()
    server.api = TelegramAPIServer.from_base(f"http://127.0.0.1:{site.port}")
    bot = Bot("42:token", session=server)

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


@pytest.mark.parametrize(("code", "kind"), [
    (400, TelegramBadRequest), (401, TelegramUnauthorizedError), (403, TelegramForbiddenError), (404, TelegramNotFound),
    (409, TelegramConflictError), (500, TelegramServerError), (502, TelegramServerError)])
async def test_a_refusal_is_what_it_says_when_the_status_says_that_all_is_well(
        ask: Ask, code: int, kind: type[TelegramAPIError]) -> None:
    with pytest.raises(kind):
        await ask(web.json_response({"ok": False, "error_code": code, "description": "no"}))


@pytest.mark.parametrize("code", [None, 200, 0, -1, 999, 10**30])
async def test_a_refusal_without_a_code_that_means_anything_is_a_refusal_all_the_same(
        ask: Ask, code: int | None) -> None:
    with pytest.raises(TelegramAPIError) as caught:
        await ask(web.json_response({"ok": False, "error_code": code, "description": "no"}))
    assert type(caught.value) is TelegramAPIError


@pytest.mark.parametrize("status", [200, 429])
@pytest.mark.parametrize(("parameters", "pause"), [
    (None, UNSAID_PAUSE), ({}, UNSAID_PAUSE), ({"retry_after": 0}, UNSAID_PAUSE), ({"retry_after": 7}, 7),
    ({"retry_after": -7}, 1), ({"retry_after": 10**9}, LONGEST_PAUSE)])
async def test_too_fast_is_a_pause_of_a_length_that_makes_sense(
        ask: Ask, status: int, parameters: object, pause: int) -> None:
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": parameters}
    with pytest.raises(TelegramRetryAfter) as caught:
        await ask(web.json_response(body, status=status))
    assert caught.value.retry_after == pause


async def test_a_group_that_became_another_is_told_apart(ask: Ask) -> None:
    body = {"ok": False, "error_code": 400, "description": "upgraded", "parameters": {"migrate_to_chat_id": -1007}}
    with pytest.raises(TelegramMigrateToChat) as caught:
        await ask(web.json_response(body, status=400))
    assert caught.value.migrate_to_chat_id == -1007


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [{"ok": False}, {"ok": True, "result": True}, {"error": "no upstream"}, [], None])
async def test_a_server_that_is_ill_is_asked_again_whatever_it_says(ask: Ask, status: int, body: object) -> None:
    with pytest.raises(TelegramServerError):
        await ask(web.json_response(body, status=status))


@pytest.mark.parametrize("status", [200, 401, 403, 404, 429])
@pytest.mark.parametrize("body", [{"message": "no route matched"}, ["no"], None, "no", 7])
async def test_json_of_a_proxy_is_no_answer_either(ask: Ask, status: int, body: object) -> None:
    with pytest.raises(TelegramServerError):
        await ask(web.json_response(body, status=status))


async def test_a_page_in_signs_that_are_none_is_no_answer(ask: Ask) -> None:
    with pytest.raises(TelegramServerError):
        await ask(web.Response(body="<html>网关错误</html>".encode("gb18030"), status=502, content_type="text/html"))


async def test_a_refusal_without_words_can_be_read_like_one_with_words(ask: Ask) -> None:
    with pytest.raises(TelegramBadRequest) as caught:
        await ask(web.json_response({"ok": False, "error_code": 400}, status=400))
    assert caught.value.message == ""


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


# -------------------------------------------------------------------------------------------- Telegram's clock
class Dated(RecordingSession):
    """A server whose clock a test turns."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    async def make_request(self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
                           ) -> TelegramType:
        """What is sent is dated by its clock."""
        answer = await super().make_request(bot, method, timeout)
        return cast("TelegramType", answer.model_copy(update={"date": self.moment})) if isinstance(
            answer, Message) else answer


@pytest.mark.parametrize(("hours", "known"), [(2, 2), (-2, -2), (0.01, 0), (47, 47), (49, 0), (-500_000, 0)])
async def test_the_time_is_that_of_the_clock_that_dates_messages(hours: float, known: float) -> None:
    clock = FakeClock()
    ours = datetime.fromtimestamp(clock.now() / 1_000_000, UTC)
    session = Dated(ours - timedelta(hours=hours))
    bot, time = bot_with(session), TelegramTime(clock)
    session.middleware(time)
    assert time.now() == ours
    shown = await bot.send_message(1, "hello")
    assert time.now() == ours - timedelta(hours=known)
    session.moment = ours
    await bot.edit_message_text("hello again", chat_id=1, message_id=shown.message_id)
    assert time.now() == ours - timedelta(hours=known)
    await bot.send_message(1, "hello")
    assert time.now() == ours


@pytest.mark.parametrize(("hours", "known"), [(2, 2), (-20, -20), (0.01, 0), (49, 0)])
async def test_the_first_answer_tells_the_time_before_anything_is_handled(
        ask: Ask, server: Session, hours: float, known: float) -> None:
    clock = FakeClock()
    ours = datetime.fromtimestamp(clock.now() // 1_000_000, UTC)
    time = TelegramTime(clock)
    await server.tell_the_time(time.compare)
    before = time.now()
    for moment in (ours - timedelta(hours=hours), ours - timedelta(hours=7)):  # Messages tell what comes later.
        await ask(web.json_response({"ok": True, "result": ME}, headers={"Date": format_datetime(moment, usegmt=True)}))
        assert abs(time.now() - before + timedelta(hours=known)) < timedelta(seconds=2)


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Nov 2026 99:99:99 GMT", "Sun, 22 Nov 99999 10:00:00 GMT"])
async def test_a_server_that_names_no_time_is_believed_to_have_ours(ask: Ask, server: Session, date: str) -> None:
    clock = FakeClock()
    time = TelegramTime(clock)
    await server.tell_the_time(time.compare)
    before = time.now()
    await ask(web.json_response({"ok": True, "result": ME}, headers={"Date": date}))
    assert time.now() == before
