"""The engine: collects what is asked while the previous commit runs, and commits it together.

Guards: one effect per key. A caller hears an outcome only after it is committed; what was refused before deciding
stores nothing, nor does what is so for ever; a batch that the database rejects is taken apart until the guilty command
stands alone; and a writer that cannot go on stops the whole engine loudly instead of leaving callers waiting.
"""
from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from msgspec.structs import astuple

from wallet import gate, refusals
from wallet.books import Books, Lane, Needs, Policy
from wallet.commands import Command, Outcome, decode, encode
from wallet.dates import day_of
from wallet.finals import Finals
from wallet.ids import account
from wallet.plain import canonical
from wallet.protocols import InDoubt, LaneLost, Retry, Store, Writes
from wallet.rows import Account, Journal, Key, Member, Notice, Operation, Row, Switch

TRIES: Final = 6
"""How often a commit that failed for a passing reason is tried before its callers hear `Busy`."""

STEP: Final = 16
"""How many commands are decided before others may use the loop: they take it for a millisecond or two."""

NEEDS: Final = 5
"""How often a decision may find out that it needs further rows."""

PASSED: Final = 512
"""So many that wait for another lane are passed over at most to find some that do not."""


WORTH: Final = 32
"""So many that wait are worth a batch of their own while another of their lane is on its way."""


class EngineDead(RuntimeError):
    """The engine stopped because a writer could not go on."""


class Waiting:
    """One command on its way, and everybody who waits for it."""

    __slots__ = ("_roots", "callers", "command", "deadline", "error", "extra", "fingerprint", "needed", "outcome",
                 "queued", "reads")

    def __init__(self, command: Command, fingerprint: bytes, deadline: float) -> None:
        self.command = command
        self.fingerprint = fingerprint
        self.deadline = deadline
        self.callers: list[asyncio.Future[Outcome | refusals.Refusal]] = []
        """A future for each, so that one who gives up cancels nobody else; shielding one that all share costs more."""
        self.queued = True
        self.needed = 0
        self.extra: tuple[Key, ...] = ()
        """What its decision found out that it reads."""
        self.reads: tuple[Key, ...] = ()
        """All that it reads, as far as that is known; empty until somebody looks."""
        self._roots: frozenset[Key] | None = None
        self.outcome: Outcome | refusals.Refusal | None = None
        self.error: Exception | None = None

    def look(self, today: int) -> None:
        """Ask the command what it reads."""
        command = self.command
        actor = command.actor()
        self.reads = (*(((Member, actor),) if actor else ()), *command.reads(today), *self.extra)
        self._roots = None

    @property
    def roots(self) -> frozenset[Key]:
        """What of that is locked. A lane that is alone does not ask."""
        if self._roots is None:
            self._roots = frozenset([key for key in self.reads if key[0].ROOT])
        return self._roots


@dataclass(frozen=True, slots=True)
class Counts:
    """What the engine has done since it started."""

    commits: int = 0
    commands: int = 0
    retries: int = 0
    splits: int = 0


class Batch:
    """Commands that are decided over the same books and committed together."""

    def __init__(self, waiting: Sequence[Waiting], policy: Policy, zone: tzinfo,
                 crowded: Callable[[], bool] = lambda: False) -> None:
        self.waiting = waiting
        self.policy = policy
        self.zone = zone
        self._crowded = crowded
        self.writes: Writes | None = None
        self._books: Books | None = None

    def keys(self, lane: Lane) -> Mapping[type[Row], Sequence[object]]:
        """What the commands read, each row once. A wrong guess at the day is found out by the decision."""
        wanted: dict[type[Row], set[object]] = {Operation: {item.command.key for item in self.waiting}}
        for item in self.waiting:
            for kind in item.command.HOUSE:
                wanted.setdefault(Account, set()).add(account(lane.lane, kind))
            for cls, key in item.reads:
                found = wanted.get(cls)
                if found is None:
                    found = wanted[cls] = set()
                found.add(key)
        return {cls: list(found) for cls, found in wanted.items()}

    def decide(self, lane: Lane, now: int, switch: Switch, base: dict[Key, Row | None]) -> Writes | None:
        """All steps at once."""
        for _ in self.steps(lane, now, switch, base):
            pass
        return self.writes

    def steps(self, lane: Lane, now: int, switch: Switch, base: dict[Key, Row | None]) -> Iterator[None]:
        """Decide each command in turn. Every batch begins anew here, so a commit can be tried again."""
        now = max(now, lane.last_now + 1)
        moved = replace(lane, seq=lane.seq + 1, last_now=now)
        books = self._books = Books(base, lane=moved, now=now, zone=self.zone, switch=switch, policy=self.policy)
        for place, item in enumerate(self.waiting):
            if place and not place % STEP:
                yield
            item.outcome = item.error = None
            try:
                item.outcome = self._decided(books, item)
            except Needs as need:
                books.drop()
                item.error = need
            except Exception as error:  # noqa: BLE001 - a bug in one rule must not fail its neighbours
                books.drop()
                item.error = error
        changes = books.changes()
        self.writes = self._sealed(lane, moved, changes, now) if changes else None

    @property
    def others_wait(self) -> bool:
        """Whether the other lanes wait for this one."""
        return self._crowded()

    def settled(self, place: int) -> Sequence[Row]:
        """What is certain to be written of what was decided so far, from a place on."""
        return self._books.settled(place) if self._books else ()

    @staticmethod
    def _decided(books: Books, item: Waiting) -> Outcome | refusals.Refusal:
        """The stored outcome, or a new one with its operation row."""
        command = item.command
        stored = books.find(Operation, command.key)
        if stored is not None:
            if stored.fingerprint != item.fingerprint:
                return refusals.KeyReused()
            return decode(stored.outcome)
        outcome: Outcome | refusals.Refusal
        books.judgement = None
        try:
            gate.admit(books, command)
            outcome = command.decide(books)
            actor = command.actor()
            if actor:
                books.used(actor)
        except refusals.Refusal as refusal:
            books.drop()
            outcome = refusal
            if not refusal.stored:
                return outcome
        books.add(Operation(command.key, item.fingerprint, encode(outcome), books.now))
        books.keep()
        return outcome

    @staticmethod
    def _sealed(before: Lane, moved: Lane, changes: Mapping[type[Row], tuple[list[Row], list[Row]]],
                now: int) -> Writes:
        """The journal row that chains this commit to the lane's previous one."""
        final = [row for cls, (new, _) in changes.items() if cls.FINAL for row in new]
        moved.head = chain_hash(before.head, now, final)
        return Writes(changes, Journal(moved.lane, moved.seq, before.head, moved.head, now), moved)


def chain_hash(previous: bytes, at: int, final_rows: Sequence[Row]) -> bytes:
    """SHA-256 over the lane's previous hash and the canonical text of a commit's moment and immutable rows.

    The text is one JSON array without blanks in UTF-8: the moment in microseconds, and an array for each row, of its
    class and its values, bytes as hex. Rows are sorted by class and values, so the hash can be computed again from the
    tables alone.
    """
    rows = sorted([(type(row).__name__, *astuple(row)) for row in final_rows])
    return hashlib.sha256(previous + canonical([at, *rows])).digest()


def microseconds() -> int:
    """The moment, about: decisions use the database's own."""
    return time.time_ns() // 1000


class Engine:
    """`run` is the one public door of the wallet."""

    def __init__(self, store: Store, policy: Policy, *, zone: tzinfo, batch: int = 128, queue: int = 4096,
                 writers: int = 0, deadline: float = 10.0, clock: Callable[[], int] = microseconds,
                 on_notices: Callable[[list[Notice]], None] = lambda _: None,
                 on_death: Callable[[BaseException], None] = lambda _: None) -> None:
        self.policy = policy
        self.counts = Counts()
        self._store = store
        self._zone = zone
        self._batch = batch
        self._queue_most = queue
        self._writers_wanted = writers or store.WRITERS
        self._deadline = deadline
        self._on_notices = on_notices
        self._on_death = on_death
        self._asked: deque[Waiting] = deque()
        self._by_clock: deque[Waiting] = deque()
        self._clock = clock
        self._inflight: dict[str, Waiting] = {}
        self._finals = Finals()
        self._something = asyncio.Event()
        self._stopping = False
        self._dead: BaseException | None = None
        self._writers: list[asyncio.Task[None]] = []
        self._under_way: dict[int, int] = {}
        """How many batches of each lane are on their way."""
        self._held: dict[int, frozenset[Key]] = {}
        """The roots of what each lane is writing, where there are several."""
        self._crowded = False
        """Whether all that was queued lately shares a root with what another lane is writing."""
        self.lanes: list[Lane] = []

    # ----------------------------------------------------------------------------------------- lifetime
    async def start(self) -> None:
        """Take lanes and begin to write."""
        for _ in range(self._writers_wanted):
            lane = await self._store.open_lane()
            self.lanes.append(lane)
            self._under_way[lane.lane] = 0
            for _each in range(self._store.AHEAD):
                task = asyncio.create_task(self._write(lane), name=f"engine lane {lane.lane}")
                task.add_done_callback(self._ended)
                self._writers.append(task)

    async def stop(self) -> None:
        """Finish what is queued, take nothing new, give the lanes back."""
        self._stopping = True
        self._something.set()
        await asyncio.gather(*self._writers, return_exceptions=True)
        for lane in self.lanes:
            await self._store.close_lane(lane)

    @property
    def queued(self) -> int:
        """How many commands wait to be decided."""
        return len(self._asked) + len(self._by_clock)

    # ---------------------------------------------------------------------------------------- the door
    async def run(self, command: Command, *, deadline: float | None = None, clock: bool = False) -> Outcome:
        """Decide and commit a command, once for its key; raises the `Refusal` when it is refused.

        `deadline` is in seconds and ends waiting in the queue, not what has begun. `clock` marks what the clock
        started: it gets at most a quarter of a batch, so people come first.
        """
        outcome = self._finals.answer(command) or await self._answered(self._join(command, deadline, clock))
        try:
            if isinstance(outcome, refusals.Refusal):
                outcome.kept = outcome.stored or outcome.final
                raise outcome.with_traceback(None)
            return outcome
        finally:
            del outcome  # Else the refusal would lead to this frame, and this frame to the refusal.

    async def _answered(self, waiting: Waiting) -> Outcome | refusals.Refusal:
        """What becomes of a command that is on its way."""
        answer: asyncio.Future[Outcome | refusals.Refusal] = asyncio.get_running_loop().create_future()
        waiting.callers.append(answer)
        try:
            return await answer
        except asyncio.CancelledError:
            self._leave(waiting, answer)
            raise

    def _join(self, command: Command, deadline: float | None, clock: bool) -> Waiting:
        if self._dead is not None:
            raise EngineDead from self._dead
        fingerprint = command.fingerprint()
        waiting = self._inflight.get(command.key)
        if waiting is not None:
            if waiting.fingerprint != fingerprint:
                raise refusals.KeyReused
            return waiting
        if self._stopping or self.queued >= self._queue_most:
            raise refusals.Busy
        until = time.monotonic() + (self._deadline if deadline is None else deadline)
        waiting = Waiting(command, fingerprint, until)
        self._inflight[command.key] = waiting
        (self._by_clock if clock else self._asked).append(waiting)
        self._something.set()
        return waiting

    def _leave(self, waiting: Waiting, answer: asyncio.Future[Outcome | refusals.Refusal]) -> None:
        """A caller gave up: what is still queued and waited for by nobody else is taken out."""
        waiting.callers.remove(answer)
        if not waiting.callers and waiting.queued:
            for queue in (self._asked, self._by_clock):
                if waiting in queue:
                    queue.remove(waiting)
            self._forget(waiting)

    # -------------------------------------------------------------------------------------- the writers
    async def _write(self, lane: Lane) -> None:
        while True:
            batch = self._take(lane.lane) if self._is_worth_it(lane.lane) else []
            if batch:
                self._under_way[lane.lane] += 1
                lane = await self._commit(lane, batch)
                self._under_way[lane.lane] -= 1
            elif self._stopping and not self.queued:
                return
            else:
                self._something.clear()
                if not self._is_worth_it(lane.lane) and not self._stopping:
                    await self._something.wait()

    def _is_worth_it(self, lane: int) -> bool:
        """Whether to begin a batch: whenever something waits, or, while another of the lane is on its way, when enough
        does. Small batches would cost a commit each."""
        return self.queued >= (WORTH if self._under_way[lane] and not self._stopping else 1)

    def _take(self, lane: int) -> list[Waiting]:
        """What is queued now, never waiting for more. What shares no root with what the other lanes are writing comes
        first, for the rest would only wait in the database until they have committed; where all do, they wait there,
        and are decided as soon as that is done."""
        held: set[Key] = set()
        for other, roots in self._held.items():
            if other != lane:
                held |= roots
        batch = self._picked(held)
        self._crowded = not batch and bool(held) and self.queued > 0
        if self._crowded:
            batch = self._picked(set())
        if self._writers_wanted > 1:
            self._held[lane] = frozenset().union(*[item.roots for item in batch])
        return batch

    def _picked(self, held: set[Key]) -> list[Waiting]:
        """The first of what is queued and touches nothing that is held; the clock's at most a quarter while people
        wait. What is passed over holds its roots as well, so that nothing overtakes what it shares one with."""
        now, today = time.monotonic(), day_of(self._clock(), self._zone)
        batch: list[Waiting] = []
        # However small a batch is, both get a place in it: who comes second must not wait for the other to fall silent.
        share = max(1, self._batch // 4) if self._asked else self._batch
        for queue, most in ((self._by_clock, share), (self._asked, max(self._batch, share + 1))):
            passed: list[Waiting] = []
            while queue and len(batch) < most and len(passed) < PASSED:
                waiting = queue.popleft()
                if waiting.deadline < now:
                    waiting.queued = False
                    self._settle(waiting, refusals.DeadlinePassed())
                    continue
                if not waiting.reads:
                    waiting.look(today)
                if held and not held.isdisjoint(waiting.roots):
                    held |= waiting.roots
                    passed.append(waiting)
                else:
                    waiting.queued = False
                    batch.append(waiting)
            queue.extendleft(reversed(passed))
        return batch

    async def _commit(self, lane: Lane, waiting: list[Waiting]) -> Lane:
        """Commit a batch, whatever it takes; returns where the lane is now."""
        for attempt in range(TRIES):
            batch = Batch(waiting, self.policy, self._zone, lambda: self._crowded)
            try:
                await self._store.commit(lane, batch)
            except Retry:
                self.counts = replace(self.counts, retries=self.counts.retries + 1)
                await asyncio.sleep(0.005 * 2**attempt)
                continue
            except InDoubt:
                writes = batch.writes
                if writes is None or not await self._was_committed(lane, writes):
                    continue
            except LaneLost:
                raise
            except Exception as error:  # noqa: BLE001 - whatever the database objects to, one command caused it
                return await self._split(lane, waiting, error)
            return self._committed(lane, batch)
        for item in waiting:
            self._settle(item, refusals.Busy())
        return lane

    async def _was_committed(self, lane: Lane, writes: Writes) -> bool:
        """Ask until the database answers: nobody may be told anything before it is known."""
        for attempt in range(20):
            try:
                return await self._store.was_committed(lane, writes.lane.seq, writes.lane.head)
            except (Retry, InDoubt):
                await asyncio.sleep(min(2.0, 0.05 * 2**attempt))
        raise EngineDead("the database did not answer whether a commit was made")

    async def _split(self, lane: Lane, waiting: list[Waiting], error: Exception) -> Lane:
        if len(waiting) == 1:
            self._fail(waiting[0], error)
            return lane
        self.counts = replace(self.counts, splits=self.counts.splits + 1)
        middle = len(waiting) // 2
        lane = await self._commit(lane, waiting[:middle])
        return await self._commit(lane, waiting[middle:])

    def _committed(self, lane: Lane, batch: Batch) -> Lane:
        """Tell the callers, queue again what found out that it needs more, hand notices on."""
        again: list[Waiting] = []
        for item in batch.waiting:
            if item.outcome is not None:
                self._finals.learn(item.command, item.outcome)
                self._settle(item, item.outcome)
            elif isinstance(item.error, Needs) and item.needed < NEEDS:
                item.needed += 1
                item.extra += item.error.keys
                item.reads = ()
                item.queued = True
                again.append(item)
            else:
                assert item.error is not None
                self._fail(item, item.error)
        self._asked.extendleft(reversed(again))
        counts = self.counts
        self.counts = replace(counts, commits=counts.commits + 1, commands=counts.commands + len(batch.waiting))
        if batch.writes is None:
            return lane
        notices = batch.writes.changes.get(Notice)
        if notices:
            self._on_notices([row for row in notices[0] if isinstance(row, Notice)])
        return batch.writes.lane

    # ------------------------------------------------------------------------------------------ answers
    def _settle(self, waiting: Waiting, outcome: Outcome | refusals.Refusal) -> None:
        self._forget(waiting)
        for answer in waiting.callers:
            if not answer.done():
                answer.set_result(outcome)

    def _fail(self, waiting: Waiting, error: BaseException) -> None:
        self._forget(waiting)
        for answer in waiting.callers:
            if not answer.done():
                answer.set_exception(error)
                answer.exception()  # A caller may be gone; the error must not be reported as never retrieved.

    def _forget(self, waiting: Waiting) -> None:
        if self._inflight.get(waiting.command.key) is waiting:
            del self._inflight[waiting.command.key]

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A writer ended: fine when stopping, otherwise everybody hears it and the process is told to die."""
        error = task.exception() if not task.cancelled() else None
        if error is None and self._stopping:
            return
        self._dead = error or EngineDead("a writer was cancelled")
        self._stopping = True
        self._something.set()
        for waiting in list(self._inflight.values()):
            self._fail(waiting, EngineDead("the engine stopped"))
        self._asked.clear()
        self._by_clock.clear()
        self._on_death(self._dead)

