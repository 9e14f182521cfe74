"""Whom a member wants nothing to do with, and what that stops."""
from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, Bank, open_bank
from wallet import refusals
from wallet.blocks import MOST, BlockMember, Unblock
from wallet.commands import Command
from wallet.envelopes import AskEnvelope
from wallet.holds import Returned, SettleHold
from wallet.rows import Member
from wallet.transfers import Sent

STRANGER = 900


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("") as opened:
        for person in (ALICE, BOB, CAROL):
            await opened.join(person, 100_000)
        yield opened


def block(bank: Bank, owner: int, other: int) -> BlockMember:
    return BlockMember(key=bank.key(), member=bank.members[owner], blocked=bank.members[other])


def unblock(bank: Bank, owner: int, other: int) -> Unblock:
    return Unblock(key=bank.key(), member=bank.members[owner], blocked=bank.members[other])


async def refused(bank: Bank, command: Command, refusal: type[refusals.Refusal]) -> None:
    with pytest.raises(refusal):
        await bank.run(command)


async def test_who_is_blocked_neither_pays_nor_asks_nor_divides_nor_gives(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        for person in (ALICE, BOB, CAROL):
            await bank.join(person, 100_000)
        await _is_stopped(bank)


async def _is_stopped(bank: Bank) -> None:
    request = await bank.asks_for(BOB, ALICE, amount=100)
    await bank.run(block(bank, BOB, ALICE))
    await refused(bank, bank.send(ALICE, BOB, amount=100), refusals.ReceiverUnavailable)
    await refused(bank, bank.send(ALICE, CAROL, BOB, STRANGER, amount=100), refusals.ReceiverUnavailable)
    await refused(bank, bank.pay_request(ALICE, request), refusals.ReceiverUnavailable)
    await refused(bank, bank.ask_for(ALICE, CAROL, BOB, STRANGER, amount=100), refusals.CannotBeAsked)
    with pytest.raises(refusals.CannotBeAsked):
        await bank.splits(ALICE, BOB, CAROL, amount=300, heads=3)
    with pytest.raises(refusals.ReceiverUnavailable):
        await bank.plans(ALICE, BOB, amount=100)
    await refused(bank, AskEnvelope(
        key=bank.key(), payer=bank.members[ALICE], kind="equal", amount=100, shares=1, seed="5" * 64, token="t" * 22,
        chat=-5, beneficiary=BOB), refusals.ReceiverUnavailable)
    assert await bank.balance(BOB) == 100_000
    await bank.pays(BOB, ALICE, amount=100)  # Nothing keeps whoever blocks from paying.
    await bank.pays(CAROL, BOB, amount=100)
    await bank.whole()


async def test_what_was_on_its_way_goes_back(bank: Bank) -> None:
    sent = await bank.run(replace(bank.send(ALICE, BOB, amount=100), delay=2))
    assert isinstance(sent, Sent)
    await bank.run(block(bank, BOB, ALICE))
    bank.clock.forward(hours=2)
    returned = await bank.run(SettleHold(key=bank.key(), hold=sent.holds[0], receiver=bank.members[BOB]))
    assert isinstance(returned, Returned)
    assert await bank.balance(ALICE) == 100_000


async def test_it_is_taken_back_and_said_twice_is_said_once(bank: Bank) -> None:
    for _ in range(2):
        await bank.run(block(bank, BOB, ALICE))
    assert bank.row(Member, bank.members[BOB]).blocks == 1
    for _ in range(2):
        await bank.run(unblock(bank, BOB, ALICE))
    assert bank.row(Member, bank.members[BOB]).blocks == 0
    await bank.pays(ALICE, BOB, amount=100)
    await bank.run(block(bank, BOB, ALICE))
    await refused(bank, bank.send(ALICE, BOB, amount=100), refusals.ReceiverUnavailable)


async def test_nobody_blocks_themselves_or_nobody(bank: Bank) -> None:
    await refused(bank, block(bank, BOB, BOB), refusals.BlocksOneself)
    await refused(bank, BlockMember(key=bank.key(), member=bank.members[BOB], blocked=77), refusals.PersonUnknown)


async def test_there_is_an_end_to_it() -> None:
    async with open_bank("") as bank:
        for person in range(1, MOST + 3):
            await bank.join(person)
        for person in range(2, MOST + 2):
            await bank.run(block(bank, 1, person))
        await refused(bank, block(bank, 1, MOST + 2), refusals.TooManyBlocked)


async def test_an_envelope_is_filled_for_somebody_who_blocks_a_third() -> None:
    async with open_bank("") as bank:
        await bank.settle()
        await bank.run(BlockMember(key="block", member=bank.members[BOB], blocked=bank.members[CAROL]))
        made = await bank.fills(ALICE, amount=100, shares=1, beneficiary=BOB)
        assert made.envelope
