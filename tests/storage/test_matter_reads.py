"""What operators see of what is open about a member, on both databases: what their role may, and nothing about
themselves that they are not to know."""
from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from storage.applications import SqlApplications
from storage.operators import MOST_NAMED, SqlOperatorReads
from tests.wallet.bank import ALICE, BOB, CAROL, POLICY, Bank, open_bank
from tests.wallet.test_applications import decided, handed_in
from tests.wallet.test_proposals import adjustment, proposes
from wallet.holds import Returned
from wallet.identity import GiveIdentity
from wallet.operators import PERMISSIONS, ROLES, Act, Appoint, AppointOwners
from wallet.proposals import Reject
from wallet.releases import SendBackCheck
from wallet.reports import Report
from wallet.rows import TO_CHECK
from wallet.screening import Likeness
from wallet.tickets import AnswerTicket, OpenTicket, Said
from wallet.vault import Vault
from wallet.views import MattersView, OpenOnes

OWNER, OTHER, ERIN = 103_000, 104_000, 105_000
LISTED = Likeness("UN-1 un", 100), Likeness("UN-2 un", 91)


@pytest.fixture
async def bank(database_url: str) -> AsyncIterator[Bank]:
    async with open_bank(database_url, policy=replace(POLICY, no_pin_limit=10_000_000)) as opened:
        await opened.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        for person in (ALICE, BOB, CAROL, ERIN, OWNER, OTHER):
            await opened.join(person, 300_000)
        await opened.set_pin(OWNER)
        yield opened


async def appoints(bank: Bank, role: str, person: int = OTHER) -> None:
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=person, role=role))


async def seen(bank: Bank, person: int, viewer: int = OWNER) -> MattersView:
    assert bank.database is not None
    return await SqlOperatorReads(bank.database).matters(viewer, bank.members[person])


async def writes(bank: Bank, person: int) -> int:
    said = await bank.run(OpenTicket(key=bank.key(), member=bank.members[person], category="other", subject=0,
                                     digest="d", sealed=b"s"))
    assert isinstance(said, Said)
    return said.ticket


async def reports(bank: Bank, reporter: int, reported: int) -> int:
    said = await bank.run(Report(key=bank.key(), member=bank.members[reporter], reported=bank.members[reported],
                                 digest="d", sealed=b"s"))
    assert isinstance(said, Said)
    return said.ticket


async def closes(bank: Bank, *tickets: int) -> None:
    for ticket in tickets:
        await bank.run(AnswerTicket(key=bank.key(), operator=OWNER, ticket=ticket, close=True, closing="solved"))


async def gives_a_listed_name(bank: Bank, person: int) -> None:
    await bank.run(GiveIdentity(key=bank.key(), member=bank.members[person], digest=f"{person:064d}", sealed=b"s",
                                born=726_532, listed=LISTED))


async def drains(bank: Bank) -> tuple[int, int]:
    """Alice pays one stranger after the other, and the third payment is held back: its hold and its transfer."""
    await bank.pays(ALICE, BOB, amount=100_000)
    await bank.pays(ALICE, CAROL, amount=90_000)
    sent = await bank.pays(ALICE, ERIN, amount=90_000)
    assert sent.purposes == (TO_CHECK,)
    return sent.holds[0], sent.transfers[0]


async def test_tickets_and_reports_are_seen_until_they_are_closed(bank: Bank) -> None:
    assert await seen(bank, BOB) == MattersView()
    own, other, about = await writes(bank, BOB), await writes(bank, CAROL), await reports(bank, CAROL, BOB)
    found = await seen(bank, BOB)
    assert (found.tickets, found.reports) == (OpenOnes(1, (own,)), OpenOnes(1, (about,)))
    carols = (await seen(bank, CAROL)).tickets
    assert (carols.count, set(carols.numbers)) == (2, {other, about}), "what she wrote of others is hers, too"
    await closes(bank, own, about)
    assert await seen(bank, BOB) == MattersView()


async def test_what_there_is_much_of_is_counted_and_the_oldest_is_named(bank: Bank) -> None:
    numbers = [await reports(bank, person, BOB) for person in (ALICE, CAROL, ERIN, OWNER, OTHER)]
    assert (await seen(bank, BOB)).reports == OpenOnes(5, tuple(numbers[:MOST_NAMED]))


async def test_a_payment_held_back_is_seen_at_both_its_sides_until_it_is_decided(bank: Bank) -> None:
    hold, transfer = await drains(bank)
    assert await seen(bank, ALICE) == MattersView(paying=OpenOnes(1, (transfer,)))
    assert await seen(bank, ERIN) == MattersView(receiving=OpenOnes(1, (transfer,)))
    assert await seen(bank, BOB) == MattersView()
    sent_back = await bank.run(SendBackCheck(key=bank.key(), operator=OWNER, hold=hold, reason="it was not her"))
    assert isinstance(sent_back, Returned)
    assert (await seen(bank, ALICE), await seen(bank, ERIN)) == (MattersView(), MattersView())


async def test_a_payment_that_merely_waits_is_not_held_back(bank: Bank) -> None:
    await bank.pays(ALICE, 999, amount=5)
    assert await seen(bank, ALICE) == MattersView()


async def test_a_proposal_is_seen_until_it_is_answered(bank: Bank) -> None:
    proposal = await proposes(bank, adjustment(bank, 5, BOB), OWNER)
    assert await seen(bank, BOB) == MattersView(proposals=OpenOnes(1, (proposal,)))
    assert await seen(bank, ALICE) == MattersView()
    await bank.run(Reject(key=bank.key(), operator=OWNER, proposal=proposal, why="no"))
    assert await seen(bank, BOB) == MattersView()


async def test_a_listed_name_is_seen_until_it_was_found_to_be_somebody_elses(bank: Bank) -> None:
    await gives_a_listed_name(bank, BOB)
    found = await seen(bank, BOB)
    assert (found.listed, found.hits.count, len(found.hits.numbers)) == ("UN-1 UN-2", 2, 2)
    assert await seen(bank, CAROL) == MattersView()
    await decided(bank, OWNER, await handed_in(bank, BOB), "face")
    assert (await seen(bank, BOB)).listed, "who was sent away was not cleared"
    await decided(bank, OWNER, await handed_in(bank, BOB), cleared=LISTED)
    assert await seen(bank, BOB) == MattersView()


async def test_hits_are_listed_for_who_may_review_and_never_about_themselves(bank: Bank) -> None:
    assert bank.database is not None
    reads = SqlApplications(bank.database, Vault(b"s" * 32))
    await gives_a_listed_name(bank, BOB)
    await gives_a_listed_name(bank, OTHER)
    for role in (*ROLES, ""):
        await appoints(bank, role)
        found, may = await reads.hits(OTHER, 10), role in PERMISSIONS[Act.REVIEW]
        assert [(hit.person, hit.entry, hit.likeness, hit.state) for hit in found] == [
            (BOB, one.entry, one.percent, "open") for one in LISTED if may], role
        assert await reads.hits_waiting(OTHER) == len(found)
        assert [(await reads.hit(OTHER, hit.id)) for hit in found] == list(found)
    own = [hit for hit in await reads.hits(OWNER, 10) if hit.person == OTHER]
    await appoints(bank, "risk")
    assert [await reads.hit(OTHER, hit.id) for hit in own] == [None, None]


async def test_each_role_sees_what_it_may_ask_for_and_nobody_else_sees_anything(bank: Bank) -> None:
    await writes(bank, ALICE)
    await reports(bank, CAROL, ALICE)
    await proposes(bank, adjustment(bank, 5, ALICE), OWNER)
    await drains(bank)
    await gives_a_listed_name(bank, ALICE)
    for role in (*ROLES, ""):
        await appoints(bank, role)
        found = await seen(bank, ALICE, OTHER)
        kinds = {"tickets": found.tickets.count, "reports": found.reports.count, "paying": found.paying.count,
                 "proposals": found.proposals.count, "listed": found.listed}
        needs = {"tickets": Act.LOOK_AT_TICKETS, "reports": Act.LOOK_AT_TICKETS, "paying": Act.DECIDE_INTERCEPTIONS,
                 "proposals": Act.SIGN, "listed": Act.LOOK_AT_AUDIT}
        assert {kind: bool(there) for kind, there in kinds.items()} == {
            kind: role in PERMISSIONS[act] for kind, act in needs.items()}, role
    assert await seen(bank, ALICE, ALICE) == MattersView()


async def test_an_operator_learns_of_no_report_about_themselves_and_not_that_their_name_is_listed(bank: Bank) -> None:
    await appoints(bank, "risk")
    await reports(bank, CAROL, OTHER)
    await gives_a_listed_name(bank, OTHER)
    owners = await seen(bank, OTHER)
    assert (owners.reports.count, owners.listed) == (1, "UN-1 UN-2")
    assert await seen(bank, OTHER, OTHER) == MattersView()
    assert await seen(bank, CAROL, OTHER) == MattersView(), "nor by the card of whoever reported them"
    assert (await seen(bank, CAROL)).tickets.count == 1
