"""Pictures of our own: a page is laid out as SVG and drawn by resvg with the type that comes with us.

Guards: what stands in a picture is text and never markup, whoever wrote it; nothing outside is read for it. The drawing
library keeps Python's lock while it draws, so a thread alone would stop every payment for a tenth of a second: each
picture is drawn in a small process of its own, which knows no secret, and only one at a time.
"""
from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from typing import Final

import structlog

from handlers.texts import LOCALES

log = structlog.get_logger(__name__)

TYPE: Final = LOCALES / "fonts" / "NotoSansCJKsc-Regular-GB2312.otf"
FAMILY: Final = "Noto Sans CJK SC"
PATIENCE: Final = 20.0
"""Seconds after which a picture is given up."""
MOST_WAITING: Final = 20
"""So many pictures wait for their turn; whoever comes then does without."""

_PROGRAM: Final = """
import os, sys
os.nice(10)
import resvg_py
sys.stdout.buffer.write(resvg_py.svg_to_bytes(
    svg_string=sys.stdin.buffer.read().decode(), font_files=[sys.argv[1]], skip_system_fonts=True,
    font_family=sys.argv[2]))
"""

INK, GREY, LINE, PAPER, TILE = "#1b2430", "#667284", "#dfe5ec", "#ffffff", "#f3f6fa"
CAME, WENT = "#16926b", "#e0662f"
"""Green and orange, which also those tell apart who see no red."""


class NotDrawn(Exception):
    """There is no picture this time; what it shows has to be told without."""


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
    """A statement's picture. Every text is ready to be read."""

    title: str
    above: str
    """In small type above the title."""
    tiles: Sequence[tuple[str, str, str]]
    """Label, amount and colour, two in a row."""
    came: str
    went: str
    bars: Sequence[Bar]
    scale: Sequence[tuple[int, str]]
    """The lines that cross the bars: where, in minor units, and what stands beside them."""
    heading: str
    shares: Sequence[Share]
    foot: str


def lines_for(bars: Sequence[Bar]) -> list[int]:
    """Where lines cross the bars: at 0, and at most three to each side, apart by 1, 2 or 5 with noughts. A bar may
    stand out by half of that, so that a few small ones below need no room for a large one."""
    came, went = max(bar.came for bar in bars), max(bar.went for bar in bars)
    apart = next(step for step in _STEPS if step * 3 >= max(came, went))
    below, above = ((2 * most + apart) // (2 * apart) for most in (went, came))
    return [number * apart for number in range(-below, above + 1)]


_STEPS: Final = [factor * 10**noughts for noughts in range(19) for factor in (1, 2, 5)]


# --------------------------------------------------------------------------------------------------- layout
WIDE: Final = 1000
EDGE: Final = 48
BARS_HIGH: Final = 360


def laid_out(chart: Chart) -> str:
    """The picture as SVG."""
    parts = [_text(EDGE, 74, 26, chart.above, GREY), _text(EDGE, 134, 50, chart.title)]
    y = 168
    for number, (label, amount, colour) in enumerate(chart.tiles):
        _tile(parts, EDGE + number % 2 * 460, y + number // 2 * 136, label, amount, colour)
    y += (len(chart.tiles) + 1) // 2 * 136 + 30
    _legend(parts, chart, y)
    y += 40
    _bars(parts, chart, y)
    y += BARS_HIGH + 96
    parts.append(_text(EDGE, y, 30, chart.heading))
    y += 24
    for share in chart.shares:
        _share(parts, share, max(one.size for one in chart.shares), y)
        y += 84
    y += 44
    parts.append(_text(EDGE, y, 22, chart.foot, GREY))
    high = y + 40
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high}" font-family="{FAMILY}">'
            f'<rect width="{WIDE}" height="{high}" fill="{PAPER}"/>{"".join(parts)}</svg>')


def _tile(parts: list[str], x: int, y: int, label: str, amount: str, colour: str) -> None:
    parts.append(_rect(x, y, 444, 120, TILE, 16))
    parts.append(_text(x + 24, y + 44, 25, label, GREY))
    parts.append(_text(x + 24, y + 94, _fitting(amount, 40, 396), amount, colour))


def _legend(parts: list[str], chart: Chart, y: int) -> None:
    x = EDGE
    for label, colour in ((chart.came, CAME), (chart.went, WENT)):
        parts += [_rect(x, y - 18, 20, 20, colour, 4), _text(x + 30, y, 25, label, GREY)]
        x += 30 + _width(label, 25) + 36


def _bars(parts: list[str], chart: Chart, y: int) -> None:
    top = max(max(bar.came for bar in chart.bars), max(at for at, _label in chart.scale), 1)
    bottom = max(max(bar.went for bar in chart.bars), -min(at for at, _label in chart.scale))
    zero = y + BARS_HIGH * top // (top + bottom)
    size = min(22, *(_fitting(label, 22, 200) for _at, label in chart.scale))
    left = EDGE + max(_width(label, size) for _at, label in chart.scale) + 16
    for at, label in chart.scale:
        height = zero - at * BARS_HIGH // (top + bottom)
        parts.append(_rect(left, height, WIDE - EDGE - left, 2, GREY if not at else LINE))
        parts.append(_text(left - 16, height + 8, size, label, GREY, "end"))
    room = (WIDE - EDGE - left) * 100 // len(chart.bars)
    for number, bar in enumerate(chart.bars):
        x, wide = left + (number * room + room // 6) // 100, room * 2 // 300
        if bar.came:
            tall = max(4, bar.came * BARS_HIGH // (top + bottom))
            parts.append(_rect(x, zero - tall, wide, tall, CAME, 3))
        if bar.went:
            parts.append(_rect(x, zero + 2, wide, max(4, bar.went * BARS_HIGH // (top + bottom)), WENT, 3))
        if bar.mark:
            parts.append(_text(x + wide // 2, y + BARS_HIGH + 40, 22, bar.mark, GREY, "middle"))


def _share(parts: list[str], share: Share, most: int, y: int) -> None:
    colour, wide = CAME if share.came else WENT, WIDE - 2 * EDGE
    parts.append(_text(EDGE, y + 34, 27, share.label))
    parts.append(_text(WIDE - EDGE, y + 34, 27, share.amount, colour, "end"))
    parts.append(_rect(EDGE, y + 50, wide, 12, TILE, 6))
    parts.append(_rect(EDGE, y + 50, max(12, wide * share.size // max(1, most)), 12, colour, 6))


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
    """Draws one picture after the other, away from everything else."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drawing")
        self._waiting = 0

    def close(self) -> None:
        """Finish what is being drawn."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def draw(self, chart: Chart) -> bytes:
        """The picture as PNG. Raises `NotDrawn`."""
        if self._waiting >= MOST_WAITING:
            raise NotDrawn
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: drawn(laid_out(chart)))
        finally:
            self._waiting -= 1


def drawn(svg: str) -> bytes:
    """SVG as PNG; it takes a tenth of a second. Raises `NotDrawn`."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with nothing in its arguments that anybody typed
            [sys.executable, "-I", "-c", _PROGRAM, str(TYPE), FAMILY], input=svg.encode(), capture_output=True,
            timeout=PATIENCE, env={}, check=True)
    except (OSError, subprocess.SubprocessError) as failure:
        log.warning("picture_not_drawn", error=repr(failure)[:200])
        raise NotDrawn from None
    return done.stdout
