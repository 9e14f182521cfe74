"""The money switch from the command line."""
from __future__ import annotations

import itertools

import pytest

from bot.switch import switch_money
from storage.database import AlreadyRunning
from tests.wallet.bank import open_bank
from wallet import refusals


async def test_money_that_was_stopped_is_opened_again(database_url: str) -> None:
    await switch_money(database_url, "read_only", "test", key="stop")
    async with open_bank(database_url) as bank:
        await bank.join(101)
        await bank.join(102)
        with pytest.raises(refusals.ReadOnly):
            await bank.run(bank.send(101, 102, amount=1))
    await switch_money(database_url, "open", "looked into it", key="open")
    async with open_bank(database_url) as bank:
        bank._keys = itertools.count(1_000)  # The first bank's keys are used up.
        await bank.join(103, 1_000)
        await bank.join(104)
        await bank.pays(103, 104, amount=1)


async def test_beside_a_running_bot_a_sqlite_file_is_left_alone(sqlite_url: str) -> None:
    async with open_bank(sqlite_url):
        with pytest.raises(AlreadyRunning):
            await switch_money(sqlite_url, "read_only", "test", key="stop")
