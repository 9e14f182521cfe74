"""Who may report whom, how often, and what is counted by it."""
from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, Bank, open_bank
from wallet import habits, refusals, tallies
from wallet.books import Books
from wallet.commands import Command, Outcome
from wallet.events import TicketWaits
from wallet.operators import Appoint, AppointOwners
from wallet.plain import frozen
from wallet.reports import MOST_A_DAY, Report
from wallet.rows import Key, Member
from wallet.tickets import AnswerTicket, LookAtTicket, OpenTicket, Said

OWNER = 1
DAY_HOURS = 24


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("") as opened:
        await opened.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        for person in (ALICE, BOB, CAROL):
            await opened.join(person)
        yield opened


async def reports(bank: Bank, reporter: int, reported: int) -> int:
    said = await bank.run(Report(key=bank.key(), member=bank.members[reporter], reported=bank.members[reported],
                                 digest="d", sealed=b"s"))
    assert isinstance(said, Said)
    return said.ticket


@frozen()
class Known(Outcome):
    """By how many."""

    by: int


@frozen(kw_only=True)
class LookHowOften(Command):
    """A rule looks at a member."""

    member: int

    def reads(self, today: int) -> Iterable[Key]:
        return (Member, self.member), habits.reads(self.member)

    def decide(self, books: Books) -> Outcome:
        return Known(habits.reports(books, books.get(Member, self.member)))


async def reported_by(bank: Bank, person: int) -> int:
    known = await bank.run(LookHowOften(key=bank.key(), member=bank.members[person]))
    assert isinstance(known, Known)
    return known.by


async def test_a_report_is_counted_and_told_to_the_operators_and_to_nobody_else(bank: Bank) -> None:
    await reports(bank, ALICE, BOB)
    await reports(bank, CAROL, BOB)
    assert await reported_by(bank, BOB) == 2
    assert await reported_by(bank, ALICE) == 0
    assert {one.event for one in bank.told} == {TicketWaits.__name__}
    assert all(not one.member for one in bank.told)


async def test_what_was_reported_long_ago_counts_no_more(bank: Bank) -> None:
    await reports(bank, ALICE, BOB)
    bank.clock.forward(hours=12 * DAY_HOURS)
    await reports(bank, CAROL, BOB)
    assert await reported_by(bank, BOB) == 2
    bank.clock.forward(hours=DAY_HOURS)
    assert await reported_by(bank, BOB) == 0
    bank.clock.forward(hours=DAY_HOURS)
    await reports(bank, ALICE, BOB)
    assert await reported_by(bank, BOB) == 1


async def test_the_same_member_is_reported_by_the_same_one_once_in_a_while(bank: Bank) -> None:
    await reports(bank, ALICE, BOB)
    with pytest.raises(refusals.ReportedAlready):
        await reports(bank, ALICE, BOB)
    bank.clock.forward(hours=(tallies.REPORT_DAYS - 1) * DAY_HOURS)
    with pytest.raises(refusals.ReportedAlready):
        await reports(bank, ALICE, BOB)
    bank.clock.forward(hours=DAY_HOURS)
    await reports(bank, ALICE, BOB)


async def test_nobody_floods_the_operators(bank: Bank) -> None:
    for person in range(201, 201 + MOST_A_DAY + 1):
        await bank.join(person)
    for person in range(201, 201 + MOST_A_DAY):
        await reports(bank, ALICE, person)
    with pytest.raises(refusals.TooManyReports):
        await reports(bank, ALICE, 201 + MOST_A_DAY)
    await bank.run(OpenTicket(key=bank.key(), member=bank.members[ALICE], category="other", digest="d", sealed=b""))


async def test_nobody_reports_themselves_or_nobody(bank: Bank) -> None:
    with pytest.raises(refusals.ReportsOneself):
        await reports(bank, ALICE, ALICE)
    bank.members[999] = 64_064
    with pytest.raises(refusals.PersonUnknown):
        await reports(bank, ALICE, 999)


async def test_an_operator_who_is_reported_does_not_get_to_know(bank: Bank) -> None:
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=BOB, role="admin"))
    ticket = await reports(bank, ALICE, BOB)
    for command in (LookAtTicket(key=bank.key(), operator=BOB, ticket=ticket),
                    AnswerTicket(key=bank.key(), operator=BOB, ticket=ticket, digest="d")):
        with pytest.raises(refusals.TicketUnknown):
            await bank.run(command)
    await bank.run(AnswerTicket(key=bank.key(), operator=OWNER, ticket=ticket, close=True, closing="done"))
