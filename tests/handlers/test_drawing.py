"""What a statement's picture is made of: lines at round amounts, and nobody's markup."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from handlers.drawing import CAME, INK, Bar, Chart, Drawer, Share, laid_out, lines_for
from handlers.pictures.easel import Easel

HOSTILE = "</text><image href=\"file:///etc/passwd\"/>&'"


def chart(text: str = "Sent", amount: int = 50000, bars: int = 30) -> Chart:
    shown = [Bar(amount, amount // 3, "1"), *[Bar(0, 7)] * (bars - 1)]
    shares = [Share(text, text, amount, True), Share(text, text, 1, False)]
    return Chart(text, text, [(text, text, INK), (text, text, CAME)] * 2, shown,
                 [(at, str(at)) for at in lines_for(shown)], shares, text)


@pytest.mark.parametrize("came", [0, 1, 2, 3, 99, 100, 101, 12_345, 10**15, 10**18])
@pytest.mark.parametrize("went", [1, 7, 20_000, 10**15])
def test_lines_stand_at_round_amounts_and_no_bar_stands_out_far(came: int, went: int) -> None:
    lines = lines_for([Bar(came, 0), Bar(0, went)])
    apart = lines[1] - lines[0]
    assert 2 * (-lines[0] - went) >= -apart
    assert 2 * (lines[-1] - came) >= -apart
    assert 0 in lines
    assert len(lines) <= 7
    assert {str(abs(at)).rstrip("0") for at in lines} <= {"", "1", "2", "3", "4", "5", "6", "15"}


@pytest.mark.parametrize("amount", [1, 50000, 10**15])
@pytest.mark.parametrize("bars", [28, 31])
def test_nothing_leaves_the_picture(amount: int, bars: int) -> None:
    root = ElementTree.fromstring(laid_out(chart(amount=amount, bars=bars)))  # noqa: S314 - our own
    width, height = (root.attrib[name] for name in ("width", "height"))
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        x, y, wide, high = (box.attrib[name] for name in ("x", "y", "width", "height")) if "x" in box.attrib else "0000"
        assert min(int(x), int(y), int(wide), int(high)) >= 0
        assert int(x) + int(wide) <= int(width)
        assert int(y) + int(high) <= int(height)


@pytest.mark.parametrize("text", ["Closing balance", "期末余额（模拟货币）"])
def test_all_of_it_reads_at_the_size_that_a_chat_shows(text: str) -> None:
    """A phone shows a picture 300 wide, and one that is much taller than wide it makes smaller."""
    root = ElementTree.fromstring(laid_out(chart(text)))  # noqa: S314 - our own
    sizes = [int(element.attrib["font-size"]) for element in root.iter() if "font-size" in element.attrib]
    assert min(sizes) * 300 // int(root.attrib["width"]) >= 10
    assert int(root.attrib["height"]) * 100 // int(root.attrib["width"]) < 130


def test_what_somebody_wrote_is_text() -> None:
    root = ElementTree.fromstring(laid_out(chart(HOSTILE)))  # noqa: S314 - our own
    assert {element.tag.partition("}")[2] for element in root.iter()} == {"svg", "rect", "text"}
    assert HOSTILE in [element.text for element in root.iter()]


async def test_both_languages_become_a_picture() -> None:
    easel = Easel()
    drawer = Drawer(easel)
    try:
        chinese, nothing, english = [await drawer.draw(chart(text)) for text in ("期末余额", "", "Closing balance")]
    finally:
        await easel.close()
    for picture in (chinese, nothing, english):
        assert picture.startswith(b"\x89PNG")
    assert len(chinese) > len(nothing) < len(english)
    assert len(chinese) < 400_000
