"""An operator takes words away: from the live cards, from receipts and history, and their author hears why."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from handlers.texts import Language
from tests.scenarios.harness import Person
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import THEIRS, house

GONE: Final[dict[Language, str]] = {"en": "took the note", "zh_CN": "的附言"}
ENVELOPE_GONE: Final[dict[Language, str]] = {"en": "took the greeting", "zh_CN": "的祝福语"}
PRIVATE: Final[dict[Language, str]] = {"en": "Open the private chat", "zh_CN": "打开私聊"}
APPEAL: Final[dict[Language, str]] = {"en": "Appeal", "zh_CN": "申诉"}
ANOTHER: Final[dict[Language, str]] = {"en": "You can choose another one, once", "zh_CN": "你可以再改一次"}
BAD: Final = "evil words"


def code_told(person: Person) -> str:
    """The last receipt that somebody was sent."""
    return str(re.findall(r"\b[A-Z2-9]{9}\b", " ".join(person.sees()))[-1])


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_words_are_taken_from_cards_and_receipts(sqlite_url: str, tmp_path: Path, words: Words,
                                                       language: Language) -> None:
    async with house(sqlite_url, tmp_path) as here:
        author = here.bob if language == "en" else here.liming
        await joins(here.alice, ENGLISH)
        await joins(author, words)
        await tops_up(author, words, 100)

        # Money that waits: its card in the group is drawn anew, and keeps its buttons.
        await author.says(f"/send @wangfang 5 {BAD}", here.group)
        await author.taps(words.confirm, here.group)
        assert BAD in author.sees(here.group)[-1]
        waits = author.buttons(here.group)
        code = code_told(author)
        await here.alice.says(f"/remove {code}")
        assert "scraping" in here.alice.sees()[-1], "the reasons are named"
        await here.alice.says(f"/remove {code} fraud", THEIRS)
        author.was_told(GONE[language])
        assert BAD not in author.sees(here.group)[-1]
        assert author.buttons(here.group) == waits
        await author.says(f"/receipt {code}")
        assert code in author.sees()[-1]
        assert BAD not in author.sees()[-1]

        # An envelope that is open: its card, too.
        await author.says(f"/red 10 2 {BAD}", here.group)
        await author.taps(PRIVATE[language], here.group)
        await author.taps(words.agree)
        await author.taps(words.confirm, here.group)
        assert BAD in author.sees(here.group)[-1]
        code = code_told(author)
        await here.alice.says(f"/remove {code} content")
        author.was_told(ENVELOPE_GONE[language])
        assert BAD not in author.sees(here.group)[-1]
        assert author.buttons(here.group)

        # A nickname, about which its owner appeals: the notice stays where it is.
        name = here.world.people[author.id].user["username"]
        before = await here.app.reads.member(author.id)
        await here.alice.says(f"/remove @{name} impersonation")
        after = await here.app.reads.member(author.id)
        assert before is not None
        assert after is not None
        assert before.nickname != after.nickname
        told = author.sees()[-1]
        assert ANOTHER[language] in told
        await author.taps(APPEAL[language])
        assert author.sees()[-2] == told
        await author.says("it is my name")
        here.alice.was_told("appeal", THEIRS)
