"""The program of the process that draws: SVG becomes PNG, and words are set on a ground that was drawn before.

Guards: what it is told stands before it in full; a ground is kept decoded, so that what costs most of a cover is drawn
once; what cannot be drawn is answered by nothing. It is run by `easel.py` and imported by nobody there.
"""
from __future__ import annotations

import io
import json
import struct
import sys
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import resvg_py
from PIL import Image, ImageDraw, ImageFont

MOST_GROUNDS: Final = 8
"""Kept decoded, 1.5 MB each."""
_QUICK: Final = 1
"""How hard PNG is packed: a fifth larger than by the usual 6, in little more than half the time."""


class Brush:
    """Draws with the types that it was given; words are in the first of them."""

    def __init__(self, types: Sequence[str]) -> None:
        self._types = list(types)
        self._grounds: OrderedDict[str, Image.Image] = OrderedDict()
        self._sized = lru_cache(32)(lambda size: ImageFont.truetype(types[0], size))

    def drawn(self, svg: str, words: Sequence[Sequence[Any]], rules: Sequence[Sequence[Any]]) -> bytes:
        """A picture as PNG; `Lettering` and `Rule` of `easel.py` are what stands on it. Raises `ValueError`."""
        if not words and not rules:
            return self._svg(svg)
        picture = self._ground(svg).copy()
        pen = ImageDraw.Draw(picture)
        for x, y, reach, width, colour in rules:
            pen.rectangle((x, y - width / 2, x + reach, y + width / 2 - 1), fill=colour)
        for x, y, size, text, colour in words:
            pen.text((x, y), text, colour, self._sized(size), anchor="ms")
        packed = io.BytesIO()
        picture.save(packed, "PNG", compress_level=_QUICK)
        return packed.getvalue()

    def _ground(self, svg: str) -> Image.Image:
        found = self._grounds.pop(svg, None)
        if found is None:
            found = Image.open(io.BytesIO(self._svg(svg))).convert("RGB")
        self._grounds[svg] = found
        if len(self._grounds) > MOST_GROUNDS:
            self._grounds.popitem(last=False)
        return found

    def _svg(self, svg: str) -> bytes:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, font_files=self._types, skip_system_fonts=True))


def serve(types: Sequence[str]) -> None:
    """Answer one question after the other, each with its length before it, until nothing comes any more."""
    come, go = sys.stdin.buffer, sys.stdout.buffer
    brush = Brush(types)
    while head := come.read(4):
        told = json.loads(come.read(struct.unpack(">L", head)[0]))
        try:
            drawn = brush.drawn(*told)
        except ValueError:
            drawn = b""
        go.write(struct.pack(">L", len(drawn)) + drawn)
        go.flush()
