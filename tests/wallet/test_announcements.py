"""What operators tell everybody: each once, nobody left out, by whoever may."""
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, STRANGER, Bank, open_bank
from wallet import refusals
from wallet.announcements import (
    GROUPS,
    INCIDENT,
    LONGEST,
    MEMBERS,
    NAMED,
    NEWS,
    TOGETHER,
    Announce,
    Announced,
    StopAnnouncement,
    TellNext,
)
from wallet.commands import LARGEST
from wallet.operators import Appoint, AppointOwners
from wallet.rows import Announcement


@pytest.fixture
async def bank(database_url: str) -> AsyncIterator[Bank]:
    """Alice owns it, and all three have wallets."""
    async with open_bank(database_url) as opened:
        await opened.settle()
        await opened.run(AppointOwners(key=opened.key(), telegram_ids=(ALICE,)))
        yield opened


async def announces(bank: Bank, operator: int = ALICE, kind: str = NEWS, audience: str = MEMBERS,
                    named: tuple[int, ...] = ()) -> int:
    done = await bank.run(Announce(key=bank.key(), operator=operator, kind=kind, audience=audience, named=named,
                                   english=("hello",) * (3 if kind == INCIDENT else 1)))
    assert isinstance(done, Announced)
    return done.announcement


async def tells(bank: Bank, announcement: int, after: int, *to: int) -> None:
    await bank.run(TellNext(key=bank.key(), announcement=announcement, after=after, to=to))


def told(bank: Bank, event: str) -> list[tuple[int, int]]:
    return [(notice.member, notice.telegram_id) for notice in bank.told if notice.event == event]


async def test_everybody_is_told_once_whoever_tells_and_however_often(bank: Bank) -> None:
    first, second, third = sorted(bank.members[person] for person in (ALICE, BOB, CAROL))
    number = await announces(bank)
    await tells(bank, number, 0, first, second)
    with pytest.raises(refusals.AnnouncementOver):  # Another process, or one that crashed before it heard.
        await tells(bank, number, 0, first, second)
    await tells(bank, number, second, third)
    await tells(bank, number, third)
    assert told(bank, "AnnouncementCame") == [(first, 0), (second, 0), (third, 0)]
    with pytest.raises(refusals.AnnouncementOver):
        await tells(bank, number, third)


async def test_groups_are_told_by_their_chats(bank: Bank) -> None:
    number = await announces(bank, audience=GROUPS)
    await tells(bank, number, -LARGEST, -2000, -1000)
    assert told(bank, "AnnouncementCame") == [(0, -2000), (0, -1000)]


async def test_an_incident_says_three_things_to_those_who_are_named(bank: Bank) -> None:
    member = bank.members[BOB]
    number = await announces(bank, kind=INCIDENT, audience=NAMED, named=(member,))
    await tells(bank, number, 0, member)
    assert told(bank, "IncidentCame") == [(member, 0)]


async def test_what_was_stopped_tells_nobody_else(bank: Bank) -> None:
    number = await announces(bank)
    await bank.run(StopAnnouncement(key=bank.key(), operator=ALICE, announcement=number))
    with pytest.raises(refusals.AnnouncementOver):
        await tells(bank, number, 0, bank.members[BOB])
    with pytest.raises(refusals.AnnouncementOver):
        await bank.run(StopAnnouncement(key=bank.key(), operator=ALICE, announcement=number))
    assert told(bank, "AnnouncementCame") == []


async def test_a_risk_officer_tells_of_incidents_alone_and_others_of_nothing(bank: Bank) -> None:
    number = await announces(bank)
    for role, may in (("risk", {INCIDENT}), ("admin", {NEWS, INCIDENT}), ("support", set()), ("auditor", set())):
        await bank.run(Appoint(key=bank.key(), operator=ALICE, person=BOB, role=role))
        for kind in (NEWS, INCIDENT):
            if kind in may:
                await announces(bank, BOB, kind)
            else:
                with pytest.raises(refusals.NotAllowed):
                    await announces(bank, BOB, kind)
    for nobody in (CAROL, STRANGER):
        with pytest.raises(refusals.NotAllowed):
            await bank.run(StopAnnouncement(key=bank.key(), operator=nobody, announcement=number))


async def test_what_no_message_could_hold_is_our_mistake(bank: Bank) -> None:
    for english in ((), ("a" * (LONGEST + 1),), ("a", "b")):
        with pytest.raises(AssertionError):
            await bank.run(Announce(key=bank.key(), operator=ALICE, kind=NEWS, audience=MEMBERS,
                                        english=english))
    assert TOGETHER <= 64, "one page is one batch"
    assert Announcement.ROOT
