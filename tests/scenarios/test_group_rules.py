"""A group's administrators choose by `/group` what works there: through the whole process, in both languages."""
from __future__ import annotations

from pathlib import Path

import pytest

from storage.leavings import Leavings
from tests.scenarios.harness import stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up

FOR_EVER = 2**53
SAID = {
    "en": ("/group", "🧩 What works here", "✅ Sending money", "switched off: Sending money", "🧧 Red envelopes",
           "up to 5 shares", "‹ Back", "🧹 Clean-up", "after 1 hour", "at most 5 shares", "Cancel",
           "Open the private chat"),
    "zh_CN": ("群设置", "🧩 群里可用的功能", "✅ 转账", "已关闭这项功能：转账", "🧧 红包", "最多 5 份", "‹ 返回",
              "🧹 清理消息", "1 小时后", "最多 5 份", "取消", "打开私聊"),
}


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_what_is_chosen_for_a_group_holds_there_and_nowhere_else(
        database_url: str, tmp_path: Path, words: Words, language: str) -> None:
    group, features, transfers, off, envelopes, five, back, tidy, hour, told, cancel, way = SAID[language]
    async with stage(tmp_path, database_url) as here:
        alice, bob = here.alice, here.bob
        for person in (alice, bob):
            await joins(person, words)
            await tops_up(person, words, 100)
        await alice.says("/language", here.group)
        await alice.taps("简体中文" if language == "zh_CN" else "English", here.group)

        await alice.says(group, here.group)
        for label in (features, transfers, back, envelopes, five, back, tidy, hour, back):
            await alice.taps(label, here.group)
        alice.was_told(told, here.group)
        rules = await here.app.groups.rules(here.group)
        assert (rules.off, rules.shares, rules.tidy) == (frozenset({"transfers"}), 5, 1)

        await bob.says("/send @alice 1", here.group)
        bob.was_told(off, here.group)
        await bob.says("/red 10 5", here.group)
        await bob.taps(way, here.group)
        await bob.taps(words.agree)
        await bob.taps(cancel, here.group)
        assert len(await Leavings(here.app.database).due(FOR_EVER, 100)) >= 1
        await bob.says("/send @alice 1")
        bob.was_not_told(off)


async def test_whoever_administers_nothing_presses_in_vain(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, ENGLISH)
        await here.alice.says("/group", here.group)
        assert await here.bob.taps("🧹 Clean-up", here.group)
        await here.alice.taps("🧹 Clean-up", here.group)
        assert await here.bob.taps("after 1 hour", here.group)
        assert (await here.app.groups.rules(here.group)).tidy == 0
