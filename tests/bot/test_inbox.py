"""The inbox at work: nothing lost, nothing out of order, nothing without a bound; and the two ways in."""
from __future__ import annotations

import asyncio
import gc
import io
import json
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError, TelegramNetworkError
from aiogram.methods import GetMe, TelegramMethod
from aiogram.types import TelegramObject
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from bot.arrivals import Arrival, NotAnUpdate, arrived
from bot.directory import Directory
from bot.inbox import BREATH, MARK_EVERY, Inbox
from bot.middlewares import Context
from bot.polling import GetRawUpdates, Polling
from bot.web import MOST_BYTES, SECRET_HEADER, Webhook
from handlers.ground import Config, Dialogs, Groups, Seen
from handlers.texts import Speaker
from storage.database import Database, open_database
from storage.inbox import LOST_MOST, SUSPECT, Place, State, Stored, UpdateId, UpdateStore
from storage.people import SeenGroups, SeenPeople
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import RecordingSession
from tests.patience import PATIENCE
from wallet.engine import EngineDead
from wallet.refusals import Busy, Maintenance, MessageTooOld, Refusal
from wallet.vault import Vault

T = TypeVar("T")
BOT = 42
VAULT = Vault(b"s" * 32)


class Handled:
    """A handler that remembers, and does what a test tells it."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []
        """(person, update) of every try."""
        self.refused: list[str] = []
        self.untold: list[Exception] = []
        """What comes between whoever is refused and being told so."""
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

    async def refuse(self, arrival: Arrival, refusal: Refusal) -> State:
        """Tell, as far as the connection is there, and remember."""
        if self.untold:
            raise self.untold.pop()
        self.refused.append(refusal.code)
        return "refused"

    async def apologise(self, arrival: Arrival, reference: str) -> None:
        """Remember."""
        self.references.append(reference)

    def numbers(self, person: int) -> list[int]:
        """What was handled for a person, in order."""
        return [number for who, number in self.seen if who == person]


class Answer:
    """What the database answers to one question, once it has done it: late, or never."""

    def __init__(self, lost: Exception | None = None) -> None:
        self.lost = lost
        self.there = asyncio.Event()
        """What was asked is done; a commit is made."""
        self.comes = asyncio.Event()
        if lost is not None:
            self.comes.set()


class LateStore(UpdateStore):
    """The inbox's tables, whose next answers come when a test says so."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.answers: dict[str, list[Answer | None]] = {}
        self.marks: list[int] = []
        """How many came in each commit."""
        self.breaths = 0

    def late(self, question: str, lost: Exception | None = None, *, but: int = 0) -> Answer:
        """The next answer, or the one after `but` more, is late, or lost."""
        answer = Answer(lost)
        self.answers[question] = [*[None] * but, answer]
        return answer

    async def _answered(self, question: str, asking: Awaitable[T]) -> T:
        coming = self.answers.get(question)
        answer = coming.pop(0) if coming else None
        done = await asking
        if answer is not None:
            answer.there.set()
            await answer.comes.wait()
            if answer.lost is not None:
                raise answer.lost
        return done

    async def store(self, *given: Any, **more: Any) -> set[UpdateId]:
        return await self._answered("store", super().store(*given, **more))

    async def waiting(self, *given: Any, **more: Any) -> list[Stored]:
        return await self._answered("waiting", super().waiting(*given, **more))

    async def held(self, *given: Any, **more: Any) -> tuple[list[Stored], Place | None]:
        return await self._answered("held", super().held(*given, **more))

    async def take_over(self, *given: Any, **more: Any) -> tuple[list[Stored], Place | None]:
        return await self._answered("take over", super().take_over(*given, **more))

    async def mark(self, ended: Mapping[UpdateId, State], now: int) -> None:
        self.marks.append(len(ended))
        await self._answered("mark", super().mark(ended, now))

    async def breathe(self) -> None:
        self.breaths += 1
        await super().breathe()


class Desk:
    """An inbox with all that it needs."""

    def __init__(self, database: Database, holder: str = "one", **bounds: int) -> None:
        self.database = database
        self.clock = FakeClock()
        self.handled = Handled()
        self.store = LateStore(database, VAULT, BOT, holder)
        self.deaths: list[BaseException] = []
        self.people = SeenPeople(database, Seen, self.clock.now)
        self.inbox = Inbox(self.store, self.handled, self.people, SeenGroups(database, self.clock.now), self.clock,
                           on_death=self.deaths.append, **bounds)

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


async def opened(database: Database, holder: str = "one", **bounds: int) -> Desk:
    """Another desk that lets in; the test stops it."""
    made = Desk(database, holder, **bounds)
    await made.inbox.start()
    await until(lambda: not made.inbox.full)
    return made


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop go on until something has happened."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what it waits for tells nobody, and a turn of the loop is no wait
            await asyncio.sleep(0)


async def killed(desk: Desk) -> None:
    """As a kill: no mark is written, nothing is finished."""
    tasks = [*desk.inbox._tasks, *desk.inbox._handling]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def comes(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE):
        await event.wait()


async def all_marked(desk: Desk) -> None:
    """Until every done-mark is written and known to be."""
    async with asyncio.timeout(PATIENCE):
        while desk.inbox._ended or desk.inbox._marking:
            await desk.clock.advance(MARK_EVERY)


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
    await killed(before)
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


# ------------------------------------------------------------------------- answers that are old when they come
async def left(database: Database, *updates: dict[str, Any], holder: str = "one") -> None:
    """Updates that a process stored and did not handle."""
    before = await opened(database, holder)
    for person in {update["message"]["from"]["id"] for update in updates}:
        before.handled.gates[person] = asyncio.Event()
    await before.accept(*updates)
    await before.inbox.stop(0.0)


async def test_a_page_that_comes_after_its_updates_were_handled_begins_none_again(
        database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await left(database, *[said(number) for number in range(1, 21)])
    monkeypatch.setattr("bot.inbox.TOGETHER", 8)
    desk = Desk(database, most_of_one=4)
    page = desk.store.late("take over", but=1)
    await desk.inbox.start()
    await comes(page.there)
    await until(lambda: len(desk.handled.seen) == 20)  # Its person's turn came twice meanwhile.
    await all_marked(desk)
    page.comes.set()
    await comes(desk.inbox.caught_up)
    await desk.accept(said(21))
    await desk.idle()
    assert desk.handled.numbers(7) == list(range(1, 22))
    await desk.inbox.stop()


async def test_a_page_that_comes_while_its_updates_are_in_hand_begins_none_again(
        database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await left(database, *[said(number) for number in range(1, 9)])
    monkeypatch.setattr("bot.inbox.TOGETHER", 6)
    desk = Desk(database, most_of_one=4)
    gate = desk.handled.gates[7] = asyncio.Event()
    page = desk.store.late("take over", but=1)
    await desk.inbox.start()
    await comes(page.there)
    desk.handled.problems[8] = [Busy()]
    gate.set()  # It comes to all the others before that page does.
    await until(lambda: 8 in desk.handled.numbers(7))  # It waits for its second try.
    page.comes.set()
    await comes(desk.inbox.caught_up)
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    await desk.inbox.stop()


async def test_catching_up_goes_on_where_it_failed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await left(database, *[said(number, number) for number in range(1, 7)])
    monkeypatch.setattr("bot.inbox.TOGETHER", 2)
    desk = Desk(database)
    desk.handled.gates.update({number: asyncio.Event() for number in range(1, 7)})
    desk.store.late("take over", ConnectionResetError(), but=1)
    await desk.inbox.start()
    await turned(desk, desk.inbox.caught_up.is_set)
    for gate in desk.handled.gates.values():
        gate.set()
    await desk.idle()
    assert sorted(desk.handled.seen) == [(number, number) for number in range(1, 7)]
    assert await desk.marked() == dict.fromkeys(range(1, 7), "done")


async def test_waiting_for_room_while_catching_up_and_parked_people_hold_up_nobody(
        database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    people = range(1, 9)
    await left(database, *[said(10 * number + person, person) for number in range(6) for person in people])
    monkeypatch.setattr("bot.inbox.TOGETHER", 4)
    desk = Desk(database, most=4, most_of_one=1)
    await desk.inbox.start()
    await comes(desk.inbox.caught_up)
    await desk.idle()
    assert [desk.handled.numbers(person) for person in people] == [
        [10 * number + person for number in range(6)] for person in people]
    await desk.inbox.stop()


async def test_what_is_marked_while_a_persons_next_ones_are_fetched_is_not_begun_again(database: Database) -> None:
    desk = await opened(database, most_of_one=2)
    gate = desk.handled.gates[7] = asyncio.Event()
    for number in range(1, 6):
        await desk.accept(said(number))
    fetched = desk.store.late("waiting")
    gate.set()
    await comes(fetched.there)
    await all_marked(desk)
    fetched.comes.set()
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2, 3, 4, 5]
    await desk.inbox.stop()


async def test_what_is_fetched_before_storing_it_is_answered_is_begun_once(database: Database) -> None:
    desk = await opened(database, most_of_one=1)
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1))
    await desk.accept(said(2))
    stored = desk.store.late("store")
    accepting = asyncio.create_task(desk.accept(said(3)))
    await comes(stored.there)
    gate.set()
    await until(lambda: desk.handled.numbers(7) == [1, 2, 3])
    stored.comes.set()
    await accepting
    await desk.accept(said(4))
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2, 3, 4]
    assert desk.inbox.in_hand == 0
    await desk.inbox.stop()


async def test_what_was_in_doubt_and_is_marked_while_it_is_stored_again_is_not_begun_again(database: Database) -> None:
    desk = await opened(database)
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1))
    desk.store.late("store", ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        await desk.accept(said(1))
    stored = desk.store.late("store")
    accepting = asyncio.create_task(desk.accept(said(1)))
    await comes(stored.there)
    gate.set()
    await until(lambda: desk.inbox.in_hand == 1)  # What is being stored.
    await all_marked(desk)
    stored.comes.set()
    await accepting
    await desk.idle()
    assert desk.handled.numbers(7) == [1]
    await desk.inbox.stop()


async def test_a_long_wait_for_room_silences_nobody(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await left(database, *[said(number, number) for number in range(1, 7)])
    monkeypatch.setattr("bot.inbox.TOGETHER", 2)
    desk = Desk(database, most=2)
    desk.handled.gates.update({number: asyncio.Event() for number in range(1, 7)})
    await desk.inbox.start()
    await until(lambda: len(desk.handled.seen) >= 2)
    for _ in range(10):
        await desk.clock.advance(BREATH)
    assert not desk.inbox.caught_up.is_set()
    assert desk.store.breaths >= 10
    await desk.inbox.stop(0.0)


@pytest.fixture
async def shared(postgres_url: str) -> AsyncIterator[Database]:
    opened = open_database(postgres_url)
    yield opened
    await opened.close()


async def test_what_was_taken_over_without_an_answer_is_handled(shared: Database) -> None:
    desk = await opened(shared)
    await left(shared, said(1), said(2, 8), holder="two")
    taken = desk.store.late("take over", ConnectionResetError())
    await turned(desk, lambda: taken.there.is_set())
    await turned(desk, lambda: len(desk.handled.seen) == 2)
    await desk.idle()
    for _ in range(3):
        await desk.clock.advance(BREATH)
    assert sorted(desk.handled.seen) == [(7, 1), (8, 2)]
    assert await desk.marked() == {1: "done", 2: "done"}


async def test_what_is_fetched_while_it_is_taken_over_is_begun_once(shared: Database) -> None:
    desk = await opened(shared, most_of_one=1)
    gate = desk.handled.gates[7] = asyncio.Event()
    await left(shared, said(1), said(2), holder="two")
    await desk.accept(said(3))
    await desk.accept(said(4))
    taken = desk.store.late("take over")
    await turned(desk, lambda: taken.there.is_set())
    gate.set()
    await until(lambda: len(desk.handled.seen) == 4)
    taken.comes.set()
    for _ in range(3):
        await desk.clock.advance(BREATH)
    await desk.idle()
    assert desk.handled.numbers(7) == [3, 1, 2, 4]
    assert set((await desk.marked()).values()) == {"done"}


async def test_what_is_found_astray_before_storing_it_is_answered_is_begun_once(database: Database) -> None:
    desk = await opened(database)
    desk.store.late("take over", ConnectionResetError())
    await turned(desk, lambda: desk.inbox._astray)
    stored = desk.store.late("store")
    looked = desk.store.late("held")
    looked.comes.set()
    accepting = asyncio.create_task(desk.accept(said(1), said(2, 8)))
    await comes(stored.there)
    await turned(desk, looked.there.is_set)
    await until(lambda: len(desk.handled.seen) == 2)
    stored.comes.set()
    await accepting
    await desk.idle()
    assert sorted(desk.handled.seen) == [(7, 1), (8, 2)]
    await desk.inbox.stop()


async def test_what_a_line_that_stopped_left_is_found_again(database: Database) -> None:
    desk = await opened(database, most_of_one=1)
    gate = desk.handled.gates[7] = asyncio.Event()
    for number in range(1, 4):
        await desk.accept(said(number))
    desk.store.late("waiting", KeyError("a bug"))
    gate.set()
    await turned(desk, lambda: len(desk.handled.seen) == 3)
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2, 3]
    assert set((await desk.marked()).values()) == {"done"}


# ----------------------------------------------------------------------------- what ends the process, again and again
class Deadly(Handled):
    """One update ends every process that begins it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.struck = asyncio.Event()

    async def handle(self, arrival: Arrival) -> State:
        """Handle it, or die: who waits for `struck` ends the process."""
        if arrival.id.update_id == self.number:
            self.struck.set()
            await asyncio.Event().wait()
        return await super().handle(arrival)


async def crashed(database: Database) -> bool:
    """A life of the process: whether the deadly update, the first, ended it."""
    desk = Desk(database)
    deadly = desk.inbox._handler = desk.handled = Deadly(1)
    await desk.inbox.start()
    await until(lambda: deadly.struck.is_set() or (desk.inbox.caught_up.is_set() and not desk.inbox.in_hand))
    if deadly.struck.is_set():
        await killed(desk)
        return True
    await desk.inbox.stop()
    return False


async def test_after_thirty_crashes_only_the_update_that_caused_them_is_dead(database: Database) -> None:
    innocent = [said(number, person) for number, person in [(2, 7), (3, 7), *[(n, n) for n in range(10, 30)], (4, 7)]]
    await left(database, said(1), *innocent)
    crashes = [await crashed(database) for _ in range(30)].count(True)
    assert crashes <= SUSPECT + LOST_MOST
    states = await Desk(database).states()
    assert states.pop(1) == "dead"
    assert set(states.values()) == {"done"}
    assert len(states) == len(innocent)


async def test_suspects_are_begun_one_at_a_time_and_others_beside_them(database: Database) -> None:
    await left(database, *[said(number, number) for number in range(1, 6)])
    for _ in range(SUSPECT):
        await desk_that_crashes(database)
    desk = await opened(database)
    desk.handled.gates[99] = asyncio.Event()
    await desk.accept(said(99, 99))
    await until(lambda: len(desk.handled.seen) == 6)
    assert desk.handled.most_at_once <= 2
    desk.handled.gates[99].set()
    await desk.idle()
    assert set((await desk.marked()).values()) == {"done"}


async def test_a_suspect_that_fails_is_no_nearer_to_its_death(database: Database) -> None:
    await left(database, said(1))
    for _ in range(SUSPECT):
        await desk_that_crashes(database)
    desk = Desk(database)
    desk.handled.problems[1] = [ConnectionRefusedError() for _ in range(5 * LOST_MOST)]
    await desk.inbox.start()
    await turned(desk, lambda: not desk.handled.problems[1])
    await killed(desk)
    after = await opened(database)
    await after.idle()
    assert await after.marked() == {1: "done"}


async def desk_that_crashes(database: Database) -> None:
    """It finds what is there and handles nothing."""
    desk = Desk(database)
    desk.inbox._handler = Deadly(1)
    desk.inbox._handler.gates.update({number: asyncio.Event() for number in range(2, 10)})
    await desk.inbox.start()
    await comes(desk.inbox.caught_up)
    await killed(desk)


# -------------------------------------------------------------------------------------------- deaf or gone
@pytest.mark.parametrize("which", ["_storing", "_marking_ended", "_breathing", "_taking_over"])
async def test_an_inbox_whose_work_ended_ends_the_process(desk: Desk, which: str) -> None:
    [task] = [task for task in desk.inbox._tasks if task.get_name() == f"inbox {which}"]
    task.cancel()
    await until(lambda: bool(desk.deaths))
    assert desk.inbox.full


async def test_an_error_that_nobody_expected_ends_the_process_and_leaves_nobody_waiting(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(seen: object) -> list[Any]:
        raise KeyError(seen)

    monkeypatch.setattr(desk.people, "news", broken)
    with pytest.raises(asyncio.CancelledError):
        await desk.accept(said(1))
    await until(lambda: bool(desk.deaths))
    assert isinstance(desk.deaths[0], KeyError)
    assert desk.inbox.full


async def test_stopping_is_no_death(desk: Desk) -> None:
    await desk.accept(said(1))
    await desk.idle()
    await desk.inbox.stop()
    assert desk.deaths == []


# ---------------------------------------------------------------------------------------------- let go of
class Weighed(dict[str, Any]):
    """JSON that can be watched being let go of."""


class Contextual(Handled):
    """What the middlewares put aside for a second try is put aside here too."""

    def __init__(self) -> None:
        super().__init__()
        speaker = cast(Speaker, None)
        self.context = Context(cast(Directory, None), cast(Groups, None), {"en": speaker, "zh_CN": speaker},
                               cast(Config, None))
        self.filled = 0

    async def handle(self, arrival: Arrival) -> State:
        """As the dispatcher calls it."""
        async def handler(event: TelegramObject, data: dict[str, Any]) -> State:
            self.filled += "event" in arrival.more and arrival.more["data"]["arrival"] is arrival
            return await Handled.handle(self, arrival)

        data = {"arrival": arrival, "dialogs": cast(Dialogs, None)}
        return cast(State, await self.context(handler, TelegramObject(), data))


@pytest.mark.parametrize("refused", [False, True])
async def test_what_an_update_brought_is_let_go_of_without_the_collector(desk: Desk, refused: bool) -> None:
    contextual = desk.inbox._handler = desk.handled = Contextual()
    if refused:
        contextual.problems = {number: [Maintenance()] for number in range(1, 11)}
    watched: list[weakref.ref[Weighed]] = []

    async def bring(number: int) -> None:
        update = Weighed(said(number))
        watched.append(weakref.ref(update))
        await desk.accept(update)

    gc.collect()
    gc.disable()
    try:
        for number in range(1, 11):
            await bring(number)
        await desk.idle()
        await until(lambda: not desk.inbox._handling)
        assert contextual.filled == 10
        assert [update() for update in watched] == [None] * 10
    finally:
        gc.enable()


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


@pytest.mark.parametrize(("refusal", "tries"), [(Maintenance(), 1), (MessageTooOld(), 1), (Busy(), 6)])
async def test_who_was_told_no_is_not_served_after_a_crash(database: Database, refusal: Refusal, tries: int) -> None:
    first = await opened(database)
    first.handled.problems[1] = [refusal] * tries
    await first.accept(said(1))
    await turned(first, lambda: first.handled.refused == [refusal.code])
    await killed(first)
    second = await opened(database)
    await second.idle()
    assert second.handled.seen == []
    assert await second.marked() == {1: "refused"}


async def test_nobody_is_told_no_before_it_is_written_down(database: Database) -> None:
    first = await opened(database)
    first.handled.problems[1] = [Maintenance()]
    answer = first.store.late("mark")
    await first.accept(said(1))
    await comes(answer.there)
    assert first.handled.refused == []
    answer.comes.set()
    await first.idle()
    assert first.handled.refused == ["maintenance"]
    await first.inbox.stop(0.1)


async def test_what_is_refused_while_others_are_written_down_shares_the_next_commit(desk: Desk) -> None:
    desk.handled.problems = {number: [Maintenance()] for number in range(1, 7)}
    answer = desk.store.late("mark")
    await desk.accept(*(said(number, person=number) for number in range(1, 7)))
    await comes(answer.there)
    await until(lambda: len(desk.inbox._refused) == 5)
    answer.comes.set()
    await desk.idle()
    assert desk.store.marks == [1, 5]
    assert desk.handled.refused == ["maintenance"] * 6


async def test_a_mark_that_fails_lets_nobody_behind_it_be_told(desk: Desk) -> None:
    desk.handled.problems = {number: [Maintenance()] for number in (1, 2)}
    answer = desk.store.late("mark")
    answer.lost = KeyError("a bug")
    await desk.accept(said(1, person=1), said(2, person=2))
    await comes(answer.there)
    await until(lambda: len(desk.inbox._refused) == 1)
    answer.comes.set()
    await desk.idle()
    assert len(desk.handled.references) == 1
    assert desk.handled.refused == ["maintenance"]
    assert desk.store.marks == [1, 2]


async def test_a_no_is_told_again_until_it_is_heard_and_nothing_else_is_tried(desk: Desk) -> None:
    desk.handled.problems[1] = [Maintenance()]
    desk.handled.untold = [TelegramNetworkError(GetMe(), "cut") for _ in range(4)]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1]
    assert desk.handled.refused == ["maintenance"]
    assert await desk.marked() == {1: "refused"}


async def test_a_no_that_cannot_be_said_for_a_bug_is_apologised_for(desk: Desk) -> None:
    desk.handled.problems[1] = [Maintenance()]
    desk.handled.untold = [Busy() if tried % 2 else KeyError("a bug") for tried in range(9)]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1]
    assert len(desk.handled.references) == 1
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
