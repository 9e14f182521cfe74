"""A picture of days: a statement's month, or the house's last thirty, as tiles, bars and parts of a sum, as SVG.

Guards: what stands in a picture is text and never markup, whoever wrote it; nothing leaves the picture.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from handlers.pictures.easel import Easel
from handlers.pictures.type import SANS_FAMILY
from handlers.texts import Money, Speaker
from wallet.money import Currency

INK, GREY, LINE, PAPER, TILE = "#1b2430", "#667284", "#dfe5ec", "#ffffff", "#f3f6fa"
CAME, WENT = "#16926b", "#e0662f"
"""Green and orange, which also those tell apart who see no red."""


# ------------------------------------------------------------------------------------------- what is drawn
@dataclass(frozen=True, slots=True)
class Bar:
    """What came and what went on one day, in minor units, and how the day is marked below it."""

    came: int
    went: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """One line of the parts that a sum has."""

    label: str
    amount: str
    size: int
    came: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """What stands in the picture. Every text is ready to be read."""

    title: str
    above: str
    """In small type above the title."""
    tiles: Sequence[tuple[str, str, str]]
    """Label, amount and colour, two in a row; above the bars those that say which colour of them is what."""
    bars: Sequence[Bar]
    scale: Sequence[tuple[int, str]]
    """The lines that cross the bars: where, in minor units, and what stands beside them."""
    shares: Sequence[Share]
    foot: str


def lines_for(bars: Sequence[Bar]) -> list[int]:
    """Where lines cross the bars: at 0, and at most three to each side, apart by 1, 2 or 5 with noughts. A bar may
    stand out by half of that, so that a few small ones below need no room for a large one."""
    came, went = max(bar.came for bar in bars), max(bar.went for bar in bars)
    apart = next(step for step in _STEPS if step * 3 >= max(came, went))
    below, above = ((2 * most + apart) // (2 * apart) for most in (went, came))
    return [number * apart for number in range(-below, above + 1)]


def scale_for(bars: Sequence[Bar], speaker: Speaker, currency: Currency) -> list[tuple[int, str]]:
    """The lines with what stands beside them. Where all of them stand at whole amounts, none needs its decimals."""
    lines = lines_for(bars)
    noughts = "." + "0" * currency.digits
    labels = [speaker.plain(Money(at)) for at in lines]
    if all(label.endswith(noughts) for label in labels):
        labels = [label.removesuffix(noughts) for label in labels]
    return list(zip(lines, labels, strict=True))


_STEPS: Final = [factor * 10**noughts for noughts in range(19) for factor in (1, 2, 5)]


# --------------------------------------------------------------------------------------------------- layout
WIDE: Final = 1000
EDGE: Final = 40
HALF: Final = 452
"""Half a line, with a gap between two of them."""
BARS_HIGH: Final = 300
SMALL: Final = 34
"""The smallest type: a chat shows the picture at a third of its size."""


def laid_out(chart: Chart) -> str:
    """The picture as SVG."""
    parts = [_text(EDGE, 66, SMALL, chart.above, GREY), _text(EDGE, 136, 60, chart.title)]
    y = 170
    for number, tile in enumerate(chart.tiles):
        _tile(parts, EDGE + number % 2 * (WIDE - 2 * EDGE - HALF), y + number // 2 * 148, *tile)
    y += (len(chart.tiles) + 1) // 2 * 148 + 30
    _bars(parts, chart, y)
    y += BARS_HIGH + 72
    for share in chart.shares:
        _share(parts, share, max(one.size for one in chart.shares), y)
        y += 98
    y += 42
    parts.append(_text(EDGE, y, SMALL, chart.foot, GREY))
    high = y + 34
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high}" font-family="{SANS_FAMILY}">'
            f'<rect width="{WIDE}" height="{high}" fill="{PAPER}"/>{"".join(parts)}</svg>')


def _tile(parts: list[str], x: int, y: int, label: str, amount: str, colour: str) -> None:
    """A number with its name. A coloured one has a mark, which tells what the bars of that colour are."""
    parts.append(_rect(x, y, HALF, 132, TILE, 18))
    marked = 38 if colour != INK else 0
    if marked:
        parts.append(_rect(x + 24, y + 25, 26, 26, colour, 6))
    parts.append(_text(x + 24 + marked, y + 50, _fitting(label, SMALL, HALF - 48 - marked), label, GREY))
    parts.append(_text(x + 24, y + 108, _fitting(amount, 50, HALF - 48), amount, colour))


def _bars(parts: list[str], chart: Chart, y: int) -> None:
    top = max(max(bar.came for bar in chart.bars), max(at for at, _label in chart.scale), 1)
    bottom = max(max(bar.went for bar in chart.bars), -min(at for at, _label in chart.scale))
    zero = y + BARS_HIGH * top // (top + bottom)
    size = min(SMALL, *(_fitting(label, SMALL, 200) for _at, label in chart.scale))
    left = EDGE + max(_width(label, size) for _at, label in chart.scale) + 16
    for at, label in chart.scale:
        height = zero - at * BARS_HIGH // (top + bottom)
        parts.append(_rect(left, height, WIDE - EDGE - left, 3, GREY if not at else LINE))
        parts.append(_text(left - 16, height + size // 3, size, label, GREY, "end"))
    room = (WIDE - EDGE - left) * 100 // len(chart.bars)
    for number, bar in enumerate(chart.bars):
        x, wide = left + (number * room + room // 6) // 100, room * 2 // 300
        if bar.came:
            tall = max(6, bar.came * BARS_HIGH // (top + bottom))
            parts.append(_rect(x, zero - tall, wide, tall, CAME, 3))
        if bar.went:
            parts.append(_rect(x, zero + 3, wide, max(6, bar.went * BARS_HIGH // (top + bottom)), WENT, 3))
        if bar.mark:
            parts.append(_text(x + wide // 2, y + BARS_HIGH + 50, SMALL, bar.mark, GREY, "middle"))


def _share(parts: list[str], share: Share, most: int, y: int) -> None:
    colour, wide = CAME if share.came else WENT, WIDE - 2 * EDGE
    size = min(40, _fitting(f"{share.label}  {share.amount}", 40, wide))
    parts.append(_text(EDGE, y + 46, size, share.label))
    parts.append(_text(WIDE - EDGE, y + 46, size, share.amount, colour, "end"))
    parts.append(_rect(EDGE, y + 62, wide, 16, TILE, 8))
    parts.append(_rect(EDGE, y + 62, max(16, wide * share.size // max(1, most)), 16, colour, 8))


def _width(text: str, size: int) -> int:
    """About as wide as a text becomes: Chinese signs are square, others a little over half of that."""
    return sum(100 if ord(sign) >= 0x2E80 else 58 for sign in text) * size // 100


def _fitting(text: str, size: int, room: int) -> int:
    """The size at which a text still has room."""
    return max(12, min(size, size * room // max(1, _width(text, size))))


def _text(x: int, y: int, size: int, text: str, colour: str = INK, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'


def _rect(x: int, y: int, wide: int, high: int, colour: str, round_by: int = 0) -> str:
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="{round_by}" fill="{colour}"/>'


# -------------------------------------------------------------------------------------------------- drawing
class Drawer:
    """Draws them."""

    def __init__(self, easel: Easel) -> None:
        """On an easel that others use too."""
        self._easel = easel

    async def draw(self, chart: Chart) -> bytes:
        """The picture as PNG. Raises `NotDrawn`."""
        return await self._easel.draw(laid_out(chart))
