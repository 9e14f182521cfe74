"""A wrong ID number comes off a wallet by two operators, and makes nobody more than they were."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, ZONE, Bank
from tests.wallet.test_identity import given, refused
from wallet import refusals
from wallet.applications import DAY, DOCUMENTS, ENTERPRISE, BeginApplication
from wallet.commands import Done
from wallet.comparing import CompareNames, TakeList
from wallet.dates import day_of
from wallet.gate import Safeguard
from wallet.identity import DAYS_TO_OBJECT, Verified
from wallet.legal_holds import LegalHoldDeed
from wallet.operators import Appoint, AppointOwners
from wallet.resets import ResetIdentityDeed
from wallet.rows import Member, NameList, Ward
from wallet.screening import Entry, Listed

NUMBER, RIGHT = "a" * 64, "b" * 64
YOUNG = date(2015, 1, 1).toordinal()


async def operators(bank: Bank) -> None:
    """Bob and Carol have roles that may."""
    await bank.run(AppointOwners(key=bank.key(), telegram_ids=(BOB,)))
    await bank.run(Appoint(key=bank.key(), operator=BOB, person=CAROL, role="risk"))
    for operator in (BOB, CAROL):
        await bank.set_pin(operator)


async def proposed(bank: Bank, digest: str = NUMBER) -> int:
    """Bob wants Alice's number off; returns the proposal."""
    deed = ResetIdentityDeed(bank.members[ALICE], digest, "showed the card in a video call")
    return await bank.proposes(BOB, deed)


async def approved(bank: Bank, proposal: int) -> None:
    assert await bank.approves(CAROL, proposal) == Done()


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
        await bank.run(bank.propose(BOB, deed))


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


async def documents(bank: Bank) -> None:
    await bank.run(BeginApplication(key=bank.key(), member=bank.members[ALICE], kind=DOCUMENTS))


async def company(bank: Bank) -> None:
    await bank.run(BeginApplication(key=bank.key(), member=bank.members[ALICE], kind=ENTERPRISE))


async def hit(bank: Bank) -> None:
    name_list = Listed((Entry("Max Sample", (), "person", "un", "UN-1"),))
    await bank.run(TakeList(key=bank.key(), version="2"))
    row = bank.row(NameList, 1)
    await bank.run(CompareNames(key=bank.key(), version="2", since=row.since, after=0, likenesses=(
        (bank.members[ALICE], tuple(name_list.likenesses(["Max Sample"]))),)))


async def order(bank: Bank) -> None:
    deed = LegalHoldDeed(bank.members[ALICE], ALICE, "The court", "No. 1", day_of(bank.clock.now, ZONE), 100, 0, "mail")
    await bank.both_sign(deed, BOB, CAROL)


@pytest.mark.parametrize(("begins", "by"), [
    (documents, "documents"), (company, "company"), (hit, "hit"), (order, "order")])
async def test_not_while_something_rests_on_it_that_is_not_over(
        bank: Bank, begins: Callable[[Bank], Awaitable[None]], by: str) -> None:
    await operators(bank)
    await bank.run(given(bank, ALICE, digest=NUMBER))
    proposal = await proposed(bank)
    await begins(bank)
    for tried in (proposed(bank), approved(bank, proposal)):
        with pytest.raises(refusals.IdentityInUse) as found:
            await tried
        assert found.value.by == by
    assert bank.row(Member, bank.members[ALICE]).level == 1


async def test_an_order_that_ended_keeps_no_number(bank: Bank) -> None:
    await operators(bank)
    await bank.run(given(bank, ALICE, digest=NUMBER))
    until = bank.clock.now + DAY
    await bank.both_sign(LegalHoldDeed(bank.members[ALICE], ALICE, "The court", "No. 1", day_of(bank.clock.now, ZONE),
                                       100, until, "mail"), BOB, CAROL)
    bank.clock.now = until
    await approved(bank, await proposed(bank))
    assert bank.row(Member, bank.members[ALICE]).level == 0
