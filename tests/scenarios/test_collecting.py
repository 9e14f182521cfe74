"""A code through the whole process: shown, sent as a picture, read, confirmed and paid, in both languages."""
from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import segno

from bot.local import acts
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, finishes_joining, joins, tops_up


def newest_picture(here: Stage, person: Person, where: int | None = None) -> bytes:
    """What the bot drew last."""
    posts = acts.own_chat(here.world, person.id, where).posts.values()
    message: dict[str, Any] = [post.message for post in posts if "photo" in post.message][-1]
    file = here.world.files.get(message["photo"][-1]["file_id"])
    assert file is not None
    return here.world.files.read(file)


async def sends(here: Stage, person: Person, picture: bytes, kind: str = "photo") -> None:
    """Send a picture to the bot."""
    acts.upload(here.world, person.id, None, kind, "code.png", picture, "")
    await here.settle()


def code(text: str) -> bytes:
    """A picture of anybody's."""
    into = io.BytesIO()
    segno.make(text, micro=False).save(into, kind="png", scale=8)
    return into.getvalue()


async def test_a_code_in_a_group_is_paid_by_its_picture(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, CHINESE)
        await joins(here.bob, ENGLISH)
        await tops_up(here.alice, CHINESE, 100)
        await here.bob.says("/collect 20 lunch", here.group)
        picture = newest_picture(here, here.alice, here.group)
        await sends(here, here.alice, picture)
        here.alice.was_told("lunch")
        await here.alice.taps("确认")
        here.alice.was_told("¥80.00")
        await here.bob.says("/balance")
        here.bob.was_told("¥20.00")

        await sends(here, here.bob, picture)
        here.bob.was_told("your own code")


async def test_a_code_for_any_amount_asks_how_much(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, ENGLISH)
        await joins(here.liming, CHINESE)
        await tops_up(here.alice, ENGLISH, 100)
        await here.liming.says("收款")
        here.liming.was_told("你的收款码")
        await sends(here, here.alice, newest_picture(here, here.liming), "document")
        here.alice.was_told("How much do you want to send to")
        await here.alice.says("30")
        await here.alice.taps("No note")
        await here.alice.taps("Confirm")
        await here.liming.says("余额")
        here.liming.was_told("¥30.00")

        await here.liming.taps("指定金额")
        await here.liming.says("lots")
        await here.liming.says("50 午饭")
        here.liming.was_told("你的收款码，收款 ¥50.00")


async def test_a_picture_and_a_link_lead_on_once_the_agreement_is_accepted(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, ENGLISH)
        await joins(here.bob, ENGLISH)
        await joins(here.wangfang, ENGLISH)
        await here.bob.says("/collect 20 coffee", here.group)
        await sends(here, here.alice, newest_picture(here, here.bob, here.group))
        await here.wangfang.taps("Pay", here.group)
        for person in (here.alice, here.wangfang):
            assert "coffee" in person.sees()[-1]
            await person.taps(ENGLISH.agree)
            assert "That takes ¥20.00, but you have ¥0.00" in person.sees()[-1]


async def test_a_link_brings_whoever_joins_to_what_they_came_for(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.bob, ENGLISH)
        await here.bob.says("/collect 20 coffee", here.group)
        await here.alice.taps("Pay", here.group)
        await here.alice.taps("English")
        await finishes_joining(here.alice, ENGLISH)
        assert "coffee" in here.alice.sees()[-1]
        await here.alice.taps(ENGLISH.agree)
        assert "That takes ¥20.00, but you have ¥0.00" in here.alice.sees()[-1]


async def test_pictures_of_others_are_answered_and_not_followed(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, ENGLISH)
        name = here.app.config.username
        for text, said in (
                ("https://evil.example/?start=to_1", "not one of ours"),
                ("https://t.me/somebody_else_bot?start=to_1", "not one of ours"),
                (f"https://t.me/{name}?start=nobody_knows", "not one of ours"),
                (f"https://t.me/{name}?start=to_23456789A0123abcd", "not one of ours, or not whole")):
            await sends(here, here.alice, code(text))
            assert said in here.alice.sees()[-1]
        await sends(here, here.alice, b"no picture at all", "document")
        assert "didn't understand" in here.alice.sees()[-1] or "could not read" in here.alice.sees()[-1]
        await here.alice.starts("to_23456789A0123abcd")
        assert "not one of ours, or not whole" in here.alice.sees()[-1]
