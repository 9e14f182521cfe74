"""Somebody wants nothing to do with another one, in a group and in private, and takes it back."""
from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from handlers.texts import Language
from tests.scenarios.harness import stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, joins

SAID: Final[dict[Language, dict[str, str]]] = {
    "en": {"blocked": "You block Bob", "list": "You take nothing from", "unblock": "Unblock Bob",
           "nobody": "You block nobody", "code": "won't do"},
    "zh_CN": {"blocked": "你已拉黑 Bob", "list": "你拉黑了", "unblock": "解除 Bob", "nobody": "你没有拉黑任何人",
              "code": "手机号和凭证号不行"}}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_who_is_blocked_hears_only_that_it_cannot_be_done(sqlite_url: str, tmp_path: Path, language: Language
                                                                ) -> None:
    said = SAID[language]
    async with stage(tmp_path, sqlite_url) as here:
        owner = here.alice if language == "en" else here.liming
        await joins(owner, ENGLISH if language == "en" else CHINESE)
        await joins(here.bob, ENGLISH)
        await here.bob.says("/topup 100")
        await here.bob.taps("I agree")
        wrote = await here.bob.says("pay me back", here.group)

        await owner.says("/block +8613800138000")
        owner.was_told(said["code"])
        await owner.says("拉黑你", here.group, reply_to=wrote.key)
        assert said["blocked"] not in str(owner.sees(here.group)), "that was said to Bob"
        await owner.says("/block" if language == "en" else "拉黑 @bob", here.group, reply_to=wrote.key)
        owner.was_told(said["blocked"], here.group)
        assert said["blocked"] not in str(here.bob.sees(here.group)), "nobody else reads it"

        name = "@alice" if language == "en" else "@liming"
        await here.bob.says(f"/send {name} 20")
        here.bob.was_told("The receiver can't take money at the moment")
        await here.bob.says(f"/request {name} 20")
        here.bob.was_told("can't be asked for money at the moment")

        await owner.says("/block" if language == "en" else "拉黑名单")
        owner.was_told(said["list"])
        await owner.taps(said["unblock"])
        owner.was_told(said["nobody"])
        await here.bob.says(f"/request {name} 20")
        owner.was_told("20")
