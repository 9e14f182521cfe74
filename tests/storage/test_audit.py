"""Whoever changes a row of the ledger or the audit by hand is found, and what they changed is named."""
from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from storage.audit import verify
from tests.storage.tampering import Tampering
from tests.storage.test_reconcile import story, unlocked
from tests.wallet.bank import open_bank

CHANGES = 60


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
