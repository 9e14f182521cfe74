"""Two operators close the service: everybody reads it with what is owed to them, and nothing comes in any more."""
from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from handlers.texts import Language
from tests.scenarios.harness import Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import house
from tests.scenarios.test_proposals import PINS, code_in, operates, signs

READS: dict[Language, tuple[str, ...]] = {
    "en": ("closes on", "Owed to you: ¥100.00", "Public key", "📄 Signed statement", "does not close after all"),
    "zh_CN": ("关闭", "应付给你：¥100.00", "公钥", "📄 签名证明", "不再关闭")}

async def clock(here: Stage) -> None:
    """The clock tells everybody."""
    await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == "tell_of_end"))
    await here.settle()


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_it_closes_by_two_and_is_called_off_by_two(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    closes, owed, key, file, off = READS[language]
    async with house(sqlite_url, tmp_path) as here:
        owner, other, member = here.alice, here.bob, here.liming
        await operates(here, owner, other)
        await joins(member, words)
        await tops_up(member, words, 100)
        await owner.says("/winddown")
        owner.was_told("It does not close")
        await owner.says("/winddown tomorrow")
        owner.was_told("Which day?")
        day = (here.app.now() + timedelta(days=40)).date().isoformat()
        await owner.says(f"/winddown {day}")
        await signs(owner, PINS["alice"], first=True)
        code = code_in(owner.was_told("waits for a second operator until"))
        await other.says(f"/approve {code}")
        other.was_told("Close the service on")
        await signs(other, PINS["bob"], first=True)

        await clock(here)
        for words_told in (closes, owed, key):
            member.was_told(words_told)
        await member.taps(file)
        assert sum(owed in said for said in member.sees()) == 2
        await member.says("/topup 5")
        assert sum(closes in said for said in member.sees()) == 2

        await owner.says("/winddown")
        owner.was_told("3 members were told")
        await owner.says("/winddown off")
        await signs(owner, PINS["alice"])
        await other.says(f"/approve {code_in(owner.was_told('waits for a second operator until'))}")
        await signs(other, PINS["bob"])
        await clock(here)
        member.was_told(off)
        await member.says("/topup 5")
        member.was_told("¥105.00")
