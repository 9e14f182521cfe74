"""Malformed and hostile updates through the real dispatcher: each ends done, refused or dead, and none is our bug."""
from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.hostile import besiege

pytestmark = pytest.mark.faults
COUNT = 5_000


async def test_whatever_is_sent_ends_and_nothing_reaches_the_last_resort(
        sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    siege = await besiege(tmp_path, sqlite_url, count=COUNT, seed=1, patch=monkeypatch)
    print(siege.ends, siege.not_updates, siege.refusals.most_common())
    assert siege.bugs == [], f"{len(siege.bugs)} bugs"
    assert siege.broken == []
    assert set(siege.ends) <= {"done", "refused", "dead"}
    assert sum(siege.ends.values()) <= COUNT - siege.not_updates
