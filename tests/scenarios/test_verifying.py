"""Somebody verifies who they are, in both languages: name and number are asked for, survive a restart in between, leave
the chat, and are found nowhere in clear."""
from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.local import acts
from storage.tables import metadata
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins
from tests.scenarios.test_one_language import READERS, foreign_in, shown_to
from wallet.idnumbers import check_sign

NUMBER = "11010119900307123"
NUMBER += check_sign(NUMBER)


@dataclass(frozen=True)
class Verifying:
    """What one of the languages calls it."""

    basic: Words
    verify: str
    name: str
    ask_number: str
    wrong: str
    masked: str
    yes: str
    done: str
    taken: str


IN_ENGLISH = Verifying(ENGLISH, "/verify", "Alice Chen", "Now your ID number", "The last digit does not fit",
                       "Name: A*** C*** · ID number: 1****************", "Yes, that is me", "identity level is 1 now",
                       "belongs to another wallet")
IN_CHINESE = Verifying(CHINESE, "实名", "李小明", "请发送你的身份证号", "最后一位与前面的对不上",
                       "姓名：*小明 · 身份证号：1****************", "是我本人", "实名等级现在是 1", "已属于另一个钱包")


def two_of(here: Stage, words: Verifying) -> tuple[Person, Person]:
    """Two who speak the language."""
    return (here.alice, here.bob) if words is IN_ENGLISH else (here.liming, here.wangfang)


def left_in_chat(here: Stage, person: Person) -> str:
    """What whoever takes up the phone can read that the person wrote."""
    posts = acts.own_chat(here.world, person.id, None).posts.values()
    return "\n".join(str(post.message.get("text", "")) for post in posts if post.sender == person.id)


@pytest.mark.parametrize("words", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_name_and_number_are_given_once_and_stand_nowhere(words: Verifying, database_url: str, tmp_path: Path,
                                                                capfd: pytest.CaptureFixture[str]) -> None:
    async with stage(tmp_path, database_url, data_dir=tmp_path, least_level=0) as here:
        for person in two_of(here, words):
            await joins(person, words.basic)
        one, _ = two_of(here, words)
        await one.says(words.verify)
        await one.says(words.name)
        one.was_told(words.ask_number)
    async with stage(tmp_path, database_url, data_dir=tmp_path, least_level=0) as here:
        one, other = two_of(here, words)
        await one.says(NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1"))
        one.was_told(words.wrong)
        await one.says("".join(chr(ord(sign) + 0xFEE0) for sign in NUMBER))
        one.was_told(words.masked)
        await one.taps(words.yes)
        one.was_told(words.done)

        await other.says(words.verify)
        await other.says(words.name)
        await other.says(NUMBER)
        await other.taps(words.yes)
        assert [words.taken in said for said in other.sees()][-1]

        for person in (one, other):
            written = unicodedata.normalize("NFKC", left_in_chat(here, person))
            assert NUMBER not in written
            assert words.name not in written
        reader = next(reader for reader in READERS if reader.words is words.basic)
        shown = {said for person in (one, other) for said in shown_to(person, None)}
        assert {said: found for said in shown if (found := foreign_in(said, reader))} == {}
        async with here.app.database.reading.connect() as connection:
            for table in metadata.sorted_tables:
                assert NUMBER not in str((await connection.execute(select(table))).all()), table.name
    written = "".join(capfd.readouterr())
    assert NUMBER not in written


@pytest.mark.parametrize("words", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_where_everybody_has_a_level_in_any_case_that_is_said(words: Verifying, sqlite_url: str, tmp_path: Path
                                                                    ) -> None:
    counts = ("You can pay ¥200,000.00 a year as it is: here everybody has identity level 2 at least",
              "It is 1 by what you gave; here everybody has at least 2") if words is IN_ENGLISH else (
        "你现在每年就可以付 ¥200,000.00：这里人人至少是实名等级 2", "按你提供的资料是 1；这里人人至少是 2")
    async with stage(tmp_path, sqlite_url) as here:
        one, _ = two_of(here, words)
        await joins(one, words.basic)
        await one.says(words.verify)
        one.was_told(counts[0])
        for said in (words.name, NUMBER):
            await one.says(said)
        await one.taps(words.yes)
        one.was_told(counts[0])
        await one.says(words.verify)
        one.was_told(counts[1])
        one.was_not_told("100,000")
