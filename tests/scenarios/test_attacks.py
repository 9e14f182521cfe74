"""Whoever forges buttons is frozen by the house, told why, and free again once an operator has looked."""
from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from bot.alarm import MOST
from bot.local import acts
from handlers.chat.buttons import DraftAct, DraftButton
from handlers.texts import Language
from tests.scenarios.harness import Person
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins
from tests.scenarios.test_operators import THEIRS, house

SAID: Final[dict[Language, tuple[str, str, str]]] = {
    "en": ("Your wallet is frozen", "Intrusion", "Your wallet is frozen no more"),
    "zh_CN": ("你的钱包已被冻结", "入侵", "你的钱包已解冻")}


async def forges(who: Person, times: int, *, where: int | None = None, token: str = "a" * 22) -> None:
    """Press what no message of ours carries."""
    key = next(key for key, post in acts.own_chat(who.stage.world, who.id, where).posts.items()
               if post.seen_by(who.id) and post.sender == who.stage.world.bot_id)
    for number in range(times):
        data = DraftButton(act=DraftAct.CONFIRM, token=f"{number:02}{token[2:]}").pack()
        acts.press(who.stage.world, who.id, where, key, {"data": data, "forge": True})
    await who.stage.settle()


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_whoever_forges_buttons_is_frozen_until_an_operator_has_looked(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    frozen, clause, free = SAID[language]
    async with house(sqlite_url, tmp_path) as here:
        owner, attacker, honest = here.alice, here.bob if language == "en" else here.liming, here.wangfang
        await joins(owner, ENGLISH)
        await joins(attacker, words)
        await joins(honest, CHINESE)
        await forges(honest, MOST - 1)
        await forges(attacker, MOST - 1)
        attacker.was_not_told(frozen)
        await forges(attacker, 1)
        assert clause in attacker.was_told(frozen)
        rung = owner.was_told("🚨", THEIRS)
        assert str(attacker.id) in rung
        honest.was_not_told(SAID["zh_CN"][0])
        await owner.taps("👤 Member", THEIRS)
        await owner.taps("Lift the freeze", THEIRS)
        await owner.taps("Confirm", THEIRS)
        attacker.was_told(free)
