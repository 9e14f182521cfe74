"""A bank with three members, and its post."""
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.outbox import Settled
from tests.bot.outbox.post import ALICE, BOB, CAROL, Post
from tests.wallet.bank import Bank, open_bank


@pytest.fixture
async def bank(database_url: str) -> AsyncIterator[Bank]:
    async with open_bank(database_url) as opened:
        for person in (ALICE, BOB, CAROL):
            await opened.join(person, 10_000)
        opened.told.clear()
        yield opened


@pytest.fixture
async def post(bank: Bank) -> AsyncIterator[Post]:
    made = Post(bank)
    await made.table.settle(Settled(arrived=[row.id for row in bank.told]))
    await made.start()
    yield made
    await made.sender.stop()
