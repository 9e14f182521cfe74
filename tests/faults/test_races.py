"""Races for the same money, from two processes on PostgreSQL and from threads on SQLite: one wins."""
from __future__ import annotations

import pytest

from tests.faults.races.racing import race
from tests.faults.races.safety import Safety

pytestmark = pytest.mark.faults
ROUNDS = 20
SAFETY_ROUNDS = 8
"""Each begins with several who sign, one after the other."""


async def test_of_what_covers_one_one_goes_through_and_holds_end_once(database_url: str) -> None:
    raced = await race(database_url, rounds=ROUNDS, seed=1)
    assert raced.wrong == []
    assert raced.rounds == ROUNDS


async def test_a_name_a_minor_a_move_and_the_end_are_decided_once_and_no_money_slips_by(database_url: str) -> None:
    raced = await race(database_url, rounds=SAFETY_ROUNDS, seed=1, kind=Safety)
    assert raced.wrong == []
    assert raced.rounds == SAFETY_ROUNDS
