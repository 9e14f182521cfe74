"""People who pay each other, in a world per test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.handlers.chat.money.world import MoneyWorld, alice, bob, eve, with_money
from tests.handlers.chat.world import Somebody, running


@pytest.fixture
async def world() -> AsyncIterator[MoneyWorld]:
    """A deployment in which people pay."""
    async with running(MoneyWorld()) as made:
        yield made


@pytest.fixture
async def a(world: MoneyWorld) -> Somebody:
    """Alice, who has money."""
    return await with_money(alice(world))


@pytest.fixture
async def b(world: MoneyWorld) -> Somebody:
    """Bob, who has joined."""
    person = bob(world)
    await person.joins()
    return person


@pytest.fixture
async def eve_too(world: MoneyWorld) -> Somebody:
    """Eve, who has joined."""
    person = eve(world)
    await person.joins()
    return person
