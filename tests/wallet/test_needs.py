"""A decision may find out only a few times that it needs more; everything that can happen has to fit into that."""
from __future__ import annotations

from datetime import UTC

import pytest

from tests.wallet.bank import POLICY, Bank, open_bank
from wallet import refusals, transfers
from wallet.books import Books, Lane, Needs
from wallet.drafts import Asked, Confirm
from wallet.members import Meet
from wallet.rows import Account, Key, Member, Pair, Row, Switch
from wallet.transfers import Sent

ALICE = 101
OTHERS = tuple(range(201, 221))


@pytest.mark.parametrize("begun", ["nobody", "joining", "joined"])
@pytest.mark.parametrize("sure", [True, False])
async def test_twenty_people_whom_nobody_looked_up_are_paid_at_once(begun: str, sure: bool) -> None:
    async with open_bank("") as bank:
        await bank.join(ALICE, 10_000)
        for telegram_id in OTHERS:
            if begun == "joined":
                await bank.join(telegram_id)
            elif begun == "joining":
                await bank.run(Meet(key=bank.key(), telegram_id=telegram_id, language="en"))
        looked_up, bank.members = bank.members, {ALICE: bank.members[ALICE]}
        outcome = await bank.run(bank.send(ALICE, *OTHERS, amount=1, sure=sure))
        if not sure:
            assert isinstance(outcome, Asked)
            outcome = await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=outcome.token))
        assert isinstance(outcome, Sent)
        assert [bool(hold) for hold in outcome.holds] == [begun != "joined"] * 20
        bank.members = looked_up


async def test_it_still_fits_when_the_guess_at_the_day_was_wrong() -> None:
    async with open_bank("") as bank:
        await _all_join(bank)
        bank.engine._clock = lambda: bank.clock.now - 86_400_000_000
        with pytest.raises(refusals.NotEnough):
            await bank.run(bank.send(ALICE, *OTHERS, amount=1_000))
        asked = await bank.asks(ALICE, *OTHERS, amount=1)
        assert isinstance(await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token)), Sent)


async def _all_join(bank: Bank) -> None:
    await bank.join(ALICE, 10_000)
    for telegram_id in OTHERS:
        await bank.join(telegram_id)


def test_what_a_neighbour_happens_to_have_read_is_asked_for_too() -> None:
    # In the next batch the neighbour is gone; asking again then would cost another of the few tries.
    base: dict[Key, Row | None] = {(Member, 5): None, (Account, 80): None}
    books = Books(base, lane=Lane(0, 1, 1, bytes(32), 0, 0), now=1, zone=UTC, switch=Switch(1, "open", 0, ""),
                  policy=POLICY)
    with pytest.raises(Needs) as needed:
        transfers._all_read(books, 1, (105,), (5,))
    assert set(needed.value.keys) == {(Member, 5), (Account, 80), (Pair, (1, 5))}
