"""A wrong ID number comes off a wallet by two operators, and makes nobody more than they were."""
from __future__ import annotations

from datetime import date

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, Bank
from tests.wallet.test_identity import given, refused
from wallet import refusals
from wallet.applications import DOCUMENTS, BeginApplication
from wallet.commands import Done, Outcome
from wallet.drafts import Asked
from wallet.gate import Safeguard
from wallet.identity import DAYS_TO_OBJECT, Verified
from wallet.operators import Appoint, AppointOwners
from wallet.proposals import Approve, Propose, Proposed, Sign
from wallet.resets import ResetIdentityDeed
from wallet.rows import Member, Ward

NUMBER, RIGHT = "a" * 64, "b" * 64
YOUNG = date(2015, 1, 1).toordinal()


async def operators(bank: Bank) -> None:
    """Bob and Carol have roles that may."""
    await bank.run(AppointOwners(key=bank.key(), telegram_ids=(BOB,)))
    await bank.run(Appoint(key=bank.key(), operator=BOB, person=CAROL, role="risk"))
    for operator in (BOB, CAROL):
        await bank.set_pin(operator)


async def signed(bank: Bank, who: int, ask: Propose | Approve) -> Outcome:
    asked = await bank.run(ask)
    assert isinstance(asked, Asked)
    return await bank.run(Sign(key=bank.key(), member=bank.members[who], token=asked.token, pin_version=1))


async def proposed(bank: Bank, digest: str = NUMBER) -> int:
    """Bob wants Alice's number off; returns the proposal."""
    deed = ResetIdentityDeed(bank.members[ALICE], digest, "showed the card in a video call")
    found = await signed(bank, BOB, Propose(key=bank.key(), member=bank.members[BOB], deed=deed.text(),
                                            token=bank.key()))
    assert isinstance(found, Proposed)
    return found.proposal


async def approved(bank: Bank, proposal: int) -> None:
    done = await signed(bank, CAROL, Approve(key=bank.key(), member=bank.members[CAROL], proposal=proposal,
                                             token=bank.key()))
    assert done == Done()


async def test_two_operators_take_a_wrong_number_off_and_the_right_one_is_given(bank: Bank) -> None:
    await operators(bank)
    await bank.run(given(bank, ALICE, digest=NUMBER))
    proposal = await proposed(bank)
    assert bank.row(Member, bank.members[ALICE]).level == 1, "one operator does nothing"

    await approved(bank, proposal)

    assert bank.row(Member, bank.members[ALICE]).level == 0
    assert [notice.member for notice in bank.told if notice.event == "IdentityReset"] == [bank.members[ALICE]]
    assert await bank.run(given(bank, ALICE, digest=RIGHT)) == Verified(0, False)
    assert bank.row(Member, bank.members[ALICE]).level == 1
    assert await refused(bank, given(bank, ALICE, digest="c" * 64)) == refusals.IdentityKnown()


async def test_whoever_the_number_really_is_can_give_it_then(bank: Bank) -> None:
    await operators(bank)
    await bank.run(given(bank, ALICE, digest=NUMBER))
    assert await refused(bank, given(bank, BOB, digest=NUMBER)) == refusals.IdentityTaken()
    await approved(bank, await proposed(bank))
    assert await bank.run(given(bank, BOB, digest=NUMBER)) == Verified(0, False)
    assert await refused(bank, given(bank, ALICE, digest=NUMBER)) == refusals.IdentityTaken()


async def test_a_number_that_makes_a_minor_by_mistake_is_mended_after_the_week_to_object(bank: Bank) -> None:
    await operators(bank)
    await bank.run(given(bank, ALICE, digest=NUMBER, born=YOUNG))
    await approved(bank, await proposed(bank))

    member = bank.members[ALICE]
    assert bank.row(Member, member).safeguards & Safeguard.WARD, "that they are a minor may be true"
    assert bank.row(Ward, member).free_on == 0
    with pytest.raises(refusals.NoGuardian):
        await bank.run(bank.send(ALICE, BOB, amount=1))
    found = await bank.run(given(bank, ALICE, digest=RIGHT))
    assert isinstance(found, Verified)
    assert found.free_on == bank.row(Ward, member).free_on > DAYS_TO_OBJECT


async def test_nobody_signs_about_themselves(bank: Bank) -> None:
    await operators(bank)
    await bank.run(given(bank, BOB, digest=NUMBER))
    deed = ResetIdentityDeed(bank.members[BOB], NUMBER, "my own")
    with pytest.raises(refusals.OnOneself):
        await bank.run(Propose(key=bank.key(), member=bank.members[BOB], deed=deed.text(), token=bank.key()))


async def test_what_is_not_there_is_not_taken_off(bank: Bank) -> None:
    await operators(bank)
    with pytest.raises(refusals.TheyGaveNoIdentity):
        await proposed(bank)
    await bank.run(given(bank, ALICE, digest=NUMBER))
    with pytest.raises(refusals.TheyGaveNoIdentity):
        await proposed(bank, RIGHT)
    first, second = await proposed(bank), await proposed(bank)
    await approved(bank, first)
    with pytest.raises(refusals.TheyGaveNoIdentity):
        await approved(bank, second)


async def test_not_while_documents_that_show_it_are_open(bank: Bank) -> None:
    await operators(bank)
    await bank.run(given(bank, ALICE, digest=NUMBER))
    proposal = await proposed(bank)
    await bank.run(BeginApplication(key=bank.key(), member=bank.members[ALICE], kind=DOCUMENTS))
    with pytest.raises(refusals.TheirPapersWait):
        await approved(bank, proposal)
    assert bank.row(Member, bank.members[ALICE]).level == 1
