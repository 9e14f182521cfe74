"""What operators take away is gone, wherever it was kept; no amount and no hash changes by it."""
from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from storage.operators import SqlOperatorReads
from storage.reads import SqlReads
from storage.reconcile import reconcile
from storage.tables import entries, journal, transfers
from tests.wallet.bank import ALICE, BOB, CAROL, POLICY, Bank, open_bank
from wallet import refusals
from wallet.commands import Outcome
from wallet.events import WordsRemoved, read
from wallet.members import ChangeNickname
from wallet.operators import PERMISSIONS, ROLES, Act, Appoint, AppointOwners
from wallet.removals import GREETING, NICKNAME, NOTE, Removed, RemoveNickname, RemoveNote
from wallet.requests import RequestSettled
from wallet.rows import Note, Profile

OWNER = 1


@pytest.fixture
async def bank(database_url: str) -> AsyncIterator[Bank]:
    async with open_bank(database_url) as opened:
        await opened.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        await opened.settle()
        yield opened


async def removes(bank: Bank, transfer: int, operator: int = OWNER) -> Removed:
    """As the command does: what is shown with a movement is looked up first."""
    assert bank.database is not None
    found = await SqlOperatorReads(bank.database).removable(OWNER, transfer)
    assert found is not None
    removed = await bank.run(RemoveNote(key=bank.key(), operator=operator, transfer=found.transfer, reason="fraud",
                                        source=found.source, number=found.number, part=found.part))
    assert isinstance(removed, Removed)
    return removed


def reads_of(bank: Bank) -> SqlReads:
    assert bank.database is not None
    return SqlReads(bank.database, lambda: 1)


async def ledger(bank: Bank) -> list[list[tuple[Any, ...]]]:
    """Every amount and every hash, as far as they go back to before."""
    assert bank.database is not None
    async with bank.database.reading.connect() as connection:
        return [[tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))]
                for table in (transfers, entries, journal)]


async def test_a_note_is_gone_and_no_amount_and_no_hash_has_changed(bank: Bank) -> None:
    sent = await bank.pays(ALICE, BOB, amount=2_000, note="pay me at evil.example")
    before = await ledger(bank)
    removed = await removes(bank, sent.transfers[0])
    assert (removed.what, removed.author) == (NOTE, bank.members[ALICE])
    for who in (ALICE, BOB):
        receipt = await reads_of(bank).receipt(bank.members[who], sent.transfers[0])
        assert receipt is not None
        assert (receipt.note, receipt.amount) == ("", 2_000)
    for rows_before, rows_after in zip(before, await ledger(bank), strict=True):
        assert set(rows_before) <= set(rows_after)
    assert bank.database is not None
    report = await reconcile(bank.database.url.render_as_string(hide_password=False), digest_key=POLICY.digest_key)
    assert report.whole
    told = [read(one.event, one.facts) for one in bank.told if one.member == bank.members[ALICE]]
    assert [(one.what, one.reason) for one in told if isinstance(one, WordsRemoved)] == [(NOTE, "fraud")]
    with pytest.raises(refusals.NothingToRemove):
        await removes(bank, sent.transfers[0])


async def test_what_came_through_a_hold_is_gone_by_either_code(bank: Bank) -> None:
    waits = await bank.pays(ALICE, 999, amount=500, note="offensive")
    await removes(bank, waits.transfers[0])
    held = await reads_of(bank).hold(waits.holds[0])
    assert held is not None
    assert held.note == ""


async def test_a_greeting_is_gone_by_the_code_of_a_share_too(bank: Bank) -> None:
    made = await bank.fills(ALICE, amount=1_000, shares=2, greeting="offensive")
    opened = await bank.opens(made.envelope, BOB)
    removed = await removes(bank, opened.transfer)
    assert (removed.what, removed.author) == (GREETING, bank.members[ALICE])
    view = await reads_of(bank).envelope(made.envelope)
    assert view is not None
    assert view.greeting == ""


async def test_what_a_request_brought_along_is_gone_from_it_and_its_asker_is_the_author(bank: Bank) -> None:
    request = await bank.asks_for(BOB, ALICE, amount=300, note="offensive")
    paid: Outcome = await bank.run(bank.pay_request(ALICE, request))
    assert isinstance(paid, RequestSettled)
    removed = await removes(bank, paid.transfer)
    assert removed.author == bank.members[BOB]
    view = await reads_of(bank).request(request)
    assert view is not None
    assert view.note == ""


async def test_a_nickname_gives_way_to_a_plain_one() -> None:
    async with open_bank("") as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        await bank.join(BOB)
        removed = await bank.run(RemoveNickname(key="n", operator=OWNER, member=bank.members[BOB],
                                                reason="impersonation", nickname="Quiet Otter 123"))
        assert isinstance(removed, Removed)
        assert removed.what == NICKNAME
        assert bank.row(Profile, bank.members[BOB]).nickname == "Quiet Otter 123"
        assert "member" not in str([one.facts for one in bank.told])


async def test_whoever_chose_their_nickname_chooses_once_more_when_it_is_taken_away_and_no_further_time() -> None:
    async with open_bank("") as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        await bank.join(BOB)

        async def changes(nickname: str) -> None:
            await bank.run(ChangeNickname(key=bank.key(), member=bank.members[BOB], nickname=nickname))

        async def taken_away() -> bool:
            await bank.run(RemoveNickname(key=bank.key(), operator=OWNER, member=bank.members[BOB], reason="content",
                                          nickname="Quiet Otter 123"))
            told = read(bank.told[-1].event, bank.told[-1].facts)
            assert isinstance(told, WordsRemoved)
            return told.again

        assert await taken_away(), "the proposed one: the one choice is still there"
        await changes("First")
        assert await taken_away()
        await changes("Second")
        with pytest.raises(refusals.NicknameSpent):
            await changes("Third")
        assert not await taken_away()
        with pytest.raises(refusals.NicknameSpent):
            await changes("Third")


@pytest.mark.parametrize("role", ["", *ROLES])
async def test_who_may_take_away_follows_from_the_role_and_nobody_their_own(role: str) -> None:
    async with open_bank("") as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        await bank.settle()
        sent = await bank.pays(ALICE, BOB, amount=100, note="x")
        await bank.run(Appoint(key=bank.key(), operator=OWNER, person=ALICE, role=role))
        for operator in (CAROL, ALICE):
            command = RemoveNote(key=bank.key(), operator=operator, transfer=sent.transfers[0], reason="other")
            with pytest.raises(refusals.NotAllowed if operator == CAROL or role not in PERMISSIONS[Act.REMOVE]
                               else refusals.OnOneself):
                await bank.run(command)
        assert bank.row(Note, sent.transfers[0]).text == "x"


async def test_what_was_looked_up_is_looked_at_again(bank: Bank) -> None:
    request = await bank.asks_for(BOB, ALICE, amount=300, note="mine")
    sent = await bank.pays(ALICE, BOB, amount=100, note="offensive")
    removed = await bank.run(RemoveNote(key="forged", operator=OWNER, transfer=sent.transfers[0], reason="other",
                                        source="request", number=request))
    assert isinstance(removed, Removed)
    assert removed.author == bank.members[ALICE]
    view = await reads_of(bank).request(request)
    assert view is not None
    assert view.note == "mine"
