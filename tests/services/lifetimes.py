"""What the runners share: a port, waiting for a server, and the promise that none outlives the tests.

Guards: when the process that started a server is gone, however it went, the server and its folder go too.
A clean end stops it in Python; after a kill -9 the keeper does it, a shell that waits for our end of a pipe
to close.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from tests.patience import PATIENCE

# Linux hands out local ports from 32768 on. A server's port stays below, so that a client which keeps
# reconnecting while the server is down can't be given that very port and end up talking to itself.
PORTS = range(20_000, 32_000)
PORT_TRIES = 5
# A unix socket's address holds about a hundred bytes, and the server's own file name goes on top.
LONGEST_SOCKET_FOLDER = 80
POLL = 0.02

KEEPER = """
trap '' INT HUP
read -r _
pid=$(head -n 1 "$1" 2>/dev/null) && kill -s "$3" "$pid" 2>/dev/null
tries=0
while [ "$tries" -lt 100 ] && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do
  sleep 0.1
  tries=$((tries + 1))
done
rm -rf "$2"
"""


class ServiceError(RuntimeError):
    """A server that did not do as told; what it logged is in the text."""


class Server(ABC):
    """One server: `with Kind() as server:`, or `start()` and `close()`; stopped, it can be started again."""

    kind: ClassVar[str]
    pid_file: ClassVar[str]  # Where, below the folder, the server writes its process id on the first line.
    last_signal: ClassVar[signal.Signals]  # What ends it quickly and leaves nothing behind.

    def __init__(self) -> None:
        self.port = 0
        self._folder: Path | None = None
        self._keeper: Keeper | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the server, on the same port as before if it has had one, and return when it can be used."""
        assert self._process is None, "already running"
        if self._folder is None:
            self._folder = make_folder(self.kind)
            self._keeper = Keeper(self._folder, self._folder / self.pid_file, self.last_signal)
            atexit.register(self.close)
            self._prepare(self._folder)
        for left in reversed(range(PORT_TRIES)):
            self.port = self.port or free_port()
            try:
                self._process = self._launch_and_wait()
                break
            except ServiceError as error:
                # Between looking for a port and listening on it somebody else may have taken it.
                if left == 0 or "Address already in use" not in str(error):
                    raise
                self.port = 0

    def close(self) -> None:
        """Stop for good and remove the data. May be called twice."""
        atexit.unregister(self.close)
        try:
            if self._process is not None:
                self._end(self.last_signal)
        finally:
            if self._keeper is not None:
                self._keeper.release()
            self._keeper, self._folder = None, None

    @property
    def pid(self) -> int:
        """The server's first process."""
        return self._running().pid

    @property
    def folder(self) -> Path:
        """The private folder: data, unix socket and log."""
        assert self._folder is not None, "never started"
        return self._folder

    @property
    def log_file(self) -> Path:
        """What the server wrote about itself."""
        return self.folder / "log"

    @abstractmethod
    def _prepare(self, folder: Path) -> None:
        """Fill the folder before the first start."""

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]:
        """Start the process on `port`."""

    @abstractmethod
    def _is_ready(self, pid: int) -> bool:
        """Whether this very process can be used."""

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "not running"
        return self._process

    def _launch_and_wait(self) -> subprocess.Popen[bytes]:
        process = self._launch()
        try:
            wait_until_ready(process, lambda: self._is_ready(process.pid), self.log_file)
        except BaseException:
            process.kill()
            process.wait()
            raise
        return process

    def _end(self, how: signal.Signals) -> None:
        """Send the signal and wait for the end; a server that won't go is killed and reported."""
        process = self._running()
        self._process = None
        process.send_signal(how)
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise ServiceError(f"{self.kind} ignored {how.name}:\n{tail(self.log_file)}") from None


class Keeper:
    """Ends a server and removes its folder when we are no longer there to do it."""

    def __init__(self, folder: Path, pid_file: Path, how: signal.Signals) -> None:
        self._folder = folder
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", pid_file, folder, how.name.removeprefix("SIG")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # Ctrl-C in a terminal must not end the keeper before it has kept.
        )

    def release(self) -> None:
        """The server has been stopped: remove what it left and let the shell go."""
        shutil.rmtree(self._folder, ignore_errors=True)
        assert self._shell.stdin is not None
        self._shell.stdin.close()
        self._shell.wait(timeout=PATIENCE)


def free_port() -> int:
    """A loopback port nobody listens on just now."""
    for port in random.sample(PORTS, 200):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise ServiceError("None of 200 loopback ports is free.")


def make_folder(kind: str) -> Path:
    """A new private folder, short enough to hold a unix socket."""
    folder = Path(tempfile.mkdtemp(prefix=f"ikmpay-{kind}-"))
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix=f"ikmpay-{kind}-", dir="/tmp"))
    return folder


def wait_until_ready(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    """Return as soon as `ready` says so; fail with the log when the process ends first or patience does."""
    until = time.monotonic() + PATIENCE
    while not ready():
        # Waiting for the end of the process is the pause between two looks: a server that dies is noticed.
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout=POLL)
            raise ServiceError(f"The server ended with {code} while starting:\n{tail(log)}")
        if time.monotonic() > until:
            raise ServiceError(f"The server was not ready after {PATIENCE:.0f} s:\n{tail(log)}")


def tail(log: Path, lines: int = 30) -> str:
    """The last lines of a server's log."""
    with contextlib.suppress(FileNotFoundError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return "(no log)"
