"""Shares that are kept for people who have yet to join: few, for ten minutes, and never in anybody's way for longer."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, Bank, open_bank
from wallet import refusals
from wallet.commands import Done
from wallet.envelopes import Opened
from wallet.keeping import KeepShare, Kept, OpenKept, ReturnKept
from wallet.rows import Envelope, KeptShare, Operation

EVE, MALLORY = 501, 502


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def everywhere(request: pytest.FixtureRequest) -> AsyncIterator[Bank]:
    url = "" if request.param == "memory" else request.getfixturevalue(f"{request.param}_url")
    async with open_bank(url) as opened:
        await opened.settle()
        yield opened


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("") as opened:
        await opened.settle()
        yield opened


def keeps(bank: Bank, envelope: int, person: int = EVE, chat: int = GROUP) -> KeepShare:
    return KeepShare(key=bank.key(), person=person, envelope=envelope, chat=chat)


def takes(bank: Bank, envelope: int, who: int = EVE) -> OpenKept:
    return OpenKept(key=bank.key(), member=bank.members[who], envelope=envelope)


async def fills(bank: Bank, shares: int = 10, **more: object) -> int:
    return (await bank.fills(ALICE, amount=1_000, shares=shares, **more)).envelope  # type: ignore[arg-type]


async def all_but(bank: Bank, envelope: int, left: int, first: int = 1_000) -> None:
    """Others open what there is but for so many shares."""
    row = bank.row(Envelope, envelope)
    for who in range(first, first + row.shares - row.opened - left):
        await bank.join(who)
        await bank.opens(envelope, who)


async def test_nothing_is_kept_for_whoever_has_joined_and_opened_a_share_meanwhile(everywhere: Bank) -> None:
    bank, envelope = everywhere, await fills(everywhere)
    await bank.join(EVE)
    share = await bank.opens(envelope, EVE)
    with pytest.raises(refusals.OpenedBefore, match=str(share.transfer)):
        await bank.run(keeps(bank, envelope))


async def test_who_joins_in_time_has_the_share_wherever_they_are(everywhere: Bank) -> None:
    bank, envelope = everywhere, await fills(everywhere)
    kept = await bank.run(keeps(bank, envelope))
    assert isinstance(kept, Kept)
    await bank.join(EVE)
    share = await bank.run(takes(bank, envelope))
    assert isinstance(share, Opened)
    assert await bank.balance(EVE) == share.amount
    with pytest.raises(refusals.OpenedBefore):
        await bank.run(takes(bank, envelope))
    with pytest.raises(refusals.NothingKept):
        await bank.run(ReturnKept(key=bank.key(), envelope=envelope, person=EVE))


async def test_who_joins_and_taps_in_the_group_has_the_share_that_was_kept(bank: Bank) -> None:
    envelope = await fills(bank)
    await bank.run(keeps(bank, envelope))
    await all_but(bank, envelope, 1)
    await bank.join(EVE)
    await bank.opens(envelope, EVE)
    row = bank.row(Envelope, envelope)
    assert (row.state, row.kept, row.opened) == ("emptied", 0, 10)


async def test_nobody_else_opens_what_is_kept_until_its_time_is_over(bank: Bank) -> None:
    envelope = await fills(bank)
    await bank.run(keeps(bank, envelope))
    await all_but(bank, envelope, 1)
    for _ in range(2):
        with pytest.raises(refusals.SharesKept):
            await bank.run(bank.tap(envelope, BOB))
    back = ReturnKept(key="back", envelope=envelope, person=EVE)
    with pytest.raises(refusals.EnvelopeNotDue):
        await bank.run(back)
    bank.clock.forward(minutes=10)
    assert isinstance(await bank.run(back), Done)
    await bank.opens(envelope, BOB)
    await bank.join(EVE)
    with pytest.raises(refusals.NothingKept):
        await bank.run(takes(bank, envelope))


@pytest.mark.parametrize(("shares", "most"), [(9, 0), (10, 1), (19, 1), (20, 2), (100, 10)])
async def test_at_most_a_tenth_is_kept_at_any_time(bank: Bank, shares: int, most: int) -> None:
    envelope = await fills(bank, shares)
    people = range(2_000, 2_000 + most)
    for person in people:
        await bank.run(keeps(bank, envelope, person))
    with pytest.raises(refusals.NotAMember):
        await bank.run(keeps(bank, envelope, MALLORY))
    if most:
        assert isinstance(await bank.run(keeps(bank, envelope, people[0])), Kept), "it is kept already"
        bank.clock.forward(minutes=10)
        await bank.run(ReturnKept(key=bank.key(), envelope=envelope, person=people[0]))
        with pytest.raises(refusals.NotAMember):
            await bank.run(keeps(bank, envelope, people[0]))
        await bank.run(keeps(bank, envelope, EVE))
    assert bank.row(Envelope, envelope).kept == most


async def test_nothing_is_kept_of_what_is_gone_or_over_or_of_another_group(bank: Bank) -> None:
    envelope, emptied = await fills(bank), await fills(bank, 10)
    await all_but(bank, emptied, 0)
    with pytest.raises(refusals.EnvelopeUnknown):
        await bank.run(keeps(bank, envelope, chat=GROUP - 1))
    with pytest.raises(refusals.EnvelopeEmpty):
        await bank.run(keeps(bank, emptied))
    bank.clock.forward(hours=24)
    with pytest.raises(refusals.EnvelopeOver):
        await bank.run(keeps(bank, envelope))
    assert bank.store.all(KeptShare) == []  # type: ignore[attr-defined]


async def test_a_link_takes_only_what_is_kept_for_its_opener(bank: Bank) -> None:
    envelope = await fills(bank)
    await bank.run(keeps(bank, envelope))
    for command in (takes(bank, envelope, CAROL), takes(bank, envelope + 64, CAROL)):
        with pytest.raises(refusals.NothingKept):
            await bank.run(command)
    assert await bank.balance(CAROL) == 0


async def test_a_share_is_not_kept_beyond_the_envelopes_own_time(bank: Bank) -> None:
    made = await bank.fills(ALICE, amount=1_000, shares=10)
    bank.clock.forward(hours=24, minutes=-4)
    kept = await bank.run(keeps(bank, made.envelope))
    assert isinstance(kept, Kept)
    assert kept.until == made.expires_at
    await bank.join(EVE)
    bank.clock.forward(minutes=4)
    with pytest.raises(refusals.EnvelopeOver):
        await bank.run(takes(bank, made.envelope))
    await bank.run(ReturnKept(key=bank.key(), envelope=made.envelope, person=EVE))
    assert bank.row(Envelope, made.envelope).kept == 0


async def test_kept_taken_and_returned_at_once_leaves_nothing_over(everywhere: Bank) -> None:
    bank, envelope = everywhere, await fills(everywhere, 20)
    crowd = range(1_000, 1_025)
    for who in crowd:
        await bank.join(who)
    heard = await asyncio.gather(
        *[bank.run(command) for who in crowd for command in (
            keeps(bank, envelope, who), bank.tap(envelope, who), takes(bank, envelope, who),
            ReturnKept(key=bank.key(), envelope=envelope, person=who))],
        return_exceptions=True)
    found = [share for share in heard if isinstance(share, Opened)]
    assert sorted(share.number for share in found) == list(range(1, len(found) + 1))
    assert all(isinstance(one, Opened | Kept | refusals.Refusal) for one in heard), heard
    assert 18 <= len(found) <= 20


async def test_asking_in_vain_stores_nothing_where_shares_are_kept(bank: Bank) -> None:
    envelope = await fills(bank)
    await bank.run(keeps(bank, envelope))
    await all_but(bank, envelope, 1)
    before = len(bank.store.all(Operation))  # type: ignore[attr-defined]
    with pytest.raises(refusals.SharesKept):
        await bank.run(bank.tap(envelope, BOB))
    assert len(bank.store.all(Operation)) == before  # type: ignore[attr-defined]
