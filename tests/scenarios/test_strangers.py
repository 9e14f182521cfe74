"""Whoever is about to pay somebody for the first time is warned and told who that is; in both languages, in private and
in a group, and never more than they may know."""
from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from handlers.chat.strangers import here_for
from handlers.texts import Language
from tests.handlers.chat.world import SPEAKERS
from tests.scenarios.harness import stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up

FIRST: Final[dict[Language, str]] = {
    "en": "Your first payment to {name}, a member since today", "zh_CN": "这是你第一次付款给 {name}（今天刚加入）"}
ADVICE: Final[dict[Language, str]] = {"en": "asks you for codes", "zh_CN": "凡是向你要验证码"}
PIN: Final = "482916"


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_the_first_payment_to_a_stranger_is_warned_of_and_the_second_is_not(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    advice = ADVICE[language]
    async with stage(tmp_path, sqlite_url) as here:
        payer, other = here.bob if language == "en" else here.liming, here.alice
        await joins(other, ENGLISH)
        await joins(payer, words)
        await tops_up(payer, words, 900)
        called = here.world.people[other.id].user
        first = FIRST[language].format(name=f"{called['first_name']} {called['last_name']}")

        await payer.says(f"/send @{called['username']} 5", here.group)
        assert not any(first in said for said in payer.sees(here.group)), "who knows whom is no group's business"
        assert sum("codes" in said or "验证码" in said for said in payer.sees(here.group)) == 1

        await payer.says(f"/send @{called['username']} 5")
        assert first in payer.sees()[-1]
        assert advice in payer.sees()[-1]
        await payer.taps(words.confirm)

        await payer.says(f"/send @{called['username']} 5")
        assert advice not in payer.sees()[-1]
        assert first not in payer.sees()[-1]

        await payer.says(f"/send {here.world.people[other.id].phone} 5")
        assert advice in payer.sees()[-1], "whether a number's owner was paid before is not told by its absence"
        assert called["first_name"] not in payer.sees()[-1]


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_paying_a_strangers_request_is_warned_of_above_the_keys(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        payer, other = here.bob if language == "en" else here.liming, here.alice
        await joins(other, ENGLISH)
        await joins(payer, words)
        await tops_up(payer, words, 900)
        await payer.says("/pin")
        for _ in range(2):
            await payer.types_pin(PIN)
        await tops_up(other, ENGLISH, 1)
        await other.says(f"/request @{here.world.people[payer.id].user['username']} 400")
        await payer.taps("¥400.00")
        payer.was_told(ADVICE[language])
        await payer.types_pin(PIN)


@pytest.mark.parametrize(("time", "english", "chinese"), [
    (timedelta(), "since today", "今天刚加入"), (timedelta(seconds=-9), "since today", "今天刚加入"),
    (timedelta(days=1), "for 1 day", "已加入 1 天"), (timedelta(days=59, hours=23), "for 59 days", "已加入 59 天"),
    (timedelta(days=60), "for 2 months", "已加入 2 个月"), (timedelta(days=729), "for 24 months", "已加入 24 个月"),
    (timedelta(days=800), "for 2 years", "已加入 2 年")])
def test_how_long_somebody_is_here_is_said_as_people_say_it(time: timedelta, english: str, chinese: str) -> None:
    said = here_for(time // timedelta(microseconds=1))
    assert (SPEAKERS["en"].plain(said), SPEAKERS["zh_CN"].plain(said)) == (english, chinese)
