"""Names that may stand on the screening list: found once, decided once, by others than whom they are about; and money
that goes nowhere until then."""
from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TypeVar

import pytest

from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, POLICY, Bank, open_bank
from tests.wallet.test_applications import handed_in
from wallet import refusals
from wallet.applications import DecideApplication, LookAtPapers, TakeApplication
from wallet.clearing import ClearHit, ListedDeed, LookAtHit
from wallet.commands import Command
from wallet.events import PaymentStopped, read
from wallet.gate import Safeguard
from wallet.holds import ClaimHold
from wallet.identity import GiveIdentity
from wallet.movements import AccountKind
from wallet.operators import Appoint, AppointOwners
from wallet.penalties import Lift, Penalise
from wallet.proposals import LIFE, ExpireProposal, Propose, Reject
from wallet.refusals import Refusal
from wallet.releases import ReleaseDeed, SendBackCheck
from wallet.rows import TO_CHECK, Audit, Hit, Hold, Interception, Member, Proposal, Row
from wallet.screening import Likeness

OWNER, RISK, SUPPORT = 1001, 1002, 1003
UN_1, UN_2 = Likeness("UN-1 un", 100), Likeness("UN-2 un", 91)
R = TypeVar("R", bound=Row)


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    """Alice, whose name is like one on the list, Bob, and operators."""
    async with open_bank("", policy=replace(POLICY, no_pin_limit=10_000_000)) as opened:
        await opened.settle()
        await opened.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        for person, role in ((OWNER, ""), (RISK, "risk"), (SUPPORT, "support")):
            await opened.join(person, 5_000)
            await opened.set_pin(person)
            if role:
                await opened.run(Appoint(key=f"role {person}", operator=OWNER, person=person, role=role))
        yield opened


def rows(bank: Bank, cls: type[R]) -> list[R]:
    assert isinstance(bank.store, FakeStore)
    return list(bank.store.all(cls))


def hit(bank: Bank, who: int = ALICE, like: Likeness = UN_1) -> Hit:
    [found] = [one for one in rows(bank, Hit) if (one.member, one.entry) == (bank.members[who], like.entry)]
    return found


def marked(bank: Bank, who: int = ALICE) -> bool:
    return bool(bank.row(Member, bank.members[who]).safeguards & Safeguard.SCREENED)


async def listed(bank: Bank, who: int = ALICE, *likenesses: Likeness) -> None:
    await bank.run(GiveIdentity(key=bank.key(), member=bank.members[who], digest=f"{who:064d}", sealed=b"s",
                                born=726_532, listed=likenesses or (UN_1,), version="v1"))


async def refused(bank: Bank, command: Command, refusal: type[Refusal]) -> Refusal:
    with pytest.raises(refusal) as caught:
        await bank.run(command)
    return caught.value


def clear(bank: Bank, operator: int = RISK, who: int = ALICE, like: Likeness = UN_1) -> ClearHit:
    return ClearHit(key=bank.key(), operator=operator, member=bank.members[who], entry=like.entry, reason="born")


def deed(bank: Bank, who: int = ALICE, like: Likeness = UN_1) -> ListedDeed:
    return ListedDeed(bank.members[who], who, like.entry, "documents")


def proposes(bank: Bank, operator: int, who: int = ALICE, like: Likeness = UN_1) -> Propose:
    return bank.propose(operator, deed(bank, who, like))


async def suspected(bank: Bank, operator: int = RISK) -> int:
    """The first operator confirms; answers the proposal."""
    return await bank.proposes(operator, deed(bank))


# ------------------------------------------------------------------------------------------------- clearing
async def test_clearing_is_written_down_with_its_reason_and_frees_what_they_pay(bank: Bank) -> None:
    await listed(bank)
    assert marked(bank)
    await bank.run(clear(bank))
    found = hit(bank)
    assert (found.state, found.operator, found.reason, found.decided_at > found.found_at) == (
        "cleared", RISK, "born", True)
    assert not marked(bank)
    assert [row.facts for row in rows(bank, Audit) if row.act == "name_cleared"] == [
        f"{found.id} UN-1 born by {RISK}"]
    assert (await bank.pays(ALICE, BOB, amount=500)).purposes == ("",)


async def test_what_is_decided_is_decided_once(bank: Bank) -> None:
    await listed(bank)
    await bank.run(clear(bank))
    assert (await refused(bank, clear(bank, OWNER), refusals.HitDecided)).facts() == {"state": "cleared"}
    await refused(bank, proposes(bank, OWNER), refusals.HitDecided)
    assert hit(bank).operator == RISK


async def test_who_may_not_review_decides_nothing_and_nobody_decides_about_themselves(bank: Bank) -> None:
    await listed(bank)
    await refused(bank, clear(bank, SUPPORT), refusals.NotAllowed)
    await refused(bank, clear(bank, BOB), refusals.NotAllowed)
    await refused(bank, proposes(bank, SUPPORT), refusals.NotAllowed)
    await listed(bank, RISK, UN_2)
    await refused(bank, clear(bank, RISK, RISK, UN_2), refusals.OnOneself)
    await refused(bank, LookAtHit(key=bank.key(), operator=RISK, member=bank.members[RISK], entry=UN_2.entry),
                  refusals.OnOneself)
    await refused(bank, clear(bank, RISK, BOB), refusals.HitUnknown)
    await refused(bank, proposes(bank, OWNER, RISK, UN_2), refusals.OperatorPenalised)
    assert {found.state for found in rows(bank, Hit)} == {"open"}


async def test_a_look_at_the_names_is_written_down(bank: Bank) -> None:
    await listed(bank)
    await bank.run(LookAtHit(key=bank.key(), operator=RISK, member=bank.members[ALICE], entry=UN_1.entry))
    assert [row.facts for row in rows(bank, Audit) if row.act == "name_looked_at"] == [f"{hit(bank).id} by {RISK}"]


async def test_money_is_free_only_when_the_last_of_them_is_cleared(bank: Bank) -> None:
    await listed(bank, ALICE, UN_1, UN_2)
    await bank.run(clear(bank))
    assert marked(bank)
    assert (await bank.pays(ALICE, BOB, amount=500)).purposes == (TO_CHECK,)
    await bank.run(clear(bank, like=UN_2))
    assert (await bank.pays(ALICE, BOB, amount=500)).purposes == ("",)


# ------------------------------------------------------------------------------------------------ the money
async def test_what_they_pay_is_held_back_and_their_operators_hear_why(bank: Bank) -> None:
    await listed(bank)
    sent = await bank.pays(ALICE, BOB, amount=500)
    assert sent.purposes == (TO_CHECK,)
    assert (await bank.balance(BOB), await bank.balance(ALICE, AccountKind.HELD)) == (100_000, 500)
    assert bank.row(Interception, sent.holds[0]).rule == "name"
    [rung] = [read(notice.event, notice.facts) for notice in bank.told if notice.event == "PaymentStopped"]
    assert isinstance(rung, PaymentStopped)
    assert rung.rule == "name"
    to_alice = [notice for notice in bank.told if notice.member == bank.members[ALICE]]
    assert [notice.event for notice in to_alice] == ["PaymentChecked"]
    assert not any("list" in str(notice.facts).lower() or "UN-1" in str(notice.facts) for notice in to_alice)


async def test_what_cannot_be_held_is_refused_as_whatever_the_safety_check_stops(bank: Bank) -> None:
    await bank.pays(BOB, ALICE, amount=700)
    given = [one for one in bank.told if one.event == "MoneyCame"]
    assert given
    await listed(bank)
    request = await bank.asks_for(BOB, ALICE, amount=300)
    await refused(bank, bank.pay_request(ALICE, request), refusals.StoppedForSafety)
    assert await bank.balance(ALICE) == 100_700


async def test_what_they_set_aside_before_goes_nowhere_either(bank: Bank) -> None:
    waits = await bank.pays(ALICE, 4711, amount=500)
    await listed(bank)
    late = await bank.join(4711)
    claim = ClaimHold(key=bank.key(), member=late, hold=waits.holds[0])
    await refused(bank, claim, refusals.PayerUnavailable)
    await bank.run(clear(bank))
    await bank.run(replace(claim, key=bank.key()))
    assert await bank.balance(4711) == 500


async def test_nobody_lets_a_payment_go_on_before_the_name_is_decided(bank: Bank) -> None:
    await listed(bank)
    sent = await bank.pays(ALICE, BOB, amount=500)
    release = ReleaseDeed(sent.holds[0], bank.members[ALICE], BOB, bank.members[BOB], 500, "it is her")
    proposal = bank.propose(RISK, release)
    await refused(bank, proposal, refusals.PayerStopped)
    await bank.run(clear(bank))
    await bank.signs(RISK, replace(proposal, key=bank.key(), token=bank.key()))
    assert await bank.balance(BOB) == 100_500


async def test_what_they_get_arrives(bank: Bank) -> None:
    await listed(bank)
    assert (await bank.pays(BOB, ALICE, amount=700)).purposes == ("",)


# ------------------------------------------------------------------------------------------------ confirming
async def test_confirming_freezes_at_once_and_for_good_when_a_second_one_signs(bank: Bank) -> None:
    await listed(bank)
    proposal = await suspected(bank)
    found, member = hit(bank), bank.row(Member, bank.members[ALICE])
    assert (found.state, found.operator, found.proposal, member.state) == ("pending", RISK, proposal, "frozen")
    assert member.penalties.split(":")[1] == str(bank.row(Proposal, proposal).expires_at)
    await refused(bank, bank.send(ALICE, BOB, amount=1), refusals.AccountFrozen)
    await refused(bank, clear(bank, OWNER), refusals.HitDecided)
    await refused(bank, proposes(bank, OWNER), refusals.HitDecided)
    await refused(bank, bank.approve(RISK, proposal), refusals.OwnProposal)
    await bank.approves(OWNER, proposal)
    found, member = hit(bank), bank.row(Member, bank.members[ALICE])
    assert (found.state, found.operator, found.second, found.reason) == ("confirmed", RISK, OWNER, "documents")
    assert (member.state, member.penalties, marked(bank)) == ("frozen", f"frozen:0:{found.penalty}", False)
    assert [row.facts for row in rows(bank, Audit) if row.act == "name_confirmed"] == [
        f"{found.id} UN-1 documents by {RISK} and {OWNER}"]


async def test_where_the_second_one_says_no_it_is_open_again_and_the_freeze_is_gone(bank: Bank) -> None:
    await listed(bank)
    proposal = await suspected(bank)
    await bank.run(Reject(key=bank.key(), operator=OWNER, proposal=proposal, why="another date of birth"))
    assert (hit(bank).state, bank.row(Member, bank.members[ALICE]).state, marked(bank)) == ("open", "active", True)
    assert (await bank.pays(ALICE, BOB, amount=500)).purposes == (TO_CHECK,)
    await bank.run(clear(bank, OWNER))
    assert not marked(bank)


async def test_where_nobody_answers_it_is_open_again_and_the_money_stays(bank: Bank) -> None:
    await listed(bank)
    proposal = await suspected(bank)
    bank.clock.forward(hours=LIFE // 3_600_000_000)
    await bank.run(ExpireProposal(key=bank.key(), proposal=proposal))
    assert (hit(bank).state, hit(bank).operator, marked(bank)) == ("open", 0, True)
    assert (await bank.pays(ALICE, BOB, amount=500)).purposes == (TO_CHECK,)


async def test_a_freeze_of_before_is_not_lifted_with_it(bank: Bank) -> None:
    await listed(bank)
    await bank.run(Penalise(key=bank.key(), operator=OWNER, person=ALICE, member=bank.members[ALICE], kind="frozen",
                            reason="fraud", hours=0))
    proposal = await suspected(bank)
    await bank.run(Reject(key=bank.key(), operator=OWNER, proposal=proposal))
    assert bank.row(Member, bank.members[ALICE]).state == "frozen"
    proposal = await suspected(bank)
    await bank.approves(OWNER, proposal)
    assert (hit(bank).state, hit(bank).penalty) == ("confirmed", 0)
    await bank.run(Lift(key=bank.key(), operator=OWNER, person=ALICE, member=bank.members[ALICE], kind="frozen"))
    assert (await bank.pays(ALICE, BOB, amount=500)).purposes == ("",)


async def test_money_held_back_before_a_freeze_can_be_sent_back_and_not_let_go_on(bank: Bank) -> None:
    await listed(bank)
    sent = await bank.pays(ALICE, BOB, amount=500)
    await bank.approves(OWNER, await suspected(bank))
    release = ReleaseDeed(sent.holds[0], bank.members[ALICE], BOB, bank.members[BOB], 500, "it is her")
    await refused(bank, bank.propose(RISK, release),
                  refusals.PayerStopped)
    await bank.run(SendBackCheck(key=bank.key(), operator=RISK, hold=sent.holds[0], reason="listed"))
    assert (bank.row(Hold, sent.holds[0]).state, await bank.balance(ALICE)) == ("released", 100_000)


# ------------------------------------------------------------------------------------------ with the documents
async def test_approving_the_documents_clears_what_the_operator_was_shown(bank: Bank) -> None:
    await listed(bank)
    application = await handed_in(bank, ALICE)
    await bank.run(TakeApplication(key=bank.key(), operator=RISK, application=application))
    await bank.run(LookAtPapers(key=bank.key(), operator=RISK, application=application))
    await bank.run(DecideApplication(key=bank.key(), operator=RISK, application=application, cleared=(UN_1, UN_2),
                                     version="v2"))
    assert [(found.entry, found.state, found.reason, found.version) for found in rows(bank, Hit)] == [
        ("UN-1 un", "cleared", "documents", "v1"), ("UN-2 un", "cleared", "documents", "v2")]
    assert not marked(bank)


async def test_documents_are_not_approved_while_a_second_operator_is_asked(bank: Bank) -> None:
    await listed(bank)
    application = await handed_in(bank, ALICE)
    await suspected(bank, OWNER)
    await bank.run(TakeApplication(key=bank.key(), operator=RISK, application=application))
    await bank.run(LookAtPapers(key=bank.key(), operator=RISK, application=application))
    await refused(bank, DecideApplication(key=bank.key(), operator=RISK, application=application, cleared=(UN_1,)),
                  refusals.HitDecided)
    assert hit(bank).state == "pending"
