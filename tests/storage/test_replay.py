"""Replaying rules over the past says what they said in life, on both databases, and writes nothing."""
from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from storage.replay import replay
from storage.tables import interceptions
from tests.wallet.bank import ALICE, BOB, CAROL, POLICY, STRANGER, open_bank
from wallet.rules import RULES, changed


@pytest.mark.parametrize("dry", [False, True], ids=["in force", "on trial"])
async def test_the_past_is_judged_as_it_was_in_life(database_url: str, *, dry: bool) -> None:
    rules = changed("", dry=dry)
    async with open_bank(database_url, policy=replace(POLICY, no_pin_limit=10_000_000, rules=rules)) as bank:
        for person in (ALICE, BOB, CAROL):
            await bank.join(person, 300_000)
        for person in (BOB, CAROL, BOB, STRANGER):
            await bank.pays(ALICE, person, amount=70_000)
        await bank.pays(BOB, ALICE, amount=100)
        assert bank.database is not None
        async with bank.database.reading.connect() as connection:
            lived = (await connection.execute(select(interceptions.c.rule, interceptions.c.facts))).all()
    found = await replay(database_url, RULES, 1)
    assert found.looked_at == 5
    assert found.counts == {("drain", "hold"): 1}
    assert [(one.rule, one.facts) for one in found.caught] == [tuple(row) for row in lived]
    assert (await replay(database_url, changed('{"drain": null}'), 1)).counts == {}
    milder = changed('{"drain": {"verdict": "ask", "at_least": {"strangers": 2, "drained": 60}}}')
    assert (await replay(database_url, milder, 1)).counts["drain", "ask"] == 2
