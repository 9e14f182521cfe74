"""An operator lets money rest; payments say until when, looking works, and it goes on when they say so."""
from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import house

RESTS = {"English": ("We're doing maintenance until", "Balance"), "简体中文": ("维护", "余额")}


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh_CN"])
async def test_money_rests_by_command_and_flows_again(sqlite_url: str, tmp_path: Path, words: Words) -> None:
    rests, looks = RESTS[words.language]
    async with house(sqlite_url, tmp_path) as here:
        await joins(here.alice, ENGLISH)
        payer = here.bob if words is ENGLISH else here.liming
        await joins(payer, words)
        await tops_up(payer, words, 100)
        await here.alice.says("/maintenance on 10")
        here.alice.was_told("Maintenance until")
        await payer.says("/topup 5")
        payer.was_told(rests)
        await payer.says("/balance")
        payer.was_told(looks)
        await here.alice.says("/maintenance of")
        here.alice.was_told("I don't know that word, so nothing was changed")
        await here.alice.says("/maintenance off")
        here.alice.was_told("Money moves")
        await payer.says("/topup 5")
        payer.was_told("¥105.00")
