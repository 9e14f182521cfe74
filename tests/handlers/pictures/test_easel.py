"""The process that draws: it answers the question it was asked, and whatever becomes of it nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from handlers.pictures import easel as easels
from handlers.pictures.brush import MOST_GROUNDS
from handlers.pictures.easel import PICTURES, Easel, Lettering, NotDrawn, Rule

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><rect width="9" height="9"/></svg>'


@pytest.fixture
async def easel() -> AsyncIterator[Easel]:
    one = Easel()
    yield one
    await one.close()


def width(picture: bytes) -> int:
    assert picture.startswith(b"\x89PNG")
    return int.from_bytes(picture[16:20], "big")


async def test_everybody_gets_the_picture_they_asked_for(easel: Easel) -> None:
    sizes = range(10, 25)
    pictures = await asyncio.gather(*[easel.draw(SQUARE.format(size)) for size in sizes])
    assert [width(picture) for picture in pictures] == list(sizes)


async def test_words_and_rules_stand_on_a_ground_that_stays_as_it_is(easel: Easel) -> None:
    plain = await easel.draw(SQUARE.format(40))
    word, rule = Lettering(20, 30, 20, "福", "#ff0000"), Rule(5, 35, 10, 2, "#00ff00")
    lettered = await easel.draw(SQUARE.format(40), [word])
    assert await easel.draw(SQUARE.format(40), [word]) == lettered
    assert len({lettered, await easel.draw(SQUARE.format(40), [word], [rule])}) == 2
    assert width(lettered) == 40
    assert await easel.draw(SQUARE.format(40)) == plain


async def test_grounds_that_nobody_wanted_lately_are_let_go(easel: Easel) -> None:
    word = Lettering(5, 9, 5, "a", "#ff0000")
    for size in (*range(10, 12 + MOST_GROUNDS), 10):
        assert width(await easel.draw(SQUARE.format(size), [word])) == size


@pytest.mark.parametrize("colour", ["no colour", ""])
async def test_words_that_cannot_be_set_are_said_so(easel: Easel, colour: str) -> None:
    with pytest.raises(NotDrawn):
        await easel.draw(SQUARE.format(9), [Lettering(5, 9, 5, "a", colour)])
    assert width(await easel.draw(SQUARE.format(7))) == 7


async def test_only_so_many_wait_for_their_picture(easel: Easel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(easels, "MOST_WAITING", 1)
    first, second = await asyncio.gather(easel.draw(SQUARE.format(9)), easel.draw(SQUARE.format(8)),
                                         return_exceptions=True)
    assert isinstance(first, bytes)
    assert isinstance(second, NotDrawn)


@pytest.mark.parametrize("svg", ["", "<svg", "no picture", SQUARE.format(0), SQUARE.format(10**9)])
async def test_what_cannot_be_drawn_is_said_so_and_the_next_one_is_drawn(easel: Easel, svg: str) -> None:
    with pytest.raises(NotDrawn):
        await easel.draw(svg)
    assert width(await easel.draw(SQUARE.format(7))) == 7


async def test_a_picture_that_takes_too_long_is_given_up(easel: Easel, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as hasty:
        hasty.setattr(easel, "_program", replace(PICTURES, patience=0.0001))
        with pytest.raises(NotDrawn):
            await easel.draw(SQUARE.format(9))
    assert width(await easel.draw(SQUARE.format(7))) == 7


async def test_whoever_goes_away_takes_nobody_elses_picture_along(easel: Easel) -> None:
    impatient = asyncio.create_task(easel.draw(SQUARE.format(9)))
    patient = asyncio.create_task(easel.draw(SQUARE.format(8)))
    await asyncio.sleep(0)
    impatient.cancel()
    assert width(await patient) == 8


async def test_a_process_that_died_is_followed_by_another(easel: Easel) -> None:
    await easel.draw(SQUARE.format(9))
    process = easel._process
    assert process is not None
    process.kill()
    await process.wait()
    assert width(await easel.draw(SQUARE.format(8))) == 8


async def test_a_process_that_nobody_wants_anything_of_ends(easel: Easel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(easels, "IDLE", 0.0)
    await easel.draw(SQUARE.format(9))
    process = easel._process
    assert process is not None
    assert await process.wait() == 0
    assert width(await easel.draw(SQUARE.format(8))) == 8
