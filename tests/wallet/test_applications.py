"""What members hand in for operators: put together, decided once by one of them, and never about oneself."""
from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest

from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, CAROL, Bank
from wallet import refusals
from wallet.applications import (
    DOCUMENTS,
    ENTERPRISE,
    HELD_FOR,
    KINDS,
    LEFT_OPEN,
    MOST_IN_A_MONTH,
    MOST_PAPERS,
    BeginApplication,
    Begun,
    DecideApplication,
    EndAbandoned,
    Given,
    GivePaper,
    HandIn,
    LeaveApplication,
    LookAtPapers,
    TakeApplication,
    Withdraw,
)
from wallet.commands import Command, Done
from wallet.gate import Safeguard
from wallet.identity import GiveIdentity
from wallet.operators import Appoint, AppointOwners
from wallet.refusals import Refusal
from wallet.rows import Application, Audit, Enterprise, Member, Notice, Paper, Row
from wallet.screening import Likeness

OWNER, RISK = ALICE, BOB
R = TypeVar("R", bound=Row)


def rows(bank: Bank, cls: type[R]) -> list[R]:
    assert isinstance(bank.store, FakeStore)
    return list(bank.store.all(cls))


async def refused(bank: Bank, command: Command) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await bank.run(command)
    return caught.value


async def operators(bank: Bank) -> None:
    await bank.run(AppointOwners(key=bank.key(), telegram_ids=(OWNER,)))
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=RISK, role="risk"))


async def known(bank: Bank, who: int) -> None:
    """Somebody gives name and number."""
    await bank.run(GiveIdentity(key=bank.key(), member=bank.members[who], digest=f"{who:064d}", sealed=b"s",
                                born=726_532))


async def begun(bank: Bank, who: int, kind: str = DOCUMENTS, digest: str = "") -> int:
    made = await bank.run(BeginApplication(key=bank.key(), member=bank.members[who], kind=kind, digest=digest,
                                           sealed=b"facts" if digest else b""))
    assert isinstance(made, Begun)
    return made.application


async def handed_in(bank: Bank, who: int, kind: str = DOCUMENTS, digest: str = "") -> int:
    number = await begun(bank, who, kind, digest)
    for name in KINDS[kind].papers:
        await bank.run(paper(bank, who, number, name))
    await bank.run(HandIn(key=bank.key(), member=bank.members[who], application=number))
    return number


def paper(bank: Bank, who: int, number: int, name: str = "front") -> GivePaper:
    return GivePaper(key=bank.key(), member=bank.members[who], application=number, name=name, digest="d" * 64,
                     sealed=b"picture")


async def decided(bank: Bank, operator: int, number: int, reason: str = "", cleared: tuple[Likeness, ...] = ()) -> None:
    await bank.run(TakeApplication(key=bank.key(), operator=operator, application=number))
    await bank.run(LookAtPapers(key=bank.key(), operator=operator, application=number))
    await bank.run(DecideApplication(key=bank.key(), operator=operator, application=number, reason=reason,
                                     cleared=cleared))


async def test_documents_are_put_together_replaced_handed_in_and_approved(bank: Bank) -> None:
    await operators(bank)
    await known(bank, CAROL)
    number = await begun(bank, CAROL)
    assert await bank.run(paper(bank, CAROL, number, "back")) == Given(("front", "selfie"))
    assert await bank.run(paper(bank, CAROL, number, "back")) == Given(("front", "selfie"))
    assert await refused(bank, HandIn(key=bank.key(), member=bank.members[CAROL], application=number)
                         ) == refusals.ApplicationLacks()
    await bank.run(paper(bank, CAROL, number, "front"))
    assert await bank.run(paper(bank, CAROL, number, "selfie")) == Given(())
    assert bank.row(Application, number).papers == "front back selfie"
    await bank.run(HandIn(key=bank.key(), member=bank.members[CAROL], application=number))
    assert await refused(bank, paper(bank, CAROL, number)) == refusals.ApplicationOver()
    await bank.run(TakeApplication(key=bank.key(), operator=RISK, application=number))
    await bank.run(LookAtPapers(key=bank.key(), operator=RISK, application=number))
    await bank.run(DecideApplication(key=bank.key(), operator=RISK, application=number))
    assert bank.row(Member, bank.members[CAROL]).level == 2
    assert bank.row(Application, number).state == "approved"
    acts = [row.act for row in rows(bank, Audit) if row.member == bank.members[CAROL]]
    assert acts[-5:] == ["application_handed_in", "application_taken", "papers_looked_at", "identity_reviewed",
                         "application_approved"]
    assert [row.event for row in rows(bank, Notice)][-2:] == ["ApplicationCame", "ApplicationDecided"]
    assert await refused(bank, BeginApplication(key=bank.key(), member=bank.members[CAROL], kind=DOCUMENTS)
                         ) == refusals.ApplicationDone()


async def test_one_operator_at_a_time_decides_once_and_never_about_themselves(bank: Bank) -> None:
    await operators(bank)
    for who in (CAROL, RISK):
        await known(bank, who)
    number, own = await handed_in(bank, CAROL), await handed_in(bank, RISK)
    assert await refused(bank, TakeApplication(key=bank.key(), operator=RISK, application=own)
                         ) == refusals.OnOneself()
    assert await refused(bank, TakeApplication(key=bank.key(), operator=CAROL, application=own)
                         ) == refusals.NotAllowed()
    for looks in (LookAtPapers, DecideApplication):
        assert await refused(bank, looks(key=bank.key(), operator=RISK, application=number)
                             ) == refusals.ApplicationNotTaken()
    await bank.run(TakeApplication(key=bank.key(), operator=RISK, application=number))
    for does in (TakeApplication, LookAtPapers, DecideApplication):
        assert await refused(bank, does(key=bank.key(), operator=OWNER, application=number)
                             ) == refusals.ApplicationTaken()
    await bank.run(LeaveApplication(key=bank.key(), operator=RISK, application=number))
    await bank.run(TakeApplication(key=bank.key(), operator=OWNER, application=number))
    bank.clock.forward(hours=HELD_FOR / 3_600_000_000)
    await bank.run(TakeApplication(key=bank.key(), operator=RISK, application=number))
    await bank.run(DecideApplication(key=bank.key(), operator=RISK, application=number, reason="face"))
    assert bank.row(Member, bank.members[CAROL]).level == 1
    for operator in (OWNER, RISK):
        assert await refused(bank, TakeApplication(key=bank.key(), operator=operator, application=number)
                             ) == refusals.ApplicationOver()


async def test_nobody_says_yes_to_pictures_that_they_never_saw(bank: Bank) -> None:
    await operators(bank)
    await known(bank, CAROL)
    number = await handed_in(bank, CAROL)
    await bank.run(TakeApplication(key=bank.key(), operator=RISK, application=number))
    await bank.run(LookAtPapers(key=bank.key(), operator=RISK, application=number))
    await bank.run(LeaveApplication(key=bank.key(), operator=RISK, application=number))
    await bank.run(TakeApplication(key=bank.key(), operator=OWNER, application=number))
    yes = DecideApplication(key=bank.key(), operator=OWNER, application=number)
    assert await refused(bank, yes) == refusals.PapersUnseen()
    assert bank.row(Member, bank.members[CAROL]).level == 1
    await bank.run(LookAtPapers(key=bank.key(), operator=OWNER, application=number))
    await bank.run(replace(yes, key=bank.key()))
    assert bank.row(Member, bank.members[CAROL]).level == 2


async def test_whoever_is_rejected_may_try_again_so_often(bank: Bank) -> None:
    await operators(bank)
    await known(bank, CAROL)
    for _ in range(MOST_IN_A_MONTH):
        await decided(bank, OWNER, await handed_in(bank, CAROL), "unreadable")
    assert await refused(bank, BeginApplication(key=bank.key(), member=bank.members[CAROL], kind=DOCUMENTS)
                         ) == refusals.ApplicationTooOften(MOST_IN_A_MONTH)
    bank.clock.forward(hours=31 * 24)
    await decided(bank, OWNER, await handed_in(bank, CAROL))
    assert bank.row(Member, bank.members[CAROL]).level == 2


async def test_what_is_somebody_elses_is_unknown_and_what_has_no_use_is_refused(bank: Bank) -> None:
    assert await refused(bank, BeginApplication(key=bank.key(), member=bank.members[CAROL], kind=DOCUMENTS)
                         ) == refusals.IdentityMissing()
    await known(bank, CAROL)
    number = await begun(bank, CAROL)
    assert await refused(bank, BeginApplication(key=bank.key(), member=bank.members[CAROL], kind=DOCUMENTS)
                         ) == refusals.ApplicationWaits()
    for command in (paper(bank, BOB, number), HandIn(key=bank.key(), member=bank.members[BOB], application=number),
                    Withdraw(key=bank.key(), member=bank.members[BOB], application=number),
                    paper(bank, CAROL, number, "licence")):
        assert await refused(bank, command) == refusals.ApplicationUnknown()
    for _ in range(MOST_PAPERS):
        await bank.run(paper(bank, CAROL, number))
    assert await refused(bank, paper(bank, CAROL, number)) == refusals.PapersTooMany(MOST_PAPERS)
    assert len(rows(bank, Paper)) == 1


async def test_what_is_never_handed_in_ends_by_itself_and_what_waits_may_be_taken_back(bank: Bank) -> None:
    await known(bank, CAROL)
    number = await begun(bank, CAROL)
    await bank.run(EndAbandoned(key=bank.key(), application=number))
    assert bank.row(Application, number).state == "open"
    bank.clock.forward(hours=LEFT_OPEN / 3_600_000_000)
    await bank.run(EndAbandoned(key=bank.key(), application=number))
    assert bank.row(Application, number).state == "withdrawn"
    number = await handed_in(bank, CAROL)
    assert await bank.run(Withdraw(key=bank.key(), member=bank.members[CAROL], application=number)) == Done()
    assert await refused(bank, Withdraw(key=bank.key(), member=bank.members[CAROL], application=number)
                         ) == refusals.ApplicationOver()


async def test_a_company_belongs_to_whoever_is_approved_first(bank: Bank) -> None:
    await operators(bank)
    for who in (CAROL, BOB):
        await known(bank, who)
    first, second = await handed_in(bank, CAROL, ENTERPRISE, "c" * 64), await handed_in(bank, BOB, ENTERPRISE, "c" * 64)
    await decided(bank, OWNER, first)
    assert bank.row(Enterprise, bank.members[CAROL]).sealed == b"facts"
    assert bank.row(Member, bank.members[CAROL]).level == 1
    await bank.run(TakeApplication(key=bank.key(), operator=OWNER, application=second))
    await bank.run(LookAtPapers(key=bank.key(), operator=OWNER, application=second))
    assert await refused(bank, DecideApplication(key=bank.key(), operator=OWNER, application=second)
                         ) == refusals.EnterpriseTaken()
    await bank.run(DecideApplication(key=bank.key(), operator=OWNER, application=second, reason="mismatch"))
    assert await refused(bank, BeginApplication(key=bank.key(), member=bank.members[CAROL], kind=ENTERPRISE)
                         ) == refusals.ApplicationDone()


async def test_a_minor_names_no_company_whenever_that_is_found(bank: Bank) -> None:
    await operators(bank)
    for who in (CAROL, BOB):
        await known(bank, who)
    waits = await handed_in(bank, BOB, ENTERPRISE, "c" * 64)
    for who in (CAROL, BOB):
        bank.change(who, safeguards=int(Safeguard.WARD))
    assert await refused(bank, BeginApplication(key=bank.key(), member=bank.members[CAROL], kind=ENTERPRISE)
                         ) == refusals.MinorNoEnterprise()
    await bank.run(TakeApplication(key=bank.key(), operator=OWNER, application=waits))
    await bank.run(LookAtPapers(key=bank.key(), operator=OWNER, application=waits))
    assert await refused(bank, DecideApplication(key=bank.key(), operator=OWNER, application=waits)
                         ) == refusals.MinorNoEnterprise()
    await bank.run(DecideApplication(key=bank.key(), operator=OWNER, application=waits, reason="doubt"))
    assert rows(bank, Enterprise) == []


async def test_who_approves_a_listed_name_has_said_that_it_is_somebody_else(bank: Bank) -> None:
    await operators(bank)
    await known(bank, CAROL)
    number = await handed_in(bank, CAROL)
    says_yes = DecideApplication(key=bank.key(), operator=RISK, application=number, cleared=(
        Likeness("UN-1 un", 100), Likeness("UN-2 un", 91)))
    assert await refused(bank, says_yes) == refusals.ApplicationNotTaken()
    assert not [row for row in rows(bank, Audit) if row.act == "name_cleared"]
    await bank.run(TakeApplication(key=bank.key(), operator=RISK, application=number))
    await bank.run(LookAtPapers(key=bank.key(), operator=RISK, application=number))
    await bank.run(replace(says_yes, key=bank.key()))
    lines = [row.facts.split(" ", 1)[1] for row in rows(bank, Audit) if row.act == "name_cleared"]
    assert lines == [f"UN-1 documents by {RISK}", f"UN-2 documents by {RISK}"]
