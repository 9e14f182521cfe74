"""Anchors: whoever changes history in the database is found out by the file."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.anchoring import post_anchor
from storage.anchors import POSTED_EVERY, Anchor, Verified, drop_anchor, verify_anchors
from tests.fakes.clock import FakeClock
from tests.wallet.bank import Bank, open_bank
from wallet.engine import microseconds
from wallet.events import AnchorPosted

ALICE, BOB, CHANNEL = 101, 102, -1002


class Harbour:
    """A bank whose commits are anchored."""

    def __init__(self, bank: Bank, path: Path) -> None:
        assert bank.database is not None
        self.bank = bank
        self.database = bank.database
        self.path = path
        self.clock = FakeClock()

    async def anchors(self) -> bool:
        return await drop_anchor(self.database, self.path, self.clock.now)

    async def pays_and_anchors(self, times: int = 1) -> None:
        for _ in range(times):
            await self.bank.pays(ALICE, BOB, amount=1)
            assert await self.anchors()

    async def verified(self) -> Verified:
        return await verify_anchors(self.database.url.render_as_string(hide_password=False), self.path)

    async def by_hand(self, statement: str) -> None:
        """As somebody with all rights in the database can."""
        triggers = ("journal", "anchors")

        def change(connection: object) -> None:
            execute = connection.execute  # type: ignore[attr-defined]
            if self.database.url.get_backend_name() == "postgresql":
                execute(text("SET LOCAL session_replication_role = replica"))
            else:
                for name, in execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    if any(table in name for table in triggers):
                        execute(text(f"DROP TRIGGER {name}"))
            execute(text(statement))

        await self.database.write(change)


@pytest.fixture
async def harbour(database_url: str, tmp_path: Path) -> AsyncIterator[Harbour]:
    async with open_bank(database_url) as bank:
        await bank.join(ALICE, 10_000)
        await bank.join(BOB)
        yield Harbour(bank, tmp_path / "data" / "anchors.log")
        bank.whole = not_looked_at  # type: ignore[method-assign]


async def not_looked_at() -> None:
    """What was changed by hand is broken, and meant to be."""


async def test_an_untouched_history_is_verified(harbour: Harbour) -> None:
    await harbour.pays_and_anchors(3)
    assert await harbour.verified() == Verified(3, ())
    lines = harbour.path.read_bytes().splitlines(keepends=True)
    assert [Anchor.read(line).line() for line in lines] == lines


async def test_nothing_new_needs_no_anchor(harbour: Harbour) -> None:
    await harbour.pays_and_anchors()
    assert not await harbour.anchors()
    assert len(harbour.path.read_bytes().splitlines()) == 1


async def test_no_anchors_at_all_is_a_beginning(harbour: Harbour) -> None:
    assert await harbour.verified() == Verified(0, ())


@pytest.mark.parametrize(("statement", "said"), [
    ("UPDATE journal SET hash = previous WHERE seq = (SELECT max(seq) FROM journal)", "is not what it was"),
    ("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", "is not what it was"),
    ("UPDATE anchors SET hash = previous WHERE id = 2", "has another hash in the database"),
    ("DELETE FROM anchors WHERE id = 2", "is not in the database"),
])
async def test_history_changed_in_the_database_is_found_out(harbour: Harbour, statement: str, said: str) -> None:
    await harbour.pays_and_anchors(3)
    await harbour.by_hand(statement)
    assert any(said in broken for broken in (await harbour.verified()).broken)


async def test_a_line_changed_in_the_file_is_found_out(harbour: Harbour) -> None:
    await harbour.pays_and_anchors(3)
    lines = harbour.path.read_bytes().splitlines(keepends=True)
    harbour.path.write_bytes(lines[0] + lines[1].replace(b'"at":17', b'"at":16') + lines[2])
    assert any("anchor 2 has another hash than what it says" in broken for broken in (await harbour.verified()).broken)
    harbour.path.write_bytes(lines[0] + lines[2])
    assert any("does not follow" in broken for broken in (await harbour.verified()).broken)
    harbour.path.write_bytes(lines[0] + b"nonsense\n" + lines[1] + lines[2])
    assert (await harbour.verified()).broken == ("line 2 of anchors.log is not an anchor",)


async def test_a_file_that_is_gone_is_found_out(harbour: Harbour) -> None:
    await harbour.pays_and_anchors(3)
    harbour.path.unlink()
    assert (await harbour.verified()).broken == ("3 anchors of the database are not in anchors.log",)


async def test_a_line_that_a_crash_cut_off_is_written_again(harbour: Harbour) -> None:
    await harbour.pays_and_anchors(3)
    whole = harbour.path.read_bytes()
    harbour.path.write_bytes(whole[:-40])
    assert not await harbour.anchors()
    assert harbour.path.read_bytes() == whole
    assert await harbour.verified() == Verified(3, ())


async def test_lines_that_never_reached_the_file_are_added(harbour: Harbour) -> None:
    await harbour.pays_and_anchors(3)
    whole = harbour.path.read_bytes()
    harbour.path.write_bytes(whole.splitlines(keepends=True)[0])
    await harbour.anchors()
    assert harbour.path.read_bytes() == whole


async def test_an_anchor_is_posted_once_an_hour_and_only_if_something_was_written(harbour: Harbour) -> None:
    async def posts(later: int) -> bool:
        await harbour.anchors()
        return await post_anchor(harbour.bank.engine, harbour.database, CHANNEL, microseconds() + later)

    assert await posts(0)
    assert not await posts(0)
    assert not await posts(2 * POSTED_EVERY), "that it was posted is no news"
    await harbour.pays_and_anchors()
    assert not await posts(POSTED_EVERY // 2)
    assert await posts(2 * POSTED_EVERY)
    told = [row for row in harbour.bank.told if row.event == AnchorPosted.__name__]
    assert [row.telegram_id for row in told] == [CHANNEL] * 2
    number, _at, fingerprint = json.loads(told[1].facts)
    url = harbour.database.url.render_as_string(hide_password=False)
    verified = await verify_anchors(url, harbour.path, fingerprint)
    assert (verified.named, verified.broken) == (number, ())
    assert verified.posted is not None
    assert (verified.posted.anchor, verified.posted.hash) == (number, fingerprint)
    assert (await verify_anchors(url, harbour.path, "ab" * 32)).broken == (
        f"no anchor in anchors.log has the fingerprint {'ab' * 32}",)
