"""Malformed and hostile updates through the real dispatcher: each ends done, refused or dead, and none is our bug."""
from __future__ import annotations

from pathlib import Path

import pytest

from bot.arrivals import arrived, is_possible
from tests.faults.dialogs import unaccounted
from tests.faults.hostile import besiege

pytestmark = pytest.mark.faults
COUNT = 5_000
TIMES = 2
"""Each refusal is brought about: once more than once, so that every script can be run again."""


@pytest.mark.timeout(1_200)
async def test_whatever_is_sent_ends_and_nothing_reaches_the_last_resort(
        sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    siege = await besiege(tmp_path, sqlite_url, count=COUNT, seed=1, patch=monkeypatch, times=TIMES)
    print(siege.ends, siege.not_updates, siege.refusals.most_common())
    assert siege.bugs == [], f"{len(siege.bugs)} bugs"
    assert siege.broken == []
    assert siege.missed == []


def test_every_refusal_is_brought_about_or_has_a_reason_why_not() -> None:
    assert unaccounted() == set()


@pytest.mark.parametrize("odd", [
    {"message": {"date": "2026-01-01", "text": "/send @bob 5"}},
    {"edited_message": {"edit_date": "2026-01-01T00:00:00"}},
    {"callback_query": {"id": "a\0b", "data": "md:y:token"}},
    {"callback_query": {"id": "\ud800", "data": "md:y:token"}},
    {"callback_query": {"id": "9" * 200, "data": "k:key"}},
    {"callback_query": {"inline_message_id": "\ud800", "data": "eo:4928"}}])
def test_what_was_found_by_it_is_seen_before_anybody_handles_it(odd: dict[str, object]) -> None:
    assert not is_possible(arrived({"update_id": 1, **odd}, 1))


def test_people_may_write_what_an_id_may_not_be() -> None:
    body = {"date": 1, "caption": '"id":"' + "9" * 200, "text": "\0 \ud800 \"date\":\"today\" \"id\":\"\0\"",
            "from": {"id": 5, "first_name": "\0"}}
    assert is_possible(arrived({"update_id": 1, "message": body}, 1))


def test_a_chat_of_no_kind_is_no_reason_to_lose_an_update() -> None:
    assert arrived({"update_id": 1, "message": {"chat": {"id": 1, "type": ["group"]}}}, 1).groups == ()
