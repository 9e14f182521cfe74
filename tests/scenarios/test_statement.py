"""A statement through the whole process: its picture, its document and its table reach the chat as files that can be
opened."""
from __future__ import annotations

from pathlib import Path

import pytest

from bot.local import acts
from bot.local.shapes import Json
from tests.scenarios.harness import Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up


def newest(here: Stage, kind: str) -> Json:
    """The newest file of a kind in Alice's own chat."""
    posts = acts.own_chat(here.world, here.alice.id, None).posts.values()
    found: Json = [post.message for post in posts if kind in post.message][-1]
    return found


@pytest.mark.parametrize(("words", "asked", "closing", "table"), [
    (CHINESE, "月账单", "期末余额：¥100.00", "📑 明细表（CSV）"),
    (ENGLISH, "/statement", "Closing balance: ¥100.00", "📑 Table (CSV)")])
async def test_a_statement_arrives_as_a_picture_and_by_buttons_as_files(
        sqlite_url: str, tmp_path: Path, words: Words, asked: str, closing: str, table: str) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, words)
        await tops_up(here.alice, words, 100)
        await here.alice.says(asked)
        here.alice.was_told(closing)
        picture = newest(here, "photo")["photo"][-1]
        assert (picture["width"], picture["height"] > 600) == (1000, True)
        for label, ending in (("📄 PDF", ".pdf"), (table, ".csv")):
            await here.alice.taps(label)
            file = newest(here, "document")["document"]
            assert file["file_name"].startswith("statement-")
            assert file["file_name"].endswith(ending)
            assert file["file_size"] > 100
        await here.alice.says("/statement last month", here.group)
        here.alice.was_not_told(closing, here.group)
