"""An operator takes up one-time codes and signs with one; the secret does not stay in the chat."""
from __future__ import annotations

import re
import time
from base64 import b32decode
from pathlib import Path
from typing import Final

import pytest

from handlers.texts import Language
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins
from tests.scenarios.test_operators import THEIRS, house
from tests.scenarios.test_proposals import PINS, operates
from wallet.codes import code_at

SAID: Final[dict[Language, dict[str, str]]] = {
    "en": {"codes": "One-time codes", "begin": "Take them up", "secret": "The secret:", "on": "One-time codes are on",
           "wrong": "That code is wrong; 4 tries are left", "either": "your payment PIN or a one-time code",
           "signed": "waits for a second operator until", "used": "That code was used already", "stop": "No more codes",
           "off": "One-time codes are off"},
    "zh_CN": {"codes": "动态码", "begin": "启用", "secret": "密钥：", "on": "动态码已启用",
              "wrong": "动态码不对，还可以试 4 次", "either": "支付密码或动态码", "signed": "已签署。复核单",
              "used": "这个动态码已经用过了", "stop": "停用", "off": "动态码已停用"}}


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_an_operator_signs_with_a_code_of_their_app(sqlite_url: str, tmp_path: Path, words: Words,
                                                          language: Language) -> None:
    said = SAID[language]
    async with house(sqlite_url, tmp_path) as here:
        who = here.bob if language == "en" else here.liming
        await operates(here, here.alice, who, words)
        await joins(here.wangfang, CHINESE)
        name = here.world.people[here.wangfang.id].user["username"]
        await here.wangfang.says("/settings")
        assert not any(said["codes"] in button for button in here.wangfang.every_button())

        await who.says("/settings")
        await who.taps(said["codes"])
        await who.taps(said["begin"])
        for _ in range(2):
            await who.types_pin(PINS["bob"])
        assert who.was_shown(said["secret"])
        secret = b32decode(re.findall(r"[A-Z2-7]{32}", who.was_told(said["secret"]))[0])
        step = int(time.time()) // 30
        await who.types_pin(code_at(secret, step + 9))
        who.was_told(said["wrong"])
        await who.types_pin(code_at(secret, int(time.time()) // 30))
        who.was_told(said["on"])
        who.was_not_told(said["secret"])

        code = code_at(secret, int(time.time()) // 30 + 1)
        await who.says(f"/adjust @{name} +5 counted twice", THEIRS)
        who.was_told(said["either"])
        await who.types_pin(code)
        who.was_told(said["signed"], THEIRS if language == "en" else None)
        await who.says(f"/adjust @{name} +6 counted twice", THEIRS)
        await who.types_pin(code)
        who.was_told(said["used"])
        await who.types_pin(PINS["bob"])

        await who.says("/settings")
        await who.taps(said["codes"])
        await who.taps(said["stop"])
        await who.types_pin(PINS["bob"])
        who.was_told(said["off"])
