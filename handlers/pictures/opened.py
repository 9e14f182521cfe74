"""The picture of a red envelope that is finished: who opened what, and who had the best luck.

Guards: every name and greeting is text and stays in its room; however many opened it, the picture stays one that a
telephone can show, and says how many it leaves out.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from handlers.pictures import motifs
from handlers.pictures.cover import DRESSES, Theme
from handlers.pictures.motifs import BRONZE, GOLD, PALE
from handlers.pictures.type import SANS_FAMILY, SERIF_FAMILY, serif, small

WIDE: Final = 720
DRAWN: Final = 640
MOST_SHOWN: Final = 40
"""So many shares are in the picture; the best one always is."""
ONE_COLUMN: Final = 10
"""With more shares than this there are two columns."""
HEAD: Final = 344
EDGE: Final = 36
INK, GREY, LINE, PAPER = "#4a1f14", "#a07c62", "#f0dfc4", "#fff9ee"


@dataclass(frozen=True, slots=True)
class Row:
    """One who opened it; both texts are ready to be read."""

    name: str
    amount: str
    best: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What the picture says. Every text has signs of our type only."""

    greeting: str
    sender: str
    sums: str
    best: str
    """What stands beside the best share."""
    rows: Sequence[Row]
    rest: str
    """What is said of those who are left out."""


def laid_out(page: Page, theme: Theme) -> str:
    """The picture as SVG."""
    dress = DRESSES[theme]
    columns = 1 if len(page.rows) <= ONE_COLUMN else 2
    tall = 76 if columns == 1 else 62
    lines = -(-len(page.rows) // columns)
    paper = 96 + lines * tall + (56 if page.rest else 0) + 20
    high = HEAD + paper + 84
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{DRAWN}" height="{high * DRAWN // WIDE}" '
             f'viewBox="0 0 {WIDE} {high}" font-family="{SERIF_FAMILY}" font-weight="700">'
             f'<defs>{motifs.GRADIENTS}</defs><rect width="{WIDE}" height="{high}" fill="{dress.above}"/>',
             motifs.waves(WIDE, high - 60, high, dress.sea), dress.scene(),
             f'<rect x="{EDGE}" y="{HEAD}" width="{WIDE - 2 * EDGE}" height="{paper}" rx="28" fill="{PAPER}"/>']
    parts += _heading(page)
    size, sums = small().on_line(page.sums, (27, 23), WIDE - 2 * EDGE - 64)
    parts.append(_said(WIDE // 2, HEAD + 58, size, sums, GREY, "middle"))
    wide = (WIDE - 2 * EDGE) // columns
    for number, row in enumerate(page.rows):
        column, line = divmod(number, lines)
        parts += _row(row, page.best, EDGE + column * wide, HEAD + 88 + line * tall, wide, tall)
    if page.rest:
        parts.append(_said(WIDE // 2, HEAD + paper - 30, 25, page.rest, GREY, "middle"))
    return "".join(parts) + "</svg>"


def _heading(page: Page) -> list[str]:
    size, greeting = serif().on_line(page.greeting, (56, 48, 40, 34), WIDE - 2 * EDGE - 20)
    lower, sender = serif().on_line(page.sender, (30, 26), WIDE - 2 * EDGE - 20)
    return [_text(WIDE // 2, 262, size, greeting, PALE, "middle"), _text(WIDE // 2, 310, lower, sender, GOLD, "middle")]


def _row(row: Row, best: str, x: int, y: int, wide: int, tall: int) -> list[str]:
    left, right, base = x + 32, x + wide - 32, y + tall // 2 + 10
    size, amount = serif().on_line(row.amount, (32, 28, 22), wide * 11 // 20)
    parts = [motifs.line(f"M{left} {y}H{right}", LINE, 2), _text(right, base, size, amount, INK, "end")]
    room = right - left - serif().width(amount, size) - 20
    if row.best:
        parts.append(_crown(left + 17, base - 10))
        left, room = left + 46, room - 46
        tag = small().width(best, 20) + 24
        if wide > WIDE // 2 and room > tag + 120:
            room -= tag + 12
            name = small().cut(row.name, 28, room)
            at = left + small().width(name, 28) + 12
            parts += [f'<rect x="{at}" y="{base - 25}" width="{tag}" height="33" rx="16" fill="#fbe6b6"/>',
                      _said(at + tag // 2, base - 1, 20, best, BRONZE, "middle")]
    parts.append(_said(left, base, 28, small().cut(row.name, 28, room), INK))
    return parts


def _crown(x: int, y: int) -> str:
    crown = "M-17 12 L-20 -10 L-9 -1 L0 -16 L9 -1 L20 -10 L17 12 Z"
    return (f'<path transform="translate({x} {y})" d="{crown}" fill="url(#gold)" stroke="{BRONZE}" stroke-width="2" '
            'stroke-linejoin="round"/>')


def _text(x: int, y: int, size: int, text: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'


def _said(x: int, y: int, size: int, text: str, colour: str, anchor: str = "start") -> str:
    return (f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
            f'font-family="{SANS_FAMILY}" font-weight="400">{escape(text)}</text>')
