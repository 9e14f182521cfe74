"""The picture of a red envelope before it is opened: flap, seal, the greeting and who it is from.

Guards: the greeting and the name stay what they are, text: nothing in them becomes markup or leaves its room.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from handlers.pictures import motifs
from handlers.pictures.easel import Lettering, Rule
from handlers.pictures.motifs import GOLD, PALE
from handlers.pictures.type import SERIF_FAMILY, serif

WIDE, HIGH = 720, 900
DRAWN_WIDE, DRAWN_HIGH = 640, 800
"""What it is laid out on, and how many points it has in the end: a telephone shows no more, and each costs time."""
SCALE: Final = DRAWN_WIDE / WIDE
MIDDLE: Final = WIDE // 2
EDGE: Final = 60
SIZES: Final = ((108, 1), (92, 2), (70, 3), (54, 4), (44, 5), (37, 6), (33, 6))
"""How large a greeting is set and on how many lines, whichever fits first."""
NAME_SIZES: Final = (34, 30, 26)
SEAL_AT: Final = 302
FOLD: Final = 180
"""Where the flap alone ends and the ground begins to be seen."""


class Theme(StrEnum):
    """What an envelope is for."""

    CLASSIC = "classic"
    NEW_YEAR = "new_year"
    BIRTHDAY = "birthday"
    WEDDING = "wedding"


@dataclass(frozen=True, slots=True)
class Dress:
    """How an envelope of a theme looks: its reds, and what is on it."""

    above: str
    below: str
    flap: str
    hem: str
    """The fine line inside the flap's edge."""
    sea: str
    scene: Callable[[], str]
    seal: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover in its parts: the ground is the same for every envelope of a theme, what stands on it is this one's."""

    ground: str
    """As SVG, without a word that anybody wrote."""
    words: Sequence[Lettering]
    rules: Sequence[Rule]


def laid_out(greeting: str, sender: str, theme: Theme) -> Cover:
    """The picture. Both texts have signs of the bold type only."""
    size, lines = serif().set(greeting, SIZES, WIDE - 2 * EDGE)
    name, rules = _signed(sender)
    return Cover(_ground(theme), [*_greeting(_couplet(lines), size), name], rules)


@cache
def _ground(theme: Theme) -> str:
    dress = DRESSES[theme]
    return "".join((f'<svg xmlns="http://www.w3.org/2000/svg" width="{DRAWN_WIDE}" height="{DRAWN_HIGH}" '
                    f'viewBox="0 0 {WIDE} {HIGH}" font-family="{SERIF_FAMILY}" font-weight="700">'
                    f'<defs>{motifs.GRADIENTS}</defs>', _dyed(dress.above, dress.below),
                    motifs.waves(WIDE, 796, HIGH, dress.sea), _flap(dress), dress.scene(), dress.seal(), "</svg>"))


def _couplet(lines: list[str]) -> list[str]:
    """Two lines of one length need no comma between them."""
    if len(lines) == 2 and lines[0].endswith(("，", ",")) and len(lines[0]) == len(lines[1].rstrip("。！!.")) + 1:
        return [lines[0][:-1], lines[1]]
    return lines


def _greeting(lines: Sequence[str], size: int) -> list[Lettering]:
    """Around the middle of the room between seal and name."""
    step = size * (128 if len(lines) < 3 else 124) // 100
    first = 556 - (len(lines) - 1) * step // 2 + size * 36 // 100
    return [_lettering(first + number * step, size, one, PALE) for number, one in enumerate(lines)]


def _signed(sender: str) -> tuple[Lettering, list[Rule]]:
    """The name between two fine lines."""
    size, text = serif().on_line(sender, NAME_SIZES, WIDE - 2 * EDGE - 80)
    half, y = serif().width(text, size) // 2, 742
    reach = max(0, min(90, MIDDLE - EDGE - half - 24))
    begins = (MIDDLE - half - 24 - reach, MIDDLE + half + 24)
    rules = [Rule(x * SCALE, (y - size // 3) * SCALE, reach * SCALE, 2, GOLD) for x in begins if reach]
    return _lettering(y, size, text, GOLD), rules


def _lettering(y: int, size: int, text: str, colour: str) -> Lettering:
    return Lettering(MIDDLE * SCALE, y * SCALE, size * SCALE, text, colour)


def _dyed(above: str, below: str) -> str:
    """A ground that becomes darker step by step: what a gradient gives, and a third of its price."""
    first, last = ([int(colour[at:at + 2], 16) for at in (1, 3, 5)] for colour in (above, below))
    steps = max(abs(a - b) for a, b in zip(first, last, strict=True))
    bands = []
    for number in range(steps):
        colour = "".join(f"{a + (b - a) * number // (steps - 1):02x}" for a, b in zip(first, last, strict=True))
        y, next_y = (FOLD + (HIGH - FOLD) * edge // steps for edge in (number, number + 1))
        bands.append(f'<rect y="{y}" width="{WIDE}" height="{next_y - y}" fill="#{colour}" '
                     'shape-rendering="crispEdges"/>')
    return "".join(bands)


def _flap(dress: Dress) -> str:
    def edge(y: int) -> str:
        return f"M0 {y}C120 {y + 68} 250 {y + 110} {MIDDLE} {y + 110}C470 {y + 110} 600 {y + 68} {WIDE} {y}"
    shapes = "".join(f'<path d="{edge(192 + lower)}V{0 if not lower else FOLD - 10}H0Z" fill="{colour}"/>'
                     for lower, colour in ((18, dress.below), (9, "#860c13"), (0, dress.flap)))
    return shapes + motifs.line(edge(192), GOLD, 4) + motifs.line(edge(177), dress.hem, 2)


# --------------------------------------------------------------------------------------------------- themes
def _clouds() -> str:
    colour = "#e85c45"
    return motifs.cloud(150, 124, .86, colour) + motifs.cloud(570, 124, .86, colour, flip=-1)


def _lanterns() -> str:
    return (motifs.cloud(360, 96, .7, "#e85c45", 4.5)
            + "".join(motifs.lantern(x, length, scale) for x, length, scale in (
                (84, 104, .82), (196, 150, .6), (636, 104, .82), (524, 150, .6))))


def _blossoms() -> str:
    flowers = ((76, 66, 40, 0), (188, 128, 28, 20), (296, 58, 22, 40), (640, 72, 42, 10), (528, 132, 27, 50),
               (430, 66, 20, 5), (112, 176, 20, 30), (612, 182, 20, 15))
    return "".join(motifs.blossom(x, y, r, "#f6a3a0", "#fde3b4", turn) for x, y, r, turn in flowers)


def _pairs() -> str:
    """Butterflies in twos, and a rain of gold."""
    gold = ((60, 50, 5), (262, 52, 4), (306, 112, 5), (360, 60, 6), (414, 112, 5), (458, 52, 4), (660, 50, 5),
            (330, 160, 4), (390, 160, 4), (64, 172, 4), (656, 172, 4))
    return ("".join(motifs.butterfly(x, y, scale, turn) for x, y, scale, turn in (
        (118, 126, .92, -24), (214, 92, .64, 28), (602, 126, .92, 24), (506, 92, .64, -28)))
        + "".join(motifs.disc(x, y, r, GOLD) for x, y, r in gold))


DRESSES: Final = {
    Theme.CLASSIC: Dress("#bf161c", "#960e16", "#d2252b", "#e8664a", "#bd4432", _clouds,
                          lambda: motifs.coin(MIDDLE, SEAL_AT, 98)),
    Theme.NEW_YEAR: Dress("#c4131a", "#930b12", "#d81f24", "#ee6a48", "#c34a30", _lanterns,
                           lambda: motifs.diamond(MIDDLE, SEAL_AT, 104, "福")),
    Theme.BIRTHDAY: Dress("#cb2a3c", "#9f1730", "#dd3f4c", "#f08478", "#cf5a5c", _blossoms,
                           lambda: motifs.peach(MIDDLE, SEAL_AT, 98)),
    Theme.WEDDING: Dress("#a90f20", "#7c0818", "#bd1a2b", "#dc5a4e", "#a83a36", _pairs,
                          lambda: motifs.medal(MIDDLE, SEAL_AT, 104, "囍")),
}
