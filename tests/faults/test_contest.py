"""A thousand shares and five thousand people who tap up to three times each, before one engine and before two.

Guards: exactly a thousand are opened, nobody has two, together they are what was put in; and no refused tap leaves a
row behind, however many there are.
"""
from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import pytest
from sqlalchemy import text

from tests.faults.races.runners import Processes, Runners, Threads
from tests.wallet.bank import ALICE, POLICY, Bank, open_bank
from wallet import refusals
from wallet.commands import Command
from wallet.envelopes import Opened

pytestmark = pytest.mark.faults
SHARES: Final = 1_000
CONTENDERS: Final = 5_000
TIMES: Final = 3
AMOUNT: Final = 298_765
"""Below what one is asked about who pays so much to nobody in particular."""
AT_ONCE: Final = 2_500
"""So many taps are on their way in one engine; it would take four thousand."""


@pytest.fixture
async def bank(database_url: str) -> AsyncIterator[Bank]:
    policy = replace(POLICY, envelope_shares=SHARES, no_pin_limit=AMOUNT)
    async with open_bank(database_url, policy=policy) as opened:
        await opened.join(ALICE, AMOUNT)
        for first in range(1_000, 1_000 + CONTENDERS, AT_ONCE):
            await asyncio.gather(*[opened.join(who) for who in range(first, first + AT_ONCE)])
        yield opened


async def contest(bank: Bank, runners: Runners, envelope: int) -> list[tuple[int, object]]:
    """What everybody heard, with who it was."""
    taps = [bank.tap(envelope, 1_000 + number) for number in range(CONTENDERS) for _ in range(TIMES)]
    random.Random(1).shuffle(taps)
    heard: list[tuple[int, object]] = []
    for first in range(0, len(taps), AT_ONCE * runners.count):
        here = taps[first:first + AT_ONCE * runners.count]
        groups: list[list[Command]] = [[*here[place::runners.count]] for place in range(runners.count)]
        answers = await runners.ask(groups, together=True)
        heard += [(tap.actor(), answer) for group, some in zip(groups, answers, strict=True)
                  for tap, answer in zip(group, some, strict=True)]
    return heard


async def test_a_thousand_shares_go_to_a_thousand_of_five_thousand(bank: Bank, database_url: str) -> None:
    envelope = (await bank.fills(ALICE, amount=AMOUNT, shares=SHARES)).envelope
    runners: Runners = Processes(database_url) if "postgres" in database_url else Threads(bank.engine, 1)
    try:
        heard = await contest(bank, runners, envelope)
    finally:
        await runners.close()
    found = [(who, answer) for who, answer in heard if isinstance(answer, Opened)]
    assert sorted(share.number for _, share in found) == list(range(1, SHARES + 1))
    assert len({who for who, _ in found}) == SHARES
    assert sum(share.amount for _, share in found) == AMOUNT
    refused = Counter(type(answer) for _, answer in heard if not isinstance(answer, Opened))
    assert refused == {refusals.OpenedBefore: SHARES * (TIMES - 1),
                       refusals.EnvelopeEmpty: (CONTENDERS - SHARES) * TIMES}
    assert bank.database is not None
    async with bank.database.reading.connect() as connection:
        for count in ("SELECT count(*) FROM operations WHERE outcome LIKE '[\"Opened\"%'",
                      "SELECT count(*) FROM transfers WHERE kind = 'share'",
                      "SELECT count(*) FROM operations WHERE outcome LIKE '[\"!%'"):
            expected = 0 if "!" in count else SHARES
            assert (await connection.execute(text(count))).scalar_one() == expected, count
