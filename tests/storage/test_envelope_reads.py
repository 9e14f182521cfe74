"""Envelopes whose time is over are found by the clock, and ended by it, on both databases."""
from __future__ import annotations

from sqlalchemy import text

from handlers.jobs.expiry import expire_envelopes
from storage.reads import SqlReads
from tests.wallet.bank import ALICE, BOB, open_bank
from wallet.engine import microseconds


async def test_the_clock_ends_what_is_due_a_few_at_a_time_and_once(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        found = [(await bank.fills(ALICE, amount=100, shares=2)).envelope for _ in range(5)]
        await bank.opens(found[0], BOB)
        assert bank.database is not None
        reads, now = SqlReads(bank.database, lambda: 1), microseconds()
        assert await reads.due_envelopes(now, 10) == ()
        await bank.database.write(lambda connection: connection.execute(
            text("UPDATE envelopes SET expires_at = 1000 + id WHERE id <> :last"), {"last": found[4]}))
        assert await reads.due_envelopes(now, 10) == tuple(found[:4])
        assert [await expire_envelopes(bank.engine, reads, now, limit=3) for _ in range(3)] == [3, 1, 0]
        assert await bank.balance(ALICE) + await bank.balance(BOB) == 200_000 - 100
