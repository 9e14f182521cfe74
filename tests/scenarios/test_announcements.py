"""What operators tell everybody: shown first, confirmed, told once to each, in both languages."""
from __future__ import annotations

from pathlib import Path

import pytest

from bot.local import acts
from handlers.texts import Language
from tests.scenarios.harness import Person, Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins
from tests.scenarios.test_operators import OWNER, THEIRS, house
from tests.scenarios.test_stats import runs
from wallet.announcements import LONGEST
from wallet.operators import Appoint

CHINESE_NEWS = "今晚 22:00 起维护半小时。\n详情见 https://example.com/a?b=1&c=2 <b>"
ENGLISH_NEWS = "Maintenance at 22:00.\n\nSee https://example.com/a?b=1&c=2 <b>"


async def goes_out(here: Stage) -> None:
    """The clock's turns, until all were told."""
    for _ in range(2):
        await runs(here, "announce")
    await here.settle()


def times(person: Person, words: str, where: int | None = None) -> int:
    return sum(words in said for said in person.sees(where))


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_an_announcement_is_shown_confirmed_and_told_to_each_in_their_language(
        database_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    async with house(database_url, tmp_path) as here:
        english = language == "en"
        await joins(here.alice, words)
        await joins(here.bob, ENGLISH)
        await joins(here.liming, CHINESE)
        await here.alice.says(f"/announce {ENGLISH_NEWS if english else CHINESE_NEWS}")
        here.alice.was_told("It goes to 3 members" if english else "将发给 3 名用户")
        await here.alice.taps("🌐")
        await here.alice.says(CHINESE_NEWS if english else ENGLISH_NEWS)
        here.alice.was_told("each reader's language" if english else "自己语言的那一份")
        assert times(here.bob, "📣") == 0, "nobody is told before it is confirmed"
        await here.alice.taps("📣 Send it" if english else "📣 发送")
        await goes_out(here)
        assert ENGLISH_NEWS in here.bob.was_told("📣 An announcement from ikmPay"), "as it was typed, line by line"
        assert CHINESE_NEWS in here.liming.was_told("📣 ikmPay 公告")
        await here.alice.taps("🔄")
        here.alice.was_told("gone out to 3" if english else "共 3 个")
        await goes_out(here)
        assert (times(here.bob, "📣"), times(here.liming, "📣")) == (1, 1)
        here.wangfang.was_not_told("📣")  # Who has no wallet is no member.


async def test_groups_are_told_in_theirs_and_who_has_blocked_the_bot_keeps_nobody_waiting(
        sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        for person in (here.alice, here.bob, here.liming):
            await joins(person, ENGLISH)
        await here.bob.says("hello", here.group)
        await here.alice.says("/announce groups A new rule for groups.", THEIRS)
        await here.alice.taps("Send it", THEIRS)
        await goes_out(here)
        here.bob.was_told("A new rule for groups.", here.group)
        acts.block(here.world, here.bob.id, blocked=True)
        await here.alice.says("/announce Good news.")
        await here.alice.taps("Send it")
        await goes_out(here)
        here.liming.was_told("Good news.")
        assert times(here.bob, "Good news.") == 0


async def test_nobody_sends_what_was_not_shown_to_them_or_may_send_no_more(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        for person in (here.alice, here.bob, here.liming):
            await joins(person, ENGLISH)
        await here.app.engine.run(Appoint(key="admin", operator=OWNER, person=here.bob.id, role="admin"))
        await here.bob.says("/announce Give me your PIN.", THEIRS)
        assert "not" in await here.alice.taps("Send it", THEIRS), "it is not hers"
        await here.bob.says("/announce " + "x" * (4096 - 10))
        here.bob.was_told(f"at most {LONGEST:,} characters")
        await here.bob.says("/announce Give me your PIN.")
        await here.app.engine.run(Appoint(key="gone", operator=OWNER, person=here.bob.id, role=""))
        await here.bob.taps("Send it")
        await goes_out(here)
        here.liming.was_not_told("Give me your PIN.")


INCIDENT_EN = "A list of nicknames was copied.\nNo money was touched.\nYou need to do nothing."
INCIDENT_ZH = "有人复制了昵称名单。\n\n没有动钱。\n\n你什么都不用做。"


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_an_incident_is_told_to_those_whom_it_concerns_and_to_nobody_else(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    async with house(sqlite_url, tmp_path) as here:
        english = language == "en"
        other = here.bob if english else here.liming
        for person in (here.alice, here.bob, here.liming):
            await joins(person, words)
        await here.alice.says("/incident")
        here.alice.was_told("three paragraphs" if english else "三段")
        name = here.world.people[other.id].user["username"]
        await here.alice.says(f"/incident @{name}\n{INCIDENT_EN if english else INCIDENT_ZH}")
        here.alice.was_told("It goes to 1 member" if english else "将发给 1 名用户")
        await here.alice.taps("Send it" if english else "发送")
        await goes_out(here)
        said = other.was_told("🛡 A security incident that concerns you" if english else "🛡 一起与你有关的安全事件")
        for part in (INCIDENT_EN if english else INCIDENT_ZH).splitlines():
            assert part in said
        (here.liming if english else here.bob).was_not_told("🛡")
        await here.alice.says(f"/incident @nobody_here\n{INCIDENT_EN}")
        await here.alice.says("/incident all\nOnly one thing.")
        assert times(other, "🛡") == 1
