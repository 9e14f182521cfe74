"""A world per test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.handlers.chat.world import Somebody, World, running


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A deployment whose engine runs."""
    async with running(World()) as made:
        yield made


@pytest.fixture
def alice(world: World) -> Somebody:
    """Speaks English."""
    return Somebody(world)


@pytest.fixture
def li(world: World) -> Somebody:
    """Speaks Chinese."""
    return Somebody(world, 1002, "李明", "zh-hans", "8613812345678")
