"""What the tests in here share: one worker for all lives, because starting one takes a while."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.house import in_silence
from tests.faults.kills import Worker


@pytest.fixture(autouse=True)
def silence() -> None:
    """No log while things are broken on purpose."""
    in_silence()


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    """A process that leads lives to be killed."""
    started = Worker()
    yield started
    started.close()
