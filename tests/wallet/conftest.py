"""What most of the wallet's tests begin with; a test that asks for more than memory has a bank of its own."""
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wallet.bank import Bank, open_bank


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    """A bank in memory, whose clock a test moves and whose rows it may change."""
    async with open_bank("") as opened:
        await opened.settle()
        yield opened
