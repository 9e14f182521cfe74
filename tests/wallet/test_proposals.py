"""What operators propose and approve, and the corrections that come of it."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.wallet.bank import ALICE, BOB, Bank, open_bank
from wallet import refusals
from wallet.adjustments import AdjustDeed, Adjusted
from wallet.drafts import Asked, Confirm
from wallet.events import BalanceAdjusted, ProposalEnded, ProposalWaits
from wallet.operators import HOUSE, Appoint, AppointOwners, SetSwitch
from wallet.proposals import LIFE, Approve, ExpireProposal, Propose, Proposed, Reject, Sign

OWNER, ADMIN, OTHER, SUPPORT = 103, 104, 105, 106


@asynccontextmanager
async def house(url: str) -> AsyncIterator[Bank]:
    """Alice has 10.00; three of the operators may correct balances, one may not."""
    async with open_bank(url) as opened:
        await opened.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        for person in (ALICE, BOB, OWNER, ADMIN, OTHER, SUPPORT):
            await opened.join(person, 1_000 if person == ALICE else 0)
        for person in (OWNER, ADMIN, OTHER, ALICE, SUPPORT):
            await opened.set_pin(person)
        await appoints(opened, ADMIN, "admin")
        await appoints(opened, OTHER, "admin")
        await appoints(opened, SUPPORT, "support")
        yield opened


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with house("") as opened:
        yield opened


@pytest.fixture
async def real(database_url: str) -> AsyncIterator[Bank]:
    """The same on a database, which is reconciled afterwards."""
    async with house(database_url) as opened:
        yield opened


async def appoints(bank: Bank, person: int, role: str) -> None:
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=person, role=role))


def adjustment(bank: Bank, amount: int, person: int = ALICE, receipt: int = 0) -> AdjustDeed:
    return AdjustDeed(bank.members[person], amount, "counted twice", receipt)


async def wants(bank: Bank, deed: AdjustDeed, maker: int = OWNER) -> str:
    asked = await bank.run(Propose(key=bank.key(), member=bank.members[maker], deed=deed.text(), token=bank.key()))
    assert isinstance(asked, Asked)
    assert asked.needs == "pin"
    return asked.token


async def agrees(bank: Bank, proposal: int, checker: int = ADMIN) -> str:
    asked = await bank.run(Approve(key=bank.key(), member=bank.members[checker], proposal=proposal, token=bank.key()))
    assert isinstance(asked, Asked)
    return asked.token


async def signs(bank: Bank, token: str, who: int, version: int = 1) -> object:
    return await bank.run(Sign(key=bank.key(), member=bank.members[who], token=token, pin_version=version))


async def proposes(bank: Bank, deed: AdjustDeed, maker: int = OWNER) -> int:
    outcome = await signs(bank, await wants(bank, deed, maker), maker)
    assert isinstance(outcome, Proposed)
    return outcome.proposal


async def adjusts(bank: Bank, deed: AdjustDeed, maker: int = OWNER, checker: int = ADMIN) -> Adjusted:
    outcome = await signs(bank, await agrees(bank, await proposes(bank, deed, maker), checker), checker)
    assert isinstance(outcome, Adjusted)
    return outcome


def told(bank: Bank, event: type) -> int:
    return sum(notice.event == event.__name__ for notice in bank.told)


async def test_two_operators_give_and_take_and_the_member_is_told(real: Bank) -> None:
    proposal = await proposes(real, adjustment(real, 250))
    assert await real.balance(ALICE) == 1_000, "one signature moves nothing"
    assert told(real, ProposalWaits) == 1
    await signs(real, await agrees(real, proposal), ADMIN)
    assert await real.balance(ALICE) == 1_250
    await adjusts(real, adjustment(real, -1_250))
    assert await real.balance(ALICE) == 0
    assert (told(real, BalanceAdjusted), told(real, ProposalEnded)) == (2, 2)


async def test_nothing_is_signed_without_the_pin_that_is_in_force(bank: Bank) -> None:
    token = await wants(bank, adjustment(bank, 5))
    with pytest.raises(refusals.PinNeeded):
        await signs(bank, token, OWNER, 0)
    with pytest.raises(refusals.PinChanged):
        await signs(bank, token, OWNER, 2)
    with pytest.raises(refusals.NotYours):
        await signs(bank, token, ADMIN)


async def test_a_signature_confirms_no_payment_and_a_yes_to_a_payment_signs_nothing(bank: Bank) -> None:
    token = await wants(bank, adjustment(bank, 5))
    with pytest.raises(refusals.DraftUnknown):
        await bank.run(Confirm(key=bank.key(), member=bank.members[OWNER], token=token, pin_version=1))
    payment = await bank.asks(ALICE, BOB, amount=5)
    with pytest.raises(refusals.DraftUnknown):
        await signs(bank, payment.token, ALICE)
    assert await bank.balance(BOB) == 0


async def test_maker_and_checker_are_two_people_and_neither_is_whom_it_is_about(bank: Bank) -> None:
    proposal = await proposes(bank, adjustment(bank, 5))
    with pytest.raises(refusals.OwnProposal):
        await agrees(bank, proposal, OWNER)
    with pytest.raises(refusals.OnOneself):
        await wants(bank, adjustment(bank, 5, OWNER))
    about_admin = await proposes(bank, adjustment(bank, 5, ADMIN))
    with pytest.raises(refusals.OnOneself):
        await agrees(bank, about_admin, ADMIN)
    with pytest.raises(refusals.OnOneself):
        await bank.run(Reject(key=bank.key(), operator=ADMIN, proposal=about_admin))
    await bank.join(107, 500)
    paid = await bank.pays(107, ADMIN, amount=100)
    of_a_side = await proposes(bank, adjustment(bank, 100, 107, paid.transfers[0]))
    with pytest.raises(refusals.OnOneself):
        await agrees(bank, of_a_side, ADMIN)


async def test_both_need_the_permission_when_it_happens(bank: Bank) -> None:
    with pytest.raises(refusals.NotAllowed):
        await wants(bank, adjustment(bank, 5), SUPPORT)
    with pytest.raises(refusals.NotAllowed):
        await wants(bank, adjustment(bank, 5, BOB), ALICE)
    proposal = await proposes(bank, adjustment(bank, 5), OTHER)
    token = await agrees(bank, proposal)
    await appoints(bank, OTHER, "auditor")
    with pytest.raises(refusals.MakerRelieved):
        await signs(bank, token, ADMIN)
    await appoints(bank, OTHER, "admin")
    token = await agrees(bank, proposal)
    await appoints(bank, ADMIN, "")
    with pytest.raises(refusals.NotAllowed):
        await signs(bank, token, ADMIN)
    with pytest.raises(refusals.NotAllowed):
        await bank.run(Reject(key=bank.key(), operator=ADMIN, proposal=proposal))
    assert await bank.balance(ALICE) == 1_000


async def test_a_proposal_is_rejected_taken_back_or_runs_out_and_then_nobody_approves_it(bank: Bank) -> None:
    rejected, taken_back, late = [await proposes(bank, adjustment(bank, n)) for n in (1, 2, 3)]
    await bank.run(Reject(key=bank.key(), operator=ADMIN, proposal=rejected, why="no receipt"))
    assert told(bank, ProposalEnded) == 1
    await bank.run(Reject(key=bank.key(), operator=OWNER, proposal=taken_back))
    assert told(bank, ProposalEnded) == 1, "whoever takes theirs back knows"
    with pytest.raises(refusals.ProposalNotDue):
        await bank.run(ExpireProposal(key=bank.key(), proposal=late))
    token = await agrees(bank, late)
    bank.clock.now += LIFE
    for proposal, state in ((rejected, "rejected"), (taken_back, "rejected"), (late, "expired")):
        with pytest.raises(refusals.ProposalOver) as over:
            await agrees(bank, proposal, OTHER)
        assert over.value.state == state
    with pytest.raises(refusals.DraftOver):
        await signs(bank, token, ADMIN)
    await bank.run(ExpireProposal(key=bank.key(), proposal=late))
    assert told(bank, ProposalEnded) == 2
    for over_again in (ExpireProposal(key=bank.key(), proposal=late), Reject(key=bank.key(), operator=ADMIN,
                                                                             proposal=late)):
        with pytest.raises(refusals.ProposalOver):
            await bank.run(over_again)
    with pytest.raises(refusals.ProposalUnknown):
        await agrees(bank, 12_345)


async def test_approved_twice_and_rejected_at_once_one_of_them_counts(real: Bank) -> None:
    proposal = await proposes(real, adjustment(real, 100))
    tokens = [(await agrees(real, proposal, checker), checker) for checker in (ADMIN, OTHER)]
    answers = await asyncio.gather(
        *(signs(real, token, checker) for token, checker in tokens),
        real.run(Reject(key=real.key(), operator=OTHER, proposal=proposal)), return_exceptions=True)
    assert sum(isinstance(one, refusals.ProposalOver) for one in answers) == 2
    assert await real.balance(ALICE) in (1_000, 1_100)


async def test_a_receipt_is_corrected_once_a_side_and_never_by_more_than_it_came_to(real: Bank) -> None:
    paid = (await real.pays(ALICE, BOB, amount=300)).transfers[0]
    for amount, person, refused in ((-301, BOB, refusals.AmountOutOfRange), (0, BOB, refusals.AmountOutOfRange),
                                    (-301, 0, refusals.TheyHaveLess), (300, SUPPORT, refusals.ReceiptUnknown)):
        with pytest.raises(refused):
            await wants(real, adjustment(real, amount, person or BOB, paid if person else 0))
    first, second = [await proposes(real, adjustment(real, -300, BOB, paid)) for _ in range(2)]
    await signs(real, await agrees(real, first), ADMIN)
    with pytest.raises(refusals.AdjustedBefore):
        await agrees(real, second)
    await adjusts(real, adjustment(real, 300, ALICE, paid))
    assert (await real.balance(ALICE), await real.balance(BOB)) == (1_000, 0)


async def test_while_money_rests_nobody_signs_for_money(bank: Bank) -> None:
    token = await wants(bank, adjustment(bank, 5))
    for state, refused in (("maintenance", refusals.Maintenance), ("read_only", refusals.ReadOnly)):
        await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state=state))
        with pytest.raises(refused):
            await signs(bank, token, OWNER)
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="open"))
    assert isinstance(await signs(bank, token, OWNER), Proposed)


async def test_what_was_wanted_is_looked_at_again_when_it_is_approved(bank: Bank) -> None:
    proposal = await proposes(bank, adjustment(bank, -1_000))
    await bank.pays(ALICE, BOB, amount=1)
    with pytest.raises(refusals.TheyHaveLess) as less:
        await agrees(bank, proposal)
    assert less.value.available == 999
