"""Races for the same money, from two processes on PostgreSQL and from threads on SQLite: one wins."""
from __future__ import annotations

import pytest

from tests.faults.races.racing import race

pytestmark = pytest.mark.faults
ROUNDS = 20


async def test_of_what_covers_one_one_goes_through_and_holds_end_once(database_url: str) -> None:
    raced = await race(database_url, rounds=ROUNDS, seed=1)
    assert raced.wrong == []
    assert raced.rounds == ROUNDS
