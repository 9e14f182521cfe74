"""Somebody goes through everything that there is, and reads one language from the first word to the last."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.local.shapes import Json
from handlers.commands import COMMANDS
from tests.handlers.test_every_text import CJK, KEPT_WORDS
from tests.scenarios.harness import Person, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up

ASKED = ("/help", "/balance", "/history", "/statement", "/settings", "/language", "/group", "/agreement", "/nickname",
         "/pin", "/cancel", "/send", "/cancel", "/topup", "/receipt", "/receipt ABCD-EFGH", "/giveback", "/cancel",
         "/send @nobody_here 5", "/send @bob 0", "/send @bob 1e3", "/send @bob 99999999", "/nonsense", "?", "/topup -1",
         "/history 2020-01", "/agreement red-envelope-rules", "/send 13800138000 5")
"""What is typed in private, one after the other, wizards and refusals among them."""
ASKED_IN_GROUP = ("/help", "/send @bob 5 lunch", "/balance", "/history", "/settings", "/group", "/send @nobody_here 1",
                  "/send", "/giveback")
NOT_OURS = re.compile(r"https?://\S+|@\w+|(?<![\w<])/[a-z_]+|\b[0-9A-Z]{9}\b|\b[0-9a-f]{16,64}\b|\b[A-Z]{3}\b")
"""Addresses, names, commands, codes and currencies look alike in every language."""
PLAIN_WORDS = re.compile("|".join(sorted((word for row in COMMANDS.values() for word in row.words),
                                  key=len, reverse=True)))
"""What Chinese members type instead of commands; an English reader is told of it too."""


@dataclass(frozen=True)
class Reader:
    """Somebody, what their language calls things, and what may stand in the other script before their eyes."""

    words: Words
    names: frozenset[str]
    foreign: str


READERS = [Reader(CHINESE, frozenset({"ikmPay", "Bob", "Smith", "lunch", "English"}), "[A-Za-z]{2,}"),
           Reader(ENGLISH, frozenset({"李明", "中文", "简体中文", "午饭"}), f"[{CJK}]+")]


@pytest.mark.parametrize("reader", READERS, ids=["zh_CN", "en"])
async def test_whatever_one_asks_for_the_answer_is_in_ones_own_language(
        reader: Reader, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        somebody = here.liming if reader.words is CHINESE else here.alice
        await joins(somebody, reader.words)
        await tops_up(somebody, reader.words, 100)
        await joins(here.bob, reader.words)
        for text in ASKED:
            await somebody.says(text)
        for text in ASKED_IN_GROUP:
            await somebody.says(text, here.group)
        shown = {said for where in (None, here.group) for said in shown_to(somebody, where)}
        assert len(shown) > len(ASKED)
        assert {said: words for said in shown if (words := foreign_in(said, reader))} == {}


def foreign_in(said: str, reader: Reader) -> set[str]:
    """Words of the other language."""
    own = NOT_OURS.sub(" ", said)
    if reader.words is ENGLISH:
        own = PLAIN_WORDS.sub(" ", own)
    return set(re.findall(reader.foreign, own)) - reader.names - KEPT_WORDS


def shown_to(person: Person, where: int | None) -> Iterator[str]:
    """Every text and label that the bot shows somebody."""
    for post in person._chat(where).posts.values():
        if post.seen_by(person.id) and post.sender == person.stage.world.bot_id:
            yield from texts_in(post.message)


def texts_in(shown: Json | list[Json] | str) -> Iterator[str]:
    if isinstance(shown, list):
        for one in shown:
            yield from texts_in(one)
    elif isinstance(shown, dict):
        for name, value in shown.items():
            if name in ("text", "caption") and isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from texts_in(value)
