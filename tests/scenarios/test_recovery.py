"""An address is bound, a PIN is forgotten, its owner is told, waits a day, and has another one."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import update

from handlers.texts import Language
from storage.tables import pin_resets
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins
from tests.scenarios.test_operators import house
from tests.scenarios.test_proposals import PINS, code_in, operates, signs

PIN: Final = "739154"
NEW: Final = "482916"
SAID: Final[dict[Language, dict[str, str]]] = {
    "en": {"email": "E-mail", "bound": "is bound to your wallet", "forgot": "I forgot my PIN",
           "warned": "was reported forgotten", "choose": "Choose another PIN", "changed": "PIN is changed",
           "stop": "Stop", "stopped": "Stopped"},
    "zh_CN": {"email": "邮箱", "bound": "邮箱已绑定到你的钱包", "forgot": "我忘了支付密码",
              "warned": "有人申请找回你的支付密码", "choose": "设置新的支付密码", "changed": "支付密码已修改",
              "stop": "阻止", "stopped": "已阻止"}}


def code_in_mail(here: Stage, place: int = 0) -> str:
    """The code of a mail, the newest first."""
    return str(re.findall(r"\b[0-9]{6}\b", here.chat.mails.sent[place]["text"])[0])


async def the_day_is_over(here: Stage) -> None:
    """As if it had begun a day earlier."""
    await here.app.database.write(lambda connection: connection.execute(update(pin_resets).values(
        ready_at=pin_resets.c.ready_at - 86_400_000_000,
        tell_at=pin_resets.c.ready_at - 86_400_000_000)))
    await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == "tell_of_resets"))
    await here.settle()


async def binds(here: Stage, who: Person, said: dict[str, str]) -> None:
    await who.says("/settings")
    await who.taps(said["email"])
    await who.says("somebody@example.com")
    await who.types_pin(PIN)
    await who.says(code_in_mail(here))
    who.was_told(said["bound"])


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_a_forgotten_pin_gives_way_to_another_one_a_day_later(sqlite_url: str, tmp_path: Path, words: Words,
                                                                    language: Language) -> None:
    said = SAID[language]
    async with stage(tmp_path, sqlite_url) as here:
        who = here.alice if language == "en" else here.liming
        await joins(who, words)
        await who.says("/pin")
        for _ in range(2):
            await who.types_pin(PIN)
        await binds(here, who, said)

        await who.says("/pin")
        await who.taps(said["forgot"])
        await who.says(code_in_mail(here))
        who.was_told(said["warned"])
        assert "PIN" in here.chat.mails.sent[0]["text"] or "支付密码" in here.chat.mails.sent[0]["text"]
        assert len(here.chat.mails.sent) == 3

        await who.taps(said["stop"])
        who.was_told(said["stopped"])
        await the_day_is_over(here)
        who.was_not_told(said["choose"])

        await who.says("/pin")
        await who.taps(said["forgot"])
        await who.says(code_in_mail(here))
        await the_day_is_over(here)
        await who.taps(said["choose"])
        for _ in range(2):
            await who.types_pin(NEW)
        who.was_told(said["changed"])
        await who.says("/pin")
        await who.types_pin(NEW)
        assert "●" not in who.sees()[-1], "the new one is right, and another may be chosen"


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_operators_let_somebody_without_an_address_choose_another_pin(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    said = SAID[language]
    async with house(sqlite_url, tmp_path) as here:
        owner, other, who = here.alice, here.bob, here.wangfang if language == "zh_CN" else here.liming
        await operates(here, owner, other)
        await joins(who, words)
        name = here.world.people[who.id].user["username"]
        await owner.says(f"/resetpin @{name} identity card in a video call")
        owner.was_told("They have no payment PIN yet")
        await who.says("/pin")
        await signs(who, PIN, first=True)
        await owner.says(f"/resetpin @{name}")
        owner.was_told("how they proved who they are")

        await owner.says(f"/resetpin @{name} identity card in a video call")
        await signs(owner, PINS["alice"], first=True)
        code = code_in(owner.was_told("waits for a second operator until"))
        who.was_not_told(said["warned"])
        await other.says(f"/approve {code}")
        other.was_told("identity card in a video call")
        await signs(other, PINS["bob"], first=True)
        who.was_told(said["warned"])
        assert said["stop"] in who.buttons()[-1]

        await the_day_is_over(here)
        await who.says("/pin")
        await who.taps(said["choose"])
        for _ in range(2):
            await who.types_pin(NEW)
        who.was_told(said["changed"])
