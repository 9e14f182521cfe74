"""Somebody gave a wrong ID number: two operators take it off, the member is told and gives the right one."""
from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.harness import Person
from tests.scenarios.test_first_story import joins
from tests.scenarios.test_operators import house
from tests.scenarios.test_proposals import PINS, code_in, operates, signs
from tests.scenarios.test_verifying import IN_CHINESE, IN_ENGLISH, NUMBER, Verifying
from wallet.idnumbers import check_sign

RIGHT = "11010119900307789"
RIGHT += check_sign(RIGHT)
TOLD = {"en": "took the name and ID number off your wallet", "zh_CN": "两名运营人员把它们从你的钱包上清除了"}
LEVEL = {"en": "identity level is 1 now", "zh_CN": "实名等级现在是 1"}


async def gives(who: Person, words: Verifying, number: str) -> None:
    await who.says(words.verify)
    await who.says(words.name)
    await who.says(number)
    await who.taps(words.yes)


@pytest.mark.parametrize(("words", "language"), [(IN_ENGLISH, "en"), (IN_CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_a_wrong_number_gives_way_to_the_right_one(sqlite_url: str, tmp_path: Path, words: Verifying,
                                                         language: str) -> None:
    async with house(sqlite_url, tmp_path, least_level=0) as here:
        owner, other, who = here.alice, here.bob, here.wangfang if language == "zh_CN" else here.liming
        await operates(here, owner, other)
        await joins(who, words.basic)
        name = here.world.people[who.id].user["username"]
        await owner.says(f"/resetid @{name} showed the card")
        owner.was_told("They gave no name and ID number")
        await gives(who, words, NUMBER)
        who.was_told(LEVEL[language])
        await owner.says(f"/resetid @{name}")
        owner.was_told("how they showed that it is wrong")

        await owner.says(f"/resetid @{name} showed the card in a video call")
        assert not any(NUMBER in said for said in owner.sees())
        await signs(owner, PINS["alice"], first=True)
        code = code_in(owner.was_told("waits for a second operator until"))
        await other.says(f"/approve {code}")
        other.was_told("showed the card in a video call")
        await signs(other, PINS["bob"], first=True)
        other.was_told(f"Proposal {code} is approved and done")

        who.was_told(TOLD[language])
        await gives(who, words, RIGHT)
        assert LEVEL[language] in "\n".join(who.sees()[-2:])
        await owner.says(f"/user @{name}")
        owner.was_told("Identity level: 1")
