"""A wallet moves to another Telegram account: asked for by both numbers, refused by a word, given by two."""
from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import update

from storage.tables import moves
from tests.wallet.bank import ALICE, BOB, CAROL, STRANGER, Bank, open_bank
from wallet import refusals
from wallet.drafts import Confirm
from wallet.identity import GiveIdentity
from wallet.members import Meet, Met
from wallet.moving import LIFE, SETTLES, WAIT, AskMove, EndMove, MoveAskedFor, MoveDeed, ObjectToMove, RejectMove
from wallet.operators import AppointOwners

OTHER = 998
"""Somebody else without a wallet."""
PHONE, NUMBER = f"{ALICE:064x}", "number of alice"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Bank]:
    """Alice has money, a PIN and a verified name; Bob and Carol operate; two have only begun to join."""
    async with open_bank(url) as bank:
        await bank.settle()
        for person in (ALICE, BOB, CAROL):
            await bank.set_pin(person)
        await bank.run(AppointOwners(key="owners", telegram_ids=(BOB, CAROL)))
        await bank.run(GiveIdentity(key=bank.key(), member=bank.members[ALICE], digest=NUMBER, sealed=b"s",
                                    born=726_000))
        for person in (STRANGER, OTHER):
            await meets(bank, person)
        yield bank


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with opened("") as one:
        yield one


async def meets(bank: Bank, person: int) -> Met:
    met = await bank.run(Meet(key=bank.key(), telegram_id=person, language="en"))
    assert isinstance(met, Met)
    bank.members[person] = met.member
    return met


async def asks(bank: Bank, who: int = STRANGER, phone: str = PHONE, number: str = NUMBER) -> MoveAskedFor:
    asked = await bank.run(AskMove(key=bank.key(), member=bank.members[who], phone=phone, number=number))
    assert isinstance(asked, MoveAskedFor)
    return asked


async def proposes(bank: Bank, person: int = STRANGER, who: int = BOB) -> int:
    deed = MoveDeed(bank.members[ALICE], ALICE, bank.members[person], person, "identity card in a video call")
    return await bank.proposes(who, deed)


async def goes_on(bank: Bank) -> None:
    """The minute is over, and the clock comes."""
    if bank.database is None:
        bank.clock.now += SETTLES + 1
    else:
        await bank.database.write(lambda connection: connection.execute(
            update(moves).where(moves.c.due_at != 0).values(due_at=1)))
    await bank.run(EndMove(key=bank.key(), member=bank.members[ALICE]))


async def test_a_wallet_moves_with_all_that_is_in_it_and_the_old_account_is_nobody(database_url: str) -> None:
    async with opened(database_url) as bank:
        wallet, asker = bank.members[ALICE], bank.members[STRANGER]
        await bank.pays(BOB, ALICE, amount=100)
        request = await bank.asks_for(BOB, ALICE, amount=50)
        await bank.run(bank.pay_request(ALICE, request))
        await asks(bank)
        assert bank.database is not None
        await bank.database.write(lambda connection: connection.execute(update(moves).values(ready_at=1)))
        await bank.approves(CAROL, await proposes(bank))
        assert (await meets(bank, STRANGER)).member == wallet
        assert (await meets(bank, STRANGER)).step == ""
        assert (await meets(bank, ALICE)).step == "language"
        assert bank.members[ALICE] not in (wallet, asker), "nor does it see what whoever asked wrote to the operators"
        bank.members[ALICE] = wallet
        with pytest.raises(refusals.WalletMoving):
            await bank.pays(STRANGER, BOB, amount=10)
        await goes_on(bank)
        await bank.pays(STRANGER, BOB, amount=10)
        await bank.pays(BOB, STRANGER, amount=10)
        assert await bank.balance(STRANGER) == await bank.balance(ALICE) == 100_050


async def test_nothing_goes_out_meanwhile_not_even_what_was_under_way_and_a_no_opens_it_again(bank: Bank) -> None:
    under_way = await bank.asks(ALICE, BOB, amount=100)
    await asks(bank)
    with pytest.raises(refusals.WalletMoving):
        await bank.pays(ALICE, BOB, amount=100)
    with pytest.raises(refusals.WalletMoving):
        await bank.run(Confirm(key=bank.key(), member=bank.members[ALICE], token=under_way.token))
    await bank.pays(BOB, ALICE, amount=100)
    await bank.run(ObjectToMove(key=bank.key(), member=bank.members[ALICE]))
    await bank.pays(ALICE, BOB, amount=100)
    with pytest.raises(refusals.MoveUnmatched):
        await asks(bank)
    with pytest.raises(refusals.MoveOver):
        await bank.run(ObjectToMove(key=bank.key(), member=bank.members[ALICE]))


async def test_a_no_before_the_second_signature_ends_it(bank: Bank) -> None:
    await asks(bank)
    bank.clock.now += WAIT
    proposal = await proposes(bank)
    await bank.run(ObjectToMove(key=bank.key(), member=bank.members[ALICE]))
    with pytest.raises(refusals.MoveOver):
        await bank.approves(CAROL, proposal)
    assert (await meets(bank, ALICE)).step == ""


async def test_whatever_does_not_fit_is_refused_alike_and_counts(bank: Bank) -> None:
    for phone, number in ((PHONE, "other"), (f"{BOB:064x}", NUMBER), ("unknown", NUMBER), (f"{BOB:064x}", "unknown")):
        with pytest.raises(refusals.MoveUnmatched):
            await asks(bank, phone=phone, number=number)
    with pytest.raises(refusals.MoveUnmatched):
        await asks(bank, CAROL)
    await asks(bank)
    with pytest.raises(refusals.IdentityTooOften):
        await asks(bank)
    with pytest.raises(refusals.MoveUnmatched):
        await asks(bank, OTHER)


async def test_operators_decide_after_a_day_two_of_them_and_about_whom_they_were_shown(bank: Bank) -> None:
    assert (await asks(bank)).ready_at > bank.clock.now
    with pytest.raises(refusals.MoveTooEarly):
        await proposes(bank)
    bank.clock.now += WAIT
    with pytest.raises(refusals.MoveOver):
        await proposes(bank, OTHER)
    proposal = await proposes(bank)
    with pytest.raises(refusals.OwnProposal):
        await bank.approves(BOB, proposal)
    await bank.run(RejectMove(key=bank.key(), operator=CAROL, member=bank.members[ALICE]))
    with pytest.raises(refusals.MoveOver):
        await bank.approves(CAROL, proposal)
    with pytest.raises(refusals.NotAllowed):
        await bank.run(RejectMove(key=bank.key(), operator=ALICE, member=bank.members[ALICE]))


async def test_nobody_decides_for_a_week_and_the_wallet_is_free_again(bank: Bank) -> None:
    await asks(bank)
    await bank.run(EndMove(key=bank.key(), member=bank.members[ALICE]))
    with pytest.raises(refusals.WalletMoving):
        await bank.pays(ALICE, BOB, amount=100)
    bank.clock.now += LIFE
    await bank.run(EndMove(key=bank.key(), member=bank.members[ALICE]))
    await bank.pays(ALICE, BOB, amount=100)
    await asks(bank, OTHER)
