"""The clock's jobs, by a clock that the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.jobs import Job, Jobs
from bot.metrics import Metrics
from storage.database import Database, open_database
from storage.leases import SqlLeases
from tests.fakes.clock import FakeClock, settle


class Shared:
    """Leases as several processes share them, in memory."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.held: dict[str, tuple[str, float]] = {}
        self.fails = False

    async def take(self, name: str, holder: str, seconds: float) -> bool:
        if self.fails:
            raise ConnectionError("the database is away")
        owner, until = self.held.get(name, ("", 0.0))
        if owner != holder and until > self._clock.time():
            return False
        self.held[name] = (holder, self._clock.time() + seconds)
        return True

    async def release(self, name: str, holder: str) -> None:
        if self.held.get(name, ("", 0.0))[0] == holder:
            del self.held[name]


class Work:
    """A job that notes when it began and may be told to hang or to fail."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._start = clock.time()
        self.began: list[int] = []
        self.ended = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails = False

    async def __call__(self) -> None:
        self.began.append(round(self._clock.time() - self._start))
        await self.gate.wait()
        if self.fails:
            raise RuntimeError("as told")
        self.ended += 1


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def leases(clock: FakeClock) -> Shared:
    return Shared(clock)


@pytest.fixture
def work(clock: FakeClock) -> Work:
    return Work(clock)


def started(clock: FakeClock, leases: Shared, *jobs: Job, holder: str = "us", metrics: Metrics | None = None) -> Jobs:
    made = Jobs(jobs, leases, clock, metrics or Metrics(), holder=holder)
    made.start()
    return made


async def test_a_job_runs_at_its_intervals(clock: FakeClock, leases: Shared, work: Work) -> None:
    jobs = started(clock, leases, Job("work", 5, work))
    await clock.advance(16)
    assert work.began == [5, 10, 15]
    await jobs.stop()
    await clock.advance(100)
    assert work.began == [5, 10, 15]


async def test_a_job_never_overlaps_itself_and_holds_up_no_other(clock: FakeClock, leases: Shared, work: Work) -> None:
    other = Work(clock)
    work.gate.clear()
    jobs = started(clock, leases, Job("slow", 5, work), Job("quick", 5, other))
    await clock.advance(20)
    assert (work.began, other.began) == ([5], [5, 10, 15, 20])
    work.gate.set()
    await clock.advance(5)
    assert work.began == [5, 25]
    await jobs.stop()


async def test_a_job_that_fails_is_tried_again_at_its_next_moment(clock: FakeClock, leases: Shared, work: Work) -> None:
    metrics = Metrics()
    work.fails = True
    jobs = started(clock, leases, Job("work", 5, work), metrics=metrics)
    await clock.advance(10)
    work.fails = False
    await clock.advance(5)
    assert (work.began, work.ended) == ([5, 10, 15], 1)
    assert b'ikmpay_jobs_total{job="work",state="failed"} 2.0' in metrics.page()
    await jobs.stop()


async def test_a_job_that_hangs_is_broken_off_and_begins_anew(clock: FakeClock, leases: Shared, work: Work) -> None:
    work.gate.clear()
    jobs = started(clock, leases, Job("work", 5, work, limit=30))
    await clock.advance(36)
    work.gate.set()
    await clock.advance(5)
    assert (work.began, work.ended) == ([5, 40], 1)
    await jobs.stop()


async def test_one_process_works_and_the_others_look_on(clock: FakeClock, leases: Shared, work: Work) -> None:
    other = Work(clock)
    ours = started(clock, leases, Job("work", 5, work))
    theirs = started(clock, leases, Job("work", 5, other), holder="them")
    await clock.advance(20)
    assert (len(work.began), len(other.began)) == (4, 0)
    await ours.stop()
    await clock.advance(5)
    assert len(other.began) == 1
    await theirs.stop()


async def test_a_process_that_died_loses_its_lease_by_time(clock: FakeClock, leases: Shared, work: Work) -> None:
    leases.held["work"] = ("the dead", clock.time() + 60)
    jobs = started(clock, leases, Job("work", 5, work))
    await clock.advance(66)
    assert work.began == [60, 65]
    await jobs.stop()


async def test_what_every_process_does_needs_no_lease(clock: FakeClock, leases: Shared, work: Work) -> None:
    leases.held["work"] = ("them", clock.time() + 1000)
    jobs = started(clock, leases, Job("work", 5, work, alone=False))
    await clock.advance(5)
    assert work.began == [5]
    await jobs.stop()


async def test_leases_that_cannot_be_taken_now_are_asked_for_again(
        clock: FakeClock, leases: Shared, work: Work) -> None:
    leases.fails = True
    jobs = started(clock, leases, Job("work", 5, work))
    await clock.advance(10)
    leases.fails = False
    await clock.advance(5)
    assert work.began == [15]
    await jobs.stop()


async def test_stopping_lets_what_runs_finish(clock: FakeClock, leases: Shared, work: Work) -> None:
    work.gate.clear()
    jobs = started(clock, leases, Job("work", 5, work))
    await clock.advance(5)
    stopping = asyncio.create_task(jobs.stop())
    await settle()
    work.gate.set()
    await stopping
    assert work.ended == 1
    assert leases.held == {}


# ------------------------------------------------------------------------------------ leases in the database
@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


async def test_a_lease_in_the_database_has_one_holder_until_it_ends(database: Database, clock: FakeClock) -> None:
    kept = SqlLeases(database, clock.now)
    assert await kept.take("work", "one", 60)
    assert not await kept.take("work", "two", 60)
    assert await kept.take("purge", "two", 60)
    await clock.advance(59)
    assert await kept.take("work", "one", 60)
    await clock.advance(59)
    assert not await kept.take("work", "two", 60)
    await kept.release("work", "two")
    assert not await kept.take("work", "two", 60)
    await clock.advance(1)
    assert await kept.take("work", "two", 60)
    await kept.release("work", "two")
    assert await kept.take("work", "one", 60)


async def test_of_many_who_ask_at_once_one_gets_the_lease(database: Database, clock: FakeClock) -> None:
    kept = SqlLeases(database, clock.now)
    granted = await asyncio.gather(*[kept.take("work", f"process {number}", 60) for number in range(10)])
    assert granted.count(True) == 1
