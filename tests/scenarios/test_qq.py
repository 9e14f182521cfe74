"""A QQ number in the settings, in both languages: stated, shown as unverified to its owner and to operators, taken
along into the file about a member, found nowhere in clear, and taken away."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from bot.local import acts
from handlers.texts import Language
from storage.reconcile import reconcile
from storage.tables import metadata
from tests.scenarios.harness import Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins
from tests.scenarios.test_operators import house
from tests.scenarios.test_verifying import left_in_chat

NUMBER: Final = "1048576123"
SAID: Final[dict[Language, dict[str, str]]] = {
    "en": {"settings": "/settings", "button": "QQ number", "none": "You have stated no QQ number",
           "wrong": "That is no QQ number", "stated": f"Your QQ number is {NUMBER} from now on, unverified",
           "is": f"Your QQ number: {NUMBER}, unverified", "off": "Take it away", "gone": "Your QQ number is deleted"},
    "zh_CN": {"settings": "设置", "button": "QQ 号", "none": "你还没有填写 QQ 号", "wrong": "这不是 QQ 号",
              "stated": f"你的 QQ 号现在是 {NUMBER}（未核实）", "is": f"你的 QQ 号：{NUMBER}（未核实）", "off": "删除",
              "gone": "QQ 号已删除"}}


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_a_qq_number_is_stated_shown_and_taken_away(database_url: str, tmp_path: Path, words: Words,
                                                          language: Language) -> None:
    said = SAID[language]
    async with house(database_url, tmp_path) as here:
        await joins(here.alice, ENGLISH)
        who = here.bob if language == "en" else here.liming
        await joins(who, words)
        await who.says(said["settings"])
        await who.taps(said["button"])
        who.was_told(said["none"])
        await who.says("0123456")
        who.was_told(said["wrong"])
        await who.says(NUMBER)
        who.was_told(said["stated"])
        assert NUMBER not in left_in_chat(here, who)
        await who.says(said["settings"])
        await who.taps(said["button"])
        who.was_told(said["is"])
        await who.says("/cancel")

        name = here.world.people[who.id].user["username"]
        await here.alice.says(f"/user @{name}")
        here.alice.was_told(f"QQ, as they state it, unverified: {NUMBER}")
        assert (await exported(here, name))["member"]["qq_unverified"] == NUMBER
        async with here.app.database.reading.connect() as connection:
            for table in metadata.sorted_tables:
                assert NUMBER not in str((await connection.execute(select(table))).all()), table.name

        await who.says(said["settings"])
        await who.taps(said["button"])
        await who.taps(said["off"])
        who.was_told(said["gone"])
        await here.alice.says(f"/user @{name}")
        assert "QQ" not in here.alice.sees()[-1]
        assert (await exported(here, name))["member"]["qq_unverified"] == ""
    assert (await reconcile(database_url)).whole


async def exported(here: Stage, name: str) -> dict[str, dict[str, str]]:
    """The file that an operator takes out."""
    await here.alice.says(f"/export @{name}")
    posts = acts.own_chat(here.world, here.alice.id, None).posts.values()
    newest = [post.message["document"] for post in posts if "document" in post.message][-1]
    file = here.world.files.get(newest["file_id"])
    assert file is not None
    found: dict[str, dict[str, str]] = json.loads(here.world.files.read(file))
    return found
