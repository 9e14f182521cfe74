"""Our side of the comparison: the engine on a real store, with the rows of the anchors and nothing left out.

Guards: a figure counts only when the rows are right. After every run the tables are counted, the balances summed and
the whole ledger reconciled; a run whose rows are wrong fails.
"""
from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, text

from bot.app import settle_memory
from bot.settings import Settings
from handlers import legal
from handlers.texts import LOCALES
from storage import tables
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.reconcile import reconcile
from storage.store import open_store
from tests.benchmarks.anchors import measure
from tests.services.postgres import Postgres
from tests.services.valkey import Valkey
from wallet import ids
from wallet.agreements import Accept
from wallet.books import Policy
from wallet.engine import Engine
from wallet.funding import TopUp
from wallet.members import telegram_claim
from wallet.money import CNY
from wallet.movements import AccountKind
from wallet.rules import changed
from wallet.transfers import Send, Sent

ACCOUNTS: Final = 10_000
FUNDS: Final = 1_000_000_000
CALLERS: Final = 256
ZONE: Final = ZoneInfo("Asia/Shanghai")
LANE: Final = ids.LANES - 1
"""Members are numbered as if this lane had let them join; engines take lanes from 0."""
TERMS: Final = legal.load(LOCALES / "legal", legal.Names("ikmPay", CNY.code), ZONE).terms()
DOCUMENTS: Final = tuple(sorted((each.name, each.version) for each in TERMS.documents if "payment" in each.gates))
ACCEPTED: Final = " ".join(f"{name}@{version}" for name, version in DOCUMENTS)
POLICY: Final = Policy(TERMS, b"k" * 32, max_amount=10**12, no_pin_limit=10**9, top_up_most=FUNDS,
                       balance_most=2**53, envelope_average=10**12, envelope_shares=10**6, voucher_key=b"v" * 32,
                       voucher_life=10**12, openings_a_minute=10**6, rules=changed("", dry=True))
"""Rules look at every payment and stop none: who fills one envelope after the other would be asked for a PIN."""
SERVER: Final = {
    # A checkpoint must not fall into one run and spare the other.
    "checkpoint_timeout": "1h", "max_wal_size": "16GB"}

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """How long a run is measured, and how many accounts and callers there are."""

    seconds: float = 5.0
    warmup: float = 1.0
    accounts: int = ACCOUNTS
    callers: int = CALLERS


def member(telegram_id: int) -> int:
    """The member number of somebody who was filled in."""
    return ids.number(telegram_id, LANE)


# ------------------------------------------------------------------------------------------------ the ground
def fill(connection: Connection, accounts: int) -> None:
    """Members who have joined, with empty accounts."""
    people = [{"id": member(i), "telegram_id": i, "state": "active", "step": "", "language": "en", "level": 2,
               "accepted": "", "no_pin_limit": 10**15, "restrictions": 0, "restricted_until": 0, "payload": "",
               "waiting": 0, "joined_at": 1, "created_at": 1} for i in range(1, accounts + 1)]
    connection.execute(insert(tables.members), people)
    connection.execute(insert(tables.claims), [
        {"text": telegram_claim(int(str(one["telegram_id"]))), "owner": one["id"], "at": 1} for one in people])
    connection.execute(insert(tables.profiles), [
        {"member": one["id"], "nickname": f"member {one['telegram_id']}", "nickname_changes": 0, "phone": b"",
         "wrapped_key": b""} for one in people])
    connection.execute(insert(tables.accounts), [
        {"id": ids.account(int(str(one["id"])), kind), "kind": int(kind), "balance": 0, "entries": 0}
        for one in people for kind in (AccountKind.AVAILABLE, AccountKind.HELD)])


async def prepare(url: str, accounts: int) -> None:
    """A migrated database with members who accepted the agreements and hold money, by the engine's own commands."""
    await asyncio.to_thread(migrate, url)
    async with opened(url) as (database, _):
        await database.write(lambda connection: fill(connection, accounts))
    async with opened(url) as (database, engine):
        await engine.start()
        for first in range(1, accounts + 1, 1000):
            some = range(first, min(first + 1000, accounts + 1))
            await asyncio.gather(*[engine.run(Accept(
                key=f"accept:{i}", member=member(i), documents=DOCUMENTS, language="en", chat=i)) for i in some])
            await asyncio.gather(*[engine.run(TopUp(key=f"fill:{i}", member=member(i), amount=FUNDS)) for i in some])
        await engine.stop()
        if database.url.get_backend_name() == "postgresql":
            async with database.reading.connect() as connection:
                free = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await free.execute(text("VACUUM ANALYZE"))


@asynccontextmanager
async def opened(url: str, *, batch: int = 0, writers: int = 0) -> AsyncIterator[tuple[Database, Engine]]:
    """A database and an engine that is not started; 0 leaves the choice to the settings."""
    database = open_database(url)
    chosen = Settings.model_fields
    try:
        yield database, Engine(open_store(database), POLICY, zone=ZONE, batch=batch or chosen["batch"].default,
                               writers=writers)
    finally:
        await database.close()


class Ground:
    """Fresh databases with the same people in them, copied from one that is prepared once."""

    def __init__(self, folder: Path, accounts: int = ACCOUNTS) -> None:
        self.folder = folder
        self.accounts = accounts
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None
        self._file: Path | None = None
        self._copies = 0

    def close(self) -> None:
        """Stop the servers."""
        for server in (self._postgres, self._valkey):
            if server is not None:
                server.close()

    @property
    def postgres(self) -> Postgres:
        """The server, started at first need, with our ground in a template."""
        if self._postgres is None:
            self._postgres = Postgres(shared_buffers="1GB", settings=SERVER)
            self._postgres.start()
            asyncio.run(prepare(self._postgres.create_database("ground"), self.accounts))
        return self._postgres

    @property
    def valkey(self) -> Valkey:
        """Started at first need; it keeps nothing on disk."""
        if self._valkey is None:
            self._valkey = Valkey()
            self._valkey.start()
        return self._valkey

    @contextmanager
    def on_postgres(self) -> Iterator[str]:
        """The address of a fresh database on PostgreSQL."""
        with self.postgres.database(template="ground") as url:
            yield url

    @contextmanager
    def on_sqlite(self) -> Iterator[str]:
        """The address of a fresh database in a file, on the disk where the project lies."""
        if self._file is None:
            self._file = self.folder / "ground.db"
            asyncio.run(prepare(f"sqlite:///{self._file}", self.accounts))
        self._copies += 1
        copy = self.folder / f"ours{self._copies}.db"
        shutil.copyfile(self._file, copy)
        try:
            yield f"sqlite:///{copy}"
        finally:
            for left in self.folder.glob(copy.name + "*"):
                left.unlink()


# ---------------------------------------------------------------------------------------------------- a run
async def transfers(url: str, load: Load, *, hot: bool = False, server_pid: int | None = None, batch: int = 0,
                    writers: int = 0) -> Result:
    """Members pay each other as fast as the callers can; `hot`: everybody pays one."""
    async with opened(url, batch=batch, writers=writers) as (database, engine):
        await engine.start()
        before = await counted(database)

        async def transfer(debit: int, credit: int, amount: int, key: str) -> None:
            outcome = await engine.run(Send(key=key, payer=member(debit), receivers=(credit,), amount=amount,
                                            members=(member(credit),), sure=True, token=""))
            assert type(outcome) is Sent

        settle_heap()
        result = await measure.closed_loop(transfer, callers=load.callers, seconds=load.seconds, warmup=load.warmup,
                                           accounts=load.accounts, hot=hot, server_pid=server_pid)
        counts = engine.counts
        await engine.stop()
        after = await counted(database)
    verify({name: after[name] - before[name] for name in after}, result["finished"], counts.commits)
    await check(url)
    return with_processor_time(result | {"commits": counts.commits})


def settle_heap() -> None:
    """What the process does after its start; for the other sides too."""
    settle_memory()


def with_processor_time(result: Result) -> Result:
    """The processor time of everybody who took part, where it is known."""
    if result.get("server_cpu_us_each") is not None:
        result["cpu_us_each"] = result["client_cpu_us_each"] + result["server_cpu_us_each"]
    return result


COUNTED: Final = {
    "operations": "SELECT count(*) FROM operations", "transfers": "SELECT count(*) FROM transfers",
    "entries": "SELECT count(*) FROM entries", "notices": "SELECT count(*) FROM notices",
    "journal": "SELECT count(*) FROM journal", "entries of accounts": "SELECT sum(entries) FROM accounts",
    "payments in counters": "SELECT coalesce(sum(sent_count), 0) FROM counters",
    "payments in pairs": "SELECT coalesce(sum(count), 0) FROM pairs", "money": "SELECT sum(balance) FROM accounts"}


async def counted(database: Database) -> dict[str, int]:
    """What the tables hold."""
    async with database.reading.connect() as connection:
        return {name: int((await connection.execute(text(query))).scalar_one()) for name, query in COUNTED.items()}


def verify(more: dict[str, int], finished: int, commits: int) -> None:
    """Fail unless exactly the finished transfers were added, each with all its rows, and no money came or went."""
    expected = {"operations": finished, "transfers": finished, "entries": 2 * finished, "notices": finished,
                "journal": commits, "entries of accounts": 2 * finished, "payments in counters": 2 * finished,
                "payments in pairs": finished, "money": 0}
    wrong = {name: (more[name], wanted) for name, wanted in expected.items() if more[name] != wanted}
    if wrong:
        raise RuntimeError(f"the run is void (found, expected): {wrong}")


async def check(url: str) -> None:
    """Fail unless the ledger is whole. Members who were filled in never pressed a button, so that is not on record."""
    report = await reconcile(url)
    broken = [one for one in report.checks if one.broken and one.name != "what members accepted is on record"]
    if broken:
        raise RuntimeError(f"the run is void: {broken}")
