"""The pictures of envelopes: in the reader's language, with the words as text, once drawn and then at hand."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

import pytest

from handlers.pictures import covers as kept
from handlers.pictures import opened
from handlers.pictures.cover import DRAWN_WIDE, HIGH, SCALE, Theme, laid_out
from handlers.pictures.covers import Covers, Finished, OpenedShare
from handlers.pictures.easel import Easel, Lettering, NotDrawn, Rule
from handlers.pictures.type import serif
from handlers.texts import LANGUAGES, Language
from tests.handlers.chat.world import SPEAKERS

HOSTILE = "</text><image href=\"file:///etc/passwd\"/>&'{0.__class__}\u202e\x00\ud800"
SVG = "{http://www.w3.org/2000/svg}"


class Watching(Easel):
    """Keeps what it should have drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[str] = []
        self.said: list[list[str]] = []
        self.works = True

    async def draw(self, svg: str, words: Sequence[Lettering] = (), rules: Sequence[Rule] = ()) -> bytes:
        if not self.works:
            raise NotDrawn
        self.drawn.append(svg)
        self.said.append([*_texts(svg), *[one.text for one in words]])
        return b"p" * 1000

    def words(self) -> str:
        """What can be read in the last picture."""
        return "\n".join(self.said[-1])


def _texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.fixture
def easel() -> Watching:
    return Watching()


@pytest.fixture
def covers(easel: Watching) -> Covers:
    return Covers(easel, SPEAKERS)


@pytest.mark.parametrize(("language", "wish", "signed"), [
    ("en", "Good luck and\ngood fortune!", "A red envelope from Ann"), ("zh_CN", "恭喜发财\n大吉大利", "Ann 送的红包")])
async def test_a_cover_speaks_the_readers_language(
        covers: Covers, easel: Watching, language: Language, wish: str, signed: str) -> None:
    await covers.cover("🎉", "Ann", Theme.CLASSIC, language)
    assert wish in easel.words()
    assert signed in easel.words()
    await covers.cover("Cheers", "🎉", Theme.CLASSIC, language)
    assert "Cheers" in easel.words()
    assert "🎉" not in easel.words()


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_somebody_wrote_is_text(
        covers: Covers, easel: Watching, theme: Theme, language: Language) -> None:
    await covers.cover(HOSTILE, HOSTILE, theme, language)
    await covers.finished(Finished(HOSTILE, HOSTILE, HOSTILE, [OpenedShare(HOSTILE, 1, best=True)], theme), language)
    for svg in easel.drawn:
        assert "image" not in {element.tag for element in ElementTree.fromstring(svg).iter()}  # noqa: S314 - ours
    assert "".join(easel.said[0]).replace(" ", "").count("{0.__class__}") >= 1


@pytest.mark.parametrize("greeting", ["好" * 100, "W" * 100, "a b " * 25, "，" * 100, "恭喜", "i"])
@pytest.mark.parametrize("sender", ["好" * 64, "W" * 64, "i"])
def test_greeting_and_name_keep_to_their_room(greeting: str, sender: str) -> None:
    laid = laid_out(greeting, sender, Theme.CLASSIC)
    *lines, name = laid.words
    for line in lines:
        assert serif().width(line.text, round(line.size)) <= DRAWN_WIDE - 90
        assert line.y - line.size * .8 > 410 * SCALE
        assert line.y + line.size * .2 < (HIGH - 180) * SCALE
    assert serif().width(name.text, round(name.size)) <= DRAWN_WIDE - 90
    for rule in laid.rules:
        assert 0 < rule.x < rule.x + rule.reach < DRAWN_WIDE


async def test_the_same_cover_is_drawn_once(covers: Covers, easel: Watching) -> None:
    for _again in range(3):
        await covers.cover("Cheers", "Ann", Theme.WEDDING, "en")
    assert len(easel.drawn) == 1
    await covers.cover("Cheers", "Ann", Theme.WEDDING, "zh_CN")
    await covers.cover("Cheers", "Bob", Theme.WEDDING, "en")
    assert len(easel.drawn) == 3


async def test_what_is_kept_has_a_bound_and_goes_by_age(
        covers: Covers, easel: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 3000)
    for name in "ABCADB":  # A is looked at again, so D drives out B.
        await covers.cover("Cheers", name, Theme.CLASSIC, "en")
    assert [said[-1][-1] for said in easel.said] == list("ABCDB")


async def test_a_cover_that_failed_is_tried_again(covers: Covers, easel: Watching) -> None:
    easel.works = False
    with pytest.raises(NotDrawn):
        await covers.cover("Cheers", "Ann", Theme.CLASSIC, "en")
    easel.works = True
    assert await covers.cover("Cheers", "Ann", Theme.CLASSIC, "en")


def shares(count: int, best: int) -> Sequence[OpenedShare]:
    return [OpenedShare(f"No.{number}", number + 1, best=number == best) for number in range(count)]


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("¥0.01", "best luck", "A red envelope from Ann")), ("zh_CN", ("¥0.01", "手气最佳", "Ann 送的红包"))])
async def test_a_finished_envelope_tells_who_got_what(
        covers: Covers, easel: Watching, language: Language, words: Sequence[str]) -> None:
    await covers.finished(Finished("Cheers", "Ann", "3 shares", shares(3, 1)), language)
    for word in ("No.0", "No.1", "No.2", *words):
        assert word in easel.words()


async def test_the_same_end_is_drawn_once(covers: Covers, easel: Watching) -> None:
    for name in ("Ann", "Ann", "Bob"):
        await covers.finished(Finished("Cheers", name, "3 shares", tuple(shares(3, 1))), "en")
    assert len(easel.drawn) == 2


async def test_of_many_shares_the_best_is_shown_and_the_rest_is_counted(covers: Covers, easel: Watching) -> None:
    await covers.finished(Finished("Cheers", "Ann", "100 shares", shares(100, 99)), "en")
    words = easel.said[-1]
    assert len([word for word in words if word.startswith("No.")]) == opened.MOST_SHOWN
    assert "No.99" in words
    assert "and 60 more" in words


@pytest.mark.parametrize("count", [0, 1, 10, 11, 40, 41])
async def test_any_number_of_shares_becomes_a_picture(count: int) -> None:
    easel = Easel()
    try:
        picture = await Covers(easel, SPEAKERS).finished(Finished("恭喜", "小明", "", shares(count, 0)), "zh_CN")
    finally:
        await easel.close()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 400_000


async def test_every_theme_becomes_a_picture_of_its_own() -> None:
    easel = Easel()
    covers = Covers(easel, SPEAKERS)
    try:
        pictures = {await covers.cover("新年快乐", "小明", theme, "zh_CN") for theme in Theme}
    finally:
        await easel.close()
    assert len(pictures) == len(Theme)
    assert all(picture.startswith(b"\x89PNG") and len(picture) < 200_000 for picture in pictures)
