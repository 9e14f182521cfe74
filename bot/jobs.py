"""The clock: what happens by itself, and when.

Guards: a job never overlaps itself, in this process or, by its lease, in another one; each run is bounded in time; one
that fails is logged and tried again at its next moment, and holds up no other. Jobs only start what the wallet decides
under its own keys, so a job that runs twice changes nothing twice.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.metrics import Metrics
from bot.outbox import Sender
from bot.watch import watch_ledger
from handlers.jobs.announcing import Announcer
from handlers.jobs.checking import ring_again
from handlers.jobs.comparing import Comparing
from handlers.jobs.dormancy import put_to_sleep
from handlers.jobs.expiry import (
    expire_drafts,
    expire_envelopes,
    expire_holds,
    expire_proposals,
    expire_vouchers,
    return_kept,
    settle_arrivals,
)
from handlers.jobs.family import release_wards, tell_wards
from handlers.jobs.legal_holds import end_legal_holds
from handlers.jobs.penalties import end_penalties, settle_thawed, sweep_bans
from handlers.jobs.proclaiming import tell_next
from handlers.jobs.recovering import end_moves, tell_of_resets
from handlers.jobs.reminding import expire_requests, remind_of_requests
from handlers.jobs.scheduling import run_schedules, tell_of_schedules
from handlers.jobs.splits import close_offers, expire_splits, remind_of_splits
from handlers.jobs.winding_down import tell_of_end
from storage.anchors import drop_anchor
from storage.announcements import SqlAnnouncements
from storage.database import Database
from storage.days import Days, SqlStats
from storage.purge import Purge
from storage.winding_down import SqlWindDowns
from wallet.agreements import Terms
from wallet.engine import Engine
from wallet.protocols import Reads

STOP_PATIENCE: Final = 5.0
"""Seconds for a job that is in the middle of something when the process stops."""

LEASES_KEPT: Final = 3
"""A lease lasts for so many rounds: a process that misses one does not lose it."""

log = structlog.get_logger(__name__)


class Leases(Protocol):
    """Who may do what only one process should do at a time."""

    async def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take a free lease, or keep one's own for longer."""

    async def release(self, name: str, holder: str) -> None:
        """Give it back; somebody else's stays."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that the clock starts."""

    name: str
    every: float
    """Seconds from the end of one run to the beginning of the next."""
    run: Callable[[], Awaitable[object]]
    limit: float = 60.0
    """Seconds after which a run is broken off."""
    alone: bool = True
    """Whether one process does it for all; the others look on."""


class Jobs:
    """Runs jobs until it is stopped."""

    def __init__(self, jobs: Sequence[Job], leases: Leases, clock: Clock, metrics: Metrics, *, holder: str) -> None:
        assert len({job.name for job in jobs}) == len(jobs)
        self.all = tuple(jobs)
        self._leases = leases
        self._clock = clock
        self._metrics = metrics
        self._holder = holder
        self._tasks: list[asyncio.Task[None]] = []
        self._working: set[str] = set()
        self._stopping = False

    def start(self) -> None:
        """Begin; the first round of each job comes after its first pause."""
        for job in self.all:
            self._tasks.append(asyncio.create_task(self._rounds(job), name=f"job {job.name}"))

    async def stop(self) -> None:
        """Begin nothing new, let what runs finish for a moment, and let others have what we did alone."""
        self._stopping = True
        for task, job in zip(self._tasks, self.all, strict=True):
            if job.name not in self._working:
                task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_PATIENCE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for job in self.all:
            if job.alone:
                await self._released(job)

    async def _rounds(self, job: Job) -> None:
        while not self._stopping:
            await self._clock.sleep(job.every)
            await self.round(job)

    async def round(self, job: Job) -> None:
        """One run of a job, if it is ours; never raises."""
        self._working.add(job.name)
        state = "failed"
        try:
            if job.alone and not await self._leases.take(job.name, self._holder, LEASES_KEPT * job.every + job.limit):
                state = "elsewhere"
                return
            state = "done" if await self._bounded(job) else "too_long"
        except asyncio.CancelledError:
            state = "stopped"
            raise
        except Exception:
            log.exception("job.failed", job=job.name)
        finally:
            self._working.discard(job.name)
            self._metrics.jobs.labels(job.name, state).inc()

    async def _bounded(self, job: Job) -> bool:
        """Run it for its time at most."""
        task = asyncio.ensure_future(job.run())
        timer = self._clock.call_later(job.limit, task.cancel)
        try:
            await asyncio.wait((task,))
            if task.cancelled():
                log.error("job.took_too_long", job=job.name, limit=job.limit)
                return False
            task.result()
            return True
        finally:
            timer.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))

    async def _released(self, job: Job) -> None:
        try:
            await self._leases.release(job.name, self._holder)
        except Exception:
            log.exception("job.lease_not_released", job=job.name)


def jobs_of(engine: Engine, reads: Reads, terms: Terms, sender: Sender, database: Database, clock: Clock,
            anchors: Path, zone: ZoneInfo, metrics: Metrics, comparing: Comparing) -> list[Job]:
    """Everything that the clock starts. `anchors` is the file outside the database that they are kept in; `zone` is
    where the deployment lives."""
    purge, stats, announcements = Purge(database), SqlStats(database), SqlAnnouncements(database)
    wind_downs = SqlWindDowns(database)

    def local() -> datetime:
        return datetime.fromtimestamp(clock.now() / 1_000_000, zone)

    async def measure() -> None:
        metrics.show_days(await stats.stats(local().toordinal()))

    return [
        Job("expire_holds", 5, lambda: expire_holds(engine, reads, clock.now())),
        Job("settle_arrivals", 5, lambda: settle_arrivals(engine, reads, clock.now())),
        Job("end_penalties", 5, lambda: end_penalties(engine, reads, clock.now())),
        Job("end_legal_holds", 60, lambda: end_legal_holds(engine, reads, clock.now())),
        Job("settle_thawed", 5, lambda: settle_thawed(engine, reads)),
        Job("sweep_bans", 5, lambda: sweep_bans(engine, reads)),
        Job("expire_envelopes", 5, lambda: expire_envelopes(engine, reads, clock.now())),
        Job("expire_vouchers", 60, lambda: expire_vouchers(engine, reads, clock.now())),
        Job("return_kept", 5, lambda: return_kept(engine, reads, clock.now())),
        Job("expire_splits", 5, lambda: expire_splits(engine, reads, clock.now())),
        Job("close_offers", 5, lambda: close_offers(engine, reads)),
        Job("remind_of_splits", 60, lambda: remind_of_splits(engine, reads, clock.now())),
        Job("expire_drafts", 5, lambda: expire_drafts(engine, reads, clock.now())),
        Job("expire_proposals", 30, lambda: expire_proposals(engine, reads, clock.now())),
        Job("expire_requests", 5, lambda: expire_requests(engine, reads, clock.now())),
        Job("remind_of_requests", 30, lambda: remind_of_requests(engine, reads, clock.now())),
        Job("ring_again", 600, lambda: ring_again(engine, reads, local())),
        Job("tell_of_resets", 30, lambda: tell_of_resets(engine, reads, clock.now())),
        Job("end_moves", 10, lambda: end_moves(engine, reads, clock.now())),
        Job("run_schedules", 30, lambda: run_schedules(engine, reads, local())),
        Job("tell_of_schedules", 60, lambda: tell_of_schedules(engine, reads, local())),
        Job("tell_of_end", 5, lambda: tell_of_end(engine, wind_downs)),
        Job("announce", 5, lambda: tell_next(engine, announcements)),
        Job("put_to_sleep", 600, lambda: put_to_sleep(engine, reads, local())),
        Job("release_wards", 600, lambda: release_wards(engine, reads, local())),
        Job("tell_wards", 5, lambda: tell_wards(engine, reads, clock.now())),
        Job("announce_versions", 10, Announcer(engine, reads, terms, clock.now).round),
        # Each process for its own list: while two of them run, the one that started last is heard.
        Job("compare_names", 10, comparing.round, alone=False),
        Job("sweep_outbox", 5, sender.sweep, alone=False),
        Job("anchor", 60, lambda: drop_anchor(database, anchors, clock.now)),
        Job("purge", 300, lambda: purge.run(clock.now()), limit=120),
        Job("count_days", 5, Days(database, zone).count),
        # Everyone for their own page: Prometheus asks each process.
        Job("measure", 60, measure, alone=False),
        Job("watch_ledger", 600, lambda: watch_ledger(engine, database, clock.now())),
    ]
