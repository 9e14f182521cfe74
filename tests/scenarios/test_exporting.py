"""An operator takes out all about a member, as a file and in private; nobody else can, and the audit says who did."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.local import acts
from handlers.texts import Language
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import OWNER, THEIRS, house
from wallet.operators import Appoint

SAID: dict[Language, tuple[str, str]] = {
    "en": ("within the last 30 days", "Nothing was exported"), "zh_CN": ("最近 30 天的全部情况", "什么都没有导出")}


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_all_about_a_member_goes_into_a_file(sqlite_url: str, tmp_path: Path, words: Words, language: Language
                                                   ) -> None:
    taken, nothing = SAID[language]
    async with house(sqlite_url, tmp_path) as here:
        await joins(here.alice, ENGLISH)
        who = here.bob if language == "en" else here.liming
        await joins(who, words)
        await joins(here.wangfang, CHINESE)
        await tops_up(here.wangfang, CHINESE, 100)
        name = here.world.people[here.wangfang.id].user["username"]
        await here.wangfang.says("/export @alice 30")
        here.wangfang.was_not_told("30 天")
        for role in ("support", "risk"):
            await here.app.engine.run(Appoint(key=role, operator=OWNER, person=who.id, role=role))
            who.was_not_told(taken)
            await who.says(f"/export @{name} 30", THEIRS)
            who.was_not_told(taken, THEIRS)
            await who.says(f"/export @{name} 30")
        who.was_told(taken)
        await who.says("/export")
        who.was_told(nothing)
        await who.says(f"/export @{name} ever")

        documents = [post.message["document"] for post in acts.own_chat(here.world, who.id, None).posts.values()
                     if "document" in post.message]
        assert len(documents) == 1
        file = here.world.files.get(documents[0]["file_id"])
        assert file is not None
        found = json.loads(here.world.files.read(file))
        assert found["member"]["telegram_id"] == here.wangfang.id
        assert found["taken_by"] == who.id
        assert found["member"]["phone"].startswith("+86")
        assert [(one["kind"], one["amount"]) for one in found["movements"]] == [("top_up", "100.00")]
        assert found["audit"][0]["facts"] == f"30 days by {who.id}"
        assert found["left_out"] == found["penalties"] == found["interceptions"] == found["legal_holds"] == []
