"""A ledger that is found broken moves no more money, and the operators hear of it once."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.watch import watch_ledger
from storage.checks import CHEAP
from storage.reconcile import watch
from storage.tables import accounts
from tests.wallet.bank import Bank, open_bank
from wallet import events, refusals
from wallet.ids import OPERATORS
from wallet.operators import HOUSE, AppointOwners, SetSwitch

ALICE, BOB, OWNER = 101, 102, 1


async def change(bank: Bank, account: int, by: int) -> None:
    """What a slip of somebody's hand, or a bug, does."""
    assert bank.database is not None
    changed = update(accounts).where(accounts.c.id == account).values(balance=accounts.c.balance + by)
    await bank.database.write(lambda connection: connection.execute(changed))


async def look(bank: Bank, now: int) -> bool:
    assert bank.database is not None
    return await watch_ledger(bank.engine, bank.database, now)


async def test_a_broken_ledger_stops_money_and_rings_the_operators_once(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        account = await bank.join(ALICE, 1_000) * 16
        await bank.join(BOB)
        assert await look(bank, 1)
        await bank.pays(ALICE, BOB, amount=1)
        await change(bank, account, by=5)
        with capture_logs() as logged:
            assert not await look(bank, 2)
            assert not await look(bank, 3)
        assert [line["log_level"] for line in logged] == ["critical", "critical"]
        assert "all accounts sum to zero" in logged[0]["checks"]
        with pytest.raises(refusals.ReadOnly):
            await bank.run(bank.send(ALICE, BOB, amount=1))
        told = [row for row in bank.told if row.event == events.InvariantBroke.__name__]
        assert [(row.member, row.telegram_id) for row in told] == [(0, OPERATORS)]
        assert "all accounts sum to zero" in told[0].facts
        await change(bank, account, by=-5)
        assert await look(bank, 4)
        await bank.run(SetSwitch(key="open", operator=OWNER, state="open"))
        await bank.pays(ALICE, BOB, amount=1)


async def test_what_is_opened_again_while_it_is_broken_is_stopped_again(sqlite_url: str) -> None:
    async with open_bank(sqlite_url) as bank:
        account = await bank.join(ALICE, 1_000) * 16
        await bank.join(BOB)
        await change(bank, account, by=5)
        await look(bank, 1)
        await bank.run(SetSwitch(key="open", operator=HOUSE, state="open"))
        await look(bank, 2)
        with pytest.raises(refusals.ReadOnly):
            await bank.run(bank.send(ALICE, BOB, amount=1))
        await change(bank, account, by=-5)


async def test_a_large_ledger_gets_the_cheap_checks_and_a_small_one_what_the_database_can_do(
        database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.join(ALICE, 1_000)
        assert [check.name for check in (await watch(database_url, small=0)).checks] == list(CHEAP)
        small = (await watch(database_url)).checks
        assert {"a balance is the fold of its entries", "every movement is a legal one", *CHEAP} <= {
            check.name for check in small}
