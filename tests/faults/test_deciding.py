"""Killed at any await while it is decided, a payment that is held back, or a name, has exactly one outcome."""
from __future__ import annotations

import pytest

from tests.faults.deciding import SCENES, kill_while_deciding
from tests.faults.kills import Worker

# Dozens of lives, one after the other.
pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.mark.parametrize("kind", SCENES)
def test_killed_while_it_is_decided_it_is_decided_once(worker: Worker, sqlite_url: str, kind: str) -> None:
    decided = kill_while_deciding(worker, sqlite_url, kind)
    print(decided)
    assert decided.wrong == []
    assert decided.kills >= 5


@pytest.mark.parametrize("kind", ["one of three ways", "two are the second"])
def test_the_same_on_the_way_to_postgres(worker: Worker, postgres_url: str, kind: str) -> None:
    decided = kill_while_deciding(worker, postgres_url, kind)
    print(decided)
    assert decided.wrong == []
    assert decided.kills >= 5
