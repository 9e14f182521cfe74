"""Whoever changes a row of the ledger or the audit by hand is found, and what they changed is named."""
from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event

from storage.audit import SqlAudit, verify
from storage.database import open_database
from tests.storage.story import story
from tests.storage.tampering import Tampering
from tests.storage.test_reconcile import unlocked
from tests.wallet.bank import ALICE, BOB, open_bank
from tests.wallet.test_reports import reports
from wallet import refusals
from wallet.dossiers import TakeDossier
from wallet.operators import Appoint, AppointOwners, LookAtMember

CHANGES = 60
OWNER = 10
"""As Alice's number begins."""


@pytest.fixture(scope="module")
def told(sqlite_template: Path) -> Path:
    file = sqlite_template.with_name("audited.db")
    shutil.copy(sqlite_template, file)
    asyncio.run(tell(f"sqlite:///{file}"))
    return file


async def tell(url: str) -> None:
    """Let a little of everything happen."""
    async with open_bank(url) as bank:
        await story(bank)


def test_every_single_edit_deletion_and_exchange_is_found_and_named(told: Path) -> None:
    engine = create_engine(f"sqlite:///{told}")
    try:
        with engine.connect() as connection:
            unlocked(connection)
            assert Tampering(connection, seed=1).run(CHANGES) == []
    finally:
        engine.dispose()


async def test_what_nobody_touched_is_what_was_written(told: Path, tmp_path: Path) -> None:
    verdict = await verify(f"sqlite:///{told}", tmp_path / "anchors")
    assert verdict.broken == ()
    assert verdict.rows > verdict.commits > 0


async def test_an_operator_is_not_taken_for_one_whose_number_begins_with_the_same_digits(database_url: str,
                                                                                         tmp_path: Path) -> None:
    async with open_bank(database_url) as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(ALICE, OWNER)))
        await bank.join(ALICE)
        await bank.join(BOB)
        for operator in (OWNER, ALICE):
            await bank.run(LookAtMember(key=bank.key(), operator=operator, member=bank.members[BOB]))
        assert bank.database is not None
        reads = SqlAudit(bank.database, tmp_path / "anchors")
        assert [line.facts for line in await reads.lines(OWNER, operator=OWNER)] == [f"by {OWNER}", f"{OWNER} owner"]
        assert [line.facts for line in await reads.lines(OWNER, operator=ALICE)] == [f"by {ALICE}", f"{ALICE} owner"]


async def test_which_role_somebody_was_given_and_by_whom_is_found_however_long_ago(
        database_url: str, tmp_path: Path) -> None:
    async with open_bank(database_url) as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        await bank.join(BOB)
        for role in ("risk", ""):
            await bank.run(Appoint(key=bank.key(), operator=OWNER, person=BOB, role=role))
        for _ in range(3):
            await bank.run(LookAtMember(key=bank.key(), operator=OWNER, member=bank.members[BOB]))
        assert bank.database is not None
        found = await SqlAudit(bank.database, tmp_path / "anchors").lines(OWNER, operator=BOB)
        assert [line.facts for line in found] == [f"{BOB} nobody by {OWNER}", f"{BOB} risk by {OWNER}"]


async def test_what_an_operator_did_and_what_was_done_to_them_is_told_once_and_page_by_page(
        database_url: str, tmp_path: Path) -> None:
    async with open_bank(database_url) as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(BOB,)))
        await bank.join(BOB)
        await bank.join(ALICE)
        for member in (ALICE, BOB, ALICE, BOB):
            await bank.run(LookAtMember(key=bank.key(), operator=BOB, member=bank.members[member]))
        assert bank.database is not None
        reads = SqlAudit(bank.database, tmp_path / "anchors")
        whole = await reads.lines(BOB, member=bank.members[BOB], operator=BOB, limit=50)
        assert [line.act for line in whole].count("looked_at") == 4
        assert {line.act for line in whole} >= {"joined", "appointed"}
        pages = [await reads.lines(BOB, member=bank.members[BOB], operator=BOB, skip=skip, limit=2)
                 for skip in range(0, len(whole), 2)]
        assert [line for page in pages for line in page] == list(whole)


async def test_what_an_operator_did_is_found_by_an_index(tmp_path: Path, sqlite_url: str) -> None:
    asked: list[tuple[str, Any]] = []
    database = open_database(sqlite_url)
    try:
        event.listen(database.reading.sync_engine, "before_cursor_execute",
                     lambda _connection, _cursor, statement, values, *_rest: asked.append((statement, values)))
        await SqlAudit(database, tmp_path / "anchors").lines(OWNER, member=64, operator=BOB)
        async with database.reading.connect() as connection:
            found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0][0]}", asked[0][1])
            plan = " ".join(str(row[-1]) for row in found)
    finally:
        await database.close()
    assert all(f"USING INDEX {name}" in plan for name in ("ix_audit_member_at", "ix_audit_by", "ix_audit_appointed"))
    assert "SCAN audit" not in plan


async def test_an_operator_does_not_read_who_reported_them(database_url: str, tmp_path: Path) -> None:
    async with open_bank(database_url) as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER, BOB)))
        await bank.settle()
        await reports(bank, ALICE, BOB)
        assert bank.database is not None
        reads = SqlAudit(bank.database, tmp_path / "anchors")
        theirs = {viewer: {line.act for line in await reads.lines(viewer, member=bank.members[ALICE], operator=ALICE)}
                  for viewer in (OWNER, BOB)}
        assert {"ticket_opened", "ticket_words"} <= theirs[OWNER]
        assert not any(act.startswith("ticket_") for act in theirs[BOB])
        with pytest.raises(refusals.OnOneself):
            await bank.run(TakeDossier(key=bank.key(), operator=BOB, member=bank.members[BOB], days=30))
        await bank.run(TakeDossier(key=bank.key(), operator=OWNER, member=bank.members[BOB], days=30))
