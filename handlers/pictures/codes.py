"""The picture of somebody's own code, by which others pay them.

Guards: what the squares say is the link that is handed in, and every text beside them is text in its room.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import segno

from handlers.pictures.type import SANS_FAMILY, SERIF_FAMILY, serif, small

WIDE: Final = 720
EDGE: Final = 40
SQUARES: Final = 480
"""The squares are at most so wide, each a whole number of points, so that none is blurred."""
TOP: Final = 150
INK, GREY, GROUND, BELOW, PAPER, PALE = "#12312a", "#667284", "#16926b", "#0c6b50", "#ffffff", "#d8f3e8"


@dataclass(frozen=True, slots=True)
class CodePicture:
    """What it says. Every text is ready to be read."""

    link: str
    title: str
    name: str
    amount: str
    """"" for any amount."""
    note: str
    hint: str


def laid_out(code: CodePicture) -> str:
    """The picture as SVG. Making the squares takes some hundredths of a second."""
    squares = segno.make(code.link, error="m", micro=False).matrix
    point = SQUARES // len(squares)
    wide = point * len(squares)
    notes = _note(code.note)
    paper = 96 + (96 if code.amount else 0) + len(notes) * 44 + wide + 4 * point + 64
    high = TOP + paper + 112
    inside = [f'<rect width="{WIDE}" height="{high}" fill="{GROUND}"/>',
              f'<path d="M0 {high}V{high - 190}C200 {high - 290} 470 {high - 110} {WIDE} {high - 230}V{high}Z" '
              f'fill="{BELOW}"/>',
              _serif(44, 88, code.title, PAPER, WIDE - 2 * EDGE),
              f'<rect x="{EDGE}" y="{TOP}" width="{WIDE - 2 * EDGE}" height="{paper}" rx="32" fill="{PAPER}"/>']
    y = TOP + 76
    inside.append(_serif(38, y, code.name, INK, WIDE - 2 * EDGE - 80))
    if code.amount:
        y += 88
        inside.append(_serif(68, y, code.amount, INK, WIDE - 2 * EDGE - 80))
    for line in notes:
        y += 44
        inside.append(_sans(28, y, line, GREY))
    inside.append(_squares(squares, point, (WIDE - wide) // 2, y + 2 * point + 28))
    size, hint = small().on_line(code.hint, (27, 23, 20), WIDE - 2 * EDGE)
    inside.append(_sans(size, high - 48, hint, PALE))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high}" font-family="{SERIF_FAMILY}" '
            f'font-weight="700">{"".join(inside)}</svg>')


def _note(note: str) -> Sequence[str]:
    return small().set(note, ((28, 2),), WIDE - 2 * EDGE - 80)[1] if note else ()


def _squares(squares: Sequence[Sequence[int]], point: int, left: int, top: int) -> str:
    """All dark squares as one shape, those beside each other in one go."""
    path = []
    for y, row in enumerate(squares):
        x = 0
        while x < len(row):
            begun = x
            while x < len(row) and row[x]:
                x += 1
            if x > begun:
                path.append(f"M{left + begun * point} {top + y * point}h{(x - begun) * point}v{point}"
                            f"h-{(x - begun) * point}z")
            x += 1
    return f'<path d="{"".join(path)}" fill="{INK}" shape-rendering="crispEdges"/>'


def _serif(size: int, y: int, text: str, colour: str, room: int) -> str:
    size, text = serif().on_line(text, (size, size * 4 // 5, size * 3 // 5), room)
    return (f'<text x="{WIDE // 2}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="middle">'
            f'{escape(text)}</text>')


def _sans(size: int, y: int, text: str, colour: str) -> str:
    return (f'<text x="{WIDE // 2}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="middle" '
            f'font-family="{SANS_FAMILY}" font-weight="400">{escape(text)}</text>')
