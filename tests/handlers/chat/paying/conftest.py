"""People who pay each other, in a world per test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.handlers.chat.money import MoneyWorld, alice, bob, eve, with_money
from tests.handlers.chat.world import Somebody, running


@pytest.fixture
async def world() -> AsyncIterator[MoneyWorld]:
    async with running(MoneyWorld()) as running_world:
        assert isinstance(running_world, MoneyWorld)
        yield running_world


@pytest.fixture
async def a(world: MoneyWorld) -> Somebody:
    return await with_money(alice(world))


@pytest.fixture
async def b(world: MoneyWorld) -> Somebody:
    person = bob(world)
    await person.joins()
    return person


@pytest.fixture
async def eve_too(world: MoneyWorld) -> Somebody:
    person = eve(world)
    await person.joins()
    return person
