"""Envelopes whose time is over: the clock ends them, and what comes back was never paid; on both databases."""
from __future__ import annotations

from sqlalchemy import text

from handlers.jobs.expiry import expire_envelopes
from storage.reads import SqlReads
from storage.reconcile import reconcile
from tests.wallet.bank import ALICE, BOB, CAROL, Bank, open_bank
from wallet.engine import microseconds
from wallet.rows import EQUAL
from wallet.views import EnvelopePage


async def ends(bank: Bank) -> None:
    """A day goes by for what is open; it ends after all that became of it."""
    assert bank.database is not None
    await bank.database.write(lambda connection: connection.execute(
        text("UPDATE envelopes SET expires_at = (SELECT max(at) + 1 FROM transfers) WHERE state = 'open'")))
    assert await expire_envelopes(bank.engine, SqlReads(bank.database, lambda: 1), microseconds()) == 1


async def test_the_clock_ends_what_is_due_a_few_at_a_time_and_once(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        found = [(await bank.fills(ALICE, amount=100, shares=2)).envelope for _ in range(5)]
        await bank.opens(found[0], BOB)
        assert bank.database is not None
        reads, now = SqlReads(bank.database, lambda: 1), microseconds()
        assert await reads.due_envelopes(now, 10) == ()
        await bank.database.write(lambda connection: connection.execute(
            text("UPDATE envelopes SET expires_at = id + (SELECT max(at) FROM transfers) WHERE id <> :last"),
            {"last": found[4]}))
        assert await reads.due_envelopes(now := microseconds() + found[4], 10) == tuple(found[:4])
        assert [await expire_envelopes(bank.engine, reads, now, limit=3) for _ in range(3)] == [3, 1, 0]
        assert await bank.balance(ALICE) + await bank.balance(BOB) == 200_000 - 100


async def test_what_came_back_of_an_envelope_is_neither_in_nor_out(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        assert bank.database is not None
        reads, maker = SqlReads(bank.database, lambda: 1), bank.members[ALICE]

        async def sums(direction: str = "", until: int = 2**62) -> tuple[int, int, int]:
            page = await reads.history(maker, direction=direction, until=until)
            return page.came, page.went, len(page.lines)

        came, went, lines = await sums()
        envelope = (await bank.fills(ALICE, amount=100, shares=2, kind=EQUAL)).envelope
        assert await sums() == (came, went + 100, lines + 1)
        await bank.opens(envelope, BOB)
        before = microseconds()
        await ends(bank)
        assert await sums() == (came, went + 50, lines + 2)
        assert await sums("out") == (0, went + 50, 1)
        assert await sums("in") == (came, 0, lines + 1)
        assert await sums(until=before) == (came, went + 50, lines + 1)

        await bank.fills(ALICE, amount=100, shares=2)
        await ends(bank)
        assert await sums() == (came, went + 50, lines + 4)
        # A statement has all of it: what was there, what came and what went lead to what is there.
        found = await reads.entries(maker, 1, 200)
        assert sum(line.change for line in found) == found[-1].balance == await bank.balance(ALICE)
        got = await reads.history(bank.members[BOB])
        assert got.came - got.went == await bank.balance(BOB)
    assert (await reconcile(database_url)).whole


async def test_an_envelope_is_found_by_its_code_in_its_group_and_by_those_who_have_a_part(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        made = await bank.fills(ALICE, amount=100, shares=2)
        opened = await bank.opens(made.envelope, BOB)
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)
        alice, bob, carol = (bank.members[one] for one in (ALICE, BOB, CAROL))
        for viewer, code, chat, found in (
                (alice, made.transfer, 0, True), (bob, made.transfer, 0, True), (bob, opened.transfer, -9, True),
                (carol, made.transfer, 0, False), (carol, made.transfer, made.chat, True),
                (carol, made.transfer, -9, False), (alice, made.envelope, 0, False), (alice, 10**9, 0, False)):
            view = await reads.envelope_of(viewer, code, chat)
            assert (view.id if view else 0) == (made.envelope if found else 0)


async def test_what_was_sent_and_what_was_opened_in_a_time_is_listed_and_summed(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        await bank.settle()
        assert bank.database is not None
        reads = SqlReads(bank.database, lambda: 1)

        async def page(who: int, *, sent: bool, skip: int = 0, until: int = 2**62) -> EnvelopePage:
            return await reads.envelopes(bank.members[who], sent=sent, since=0, until=until, skip=skip, limit=2)

        first = await bank.fills(ALICE, amount=100, shares=2, kind=EQUAL, greeting="good luck")
        await bank.opens(first.envelope, BOB)
        await ends(bank)
        before = microseconds()
        others = [await bank.fills(ALICE, amount=10, shares=2, kind=EQUAL) for _ in range(2)]
        for other in others:
            await bank.opens(other.envelope, BOB)
        sent = await page(ALICE, sent=True)
        assert [line.envelope for line in sent.lines] == [other.envelope for other in reversed(others)]
        assert (sent.more, sent.sent, sent.sent_sum, sent.received) == (True, 3, 70, 0)
        last = await page(ALICE, sent=True, skip=2)
        line, = last.lines
        assert (line.envelope, line.transfer, line.amount, line.greeting, line.shares, line.opened, line.state) == (
            first.envelope, first.transfer, 100, "good luck", 2, 1, "expired")
        assert not last.more
        got = await page(BOB, sent=False)
        assert (got.received, got.received_sum, got.sent) == (3, 60, 0)
        assert [line.amount for line in got.lines] == [5, 5]
        assert {line.maker.member for line in got.lines} == {bank.members[ALICE]}
        assert (await page(BOB, sent=False, until=before)).received_sum == 50
        assert (await page(CAROL, sent=False)).lines == ()
