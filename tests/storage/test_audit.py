"""Whoever changes a row of the ledger or the audit by hand is found, and what they changed is named."""
from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from storage.audit import SqlAudit, verify
from tests.storage.story import story
from tests.storage.tampering import Tampering
from tests.storage.test_reconcile import unlocked
from tests.wallet.bank import ALICE, BOB, open_bank
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
        database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.audit.LATELY", 2)
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
