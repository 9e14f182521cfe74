"""The type of pictures that carry people's own words: which signs it has, how wide they are, and how lines are set.

Guards: what is handed to a picture can be drawn by the type that comes with us, on one line or on the lines that it was
set in; nothing that somebody wrote leaves its room, however long it is.
"""
from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from handlers.texts import LOCALES
from wallet.text import on_one_line

SERIF: Final = LOCALES / "fonts" / "NotoSerifCJKsc-Bold-cut.otf"
SERIF_FAMILY: Final = "Noto Serif CJK SC"
SANS: Final = LOCALES / "fonts" / "NotoSansCJKsc-Regular-GB2312.otf"
SANS_FAMILY: Final = "Noto Sans CJK SC"

_NEVER_FIRST: Final = frozenset("，。！？、；：」』）》〉】〕…—·～,.!?;:)]}%”’")
_NEVER_LAST: Final = frozenset("「『（《〈【〔([{“‘")
_ENDS_A_PHRASE: Final = _NEVER_FIRST | {" "}
_DOTS: Final = "…"


@dataclass(frozen=True, slots=True)
class Face:
    """A type: the width of every sign that it has, in thousandths of its size."""

    widths: Mapping[str, int]

    def clean(self, text: str) -> str:
        """What of a text can be drawn, on one line. A letter with a mark that we lack is drawn without it; emoji and
        other signs that we lack are left out."""
        found: list[str] = []
        for sign in unicodedata.normalize("NFC", on_one_line(text)):
            if sign in self.widths:
                found.append(sign)
            elif sign.isspace():
                found.append(" ")
            else:
                found.append("".join(part for part in unicodedata.normalize("NFKD", sign) if part in self.widths))
        return " ".join("".join(found).split())

    def width(self, text: str, size: int) -> int:
        """How wide a text becomes; what is not in the type counts as a square."""
        return -(-sum(self.widths.get(sign, 1000) for sign in text) * size // 1000)

    def cut(self, text: str, size: int, room: int) -> str:
        """A text, shortened by a mark where it has no room."""
        if self.width(text, size) <= room:
            return text
        while text and self.width(text + _DOTS, size) > room:
            text = text[:-1]
        return text.rstrip() + _DOTS

    def on_line(self, text: str, sizes: Sequence[int], room: int) -> tuple[int, str]:
        """The largest size at which a text has room on one line; at the smallest it is cut."""
        for size in sizes:
            if self.width(text, size) <= room:
                return size, text
        return sizes[-1], self.cut(text, sizes[-1], room)

    def set(self, text: str, sizes: Sequence[tuple[int, int]], room: int) -> tuple[int, list[str]]:
        """A text on lines of about one length. `sizes` are sizes from large to small with the number of lines that
        each may have; at the smallest the text is cut."""
        for size, most in sizes:
            if self.width(text, size) > room * most:
                continue
            pieces = [part for piece in _pieces(text) for part in self._parts(piece, size, room)]
            lines = self._even(pieces, size, room, most)
            if lines:
                return size, lines
        size, most = sizes[-1]
        pieces = [part for piece in _pieces(text) for part in self._parts(piece, size, room)]
        lines = self._even(pieces, size, room, len(pieces))
        return size, [*lines[:most - 1], self.cut("".join(lines[most - 1:most + 1]), size, room)]

    def _parts(self, piece: str, size: int, room: int) -> Iterator[str]:
        """A piece, or the parts of a word that is longer than a line."""
        while self.width(piece.rstrip(), size) > room:
            most = next(end for end in range(len(piece) - 1, 0, -1) if self.width(piece[:end], size) <= room)
            yield piece[:most]
            piece = piece[most:]
        yield piece

    def _even(self, pieces: Sequence[str], size: int, room: int, most: int) -> list[str]:
        """Lines of one length that rather end with a phrase than within; where those are more than `most`, as few as
        there can be; none if those are too many as well."""
        wide = [(self.width(piece, size), self.width(piece.rstrip(), size)) for piece in pieces]
        whole = [piece[-1] in _ENDS_A_PHRASE for piece in pieces]
        for price in (room // 2, room * len(pieces)):
            breaks = _broken(wide, whole, room, price ** 2)
            if len(breaks) <= most:
                begins = [0, *breaks[:-1]]
                return ["".join(pieces[first:after]).strip() for first, after in zip(begins, breaks, strict=True)]
        return []


def _broken(wide: Sequence[tuple[int, int]], whole: Sequence[bool], room: int, price: int) -> list[int]:
    """After which pieces lines end. Each has its width with and without the space behind it; a line costs `price` and
    what it leaves empty, and more where it tears a phrase. Found from the end, for every piece that may begin one."""
    best = [(0, len(wide))] * (len(wide) + 1)
    for first in range(len(wide) - 1, -1, -1):
        choices, used = [], 0
        for last in range(first, len(wide)):
            if used + wide[last][1] > room:
                break
            used += wide[last][0]
            torn = last + 1 < len(wide) and not whole[last]
            choices.append((best[last + 1][0] + price + (room - used) ** 2 + torn * (room // 2) ** 2, last + 1))
        best[first] = min(choices)
    breaks: list[int] = []
    while not breaks or breaks[-1] < len(wide):
        breaks.append(best[breaks[-1] if breaks else 0][1])
    return breaks


def _pieces(text: str) -> Iterator[str]:
    """The parts between which a line may end: words with the space behind them, and Chinese signs one by one with the
    punctuation that belongs to them."""
    piece = ""
    for sign in text:
        ends = piece and (piece[-1] == " " or _square(sign) or _square(piece[-1]))
        if ends and sign != " " and sign not in _NEVER_FIRST and piece[-1] not in _NEVER_LAST:
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _square(sign: str) -> bool:
    return sign >= "\u2e80"


@cache
def serif() -> Face:
    """The bold type of what people wrote."""
    return _read(SERIF)


@cache
def small() -> Face:
    """The light type of small print, with the bold one for what it lacks."""
    return Face({**serif().widths, **_read(SANS).widths})


def _read(file: Path) -> Face:
    """A font's own tables say which signs it has and how wide they are."""
    data = file.read_bytes()
    tables = {data[at:at + 4]: struct.unpack_from(">L", data, at + 8)[0]
              for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)}
    per_size: int = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    full: int = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]

    def width(glyph: int) -> int:
        found: int = struct.unpack_from(">H", data, tables[b"hmtx"] + 4 * min(glyph, full - 1))[0]
        return found * 1000 // per_size

    return Face({chr(sign): width(glyph) for sign, glyph in _glyphs(data, tables[b"cmap"])})


def _glyphs(data: bytes, cmap: int) -> Iterator[tuple[int, int]]:
    """Every sign of Unicode's first plane with its glyph. (A table of format 4 is what every font has.)"""
    subtables = (struct.unpack_from(">HHL", data, cmap + 4 + 8 * number)
                 for number in range(struct.unpack_from(">H", data, cmap + 2)[0]))
    at = cmap + next(offset for platform, encoding, offset in subtables if (platform, encoding) == (3, 1))
    runs = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends, starts, shifts, offsets = (struct.unpack_from(f">{runs}H", data, at + begin)
                                     for begin in (14, 16 + 2 * runs, 16 + 4 * runs, 16 + 6 * runs))
    for run in range(runs):
        for sign in range(starts[run], min(ends[run] + 1, 0xffff)):
            glyph = sign
            if offsets[run]:
                place = at + 16 + 6 * runs + 2 * run + offsets[run] + 2 * (sign - starts[run])
                glyph = struct.unpack_from(">H", data, place)[0]
            if glyph:
                yield sign, (glyph + shifts[run]) % 0x10000
