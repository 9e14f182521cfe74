"""What stands above the card of a red envelope in the end: a picture of who opened what, in the group's language."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import telling
from handlers.jobs.expiry import expire_envelopes
from handlers.pictures.easel import Easel, Lettering, NotDrawn, Rule
from tests.scenarios.harness import Stage, stage
from tests.scenarios.test_first_story import joins, tops_up
from tests.scenarios.test_red_envelopes import IN_CHINESE, IN_ENGLISH, Said
from wallet.engine import microseconds


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was drawn in a test, as SVG."""
    pictures: list[str] = []
    draw = Easel.draw

    async def noted(easel: Easel, svg: str, words: Sequence[Lettering] = (), rules: Sequence[Rule] = ()) -> bytes:
        pictures.append(svg)
        return await draw(easel, svg, words, rules)

    monkeypatch.setattr(Easel, "draw", noted)
    return pictures


async def fill(here: Stage, said: Said, wish: str = "") -> None:
    """One envelope in the group; two people have joined."""
    maker, other = (here.alice, here.bob) if said is IN_ENGLISH else (here.liming, here.wangfang)
    await joins(maker, said.words)
    await tops_up(maker, said.words, 100)
    await joins(other, said.words)
    await maker.says(wish or said.wish, here.group)
    await maker.taps(said.private, here.group)
    await maker.taps(said.words.agree)
    await maker.taps(said.words.confirm, here.group)


def photos(here: Stage) -> list[str]:
    """The pictures in the group, as they are now."""
    return [str(post.message["photo"]) for post in here.world.chats[here.group].posts.values()
            if post.message.get("photo")]


@pytest.mark.parametrize(("said", "best"), [(IN_ENGLISH, "best luck"), (IN_CHINESE, "手气最佳")], ids=["en", "zh_CN"])
async def test_the_last_share_brings_the_picture_of_all(
        said: Said, best: str, sqlite_url: str, tmp_path: Path, drawn: list[str]) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await fill(here, said)
        before = photos(here)
        for who in (here.alice, here.bob) if said is IN_ENGLISH else (here.liming, here.wangfang):
            await who.taps(said.open, here.group)
        await here.settle()
        assert len(photos(here)) == 1
        assert photos(here) != before
        assert here.bob.was_shown(said.crown, here.group)
        assert best in drawn[-1]
        assert said.open not in here.bob.buttons(here.group)
        assert len(drawn) == 2


@pytest.mark.parametrize(("wish", "changed"), [("/red 10 3", True), ("/red 10 50", False)], ids=["few", "many"])
async def test_what_went_back_is_in_the_picture_unless_the_words_stand_alone(
        wish: str, changed: bool, sqlite_url: str, tmp_path: Path, drawn: list[str]) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await fill(here, IN_ENGLISH, wish)
        before = photos(here)
        await here.bob.taps(IN_ENGLISH.open, here.group)
        await runs_out(here)
        assert len(photos(here)) == 1
        assert (photos(here) != before) is changed
        assert any("went back" in svg for svg in drawn) is changed
        assert here.bob.was_shown(IN_ENGLISH.over, here.group) is changed


@pytest.mark.parametrize("trouble", ["refused", "wrong", "slow"])
async def test_a_picture_that_fails_or_tarries_leaves_the_cover_above_the_end(
        trouble: str, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def draw(easel: Easel, *_told: object) -> bytes:
        if trouble == "slow":
            await asyncio.Event().wait()
        raise NotDrawn if trouble == "refused" else KeyError("a slip")

    async with stage(tmp_path, sqlite_url) as here:
        await fill(here, IN_ENGLISH)
        before = photos(here)
        monkeypatch.setattr(Easel, "draw", draw)
        monkeypatch.setattr(telling, "DRAWN_WITHIN", 0.05)
        await runs_out(here)
        assert photos(here) == before
        assert here.bob.was_shown(IN_ENGLISH.over, here.group)


async def runs_out(here: Stage) -> None:
    """The time of what is open is over, and nobody taps: only the notice tells it."""
    await here.app.database.write(lambda connection: connection.execute(
        text("UPDATE envelopes SET expires_at = 1 WHERE state = 'open'")))
    assert await expire_envelopes(here.app.engine, here.app.reads, microseconds()) == 1
    await here.settle()
