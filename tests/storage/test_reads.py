"""What people look at, from both databases: the same pages, at a cost that does not grow with what they have."""
from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from storage.database import Database, open_database
from storage.reads import SqlReads
from storage.reads import history as module
from storage.reads.history import MOST_SEARCHED, MOST_SUMMED
from storage.tables import accounts, drafts, entries, transfers
from tests.wallet.bank import open_bank
from wallet import ids
from wallet.drafts import read
from wallet.givebacks import GiveBack, GivenBack
from wallet.holds import ClaimHold
from wallet.movements import SEND, AccountKind
from wallet.transfers import SendIntent
from wallet.views import HistoryPage

ALICE, BOB = 64, 128
NOON = 1_780_000_000_000_000
HOUR = 3_600_000_000


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def reads(database: Database) -> SqlReads:
    return SqlReads(database, lambda: 0)


async def happened(database: Database, amounts: list[int], *, every: int = HOUR, late: tuple[int, ...] = ()) -> None:
    """These entries of Alice, an hour apart; the clock of those in `late` was an hour ahead."""
    own, other = ids.account(ALICE, AccountKind.AVAILABLE), ids.account(BOB, AccountKind.AVAILABLE)
    moves, lines, balance = [], [], 0
    for number, amount in enumerate(amounts, 1):
        balance += amount
        at = NOON + number * every + (every + 1 if number in late else 0)
        moves.append({"id": number * 64, "kind": SEND.name, "debit": own if amount < 0 else other,
                      "credit": other if amount < 0 else own, "amount": abs(amount), "at": at, "reverses": 0, "hold": 0,
                      "note_digest": b"", "lane": 0, "seq": number})
        lines.append({"account": own, "number": number, "transfer": number * 64, "amount": amount,
                      "balance_after": balance})
    row = {"id": own, "kind": int(AccountKind.AVAILABLE), "balance": balance, "entries": len(amounts)}

    def write(connection: Connection) -> None:
        connection.execute(insert(accounts), [row])
        connection.execute(insert(transfers), moves)
        connection.execute(insert(entries), lines)

    await database.write(write)


def numbers(page: HistoryPage) -> list[int]:
    return [line.transfer // 64 for line in page.lines]


async def older_pages(reads: SqlReads, **look: Any) -> list[list[int]]:
    """All pages from the newest on."""
    found, before = [], 0
    for _ in range(100):
        page = await reads.history(ALICE, before=before, limit=3, **look)
        found.append(numbers(page))
        before = page.older
        if not before:
            return found
    raise AssertionError


# -------------------------------------------------------------------------------------------------- turning pages
async def test_pages_turn_to_the_oldest_and_back(database: Database, reads: SqlReads) -> None:
    await happened(database, [100, -1, -2, -3, -4, -5, -6, -7])
    assert await older_pages(reads) == [[8, 7, 6], [5, 4, 3], [2, 1]]
    last = await reads.history(ALICE, before=3, limit=3)
    assert (numbers(last), last.older, last.newer) == ([2, 1], 0, 2)
    middle = await reads.history(ALICE, after=last.newer, limit=3)
    assert (numbers(middle), middle.older, middle.newer) == ([5, 4, 3], 3, 5)
    newest = await reads.history(ALICE, after=middle.newer, limit=3)
    assert (numbers(newest), newest.older, newest.newer) == ([8, 7, 6], 6, 0)
    assert (newest.summed, newest.came, newest.went) == (True, 100, 28)


async def test_a_page_turned_back_to_the_newest_is_a_whole_one(database: Database, reads: SqlReads) -> None:
    await happened(database, [100, -1, -2, -3, -4])
    assert numbers(await reads.history(ALICE, after=4, limit=3)) == [5, 4, 3]
    assert numbers(await reads.history(ALICE, after=2**53 - 1, limit=3)) == [5, 4, 3]


async def test_a_filter_shows_whole_pages(database: Database, reads: SqlReads) -> None:
    await happened(database, [100, -1, 7, -2, -3, 8, -4, 9])
    assert await older_pages(reads, direction="in") == [[8, 6, 3], [1]]
    assert await older_pages(reads, direction="out") == [[7, 5, 4], [2]]
    page = await reads.history(ALICE, direction="in", after=3, limit=1)
    assert (numbers(page), page.newer) == ([6], 6)


async def test_nobody_has_a_page_of_nothing(reads: SqlReads) -> None:
    page = await reads.history(ALICE, since=NOON, until=NOON + HOUR)
    assert page == HistoryPage((), 0, 0, True, 0, 0)
    assert await reads.history(ALICE, before=7) == HistoryPage((), 0, 6, True, 0, 0)


@pytest.mark.parametrize(("since", "until", "found"), [
    (NOON, NOON + HOUR, []), (NOON + HOUR, NOON + 3 * HOUR, [2, 1]), (NOON + 2 * HOUR + 1, NOON + 6 * HOUR, [5, 4, 3]),
    (NOON + 8 * HOUR, 2**62, [8]), (0, NOON + 2 * HOUR, [1]), (NOON + 20 * HOUR, NOON + 30 * HOUR, [])])
async def test_a_period_is_found_without_looking_at_everything(
        database: Database, reads: SqlReads, monkeypatch: pytest.MonkeyPatch, since: int, until: int, found: list[int]
        ) -> None:
    monkeypatch.setattr(module, "NEARLY", 0)
    await happened(database, [100, -1, -2, -3, -4, -5, -6, -7])
    page = await reads.history(ALICE, since=since, until=until)
    assert numbers(page) == found
    assert page.came == (100 if 1 in found else 0)
    assert page.went == sum(number - 1 for number in found)
    assert (page.older, page.newer) == (0, 0)


async def test_a_clock_that_is_a_moment_behind_hides_nothing_at_the_edge_of_a_month(
        database: Database, reads: SqlReads) -> None:
    await happened(database, [100, -1, -2, -3, -4], late=(2, 4))
    edge = NOON + 3 * HOUR + 1
    assert numbers(await reads.history(ALICE, until=edge)) == [3, 1]
    assert numbers(await reads.history(ALICE, since=edge)) == [5, 4, 2]


# ----------------------------------------------------------------------------------------------------- statements
async def test_a_statement_reads_a_months_entries_in_their_order_with_what_was_left(
        database: Database, reads: SqlReads) -> None:
    await happened(database, [100, -1, -2, -3, -4, -5])
    first, after = await reads.numbers(ALICE, NOON + 2 * HOUR, NOON + 5 * HOUR)
    assert (first, after) == (2, 5)
    lines = await reads.entries(ALICE, first, after - first)
    told = [(line.transfer // 64, line.change, line.balance) for line in lines]
    assert told == [(2, -1, 99), (3, -2, 97), (4, -3, 94)]
    assert {line.at for line in lines} == {NOON + number * HOUR for number in (2, 3, 4)}
    assert [line.change for line in await reads.entries(ALICE, 5, 200)] == [-4, -5]
    assert await reads.entries(ALICE, 7, 200) == ()
    assert await reads.entries(BOB, 1, 200) == ()


@pytest.mark.parametrize(("since", "until", "found"), [
    (NOON, NOON + HOUR, (1, 1)), (0, 2**62, (1, 5)), (NOON + 9 * HOUR, NOON + 10 * HOUR, (5, 5)),
    (NOON + 3 * HOUR, NOON + 2 * HOUR, (3, 3))])
async def test_a_period_without_entries_still_knows_where_it_lies(
        database: Database, reads: SqlReads, since: int, until: int, found: tuple[int, int]) -> None:
    await happened(database, [100, -1, -2, -3])
    assert await reads.numbers(ALICE, since, until) == found
    assert await reads.numbers(BOB, since, until) == (1, 1)


async def test_statements_of_months_that_meet_leave_no_entry_out_whatever_the_clocks_said(
        database: Database, reads: SqlReads) -> None:
    await happened(database, [100, -1, -2, -3, -4], late=(2, 4))
    edge = NOON + 3 * HOUR + 1
    before, after = await reads.numbers(ALICE, 0, edge), await reads.numbers(ALICE, edge, 2**62)
    assert (before[0], before[1], after[1]) == (1, after[0], 6)


async def test_a_page_of_a_statement_is_bounded(database: Database, reads: SqlReads) -> None:
    await happened(database, [1000, *[-1] * 300], every=1)
    with statements(database) as asked:
        assert len(await reads.entries(ALICE, 1, 10**9)) == 200
        assert await reads.numbers(ALICE, NOON + 100, NOON + 200) == (100, 200)
    assert len(asked) < 25


# ----------------------------------------------------------------------------------------------------- its cost
@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What the database is asked."""
    asked: list[str] = []

    def remember(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = database.reading.sync_engine
    event.listen(engine, "before_cursor_execute", remember)
    yield asked
    event.remove(engine, "before_cursor_execute", remember)


async def test_a_busy_account_is_searched_in_steps_and_not_added_up(database: Database, reads: SqlReads) -> None:
    many = MOST_SEARCHED * 2 + 500
    await happened(database, [1_000_000, *[-1] * many])
    with statements(database) as asked:
        page = await reads.history(ALICE, limit=8)
    assert (len(page.lines), page.summed, page.came, page.went) == (8, False, 0, 0)
    assert not [statement for statement in asked if "sum(" in statement or "count(" in statement]
    page = await reads.history(ALICE, direction="in", limit=8)
    steps = 1
    while not page.lines:
        assert page.older
        page = await reads.history(ALICE, direction="in", before=page.older, limit=8)
        steps += 1
    assert (steps, numbers(page)) == (3, [1])
    with statements(database) as asked:
        page = await reads.history(ALICE, since=NOON + 10 * HOUR, until=NOON + 20 * HOUR, limit=8)
    assert page.summed
    assert page.went == 10
    assert len(asked) < 2 * many.bit_length() + 6
    assert many > MOST_SUMMED


# -------------------------------------------------------------------------------------------------------- drafts
async def test_drafts_are_due_oldest_first_when_they_wait_in_a_message(database: Database, reads: SqlReads) -> None:
    def row(token: str, at: int, **other: Any) -> dict[str, Any]:
        intent = SendIntent(ALICE, -100, (102, 103), 2000, "tea", (103,))
        return {"token": token * 22, "member": ALICE, "needs": "pin", "intent": intent.text(), "state": "open",
                "expires_at": NOON + at, "chat": -100, "message": 7} | other

    rows = [row("a", 3), row("b", 1), row("c", 2), row("d", 1), row("e", 5), row("f", 0, message=0),
            row("g", 0, state="used"), row("h", 0, state="cancelled"), row("i", 0, state="expired")]
    await database.write(lambda connection: connection.execute(insert(drafts), rows))
    assert [token[0] for token in await reads.due_drafts(NOON + 3, 10)] == ["b", "d", "c", "a"]
    assert [token[0] for token in await reads.due_drafts(NOON + 3, 2)] == ["b", "d"]
    assert await reads.due_drafts(NOON, 10) == ()
    draft = await reads.draft(ALICE, "a" * 22)
    assert draft is not None
    assert read(draft.intent) == SendIntent(ALICE, -100, (102, 103), 2000, "tea", (103,))
    assert await reads.draft(BOB, "a" * 22) is None


async def test_what_came_lately_and_was_not_given_back(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        alice, bob = [await bank.join(person, 10_000) for person in (101, 102)]
        stranger = await bank.pays(101, 103, amount=7)
        carol = await bank.join(103)
        await bank.run(ClaimHold(key="claim", member=carol, hold=stranger.holds[0]))
        paid = [(await bank.pays(101, 102, amount=amount)).transfers[0] for amount in (1, 2, 3)]
        back = await bank.run(GiveBack(key="back", member=bob, transfer=paid[1], sure=True))
        assert isinstance(back, GivenBack)
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 0)
        assert [line.transfer for line in await reads.received(bob, 10)] == [paid[2], paid[0]]
        assert [line.transfer for line in await reads.received(bob, 1)] == [paid[2]]
        assert [line.kind for line in await reads.received(carol, 10)] == ["claim"]
        assert await reads.received(alice, 10) == ()
        views = [await reads.receipt(member, paid[1]) for member in (alice, bob)]
        assert [view and view.given_back for view in views] == [back.transfer] * 2
        other = await reads.receipt(bob, paid[0])
        assert other is not None
        assert other.given_back == 0
