"""What may be written to the operators, by whom and how much of it, and who may read and answer it."""
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wallet.bank import ALICE, BOB, Bank, open_bank
from wallet import refusals
from wallet.events import TicketAnswered, TicketWaits, read
from wallet.members import Meet, Met
from wallet.operators import PERMISSIONS, ROLES, Act, Appoint, AppointOwners
from wallet.penalties import Penalise, Penalised
from wallet.tickets import (
    APPEAL,
    MOST_A_DAY,
    MOST_OPEN,
    MOST_PICTURES,
    MOST_UNANSWERED,
    MOST_WORDS,
    REOPENS,
    AnswerTicket,
    AskOn,
    LookAtTicket,
    OpenTicket,
    Said,
    TakeTicket,
)

OWNER, HELPER = 1, 103


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("") as opened:
        await opened.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        for person in (ALICE, BOB, HELPER):
            await opened.join(person)
        yield opened


async def opens(bank: Bank, person: int = ALICE, pictures: int = 0) -> int:
    said = await bank.run(OpenTicket(key=bank.key(), member=bank.members[person], category="other", digest="d",
                                     sealed=b"s", pictures=pictures))
    assert isinstance(said, Said)
    return said.ticket


async def asks_on(bank: Bank, ticket: int, person: int = ALICE, pictures: int = 0) -> Said:
    said = await bank.run(AskOn(key=bank.key(), member=bank.members[person], ticket=ticket, digest="d", sealed=b"s",
                                pictures=pictures))
    assert isinstance(said, Said)
    return said


async def answers(bank: Bank, ticket: int, operator: int = OWNER, *, close: bool = False) -> None:
    await bank.run(AnswerTicket(key=bank.key(), operator=operator, ticket=ticket, digest="d", sealed=b"s", close=close))


def rung(bank: Bank) -> int:
    return sum(notice.event == TicketWaits.__name__ for notice in bank.told)


async def test_an_appeal_is_against_a_penalty_of_ones_own(bank: Bank) -> None:
    warned = {}
    for person in (ALICE, BOB):
        decided = await bank.run(Penalise(key=bank.key(), operator=OWNER, person=person, member=bank.members[person],
                                          kind="warning", reason="fraud", hours=0))
        assert isinstance(decided, Penalised)
        warned[person] = decided.penalty

    def appeals(subject: int, category: str = APPEAL) -> OpenTicket:
        return OpenTicket(key=bank.key(), member=bank.members[ALICE], category=category, subject=subject, digest="d",
                          sealed=b"s")

    for forged in (appeals(warned[BOB]), appeals(warned[ALICE] + 1_000), appeals(bank.members[BOB]),
                   appeals(warned[BOB], "other")):
        with pytest.raises(refusals.NotYours):
            await bank.run(forged)
    assert rung(bank) == 0
    assert isinstance(await bank.run(appeals(warned[ALICE])), Said)
    assert isinstance(await bank.run(appeals(0)), Said)


async def test_an_answer_tells_its_member_and_goes_on_until_it_is_closed(bank: Bank) -> None:
    ticket = await opens(bank)
    await answers(bank, ticket)
    assert (await asks_on(bank, ticket)).number == 3
    await bank.run(AnswerTicket(key=bank.key(), operator=OWNER, ticket=ticket, close=True, closing="solved"))
    told = [read(one.event, one.facts) for one in bank.told if one.member == bank.members[ALICE]]
    assert [one for one in told if isinstance(one, TicketAnswered)] == [
        TicketAnswered(ticket, "other", 2, False, ""), TicketAnswered(ticket, "other", 0, True, "solved")]
    with pytest.raises(refusals.TicketOver):
        await answers(bank, ticket)


async def test_the_operators_are_rung_once_until_one_of_them_looks(bank: Bank) -> None:
    ticket = await opens(bank)
    await asks_on(bank, ticket)
    assert rung(bank) == 1
    await bank.run(LookAtTicket(key=bank.key(), operator=OWNER, ticket=ticket))
    await asks_on(bank, ticket)
    await asks_on(bank, ticket)
    assert rung(bank) == 2


async def test_a_closed_one_opens_again_for_its_member_but_not_for_ever(bank: Bank) -> None:
    ticket = await opens(bank)
    await answers(bank, ticket, close=True)
    assert (await asks_on(bank, ticket)).reopened
    await answers(bank, ticket, close=True)
    bank.clock.now += REOPENS
    with pytest.raises(refusals.TicketOver):
        await asks_on(bank, ticket)


async def test_somebody_who_never_got_to_join_is_heard(bank: Bank) -> None:
    met = await bank.run(Meet(key=bank.key(), telegram_id=999, language="en"))
    assert isinstance(met, Met)
    bank.members[999] = met.member
    ticket = await opens(bank, 999)
    await answers(bank, ticket)
    assert bank.told[-1].member == met.member


async def test_nobody_has_more_conversations_open_than_may_be(bank: Bank) -> None:
    mine = [await opens(bank) for _ in range(MOST_OPEN)]
    with pytest.raises(refusals.TooManyTickets):
        await opens(bank)
    await opens(bank, BOB)
    await answers(bank, mine[0], close=True)
    await opens(bank)
    with pytest.raises(refusals.TooManyTickets):
        await asks_on(bank, mine[0])


async def test_nobody_begins_more_in_a_day_than_may_be(bank: Bank) -> None:
    for _ in range(MOST_A_DAY):
        await answers(bank, await opens(bank), close=True)
    with pytest.raises(refusals.TooManyTickets):
        await opens(bank)


async def test_nobody_talks_on_and_on_before_there_is_an_answer(bank: Bank) -> None:
    ticket = await opens(bank)
    for _ in range(MOST_UNANSWERED - 1):
        await asks_on(bank, ticket)
    with pytest.raises(refusals.TicketWaits):
        await asks_on(bank, ticket)
    await answers(bank, ticket)
    await asks_on(bank, ticket)


async def test_a_ticket_holds_so_many_messages_and_pictures(bank: Bank) -> None:
    ticket = await opens(bank, pictures=MOST_PICTURES)
    with pytest.raises(refusals.TicketFull):
        await asks_on(bank, ticket, pictures=1)
    for _ in range(MOST_WORDS - 1):
        await answers(bank, ticket)
    with pytest.raises(refusals.TicketFull):
        await asks_on(bank, ticket)
    with pytest.raises(refusals.TicketFull):
        await answers(bank, ticket)
    await bank.run(AnswerTicket(key=bank.key(), operator=OWNER, ticket=ticket, close=True, closing="done"))


async def test_somebody_elses_ticket_is_like_none(bank: Bank) -> None:
    ticket = await opens(bank)
    for number in (ticket, 64_064):
        with pytest.raises(refusals.TicketUnknown):
            await asks_on(bank, number, BOB)


@pytest.mark.parametrize("role", ["", *ROLES])
async def test_who_may_look_and_who_may_answer_follows_from_the_role(bank: Bank, role: str) -> None:
    ticket = await opens(bank)
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=HELPER, role=role))
    for act, command in (
            (Act.LOOK_AT_TICKETS, LookAtTicket(key=bank.key(), operator=HELPER, ticket=ticket)),
            (Act.ANSWER_TICKETS, TakeTicket(key=bank.key(), operator=HELPER, ticket=ticket)),
            (Act.ANSWER_TICKETS, AnswerTicket(key=bank.key(), operator=HELPER, ticket=ticket, digest="d"))):
        if role in PERMISSIONS[act]:
            await bank.run(command)
        else:
            with pytest.raises(refusals.NotAllowed):
                await bank.run(command)


async def test_no_operator_sees_to_a_ticket_of_their_own(bank: Bank) -> None:
    ticket = await opens(bank, HELPER)
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=HELPER, role="admin"))
    for command in (LookAtTicket(key=bank.key(), operator=HELPER, ticket=ticket),
                    TakeTicket(key=bank.key(), operator=HELPER, ticket=ticket),
                    AnswerTicket(key=bank.key(), operator=HELPER, ticket=ticket, digest="d")):
        with pytest.raises(refusals.OnOneself):
            await bank.run(command)
