"""A statement through the whole process: its picture and its table reach the chat as files that can be opened."""
from __future__ import annotations

from pathlib import Path

from bot.local import acts
from tests.scenarios.harness import stage
from tests.scenarios.test_first_story import CHINESE, joins, tops_up


async def test_a_statement_arrives_as_a_picture_and_a_table(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, CHINESE)
        await tops_up(here.alice, CHINESE, 100)
        await here.alice.says("月账单")
        here.alice.was_told("期末余额：¥100.00")
        picture, table = [post.message for post in acts.own_chat(here.world, here.alice.id, None).posts.values()][-2:]
        assert (picture["photo"][-1]["width"], picture["photo"][-1]["height"] > 600) == (1000, True)
        assert table["document"]["file_name"].startswith("statement-")
        assert table["document"]["file_name"].endswith(".csv")
        await here.alice.says("/statement last month", here.group)
        here.alice.was_not_told("期末余额", here.group)
