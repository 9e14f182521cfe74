"""The inbox at work: nothing lost, nothing out of order, nothing without a bound; and the two ways in."""
from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError, TelegramNetworkError
from aiogram.methods import GetMe, TelegramMethod
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from bot.arrivals import Arrival, NotAnUpdate, arrived
from bot.inbox import Inbox
from bot.polling import GetRawUpdates, Polling
from bot.web import MOST_BYTES, SECRET_HEADER, Webhook
from handlers.ground import Seen
from storage.database import Database, open_database
from storage.inbox import State, UpdateId, UpdateStore
from storage.people import SeenGroups, SeenPeople
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import RecordingSession
from tests.patience import PATIENCE
from wallet.engine import EngineDead
from wallet.refusals import Busy, Refusal
from wallet.vault import Vault

BOT = 42
VAULT = Vault(b"s" * 32)


class Handled:
    """A handler that remembers, and does what a test tells it."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []
        """(person, update) of every try."""
        self.refused: list[str] = []
        self.references: list[str] = []
        self.problems: dict[int, list[Exception]] = {}
        self.gates: dict[int, asyncio.Event] = {}
        self.most_at_once = 0
        self._now = 0

    async def handle(self, arrival: Arrival) -> State:
        """Wait for the person's gate, fail as told, else be done."""
        number = arrival.id.update_id
        self.seen.append((arrival.person, number))
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            if arrival.person in self.gates:
                await self.gates[arrival.person].wait()
            problems = self.problems.get(number)
            if problems:
                raise problems.pop(0)
            return "done"
        finally:
            self._now -= 1

    async def refuse(self, arrival: Arrival, refusal: Refusal) -> None:
        """Remember."""
        self.refused.append(refusal.code)

    async def apologise(self, arrival: Arrival, reference: str) -> None:
        """Remember."""
        self.references.append(reference)

    def numbers(self, person: int) -> list[int]:
        """What was handled for a person, in order."""
        return [number for who, number in self.seen if who == person]


class Desk:
    """An inbox with all that it needs."""

    def __init__(self, database: Database, **bounds: int) -> None:
        self.database = database
        self.clock = FakeClock()
        self.handled = Handled()
        self.store = UpdateStore(database, VAULT, BOT, "one")
        people = SeenPeople(database, Seen, self.clock.now)
        self.inbox = Inbox(self.store, self.handled, people, SeenGroups(database, self.clock.now), self.clock, **bounds)

    def arrivals(self, *updates: dict[str, Any]) -> list[Arrival]:
        return [arrived(update, self.inbox.moment()) for update in updates]

    async def accept(self, *updates: dict[str, Any]) -> None:
        """As the ways in do it."""
        async with asyncio.timeout(PATIENCE):
            await self.inbox.accept(self.arrivals(*updates))

    async def idle(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.inbox.idle()

    async def states(self) -> dict[int, str]:
        async with self.database.reading.connect() as connection:
            return {row[0]: row[1] for row in await connection.execute(text("SELECT update_id, state FROM updates"))}

    async def marked(self) -> dict[int, str]:
        """The states, when the marks that wait are written."""
        await self.inbox.stop()
        return await self.states()


def said(number: int, person: int = 7, words: str = "hello", **more: Any) -> dict[str, Any]:
    return {"update_id": number, "message": {
        "message_id": number, "date": 1_770_000_000, "chat": {"id": person, "type": "private"},
        "from": {"id": person, "is_bot": False, "first_name": "Ann"}, "text": words, **more}}


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    made = await opened(database)
    yield made
    await made.inbox.stop(0.1)


async def opened(database: Database, **bounds: int) -> Desk:
    """Another desk that lets in; the test stops it."""
    made = Desk(database, **bounds)
    await made.inbox.start()
    await until(lambda: not made.inbox.full)
    return made


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop go on until something has happened."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what it waits for tells nobody, and a turn of the loop is no wait
            await asyncio.sleep(0)


# ---------------------------------------------------------------------------------------- nothing twice
async def test_a_redelivered_update_is_handled_once(desk: Desk) -> None:
    await desk.accept(said(1), said(2), said(1))
    await desk.accept(said(2), said(3))
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2, 3]


async def test_an_update_is_the_same_whatever_the_order_of_its_fields(desk: Desk) -> None:
    update = said(1)
    turned = json.loads(json.dumps(dict(reversed(update.items()))))
    await desk.accept(update)
    await desk.accept(turned)
    await desk.idle()
    assert desk.handled.numbers(7) == [1]


async def test_a_number_that_comes_again_with_other_content_is_handled(desk: Desk) -> None:
    await desk.accept(said(1, words="in spring"))
    await desk.accept(said(1, words="in autumn"))
    await desk.idle()
    assert len(desk.handled.seen) == 2


# ------------------------------------------------------------------------------------------- nothing lost
async def test_accepting_returns_only_when_it_is_committed(desk: Desk) -> None:
    desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1))
    assert await desk.states() == {1: "pending"}
    desk.handled.gates[7].set()


async def test_what_cannot_be_stored_is_not_accepted(database: Database) -> None:
    desk = await opened(database)
    await database.close()
    with pytest.raises(RuntimeError, match="closed"):
        await desk.accept(said(1))
    assert desk.inbox.in_hand == 0
    assert desk.handled.seen == []
    await desk.inbox.stop(0.1)


class Unanswered(UpdateStore):
    """Commits, and loses the answer as often as it is told to."""

    lose = 0

    async def store(self, *given: Any, **more: Any) -> set[UpdateId]:
        """Store, then fail as a connection does that is cut after COMMIT."""
        stored = await super().store(*given, **more)
        if self.lose:
            self.lose -= 1
            raise ConnectionResetError
        return stored


@pytest.fixture
async def unanswered(database_url: str) -> AsyncIterator[tuple[Desk, Unanswered]]:
    database = open_database(database_url)
    made = Desk(database)
    store = Unanswered(database, VAULT, BOT, "one")
    made.inbox._store = store
    await made.inbox.start()
    await until(lambda: not made.inbox.full)
    yield made, store
    await made.inbox.stop(0.1)
    await database.close()


async def test_what_was_stored_without_an_answer_is_handled_when_it_comes_again(
        unanswered: tuple[Desk, Unanswered]) -> None:
    desk, store = unanswered
    store.lose = 2
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            await desk.accept(said(1), said(2, 8))
    assert desk.handled.seen == []
    await desk.accept(said(1), said(2, 8), said(3))
    await desk.idle()
    assert sorted(desk.handled.seen) == [(7, 1), (7, 3), (8, 2)]
    await desk.accept(said(1), said(2, 8), said(3))
    await desk.idle()
    assert len(desk.handled.seen) == 3
    assert await desk.marked() == {1: "done", 2: "done", 3: "done"}


async def test_what_is_in_hand_or_done_is_not_begun_again_after_a_doubt(
        unanswered: tuple[Desk, Unanswered]) -> None:
    desk, store = unanswered
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1), said(2), said(3, 8))
    await until(lambda: desk.handled.numbers(8) == [3])
    store.lose = 1
    with pytest.raises(ConnectionResetError):
        await desk.accept(said(1), said(2), said(3, 8))
    await desk.accept(said(1), said(2), said(3, 8))
    gate.set()
    await desk.idle()
    assert sorted(desk.handled.seen) == [(7, 1), (7, 2), (8, 3)]


async def test_what_is_in_doubt_has_a_bound(unanswered: tuple[Desk, Unanswered],
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.inbox.MOST_IN_DOUBT", 3)
    desk, store = unanswered
    store.lose = 1
    with pytest.raises(ConnectionResetError):
        await desk.accept(*[said(number) for number in range(1, 6)])
    assert [known.update_id for known in desk.inbox._in_doubt] == [3, 4, 5]


async def test_after_a_crash_everything_stored_and_not_marked_is_handled_again(database: Database) -> None:
    before = await opened(database)
    before.handled.gates[8] = asyncio.Event()
    await before.accept(said(1, 7), said(2, 8), said(3, 8))
    await until(lambda: before.handled.numbers(7) == [1] and before.handled.numbers(8) == [2])
    for task in [*before.inbox._tasks, *before.inbox._handling]:
        task.cancel()  # As a kill: no mark is written, nothing is finished.
    await asyncio.gather(*before.inbox._tasks, *before.inbox._handling, return_exceptions=True)
    after = await opened(database)
    await until(lambda: len(after.handled.seen) == 3)
    await after.idle()
    assert after.handled.numbers(7) == [1]
    assert after.handled.numbers(8) == [2, 3]
    assert await after.marked() == {1: "done", 2: "done", 3: "done"}


async def test_what_comes_while_catching_up_waits_behind_what_was_left(database: Database) -> None:
    before = await opened(database)
    before.handled.gates[7] = asyncio.Event()
    await before.accept(*[said(number) for number in range(1, 600)])
    await before.inbox.stop(0.0)
    after = Desk(database)
    await after.inbox.start()
    assert after.inbox.full, "the webhook has to say 503 until then"
    await asyncio.wait_for(after.inbox.caught_up.wait(), PATIENCE)
    await after.accept(said(600))
    await until(lambda: len(after.handled.seen) == 600)
    assert after.handled.numbers(7) == list(range(1, 601))
    await after.inbox.stop()


async def test_marks_are_written_when_stopping(desk: Desk) -> None:
    await desk.accept(said(1), said(2))
    await desk.idle()
    assert await desk.marked() == {1: "done", 2: "done"}


async def test_stopping_finishes_what_is_in_hand_and_leaves_the_rest_pending(database: Database) -> None:
    desk = await opened(database)
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1), said(2))
    await until(lambda: bool(desk.handled.seen))
    stopping = asyncio.create_task(desk.inbox.stop())
    await asyncio.sleep(0)
    gate.set()
    await stopping
    assert await desk.states() == {1: "done", 2: "pending"}


# --------------------------------------------------------------------------------------------- in order
async def test_one_persons_updates_are_handled_in_order_and_others_meanwhile(desk: Desk) -> None:
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1, 7), said(2, 7), said(3, 8), said(4, 9), said(5, 8))
    await until(lambda: len(desk.handled.seen) == 4)
    assert desk.handled.numbers(7) == [1]
    assert desk.handled.numbers(8) == [3, 5]
    gate.set()
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2]


async def test_people_in_one_group_are_handled_side_by_side(desk: Desk) -> None:
    group = {"id": -100, "type": "supergroup", "title": "Dinner"}
    for person in range(1, 21):
        desk.handled.gates[person] = asyncio.Event()
    await desk.accept(*[said(number, number, chat=group) for number in range(1, 21)])
    await until(lambda: len(desk.handled.seen) == 20)
    assert desk.handled.most_at_once == 20
    for gate in desk.handled.gates.values():
        gate.set()


async def test_what_one_person_sends_beyond_a_share_waits_in_the_database(database: Database) -> None:
    desk = await opened(database, most=64, most_of_one=4)
    gate = desk.handled.gates[7] = asyncio.Event()
    for number in range(1, 101):
        await desk.accept(said(number))
    assert desk.inbox.in_hand <= 4
    await desk.accept(said(200, 8))
    await until(lambda: desk.handled.numbers(8) == [200])
    gate.set()
    await until(lambda: len(desk.handled.numbers(7)) == 100)
    await desk.idle()
    assert desk.handled.numbers(7) == list(range(1, 101))
    assert Counter((await desk.marked()).values()) == {"done": 101}


async def test_rest_is_not_taken_for_what_still_waits_in_the_database(database: Database) -> None:
    desk = await opened(database, most=64, most_of_one=4)
    gate = desk.handled.gates[7] = asyncio.Event()
    for number in range(1, 31):
        await desk.accept(said(number))
    gate.set()
    await desk.inbox.idle()
    assert desk.handled.numbers(7) == list(range(1, 31))


async def test_the_way_in_waits_while_too_much_is_in_hand(database: Database) -> None:
    desk = await opened(database, most=8)
    gates = {person: asyncio.Event() for person in range(1, 9)}
    desk.handled.gates.update(gates)
    await desk.accept(*[said(number, number) for number in range(1, 9)])
    assert desk.inbox.full
    late = asyncio.create_task(desk.inbox.accept(desk.arrivals(said(9, 99))))
    await until(lambda: len(desk.handled.seen) == 8)
    assert not late.done()
    gates[3].set()
    await asyncio.wait_for(late, PATIENCE)
    for gate in gates.values():
        gate.set()
    await desk.idle()
    await desk.inbox.stop()


# -------------------------------------------------------------------------------------- what goes wrong
async def turned(desk: Desk, handled: Callable[[], bool]) -> None:
    """Turn the clock until something has happened."""
    async with asyncio.timeout(PATIENCE):
        while not handled():
            await desk.clock.advance(1.0)


async def test_a_bug_is_tried_three_times_then_its_person_gets_a_number_to_quote(desk: Desk) -> None:
    desk.handled.problems[1] = [KeyError("a"), KeyError("b"), KeyError("c")]
    await desk.accept(said(1), said(2))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1, 1, 1, 2]
    [reference] = desk.handled.references
    assert len(reference) == 8
    assert await desk.marked() == {1: "dead", 2: "done"}


async def test_busy_is_not_done_and_is_tried_again(desk: Desk) -> None:
    desk.handled.problems[1] = [Busy(), Busy()]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1, 1, 1]
    assert desk.handled.refused == []
    assert await desk.marked() == {1: "done"}


async def test_whoever_is_refused_for_being_busy_too_often_is_told(desk: Desk) -> None:
    desk.handled.problems[1] = [Busy() for _ in range(10)]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.refused == ["busy"]
    assert await desk.marked() == {1: "refused"}


async def test_a_database_that_is_away_kills_no_update(desk: Desk) -> None:
    desk.handled.problems[1] = [ConnectionRefusedError() for _ in range(100)]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert len(desk.handled.numbers(7)) == 101
    assert await desk.marked() == {1: "done"}


async def test_what_telegram_does_not_understand_is_not_tried_again(desk: Desk) -> None:
    method = GetMe()
    desk.handled.problems[1] = [TelegramBadRequest(method, "Bad Request: can't parse entities")] * 2
    desk.handled.problems[2] = [TelegramNetworkError(method, "cut"), TelegramNetworkError(method, "cut")]
    await desk.accept(said(1), said(2))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1, 2, 2, 2]


async def test_a_dead_engine_marks_nothing(desk: Desk) -> None:
    desk.handled.problems[1] = [EngineDead("gone")]
    await desk.accept(said(1), said(2))
    await until(lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1]
    assert desk.inbox.full
    assert await desk.marked() == {1: "pending", 2: "pending"}


# ---------------------------------------------------------------------------------- what others may send
@pytest.mark.parametrize("update", [
    None, [], "text", 7, {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 2**70}, {"update_id": 1.5}])
def test_what_is_no_update_is_said_to_be_none(update: object) -> None:
    with pytest.raises(NotAnUpdate):
        arrived(update, 1)


@pytest.mark.parametrize("event", [
    None, 7, "text", [], {}, {"from": None}, {"from": {"id": "x"}}, {"from": {"id": 2**80}}, {"chat": 7},
    {"from": {"id": 5, "first_name": 7, "username": ["x"]}}, {"entities": [None, {"user": 4}], "new_chat_members": 3},
    {"reply_to_message": "x", "chat": {"id": -1, "type": "group", "title": "\ud800\0"}},
    {"from": {"id": 5, "first_name": "\0" * 5000}, "text": "\udfff"}])
async def test_whatever_stands_in_an_update_it_is_stored_and_handled(desk: Desk, event: object) -> None:
    await desk.accept({"update_id": 1, "message": event}, said(2))
    await desk.idle()
    assert {number for _, number in desk.handled.seen} == {1, 2}


def test_anonymous_senders_are_told_apart_by_their_chat() -> None:
    anonymous = {"from": {"id": 1087968824, "is_bot": True}, "sender_chat": {"id": -5}}
    assert arrived({"update_id": 1, "message": anonymous}, 1).person == -5
    assert arrived({"update_id": 1, "message": anonymous}, 1).people == ()


# ------------------------------------------------------------------------------------------------ polling
class Source(RecordingSession):
    """A Bot API that has updates: an answer or an error for each poll."""

    def __init__(self, *answers: Any) -> None:
        super().__init__()
        self.answers = list(answers)
        self.offsets: list[int | None] = []

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        if isinstance(method, GetRawUpdates):
            self.offsets.append(method.offset)
            answer = self.answers.pop(0) if self.answers else asyncio.CancelledError()
            if isinstance(answer, BaseException):
                raise answer
            return answer
        return await super().make_request(bot, method, timeout)


def polling(desk: Desk, source: Source) -> Polling:
    return Polling(Bot("42:TEST", session=source), desk.inbox, desk.clock, ["message"])


async def test_the_next_offset_is_asked_for_after_the_commit(desk: Desk) -> None:
    source = Source([said(5), said(6)], [said(9)], [])
    polls = polling(desk, source)
    await polls.once()
    assert await desk.states() == {5: "pending", 6: "pending"}
    await polls.once()
    await polls.once()
    assert source.offsets == [None, 7, 10]


async def test_what_was_not_stored_is_asked_for_again(database: Database) -> None:
    desk = await opened(database)
    source = Source([said(5)], [said(5)])
    polls = polling(desk, source)
    await database.close()
    with pytest.raises(RuntimeError):
        await polls.once()
    assert polls.offset is None
    await desk.inbox.stop(0.1)


async def test_polling_goes_on_after_whatever_telegram_says(desk: Desk) -> None:
    method = GetMe()
    source = Source(TelegramConflictError(method, "Conflict: terminated by other getUpdates request"),
                    TelegramNetworkError(method, "cut"), OSError("no route"), [said(1)])
    polls = polling(desk, source)
    running = asyncio.create_task(polls.run())
    await turned(desk, lambda: bool(desk.handled.seen))
    assert polls.working
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_update_that_nobody_can_read_does_not_stop_the_others(desk: Desk) -> None:
    polls = polling(desk, Source([{"no": "number"}, {"update_id": 3, "message": "broken"}, said(4)]))
    await polls.once()
    await desk.idle()
    assert {number for _, number in desk.handled.seen} == {3, 4}
    assert polls.offset == 5


# ------------------------------------------------------------------------------------------------ webhook
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
