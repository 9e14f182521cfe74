"""The way out: whoever must be told something is told, at least once.

Guards: a notice's row is deleted only after its message has arrived; what can never arrive is marked, what may arrive
later is tried again. Memory is bounded: what does not fit waits in the table. Notices to one person go out in order,
one message at a time, and those that wait anyway become one message; nobody waits for anybody else's chat.
"""
from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import structlog
from aiogram.exceptions import (
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.clock import Clock, Timer
from bot.metrics import Metrics
from bot.pacing import NotYet, Priority, speak_as
from bot.telling import Teller, Unreachable, Wave
from handlers.notices import Edit
from storage.outbox import Outbox, Settled
from wallet import events
from wallet.rows import Notice

MOST_HELD: Final = 10_000
"""How many notices are in memory; the rest waits in the table."""

TOGETHER: Final = 100
"""How many notices that wait for one person become one message."""

AT_ONCE: Final = 64
"""How many messages are on their way to Telegram at the same time."""

SETTLED_AT_ONCE: Final = 1000
"""How many rows one commit of the outbox takes at most."""

SETTLED_EVERY: Final = 0.2
"""Seconds between two commits of the outbox, so that one writes down what many messages became. A process that is
killed leaves so much to be told twice: six messages, at Telegram's pace."""

TRIES: Final = 8
"""After so many failures that are a notice's own it is given up."""

OUTAGES: Final = 3
"""So many times in a row the same message may meet a failing Telegram before others go first."""

LONGEST_PAUSE: Final = 60.0
"""Seconds between two looks at whether Telegram is back."""

ADOPT_EVERY: Final = 6
"""Others' notices are looked for in every so many sweeps."""

STOP_PATIENCE: Final = 5.0
"""Seconds for messages that are on their way when the process stops."""

_SECURITY: Final = frozenset({
    "PinWasLocked", "PinWasSet", "PinResetAsked", "IdentityReset", "EmailBound", "InvariantBroke", "RoleChanged",
    "AttackStopped", "IncidentCame"})

_ALONE: Final = frozenset({"NewVersions", "TicketAnswered", "AnnouncementCame", "IncidentCame"})
"""What needs a message, and buttons, of its own."""

log = structlog.get_logger(__name__)

Key: TypeAlias = "tuple[str, int]"
"""Whose turn it is: ("member", number), ("alone", number), ("person", Telegram id) or ("card", chat)."""


@dataclass(slots=True)
class _Held:
    """A notice in memory: how often it was tried, how many messages are still to be sent for it."""

    tries: int
    parts: int = 1
    dead: bool = False
    """Its reader can't be told."""


@dataclass(frozen=True, slots=True)
class _Card:
    """A card to be changed, because of a notice."""

    notice: int
    edit: Edit


_Item: TypeAlias = "Notice | _Card"


class _Line:
    """What waits for one person, or for one chat's cards, in order."""

    __slots__ = ("busy", "failures", "items", "key", "queued", "singly")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.items: deque[_Item] = deque()
        self.busy = False
        """A message is on its way, or the chat has to wait."""
        self.queued: Priority | None = None
        """As what it stands in the queue."""
        self.singly = 0
        """How many of its next notices are sent one by one, because together they failed."""
        self.failures = 0

    def take(self) -> list[_Item]:
        """What the next message says. Cards, and what strangers are told, with a button of its own, go singly."""
        most = 1 if self.key[0] != "member" or self.singly else TOGETHER
        self.singly = max(0, self.singly - 1)
        return [self.items.popleft() for _ in range(min(most, len(self.items)))]

    def put_back(self, items: Sequence[_Item]) -> None:
        """They could not be sent yet."""
        self.items.extendleft(reversed(items))

    def priority(self) -> Priority:
        """As urgent as the most urgent of what comes next."""
        return min(priority_of(item) for item in itertools.islice(self.items, TOGETHER))


def priority_of(item: _Item) -> Priority:
    """How urgent it is to say something."""
    if isinstance(item, _Card):
        return Priority.REST
    if item.event in _SECURITY:
        return Priority.SECURITY
    kind = events.ALL.get(item.event)
    return Priority.MONEY if kind is not None and kind.URGENT else Priority.REST


class Sender:
    """Takes notices as they are committed and sends them."""

    def __init__(self, outbox: Outbox, teller: Teller, clock: Clock, metrics: Metrics, *, holder: str,
                 most_held: int = MOST_HELD, at_once: int = AT_ONCE) -> None:
        self._outbox = outbox
        self._teller = teller
        self._clock = clock
        self._metrics = metrics
        self._holder = holder
        self._most_held = most_held
        self._at_once = at_once
        self._held: dict[int, _Held] = {}
        self._lines: dict[Key, _Line] = {}
        self._ready: list[tuple[Priority, int, _Line]] = []
        self._numbers = itertools.count()
        self._handed: dict[int, int] = {}
        self._running = 0
        self._looking_up = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[Timer] = set()
        self._arrived: list[int] = []
        self._undeliverable: list[int] = []
        self._again: list[tuple[int, int]] = []
        self._settling = False
        self._rest: Timer | None = None
        """Runs while what has arrived waits for company."""
        self._paused: Timer | None = None
        self._outages = 0
        self._behind = True
        self._next_due = 0
        self._sweeps = 0
        self._sweeping = asyncio.Lock()
        self._started = False
        self._stopping = False
        self._calm = asyncio.Event()
        self._calm.set()
        metrics.outbox_pending.set_function(lambda: len(self._held))

    # ----------------------------------------------------------------------------------------- lifetime
    async def start(self, lanes: Sequence[int]) -> None:
        """Begin, with what a process before us left in these lanes, which are the engine's."""
        assert lanes
        for lane in lanes:
            self._handed[lane] = max(self._handed.get(lane, 0), await self._outbox.newest(lane))
        self._started = True
        await self.sweep()

    async def stop(self) -> None:
        """Send nothing new, let what is on its way arrive, write down what has; the rest stays in the table."""
        self._stopping = True
        for timer in self._timers:
            timer.cancel()
        end = time.monotonic() + STOP_PATIENCE
        while self._tasks and time.monotonic() < end:
            # What has arrived begins another task, which writes that down.
            await asyncio.wait(self._tasks, timeout=end - time.monotonic())
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        while self._unsettled() and await self._settle_once():
            pass
        if self._started:
            await self._outbox.leave_lanes(self._handed, self._holder)

    # ---------------------------------------------------------------------------------------- coming in
    def accept(self, rows: Sequence[Notice]) -> None:
        """Notices that were just committed; the engine's `on_notices`. Never waits."""
        for notice in rows:
            if notice.id > self._handed.get(notice.lane, 0):
                self._handed[notice.lane] = notice.id
            self._hold(notice, 0)
        self._go_on()

    def _hold(self, notice: Notice, tries: int) -> None:
        if notice.id in self._held:
            return
        if len(self._held) >= self._most_held or self._stopping:
            self._behind = True
            return
        self._held[notice.id] = _Held(tries)
        key = ("member", notice.member) if notice.member else ("person", notice.telegram_id)
        if notice.event in _ALONE:
            key = ("alone", notice.member or notice.telegram_id)
        self._line_up(key, notice)

    def _line_up(self, key: Key, item: _Item) -> None:
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(key)
        line.items.append(item)
        if not line.busy:
            self._queue(line, priority_of(item))

    def _queue(self, line: _Line, priority: Priority) -> None:
        """Put a line into the queue, or further to the front of it; what stands there twice is left out later."""
        if line.queued is None or priority < line.queued:
            line.queued = priority
            heapq.heappush(self._ready, (priority, next(self._numbers), line))

    async def sweep(self) -> int:
        """Look into the table for what is not in memory; the clock calls it. How many were found."""
        async with self._sweeping:
            return await self._sweep()

    async def _sweep(self) -> int:
        now = self._clock.now()
        await self._outbox.keep_lanes(self._handed, self._holder, now)
        if self._sweeps % ADOPT_EVERY == 0 and await self._outbox.adopt(self._handed, now, self._most_held):
            self._behind = True
        self._sweeps += 1
        room = self._most_held - len(self._held)
        due = self._next_due and self._next_due <= now
        if not (self._behind or due) or room < self._most_held // 2 or self._stopping:
            return 0
        self._behind = False
        try:
            # What is held now is left out even if it has arrived, and its row is gone, when the answer comes.
            found, self._next_due = await self._outbox.take(dict(self._handed), frozenset(self._held), now, room)
        except BaseException:
            self._behind = True
            raise
        self._behind = self._behind or len(found) == room
        for pending in found:
            self._hold(pending.notice, pending.tries)
        self._go_on()
        return len(found)

    async def revive(self, person: int, *, offers: bool) -> None:
        """Somebody is back who may have missed something: tell them; with `offers` of money that waits for them too."""
        if self._handed and await self._outbox.revive(person, min(self._handed), self._clock.now(), offers=offers):
            self._behind = True
            await self.sweep()

    # ---------------------------------------------------------------------------------------- going out
    def _go_on(self) -> None:
        """Begin the next wave if there is anything to send and a place to send it from."""
        if (self._ready and not self._looking_up and self._running < self._at_once and self._paused is None
                and not self._stopping):
            self._looking_up = True
            self._spawn(self._wave())
        if self._is_calm():
            self._calm.set()
        else:
            self._calm.clear()

    def _is_calm(self) -> bool:
        busy = self._running or self._looking_up or self._settling
        return not busy and (not self._ready or self._paused is not None or self._stopping)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wave(self) -> None:
        """Look everybody up together, then send to each on their own."""
        bundles = self._bundles()
        notices = [item for _, items in bundles for item in items if isinstance(item, Notice)]
        wave = NOBODY
        try:
            if notices:
                wave = await self._teller.look_up(notices)
        except Exception:
            log.exception("outbox.lookup_failed")
            for line, items in bundles:
                line.put_back(items)
                self._release(line)
            self._pause()
            bundles = []
        finally:
            self._looking_up = False
        for line, items in bundles:
            self._running += 1
            self._spawn(self._deliver(line, items, wave))
        self._go_on()

    def _bundles(self) -> list[tuple[_Line, list[_Item]]]:
        """The most urgent lines with what their next message says. What comes meanwhile waits for the one after."""
        bundles: list[tuple[_Line, list[_Item]]] = []
        free = self._at_once - self._running
        while self._ready and len(bundles) < free:
            priority, _, line = heapq.heappop(self._ready)
            if line.queued is priority and not line.busy and line.items:
                line.queued = None
                line.busy = True
                bundles.append((line, line.take()))
        return bundles

    async def _deliver(self, line: _Line, items: list[_Item], wave: Wave) -> None:
        """Send one message, whatever comes of it."""
        speak_as(min(priority_of(item) for item in items))
        wait = 0.0
        try:
            await self._send(items, wave)
            line.failures = self._outages = 0
        except (NotYet, TelegramRetryAfter) as error:
            line.put_back(items)
            wait = error.seconds if isinstance(error, NotYet) else float(error.retry_after)
        except (TelegramNetworkError, TelegramServerError, TelegramUnauthorizedError) as error:
            self._met_an_outage(line, items, error)
        except asyncio.CancelledError:
            line.put_back(items)
            raise
        except Exception as error:  # noqa: BLE001 - one notice with a slip in it must not stop the others
            self._failed(line, items, error)
        finally:
            self._running -= 1
            if wait:
                self._later(wait, line)
            else:
                self._release(line)
            self._go_on()

    async def _send(self, items: list[_Item], wave: Wave) -> None:
        first = items[0]
        if isinstance(first, _Card):
            await self._teller.change(first.edit)
            self._told(first.notice)
            return
        notices = [item for item in items if isinstance(item, Notice)]
        try:
            edits = await self._teller.tell(notices, wave)
        except Unreachable:
            edits = await self._teller.edits(notices, wave)
            for notice in notices:
                self._held[notice.id].dead = True
        for edit in edits:
            # The first of them is not done before the cards are, so that a crash in between forgets none.
            self._held[first.id].parts += 1
            self._line_up(("card", edit.chat), _Card(first.id, edit))
        for notice in notices:
            self._told(notice.id)

    def _release(self, line: _Line) -> None:
        """Whoever waits in this line may be next."""
        line.busy = False
        if line.items:
            self._queue(line, line.priority())
        elif self._lines.get(line.key) is line:
            del self._lines[line.key]

    def _later(self, seconds: float, line: _Line) -> None:
        """Let a line rest; nobody else waits for it."""
        def over() -> None:
            self._timers.discard(timer)
            self._release(line)
            self._go_on()

        timer = self._clock.call_later(seconds, over)
        self._timers.add(timer)

    # ------------------------------------------------------------------------------------- what goes wrong
    def _met_an_outage(self, line: _Line, items: list[_Item], error: Exception) -> None:
        """Telegram can't be reached or is ill: everybody waits a little, and longer each time."""
        line.failures += 1
        if isinstance(error, TelegramServerError) and line.failures >= OUTAGES:
            line.failures = 0
            self._failed(line, items, error)
            return
        line.put_back(items)
        self._pause()

    def _pause(self) -> None:
        if self._paused is None and not self._stopping:
            seconds = min(LONGEST_PAUSE, 2.0**self._outages)
            self._outages = min(self._outages + 1, 16)
            log.warning("outbox.telegram_is_away", seconds=seconds, waiting=len(self._held))
            self._paused = self._clock.call_later(seconds, self._resume)
            self._timers.add(self._paused)

    def _resume(self) -> None:
        if self._paused is not None:
            self._timers.discard(self._paused)
        self._paused = None
        self._go_on()

    def _failed(self, line: _Line, items: list[_Item], error: Exception) -> None:
        """A message that is wrong in itself: its notices are sent one by one, then later, then given up."""
        if len(items) > 1:
            log.warning("outbox.sent_singly", count=len(items), error=repr(error))
            line.put_back(items)
            line.singly = len(items)
            return
        item = items[0]
        if isinstance(item, _Card):
            log.warning("outbox.card_not_changed", chat=item.edit.chat, error=repr(error))
            self._told(item.notice)
            return
        held = self._held[item.id]
        log.error("outbox.notice_failed", notice=item.id, tries=held.tries + 1, exc_info=error)
        if held.tries + 1 >= TRIES:
            held.dead = True
            self._told(item.id)
        else:
            self._again.append((item.id, self._clock.now() + rest_after(held.tries)))
            self._settle_soon()

    # ----------------------------------------------------------------------------------------- settling
    def _told(self, notice: int) -> None:
        """One of a notice's messages has arrived, or never will."""
        held = self._held[notice]
        held.parts -= 1
        if held.parts == 0:
            (self._undeliverable if held.dead else self._arrived).append(notice)
            self._settle_soon()

    def _settle_soon(self) -> None:
        if not self._settling and (self._rest is None or len(self._arrived) >= SETTLED_AT_ONCE):
            self._settle_now()

    def _settle_now(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._timers.discard(self._rest)
            self._rest = None
        if self._unsettled() and not self._settling:
            self._settling = True
            self._spawn(self._settle())
            self._go_on()

    def _unsettled(self) -> bool:
        return bool(self._arrived or self._undeliverable or self._again)

    async def _settle(self) -> None:
        """Write down what has arrived; what arrives from now on goes into the next commit."""
        try:
            while not await self._settle_once() and not self._stopping:
                await self._clock.sleep(1.0)
        finally:
            self._settling = False
            if not self._stopping:
                self._rest = self._clock.call_later(SETTLED_EVERY, self._settle_now)
                self._timers.add(self._rest)
            self._go_on()

    async def _settle_once(self) -> bool:
        arrived, self._arrived = self._arrived[:SETTLED_AT_ONCE], self._arrived[SETTLED_AT_ONCE:]
        dead, self._undeliverable = self._undeliverable[:SETTLED_AT_ONCE], self._undeliverable[SETTLED_AT_ONCE:]
        again, self._again = self._again[:SETTLED_AT_ONCE], self._again[SETTLED_AT_ONCE:]
        try:
            if arrived or dead or again:
                await self._outbox.settle(Settled(arrived, dead, again))
        except BaseException as error:
            # Written down or not: doing it again changes nothing.
            self._arrived, self._undeliverable, self._again = (
                arrived + self._arrived, dead + self._undeliverable, again + self._again)
            if not isinstance(error, Exception):
                raise
            log.exception("outbox.not_written_down", count=len(arrived) + len(dead) + len(again))
            return False
        for notice in itertools.chain(arrived, dead, (notice for notice, _ in again)):
            del self._held[notice]
        for _, due in again:
            self._next_due = min(self._next_due or due, due)
        for state, count in (("delivered", len(arrived)), ("undeliverable", len(dead)), ("again", len(again))):
            if count:
                self._metrics.outbox.labels(state).inc(count)
        return True

    async def idle(self) -> None:
        """Wait until nothing is left that could be done without time passing."""
        while True:
            await self._calm.wait()
            if self._unsettled() and not self._stopping:
                self._settle_now()  # Nothing is left that it could wait for.
                continue
            if not self._started or not self._behind or self._paused is not None or not await self.sweep():
                return


NOBODY: Final = Wave({}, {}, frozenset(), {})


def rest_after(tries: int) -> int:
    """Microseconds before a notice is tried again: half a minute, doubled each time, an hour at most."""
    return min(3600, 30 << min(tries, 16)) * 1_000_000
