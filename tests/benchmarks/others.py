"""The other side: the anchors on fresh tables, and pgbench's TPC-B.

Guards: an anchor runs as it was published, and its rows are verified like ours.
"""
from __future__ import annotations

import re
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from tests.benchmarks.anchors import handwritten_asyncpg, measure, raw_batches, schema, usual_sqlalchemy
from tests.benchmarks.ours import Ground, Load, Result, settle_heap
from tests.services.postgres import Postgres

SCALE: Final = 10
CLIENTS: Final = 8
_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_DONE = re.compile(r"^number of transactions actually processed: ([0-9]+)", re.MULTILINE)


async def wallet(url: str, make: Any, load: Load) -> Result:
    """An anchor that makes one transaction for each transfer."""
    await schema.create(url)
    await schema.fill(url, load.accounts)
    one = make(url)
    await one.start()
    settle_heap()
    try:
        result: Result = await measure.closed_loop(one.transfer, callers=load.callers, seconds=load.seconds,
                                                   warmup=load.warmup, accounts=load.accounts)
    finally:
        await one.close()
    await schema.verify(url, load.accounts, result["finished"])
    return result


async def usual(url: str, load: Load) -> Result:
    """The usual SQLAlchemy."""
    return await wallet(url, usual_sqlalchemy.UsualWallet, load)


async def handwritten(url: str, load: Load) -> Result:
    """Hand-written SQL over asyncpg."""
    return await wallet(url, handwritten_asyncpg.HandwrittenWallet, load)


async def raw(url: str, load: Load) -> Result:
    """Batches of 64 that decide nothing."""
    await schema.create(url)
    await schema.fill(url, load.accounts)
    settle_heap()
    result: Result = await raw_batches.run(url, batch=64, seconds=load.seconds, warmup=load.warmup,
                                           accounts=load.accounts)
    await schema.verify(url, load.accounts, result["finished"], result["commits"])
    return result


@contextmanager
def empty_postgres(ground: Ground) -> Iterator[str]:
    """The address of an empty database on the same server."""
    with ground.postgres.database() as url:
        yield url


@contextmanager
def empty_sqlite(ground: Ground) -> Iterator[str]:
    """The address of a file that does not exist yet."""
    file = ground.folder / "anchor.db"
    try:
        yield f"sqlite+aiosqlite:///{file}"
    finally:
        for left in ground.folder.glob(file.name + "*"):
            left.unlink()


class TpcB:
    """pgbench's own transaction, on tables that are filled once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._filled = False

    def run(self, load: Load) -> Result:
        """One run; processor time is pgbench's and the server's."""
        server = self._ground.postgres
        if not self._filled:
            server.create_database("tpcb")
            self._pgbench(server, "-i", "-q", "-s", str(SCALE))
            self._filled = True
        timed = ("-c", str(CLIENTS), "-j", "2", "-M", "prepared", "-T")
        if load.warmup >= 1:
            self._pgbench(server, *timed, str(round(load.warmup)))
        before = _processor_time(server.pid)
        said = self._pgbench(server, *timed, str(max(1, round(load.seconds))))
        used = _processor_time(server.pid) - before
        rate, done = _RATE.search(said), _DONE.search(said)
        assert rate is not None
        assert done is not None
        return {"per_second": float(rate[1]), "cpu_us_each": used / int(done[1]) * 1e6}

    @staticmethod
    def _pgbench(server: Postgres, *options: str) -> str:
        done = subprocess.run([server.program("pgbench"), "-h", str(server.folder), "-p", str(server.port), "-U",
                               "postgres", *options, "tpcb"], check=True, capture_output=True, text=True)
        return done.stdout


def _processor_time(server_pid: int) -> float:
    """The server's, and that of the programs we ran and that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    server: float = measure.server_cpu_seconds(server_pid)
    return server + ended.ru_utime + ended.ru_stime
