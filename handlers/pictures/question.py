"""The picture of the question before a share opens: a few signs that people read at once and machines less so.

Guards: the signs are ours and all of them stay readable and in the picture; two pictures of the same signs differ.
"""
from __future__ import annotations

import secrets
from typing import Final

from handlers.pictures import motifs
from handlers.pictures.cover import DRESSES, Theme
from handlers.pictures.motifs import BRONZE, GOLD, PALE
from handlers.pictures.type import SANS_FAMILY, SERIF_FAMILY

WIDE, HIGH = 480, 200
_FAMILIES: Final = (SERIF_FAMILY, SANS_FAMILY)
_STRANDS: Final = 7
"""So many lines run across the signs."""
_SPECKS: Final = 60
_DRESS: Final = DRESSES[Theme.CLASSIC]
_LIGHT: Final = (PALE, GOLD, "#ffd9c4", "#fff0c0")
_chance: Final = secrets.SystemRandom()


def laid_out(signs: str) -> str:
    """The picture as SVG."""
    step = (WIDE - 80) / len(signs)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}" '
            f'font-weight="700"><rect width="{WIDE}" height="{HIGH}" fill="{_DRESS.above}"/>'
            + motifs.waves(WIDE, 150, HIGH, _DRESS.sea) + "".join(_speck() for _ in range(_SPECKS))
            + "".join(_strand(_DRESS.hem) for _ in range(_STRANDS))
            + "".join(_sign(40 + step * (place + .5), one) for place, one in enumerate(signs))
            + "".join(_strand(_chance.choice(_LIGHT)) for _ in range(_STRANDS // 2)) + "</svg>")


def _sign(middle: float, sign: str) -> str:
    """A sign that leans, is turned and stands somewhere around its place."""
    x, y = middle + _chance.uniform(-8, 8), HIGH / 2 + _chance.uniform(-14, 14)
    turn, lean, size = _chance.uniform(-24, 24), _chance.uniform(-16, 16), _chance.uniform(88, 108)
    return (f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f}) skewX({lean:.1f})">'
            f'<text y="{size * .37:.1f}" font-size="{size:.1f}" font-family="{_chance.choice(_FAMILIES)}" '
            f'fill="{_chance.choice(_LIGHT)}" text-anchor="middle">{sign}</text></g>')


def _strand(colour: str) -> str:
    """A curve from one side to the other."""
    ys = [_chance.uniform(10, HIGH - 10) for _ in range(4)]
    path = f"M0 {ys[0]:.1f}C{WIDE / 3:.1f} {ys[1]:.1f} {WIDE * 2 / 3:.1f} {ys[2]:.1f} {WIDE} {ys[3]:.1f}"
    return motifs.line(path, colour, _chance.uniform(2, 3.5))


def _speck() -> str:
    return motifs.disc(_chance.uniform(0, WIDE), _chance.uniform(0, HIGH), _chance.uniform(1, 3.5),
                       _chance.choice((*_LIGHT, BRONZE)))
