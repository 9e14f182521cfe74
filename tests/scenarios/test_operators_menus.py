"""The commands behind "/" for operators, in both languages: they follow the role, in private and in the operators'
group, and everybody else's list stays without them."""
from __future__ import annotations

from pathlib import Path

import pytest

from bot.local.profile import commands_for
from handlers.texts import Language
from tests.scenarios.harness import Person, Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins
from tests.scenarios.test_operators import OWNER, THEIRS, house
from tests.scenarios.test_stats import runs
from wallet.operators import Appoint, AppointOwners

ADJUST: dict[Language, str] = {"en": "Correct a balance: @bob -20 why", "zh_CN": "更正余额"}


def listed(here: Stage, who: Person, chat: int = 0) -> dict[str, str]:
    """What somebody finds behind "/" in a chat: descriptions by command."""
    found = commands_for(here.world, here.world.chats[chat or who.id], who.id)
    assert len(found) <= 100, "no list of Telegram's is longer"
    assert len({one["command"] for one in found}) == len(found)
    return {one["command"]: one["description"] for one in found}


async def appointed(here: Stage, who: Person, role: str) -> None:
    await here.app.engine.run(Appoint(key=f"to {role}", operator=OWNER, person=who.id, role=role))
    await runs(here, "operators_menus")


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_the_list_of_commands_follows_the_role(sqlite_url: str, tmp_path: Path, words: Words, language: Language
                                                     ) -> None:
    async with house(sqlite_url, tmp_path) as here:
        await joins(here.alice, ENGLISH)
        who = here.bob if language == "en" else here.liming
        await joins(who, words)
        before = listed(here, who)
        assert "adjust" not in before
        await runs(here, "operators_menus")
        assert listed(here, who) == before
        assert "winddown" in listed(here, here.alice)

        await appointed(here, who, "admin")
        assert listed(here, who)["adjust"].startswith(ADJUST[language])
        assert before.items() <= listed(here, who).items()
        assert "adjust" in listed(here, who, THEIRS)
        assert "adjust" not in listed(here, who, here.group)
        await appointed(here, who, "support")
        assert "adjust" not in listed(here, who)
        assert "tickets" in listed(here, who)
        await appointed(here, who, "")
        assert listed(here, who) == before


async def test_a_chat_that_does_not_take_a_list_holds_up_no_other(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        await here.app.engine.run(AppointOwners(key="unseen", telegram_ids=(999, 999_999_999)))
        await runs(here, "operators_menus")
        assert "winddown" in listed(here, here.alice)
