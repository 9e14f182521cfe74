"""Fixtures that any test may ask for: real servers, and databases that already have the schema.

Guards: no test sees what another one wrote. A server lives as long as the session, a database and an event
loop as long as one test, so nothing here that outlives a test may hold on to a loop.

All tests together run in several processes. Each of them is a session of its own, with its own servers. A test marked
`alone` measures time or goes by it: while it runs, the other processes are between two tests.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_SH, LOCK_UN, flock
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.services.postgres import Postgres
from tests.services.valkey import Valkey

TEMPLATE = "ikmpay_template"
# Each takes its time to find the tests, and the memory of a whole deployment.
WORKERS_MOST = 12
# Nothing is read from these two: they are locked, because every process of a run finds them.
DOOR, ROOM = Path(__file__), Path(__file__).with_name("patience.py")

# A run finds what every run finds, however slow the machine and whatever was found before. Who searches for more
# gives seeds of their own, as the long proof does.
settings.register_profile("fixed", derandomize=True, database=None, deadline=None, print_blob=False,
                          suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("fixed")


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Half as many again as there are cores: a test waits much of its time, mostly for a disk to keep what it wrote."""
    return min((yield) * 3 // 2, WORKERS_MOST)


@contextmanager
def turn(*, alone: bool) -> Iterator[None]:
    """Among the other processes' tests, or without them. Who waits to be alone keeps the door shut until it is."""
    with DOOR.open() as door, ROOM.open() as room:
        flock(door, LOCK_EX)
        flock(room, LOCK_EX if alone else LOCK_SH)
        flock(door, LOCK_UN)
        try:
            yield
        finally:
            # Said aloud: a process that the test forked would keep what is only closed here.
            flock(room, LOCK_UN)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that want to be alone come first, while nobody is in the middle of something long; then whatever has been
    given more time than others, so that no process sits over it when the rest is done."""
    items.sort(key=lambda item: (item.get_closest_marker("alone") is None, item.get_closest_marker("timeout") is None))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Give each test its turn; first of all, so that no test's time is up while it waits."""
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


def migrate(url: str) -> None:
    """Bring a database to the newest schema; imported here, so that tests without one don't load all of it."""
    from storage.migrate import migrate as to_the_newest

    to_the_newest(url)


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Every test logs as if it were the first. What was raised is shown plainly: drawn with the source around it and
    every variable, as structlog would by itself, one error may cost more than a second."""
    structlog.reset_defaults()
    *before, last = structlog.get_config()["processors"]
    assert isinstance(last, structlog.dev.ConsoleRenderer)
    structlog.configure([*before, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the whole session. A test that stops or kills a server starts its own."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """One Valkey server for the whole session."""
    with Valkey() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a migrated database that others are copied from: a copy takes 40 ms."""
    migrate(postgres.create_database(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite+aiosqlite:///{file}")
    left = [other.name for other in file.parent.iterdir() if other != file and other.stat().st_size]
    assert not left, f"migrate left the database open, so a copy of the file would miss what is in {left}"
    return file


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """The address of this test's own PostgreSQL database, migrated and empty."""
    with postgres.database(template=postgres_template) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of this test's own SQLite file, migrated and empty."""
    file = shutil.copy(sqlite_template, tmp_path / "ikmpay.db")
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both of them in turn, for what must hold on either."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def valkey_url(valkey: Valkey) -> str:
    """The address of an empty Valkey."""
    valkey.flush()
    return valkey.url
