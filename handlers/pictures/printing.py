"""The program of the process that prints: a statement's words become pages.

Guards: nothing that somebody wrote breaks a page. What is too long is set on more lines or in smaller type, never cut;
emoji and other scripts have types of their own, and a sign for which there is none leaves a box. The same paper becomes
the same bytes. It is run by `easel.py` and imported by nobody there: the library takes half a second to load.
"""
from __future__ import annotations

import re
import struct
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from fpdf import FPDF
from fpdf.fonts import TTFFont

from handlers.pictures.paper import PAGE, PAGES, Movement, Paper, Part, unpacked

MAIN: Final = "NotoSansCJKsc-Regular-GB2312.otf"
OTHERS: Final = ("NotoSansCJKsc-Regular-more.otf", "NotoSans-Regular-cut.ttf", "NotoEmoji-Regular-cut.ttf",
                 "NotoSansArabic-Regular-cut.ttf", "NotoSansHebrew-Regular-cut.ttf", "NotoSansThai-Regular-cut.ttf")
"""What the main type lacks is looked for in these, in this order."""

INK, GREY, LINE, PALE = (27, 36, 48), (102, 114, 132), (223, 229, 236), (243, 246, 250)
CAME, WENT, DEEP, WHITE = (22, 146, 107), (224, 102, 47), (12, 107, 80), (255, 255, 255)

WIDE, HIGH, EDGE = 210.0, 297.0, 14.0
ROOM: Final = WIDE - 2 * EDGE
BOTTOM: Final = HIGH - 18.0
"""Rows end above the foot."""
COLUMNS: Final = (28.0, 33.0, 50.0, 22.0, 24.5, 24.5)
"""Date, kind, name with note, code, amount, balance, in millimetres."""
GAP: Final = 2.0
TYPE: Final = 8.0
"""Of the rows, in points."""
STEP: Final = 4.1
"""From line to line within a row."""
PAD: Final = 1.5
HEADS_HIGH: Final = 7.4
CARRIED_HIGH: Final = STEP + 2 * PAD
SMALL_TOP: Final = 16.0 + HEADS_HIGH
"""Where the rows of every page but the first begin."""
SUMS_HIGH: Final = 22.0
BOX: Final = "□"
"""For a sign that none of the types has."""

_UNSEEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
"""Marks that turn or join what stands beside them. A text of its own needs none."""
_SHAPED: Final = re.compile("[\u0590-\u08ff\u0e00-\u0e7f\ufb1d-\ufdff\ufe70-\ufeff]")
"""Letters that join, stack or run from right to left."""

_PIECES: Final = re.compile(
    r"[\u2e80-\ud7ff\uf900-\uffef][，。！？、；：」』）》〉】〕”’]*\s*|[^\s\u2e80-\ud7ff\uf900-\uffef]+\s*|\s+")
"""A line may end between these: words, and Chinese signs one by one with the punctuation that belongs to them."""

Align = Literal["L", "R", "C"]
Colour = tuple[int, int, int]


class Press:
    """One document."""

    def __init__(self, paper: Paper, fonts: Path) -> None:
        """The types are only looked into when it is written, and only those signs go along that it has."""
        self._paper = paper
        self._pdf = FPDF(format="A4")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        for name in (MAIN, *OTHERS):
            self._pdf.add_font(name, fname=fonts / name)
        self._pdf.set_fallback_fonts(list(OTHERS), exact_match=False)
        self._pdf.set_creation_date(datetime.fromtimestamp(paper.made_at, UTC))
        self._pdf.set_lang(paper.language)
        self._pdf.set_title(f"{paper.title} · {paper.period}")
        self._pdf.set_author(paper.brand)
        self._signs = frozenset().union(*(font.cmap for font in self._pdf.fonts.values() if isinstance(font, TTFFont)))
        self._lines = lru_cache(maxsize=4096)(self._broken)

    def printed(self) -> bytes:
        """All pages. They are counted before the first is begun, because each says how many there are."""
        top = self._first_top()
        pages = self._divided(top)
        for number, rows in enumerate(pages, 1):
            self._pdf.add_page()
            y = self._head() if number == 1 else self._small_head()
            y = self._column_heads(y)
            if number == 1:
                y = self._carried(y)
            for row in rows:
                y = self._row(row, y)
            if number == len(pages):
                self._sums(y)
            self._foot(number, len(pages))
        return bytes(self._pdf.output())

    # ----------------------------------------------------------------------------------------- the layout
    def _divided(self, top: float) -> list[list[Movement]]:
        """The movements page by page; the last page has room for the sums."""
        pages: list[list[Movement]] = [[]]
        y = top
        for row in self._paper.movements:
            high = self._high(row)
            if y + high > BOTTOM:
                pages.append([])
                y = SMALL_TOP
            pages[-1].append(row)
            y += high
        if y + SUMS_HIGH > BOTTOM:
            pages.append([])
        return pages

    def _high(self, row: Movement) -> float:
        return max(len(self._lines(row.kind, COLUMNS[1])),
                   len(self._lines(row.name, COLUMNS[2])) + len(self._lines(row.note, COLUMNS[2])), 1) * STEP + 2 * PAD

    def _first_top(self) -> float:
        """Where the first row of the first page begins, below head, sums, parts and the balance brought forward."""
        return self._parts_top() + self._parts_high() + self._heading_high() + HEADS_HIGH + CARRIED_HIGH

    def _parts_top(self) -> float:
        return 44.0 + 6.0 * len(self._paper.about) + 26.0

    def _parts_high(self) -> float:
        most = max(len(self._paper.came_parts), len(self._paper.went_parts))
        return 9.6 * most + 4.0 if most else 0.0

    def _heading_high(self) -> float:
        return 10.0 + STEP * len(self._remarks())

    def _remarks(self) -> list[str]:
        return [line for remark in self._paper.remarks for line in self._lines(remark, ROOM)]

    # ------------------------------------------------------------------------------------------ the parts
    def _head(self) -> float:
        paper = self._paper
        self._box(0, 0, WIDE, 32, CAME)
        self._box(0, 32, WIDE, 1.6, DEEP)
        self._text(paper.brand, EDGE, 10.5, ROOM / 2, 22, WHITE)
        self._text(paper.title, EDGE + ROOM / 2, 8.5, ROOM / 2, 15, WHITE, "R")
        self._text(paper.period, EDGE + ROOM / 2, 17.5, ROOM / 2, 11, WHITE, "R")
        y = 41.0
        for label, said in paper.about:
            self._text(label, EDGE, y, 38, 9, GREY)
            self._text(said, EDGE + 40, y, ROOM - 40, 9)
            y += 6.0
        y += 3.0
        wide = (ROOM - 3 * 4) / 4
        for number, ((label, amount), colour) in enumerate(zip(
                (paper.opening, paper.came, paper.went, paper.closing), (INK, CAME, WENT, INK), strict=True)):
            x = EDGE + number * (wide + 4)
            self._box(x, y, wide, 19, PALE, 2.2)
            self._text(label, x + 4, y + 3.2, wide - 8, 8, GREY)
            self._text(amount, x + 4, y + 9.2, wide - 8, 13, colour)
        y = self._parts_top()
        for side, parts, colour in ((0, paper.came_parts, CAME), (1, paper.went_parts, WENT)):
            self._parts(parts, EDGE + side * (ROOM / 2 + 4), y, colour)
        y += self._parts_high()
        self._text(paper.heading, EDGE, y + 1.5, ROOM, 11)
        y += 10.0
        for line in self._remarks():
            self._text(line, EDGE, y - 1.5, ROOM, TYPE, GREY)
            y += STEP
        return y

    def _parts(self, parts: Sequence[Part], x: float, y: float, colour: Colour) -> None:
        wide = ROOM / 2 - 4
        for part in parts:
            self._text(part.label, x, y, wide * 0.6, 8.5)
            self._text(part.amount, x + wide * 0.6, y, wide * 0.4, 8.5, colour, "R")
            self._box(x, y + 5.0, wide, 1.4, PALE, 0.7)
            self._box(x, y + 5.0, max(1.4, wide * part.size / 1000), 1.4, colour, 0.7)
            y += 9.6

    def _small_head(self) -> float:
        paper = self._paper
        self._box(0, 0, WIDE, 3, CAME)
        self._text(paper.brand, EDGE, 8, ROOM / 2, 10, DEEP)
        self._text(f"{paper.title} · {paper.period}", EDGE + ROOM / 2, 8, ROOM / 2, 9, GREY, "R")
        return SMALL_TOP - HEADS_HIGH

    def _column_heads(self, y: float) -> float:
        self._box(EDGE, y, ROOM, HEADS_HIGH - 1.2, PALE, 1.2)
        for number, label in enumerate(self._paper.columns):
            self._in_column(label, number, y + 1.3, GREY)
        return y + HEADS_HIGH

    def _carried(self, y: float) -> float:
        label, amount = self._paper.carried
        self._text(label, EDGE + GAP / 2, y + PAD, COLUMNS[0] + COLUMNS[1] + COLUMNS[2], TYPE, GREY)
        self._in_column(amount, 5, y + PAD, GREY)
        return self._rule(y + CARRIED_HIGH)

    def _row(self, row: Movement, y: float) -> float:
        at = y + PAD
        self._in_column(row.at, 0, at, GREY)
        for number, line in enumerate(self._lines(row.kind, COLUMNS[1])):
            self._in_column(line, 1, at + number * STEP)
        lines = [(line, INK) for line in self._lines(row.name, COLUMNS[2])]
        lines += [(line, GREY) for line in self._lines(row.note, COLUMNS[2])]
        for number, (line, colour) in enumerate(lines):
            self._in_column(line, 2, at + number * STEP, colour)
        self._in_column(row.code, 3, at, GREY)
        self._in_column(row.amount, 4, at, CAME if row.came else WENT)
        self._in_column(row.balance, 5, at)
        return self._rule(y + self._high(row))

    def _sums(self, y: float) -> None:
        paper = self._paper
        y += 2.0
        self._box(EDGE, y, ROOM, SUMS_HIGH - 4, PALE, 2.2)
        self._text(paper.count, EDGE + 4, y + 7.2, 50, 9, GREY)
        wide = (ROOM - 62) / 3
        for number, ((label, amount), colour) in enumerate((
                (paper.came, CAME), (paper.went, WENT), (paper.closing, INK))):
            x = EDGE + 58 + number * wide
            self._text(label, x, y + 3.0, wide - 2, 8, GREY, "R")
            self._text(amount, x, y + 8.4, wide - 2, 11, colour, "R")

    def _foot(self, number: int, pages: int) -> None:
        self._rule(HIGH - 14)
        self._text(self._paper.foot, EDGE, HIGH - 11.5, ROOM - 40, 7.5, GREY)
        said = self._paper.page.replace(PAGE, str(number)).replace(PAGES, str(pages))
        self._text(said, EDGE + ROOM - 40, HIGH - 11.5, 40, 7.5, GREY, "R")

    # ------------------------------------------------------------------------------------------- the tools
    def _in_column(self, text: str, number: int, y: float, colour: Colour = INK) -> None:
        x = EDGE + sum(COLUMNS[:number]) + GAP / 2
        self._text(text, x, y, COLUMNS[number] - GAP, TYPE, colour, "R" if number > 3 else "L")

    def _text(self, text: str, x: float, y: float, room: float, size: float, colour: Colour = INK,
              align: Align = "L") -> None:
        """One line; where it has no room its type is smaller."""
        text = self._set(text, size)
        wide = self._pdf.get_string_width(text)
        if wide > room:
            self._pdf.set_font_size(size * room / wide)
        self._pdf.set_text_color(*colour)
        self._pdf.set_xy(x, y)
        self._pdf.cell(room, size * 0.5, text, align=align)

    def _broken(self, text: str, column: float) -> list[str]:
        """The lines of a text in a row; none for none."""
        room = column - GAP
        text = self._set(text, TYPE)
        if not text:
            return []
        if self._pdf.get_string_width(text) <= room:
            return [text]
        lines = [""]
        for piece in _PIECES.findall(text):
            if self._pdf.get_string_width((lines[-1] + piece).rstrip()) > room:
                lines.append("")
            for sign in [piece] if self._pdf.get_string_width(piece.rstrip()) <= room else piece:
                if self._pdf.get_string_width((lines[-1] + sign).rstrip()) > room:
                    lines.append("")
                lines[-1] += sign
        return [line.strip() for line in lines if line.strip()]

    def _set(self, text: str, size: float) -> str:
        """The type for a text, and what of it is drawn."""
        text = "".join(sign if ord(sign) in self._signs else BOX for sign in _UNSEEN.sub("", text))
        self._pdf.set_font(MAIN, size=size)
        self._pdf.set_text_shaping(bool(_SHAPED.search(text)))
        return text

    def _box(self, x: float, y: float, wide: float, high: float, colour: Colour, round_by: float = 0) -> None:
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(x, y, wide, high, style="F", round_corners=round_by > 0, corner_radius=round_by)

    def _rule(self, y: float) -> float:
        self._pdf.set_draw_color(*LINE)
        self._pdf.set_line_width(0.2)
        self._pdf.line(EDGE, y, EDGE + ROOM, y)
        return y


def serve(fonts: Path) -> None:
    """Print whatever comes in, each with its length before it, until nothing comes any more."""
    come, go = sys.stdin.buffer, sys.stdout.buffer
    while head := come.read(4):
        printed = Press(unpacked(come.read(struct.unpack(">L", head)[0])), fonts).printed()
        go.write(struct.pack(">L", len(printed)) + printed)
        go.flush()
