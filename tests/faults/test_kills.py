"""The process killed with -9 under load: nothing acknowledged is lost, nothing is done twice, the books are whole."""
from __future__ import annotations

import pytest

from tests.faults.kills import Worker, kill_again_and_again

# A life is so many moments long, and has to do something in them.
pytestmark = [pytest.mark.faults, pytest.mark.alone]
KILLS = 8
"""On each database."""


def test_killed_again_and_again_nothing_acknowledged_is_lost_or_done_twice(worker: Worker, database_url: str) -> None:
    seed = 1
    killed = kill_again_and_again(worker, database_url, kills=KILLS, seed=seed)
    print(f"seed {seed}: {killed}")
    assert killed.verdict.good, killed.verdict
    assert killed.kills == KILLS
    assert killed.verdict.acknowledged > 40
