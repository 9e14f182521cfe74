"""An inbox with all that it needs, and what tests of it do: a handler that is told what to do, answers that come
late or never, and a kill.

Guards: nothing is waited for by time; the clock is turned by whoever wants it later.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import text

from bot.arrivals import Arrival, arrived
from bot.inbox import MARK_EVERY, Inbox
from handlers.ground import Seen
from storage.database import Database
from storage.inbox import Place, State, Stored, UpdateId, UpdateStore
from storage.people import SeenGroups, SeenPeople
from tests.fakes.clock import FakeClock
from tests.patience import PATIENCE
from wallet.refusals import Refusal
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
                           on_death=self.deaths.append, aside=lambda _: False, **bounds)

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
    tasks = [*desk.inbox._tasks, *desk.inbox._handling.values()]
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


async def turned(desk: Desk, handled: Callable[[], bool]) -> None:
    """Turn the clock until something has happened."""
    async with asyncio.timeout(PATIENCE):
        while not handled():
            await desk.clock.advance(1.0)


async def left(database: Database, *updates: dict[str, Any], holder: str = "one") -> None:
    """Updates that a process stored and did not handle."""
    before = await opened(database, holder)
    for person in {update["message"]["from"]["id"] for update in updates}:
        before.handled.gates[person] = asyncio.Event()
    await before.accept(*updates)
    await before.inbox.stop(0.0)
