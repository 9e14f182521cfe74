"""The inbox at work: what arrives is stored, then handled in order for each person, then marked.

Guards: nobody is told that we have an update before it is committed; what is stored is handled again after a crash,
and its done-mark is written after its last step, so it may be lost and never lie; only a refusal that the wallet did
not write down is marked before it is told, so that the no stays true. Updates of one person are handled in order, of
different people side by side. Memory is bounded: when too much is in hand the way in has to wait, and what one person
sends beyond a share of it waits in the database.

An update comes into a line in three ways: as it is stored, from the database when its person's turn comes, and when it
is taken over. All three ask the database and queue what it answers, side by side, and the answer is old when it comes.
Hence one rule for them: `_held` knows whatever is in a line or ended and not marked, and each notes what was marked
while it asked (`_looking`). What is in neither is in nobody's hand.
"""
from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final, Protocol, TypeAlias, TypeVar

import structlog
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from sqlalchemy import Connection

from bot.arrivals import Arrival, found
from bot.clock import Clock
from handlers.ground import Seen
from storage.inbox import Place, State, Stored, UpdateId, UpdateStore, passing
from storage.people import GroupSighting, SeenGroups, SeenPeople, Sighting
from wallet.engine import EngineDead
from wallet.refusals import Busy, DeadlinePassed, Refusal

T = TypeVar("T")
log = structlog.get_logger(__name__)

MOST_IN_HAND: Final = 2048
"""How many updates are in memory; beyond it the way in waits. What is taken over may exceed it by one page."""
MOST_OF_ONE: Final = 128
"""How many of them one person's may be; more wait in the database."""
MOST_IN_DOUBT: Final = 2048
"""How many updates are remembered because storing them failed, which need not mean that they are not stored."""
TOGETHER: Final = 256
"""How many are stored in one commit."""
SHORTEST: Final = 0.2
LONGEST: Final = 5.0
"""Seconds between two tries: twice as many each time, within these bounds."""
ENDLESS: Final = 2**31
MARK_EVERY: Final = 0.1
"""Seconds in which done-marks are collected for one commit."""
BREATH: Final = 3.0
"""Seconds between two signs of life to other processes."""


class Handler(Protocol):
    """Who handles updates."""

    async def handle(self, arrival: Arrival) -> State:
        """Handle it and say how it ended; whatever is raised means that it is not done."""

    async def refuse(self, arrival: Arrival, refusal: Refusal) -> State:
        """It was tried often enough: tell the person about a refusal that stored nothing."""

    async def apologise(self, arrival: Arrival, reference: str) -> None:
        """It is given up because of a bug of ours: tell the person, with a number to quote."""


class Pages(Protocol):
    """Asks the database for a page of updates."""

    async def __call__(self, *, after: Place | None, limit: int) -> tuple[list[Stored], Place | None]:
        """Those behind a place, and where the next page begins."""


Names: TypeAlias = tuple[list[Sighting], list[GroupSighting]]


def tries(error: Exception) -> int:
    """How often an update is tried that fails like this."""
    match error:
        case TelegramBadRequest() | TelegramForbiddenError():
            return 1  # Telegram would say the same again.
        case TelegramNetworkError() | TelegramServerError() | TelegramRetryAfter():
            return 30
        case Busy() | DeadlinePassed():
            return 6
        case Refusal():
            return 1
    return ENDLESS if passing(error) else 3


class Inbox:
    """`accept` is the way in; it returns when everything is committed."""

    def __init__(self, store: UpdateStore, handler: Handler, people: SeenPeople[Seen], groups: SeenGroups,
                 clock: Clock, *, most: int = MOST_IN_HAND, most_of_one: int = MOST_OF_ONE,
                 on_death: Callable[[BaseException], None] = lambda _: None,
                 aside: Callable[[Arrival], bool] = lambda _: False) -> None:
        """`aside` takes what need not be kept, and says whether it did."""
        self._store = store
        self._handler = handler
        self._people = people
        self._groups = groups
        self._clock = clock
        self._most = most
        self._most_of_one = most_of_one
        self._on_death = on_death
        self._aside = aside
        self._arriving: deque[tuple[Sequence[Arrival], asyncio.Future[None]]] = deque()
        self._lines: dict[int, deque[Arrival]] = {}
        """What is in hand, by person; the first of each is being handled."""
        self._parked: set[int] = set()
        """People of whom more waits in the database."""
        self._ended: dict[UpdateId, State] = {}
        """Done, but not yet marked."""
        self._marking: dict[UpdateId, State] = {}
        self._held: set[UpdateId] = set()
        """What is in a line, or done and not yet marked."""
        self._refused: dict[UpdateId, State] = {}
        """To be marked before their people are told."""
        self._marking_refused = asyncio.Lock()
        self._looks: list[list[Container[UpdateId]]] = []
        """For each who asks the database now: what was marked meanwhile."""
        self._astray = False
        """Whether something may be ours in the database and in nobody's hand."""
        self._one_suspect = asyncio.Lock()
        self._in_doubt: dict[UpdateId, None] = {}
        """Brought when storing failed: it may be stored all the same, and then it is known and yet in nobody's hand."""
        self._in_hand = 0
        self._last_at = 0
        self._came = asyncio.Event()
        self._marks = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._rest = asyncio.Event()
        self._rest.set()
        self._breathed = asyncio.Event()
        self.caught_up = asyncio.Event()
        """Set when what was left by a process before us is in hand; nothing new is let in before."""
        self._stopping = False
        self._handling: dict[int, asyncio.Task[None]] = {}
        """Who handles each line."""
        self._tasks: list[asyncio.Task[None]] = []

    # --------------------------------------------------------------------------------------------- lifetime
    async def start(self) -> None:
        """Begin; what a process that ended left pending is handled before anything new is let in."""
        for work in (self._storing, self._marking_ended, self._breathing, self._taking_over):
            task = asyncio.create_task(work(), name=f"inbox {work.__name__}")
            task.add_done_callback(self._work_ended)
            self._tasks.append(task)

    def _work_ended(self, task: asyncio.Task[None]) -> None:
        """Fine when stopping; otherwise nothing would be let in or marked or taken over any more, unnoticed."""
        error = None if task.cancelled() else task.exception()
        if error is None and self._stopping:
            return
        self._stopping = True
        self._on_death(error or RuntimeError(f"{task.get_name()} ended"))

    async def stop(self, seconds: float = 5.0) -> None:
        """Finish the step that each person's update is in, write the marks, leave the rest for the next start."""
        self._stopping = True
        if self._handling:
            _, late = await asyncio.wait(self._handling.values(), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _, future in self._arriving:
            future.cancel()
        self._ended = self._marking | self._ended
        try:
            await self._mark()
            await self._store.let_go()
        except Exception as error:  # noqa: BLE001 - the marks may be lost, and stopping must not fail for them
            log.warning("the last done-marks could not be written", error=type(error).__name__)

    @property
    def full(self) -> bool:
        """Whether the way in has to wait."""
        return self._in_hand >= self._most or self._stopping or not self.caught_up.is_set()

    @property
    def in_hand(self) -> int:
        """How many updates are in memory and not done."""
        return self._in_hand

    async def idle(self) -> None:
        """Wait until everything that was accepted is handled."""
        await self._rest.wait()

    # -------------------------------------------------------------------------------------------- the way in
    def moment(self) -> int:
        """When an update came: it rises with each, so it says in which order to handle them again."""
        self._last_at = max(self._clock.now(), self._last_at + 1)
        return self._last_at

    async def accept(self, arrivals: Sequence[Arrival]) -> None:
        """Store updates and queue them; returns when they are committed. Waits while there is no room."""
        arrivals = [arrival for arrival in arrivals if not self._aside(arrival)]
        if not arrivals:
            return
        if self.full:
            await self.caught_up.wait()
            await self._have_room()
        future = asyncio.get_running_loop().create_future()
        self._arriving.append((arrivals, future))
        self._took(len(arrivals))
        self._came.set()
        await future  # Nobody else waits for it: whoever is cancelled here is merely not told.

    async def _have_room(self) -> None:
        while self._in_hand >= self._most:  # Every update that is done lets go on.
            self._room.clear()
            await self._room.wait()

    async def _storing(self) -> None:
        """Store what has come meanwhile together, again and again."""
        while True:
            await self._came.wait()
            await self._store_next()

    async def _store_next(self) -> None:
        groups: list[tuple[Sequence[Arrival], asyncio.Future[None]]] = []
        count = 0
        while self._arriving and count < TOGETHER:
            groups.append(self._arriving.popleft())
            count += len(groups[-1][0])
        if not self._arriving:
            self._came.clear()
        try:
            await self._store_together(groups)
        finally:
            for _, future in groups:  # Whoever brought them must not wait for ever.
                future.cancel()

    async def _store_together(self, groups: Sequence[tuple[Sequence[Arrival], asyncio.Future[None]]]) -> None:
        arrivals = [arrival for group, _ in groups for arrival in group]
        people = self._people.news(seen for arrival in arrivals for seen in arrival.people)
        chats = self._groups.news(seen for arrival in arrivals for seen in arrival.groups)
        unique = {arrival.id: arrival for arrival in arrivals}
        also = [partial(_write_names, self._people, self._groups, (people, chats))] if people or chats else []
        try:
            with self._looking() as marked:
                new = await self._store.store([arrival.stored for arrival in unique.values()], also,
                                              [known for known in unique if known in self._in_doubt])
        except Exception as error:  # noqa: BLE001 - whoever brought them decides what to do; nothing is acknowledged
            self._doubt(unique)
            self._gave(len(arrivals))
            for _, future in groups:
                if not future.done():
                    future.set_exception(error)
                    future.exception()
            return
        self._people.remember(people)
        self._groups.remember(chats)
        fresh = [arrival for known, arrival in unique.items() if known in new and not self._knows(known, marked)]
        for known in unique:
            self._in_doubt.pop(known, None)
        self._gave(len(arrivals) - len(fresh))
        for arrival in fresh:
            self._queue(arrival)
        for _, future in groups:
            if not future.done():
                future.set_result(None)

    def _doubt(self, ids: Iterable[UpdateId]) -> None:
        """The answer to a commit may be lost and the commit not: what comes again is looked for."""
        self._in_doubt.update(dict.fromkeys(ids))
        while len(self._in_doubt) > MOST_IN_DOUBT:  # What is forgotten here is found at the next start.
            del self._in_doubt[next(iter(self._in_doubt))]

    # -------------------------------------------------------------------------------------- what is in hand
    @contextmanager
    def _looking(self) -> Iterator[list[Container[UpdateId]]]:
        """While the database is asked: collects what was marked since, which the answer may still call pending."""
        marked: list[Container[UpdateId]] = []
        self._looks.append(marked)
        try:
            yield marked
        finally:
            self._looks = [look for look in self._looks if look is not marked]

    def _knows(self, known: UpdateId, marked: Iterable[Container[UpdateId]]) -> bool:
        """Whether what the database named is in hand, or was until a moment ago."""
        return known in self._held or any(known in some for some in marked)

    # --------------------------------------------------------------------------------------------- in order
    def _queue(self, arrival: Arrival) -> None:
        line = self._lines.get(arrival.person)
        if line is None:
            self._lines[arrival.person] = deque((arrival,))
            self._held.add(arrival.id)
            self._handling[arrival.person] = asyncio.create_task(self._serve(arrival.person))
        elif len(line) >= self._most_of_one or arrival.person in self._parked:
            self._parked.add(arrival.person)
            self._gave(1)
        else:
            line.append(arrival)
            self._held.add(arrival.id)

    async def _serve(self, person: int) -> None:
        """Handle one person's updates in order, until there is none."""
        line = self._lines[person]
        try:
            while line and not self._stopping:
                arrival = line[0]
                self._end(arrival, await self._ending(arrival))
                line.popleft()
                try:  # It stays counted meanwhile: whoever waits for rest must not take a look-up for it.
                    if not line and person in self._parked:
                        await self._fetch(person, line)
                finally:
                    self._gave(1)
        except EngineDead:
            self._stopping = True  # The process is about to end; what is pending stays so.
        except Exception:
            log.exception("a line of updates stopped; what is in it is looked for again")
            self._astray = True
        finally:
            del self._lines[person], self._handling[person]
            self._held.difference_update(arrival.id for arrival in line)
            self._gave(len(line))

    async def _fetch(self, person: int, line: deque[Arrival]) -> None:
        """Bring what waits in the database back into memory, before what came while we looked."""
        self._parked.discard(person)
        marks = len(self._ended) + len(self._marking)
        with self._looking() as marked:
            stored = await self._patiently(lambda: self._store.waiting(person, self._most_of_one + marks + 1))
        came = {arrival.id: arrival for arrival in line}
        self._held.difference_update(came)
        waiting = [item for item in stored if not self._knows(item.id, marked)]
        ahead = [came.pop(item.id) if item.id in came else found(item) for item in waiting[:self._most_of_one]]
        if len(waiting) > len(ahead):
            self._parked.add(person)
            came = {}
        self._gave(len(line))
        line.clear()
        line.extend(ahead)
        line.extend(came.values())
        self._held.update(arrival.id for arrival in line)
        self._took(len(line))

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the database until it answers."""
        pause = SHORTEST
        while True:  # Ends with an answer, or with an error that waiting can't mend.
            try:
                return await ask()
            except Exception as error:
                if not passing(error):
                    raise
            await self._clock.sleep(pause)
            pause = min(LONGEST, 2 * pause)

    # -------------------------------------------------------------------------------------------- one update
    async def _ending(self, arrival: Arrival) -> State:
        """Until it has ended: handled, or refused and its person told so, or given up."""
        try:
            try:
                return await self._persistently(arrival, partial(self._handler.handle, arrival))
            except Refusal as refusal:
                # Written down before it is told: after a crash it might be done, though its person had heard a no.
                await self._mark_refused(arrival.id)
                return await self._persistently(arrival, partial(self._handler.refuse, arrival, refusal))
        except EngineDead:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is left, nothing more is tried
            given_up = partial(self._given_up, arrival, error)
            return await (self._carefully(arrival, given_up) if arrival.stored.suspect else given_up())

    async def _persistently(self, arrival: Arrival, step: Callable[[], Awaitable[State]]) -> State:
        """Twice more for a bug, as long as it takes while the database is away."""
        tried = 0
        while True:  # `tries` bounds it.
            try:
                if tried:
                    await self._clock.sleep(min(LONGEST, SHORTEST * 2 ** min(tried, 10)))
                return await (self._carefully(arrival, step) if arrival.stored.suspect else step())
            except (EngineDead, asyncio.CancelledError):
                raise
            except Exception as error:
                tried += 1
                if tried >= tries(error):
                    raise
                log.warning("an update is tried again", update=arrival.id.update_id, tried=tried,
                            error=type(error).__name__)

    async def _carefully(self, arrival: Arrival, step: Callable[[], Awaitable[State]]) -> State:
        """It may be what ended several processes. One such at a time, and that it is begun is written down before, its
        end at once: so only the guilty one is counted, and what merely lay beside it is not."""
        async with self._one_suspect:
            if self._stopping:
                raise EngineDead("the process is about to end")
            await self._patiently(lambda: self._store.set_out(arrival.id))
            try:
                state = await step()
            except EngineDead:
                raise
            except Exception:
                await self._patiently(lambda: self._store.came_back(arrival.id))
                raise
            await self._patiently(lambda: self._store.mark({arrival.id: state}, self._clock.now()))
            return state

    async def _given_up(self, arrival: Arrival, error: Exception) -> State:
        """Nothing more is tried: the person is told, with a number by which the log can be searched."""
        try:
            reference = secrets.token_hex(4).upper()
            log.error("an update is dead", update=arrival.id.update_id, reference=reference, exc_info=error)
            await self._handler.apologise(arrival, reference)
        except EngineDead:
            raise
        except Exception as another:  # noqa: BLE001 - it is dead anyway, and that is written down
            log.warning("its person could not be told", update=arrival.id.update_id, error=type(another).__name__)
        return "dead"

    # -------------------------------------------------------------------------------------------- the marks
    async def _mark_refused(self, known: UpdateId) -> None:
        """Returns when it is committed, with whatever came to be refused while the commit before was made."""
        self._refused[known] = "refused"
        async with self._marking_refused:
            if known in self._refused:
                marks, self._refused = self._refused, {}
                try:
                    await self._patiently(lambda: self._store.mark(marks, self._clock.now()))
                except BaseException:
                    self._refused = marks | self._refused  # Whoever waits behind us must not take it for written.
                    raise

    def _end(self, arrival: Arrival, state: State) -> None:
        # It leads back to the arrival: a circle that only the collector would find, at the cost of a pause.
        arrival.more.clear()
        self._ended[arrival.id] = state
        self._marks.set()

    async def _marking_ended(self) -> None:
        """Write done-marks, many in one commit: they may be lost, so they need not be hurried."""
        while True:
            await self._marks.wait()
            await self._clock.sleep(MARK_EVERY)
            self._marks.clear()
            try:
                await self._mark()
            except Exception as error:  # noqa: BLE001 - they stay in memory and are written later
                log.warning("done-marks wait", error=type(error).__name__)
                self._ended = self._marking | self._ended
                self._marks.set()
                await self._clock.sleep(LONGEST)

    async def _mark(self) -> None:
        self._marking, self._ended = self._ended, {}
        await self._store.mark(self._marking, self._clock.now())
        marked, self._marking = self._marking, {}
        self._held.difference_update(marked)
        for look in self._looks:
            look.append(marked)

    # --------------------------------------------------------------------------------------- after a crash
    async def _breathing(self) -> None:
        """Show others that we live. Nothing that may have to wait stands beside it: whoever is silent is taken over."""
        while True:
            try:
                await self._store.breathe()
                self._breathed.set()
            except Exception as error:  # noqa: BLE001 - the next breath tries again
                log.warning("no sign of life could be written", error=type(error).__name__)
            await self._clock.sleep(BREATH if self._breathed.is_set() else SHORTEST)

    async def _taking_over(self) -> None:
        """Take over from those who don't live any more: first of all from whom we were."""
        await self._breathed.wait()  # Else others might take from us what we are taking.
        await self._catch_up()
        self.caught_up.set()
        while True:
            await self._clock.sleep(BREATH)
            try:
                if self._astray:
                    self._astray = False
                    await self._all_pages(self._store.held)
                await self._all_pages(partial(self._store.take_over, now=self._clock.now(), ours=False))
            except Exception as error:  # noqa: BLE001 - the next time it is tried again
                self._astray = True  # If only the answer was lost, they are ours and we don't know it.
                log.warning("nothing could be taken over", error=type(error).__name__)

    async def _catch_up(self) -> None:
        after: Place | None = None
        while True:  # Ends with the last page: each begins behind the one before, or again where it failed.
            try:
                after = await self._page(partial(self._store.take_over, now=self._clock.now(), ours=True), after)
            except Exception as error:  # noqa: BLE001 - nothing new is let in before it succeeds
                log.warning("what was left pending can't be read", error=type(error).__name__)
                await self._clock.sleep(SHORTEST)
            else:
                if after is None:
                    return

    async def _all_pages(self, ask: Pages) -> None:
        after = await self._page(ask, None)
        while after is not None:  # Ends with the last page: each begins behind the one before.
            after = await self._page(ask, after)

    async def _page(self, ask: Pages, after: Place | None) -> Place | None:
        """Queue one page of what is in nobody's hand, once there is room; returns where the next one begins."""
        await self._have_room()
        with self._looking() as marked:
            page, after = await ask(after=after, limit=TOGETHER)
        fresh = [item for item in page if not self._knows(item.id, marked)]
        if fresh:
            log.info("updates that were stored and not done are handled again", count=len(fresh))
        for item in fresh:
            self._last_at = max(self._last_at, item.received_at)  # Our clock may be behind theirs.
            self._took(1)
            self._queue(found(item))
        return after

    # ---------------------------------------------------------------------------------------------- counting
    def _took(self, count: int) -> None:
        self._in_hand += count
        if self._in_hand:
            self._rest.clear()

    def _gave(self, count: int) -> None:
        self._in_hand -= count
        assert self._in_hand >= 0
        if self._in_hand < self._most:
            self._room.set()
        if not self._in_hand:
            self._rest.set()


def _write_names(people: SeenPeople[Seen], groups: SeenGroups, names: Names, connection: Connection) -> None:
    people.write(connection, names[0])
    groups.write(connection, names[1])
