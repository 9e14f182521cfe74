"""What envelopes are decorated with: coins, seals, clouds, waves, lanterns, blossoms. Shapes of our own, as SVG.

Guards: a motif holds no word that somebody wrote, and is plain enough to be drawn in a few thousandths of a second:
flat colours, and a gradient on gold alone.
"""
from __future__ import annotations

import math
from typing import Final

GOLD, PALE, BRONZE, UMBER = "#e8b951", "#fce7b2", "#a86f1f", "#7d430d"
SHADE: Final = "#6d0a10"

GRADIENTS: Final = (
    '<linearGradient id="gold" x1=".15" y1="0" x2=".85" y2="1"><stop offset="0" stop-color="#fff0c0"/>'
    '<stop offset=".45" stop-color="#f0c05c"/><stop offset="1" stop-color="#c5842a"/></linearGradient>'
    '<linearGradient id="peach" x1=".2" y1="0" x2=".7" y2="1"><stop offset="0" stop-color="#ffd9c4"/>'
    '<stop offset="1" stop-color="#e8576a"/></linearGradient>')


def sign(x: float, y: float, size: float, text: str, colour: str) -> str:
    """One of our own signs, its middle at a point."""
    return (f'<text x="{x:.1f}" y="{y + size * .37:.1f}" font-size="{size:.1f}" fill="{colour}" '
            f'text-anchor="middle">{text}</text>')


def line(path: str, colour: str, width: float, place: str = "") -> str:
    """A stroke without filling."""
    where = f' transform="{place}"' if place else ""
    return (f'<path d="{path}"{where} fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
            'stroke-linejoin="round"/>')


def disc(x: float, y: float, r: float, fill: str) -> str:
    """A filled circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{fill}"/>'


def _rim(x: float, y: float, r: float) -> str:
    rings = "".join(f'<circle cx="{x}" cy="{y}" r="{r - inside}" fill="none" stroke="{colour}" stroke-width="{wide}"/>'
                    for inside, colour, wide in ((5, PALE, 2), (12, BRONZE, 3)))
    return disc(x, y + 8, r + 2, SHADE) + disc(x, y, r, "url(#gold)") + rings


def coin(x: float, y: float, r: float) -> str:
    """An old coin with a square hole that wishes luck, read from above to below and from right to left."""
    hole, frame, far, size = r * .25, r * .25 + 7, r * .59, r * .36
    square = "".join(
        f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}" height="{2 * half:.1f}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="3"/>'
        for half, fill, stroke in ((frame, "none", BRONZE), (hole, "#b8171d", "#8b5a14")))
    around = zip("吉祥如意", (0, 0, far, -far), (-far, far, 0, 0), strict=True)
    return _rim(x, y, r) + square + "".join(sign(x + dx, y + dy, size, one, UMBER) for one, dx, dy in around)


def medal(x: float, y: float, r: float, text: str) -> str:
    """A round seal with one sign."""
    return _rim(x, y, r) + sign(x, y, r * 1.14, text, "#a8131a")


def diamond(x: float, y: float, r: float, text: str) -> str:
    """The square on its tip that hangs on doors at New Year."""
    def square(half: float, fill: str, rest: str = "") -> str:
        return f'<path d="M{x} {y - half}L{x + half} {y}L{x} {y + half}L{x - half} {y}Z" fill="{fill}" {rest}/>'
    return (f'<g transform="translate(0 9)">{square(r * 1.2, SHADE)}</g>' + square(r * 1.2, "url(#gold)")
            + square(r * 1.2 - 12, "none", f'stroke="{BRONZE}" stroke-width="3"')
            + square(r * 1.2 - 20, "#c5191f") + sign(x, y, r * 1.02, text, PALE))


def peach(x: float, y: float, r: float) -> str:
    """A seal with the peach that wishes a long life."""
    fruit = ("M0 -54 C-16 -34 -62 -30 -62 12 C-62 46 -30 60 0 60 C30 60 62 46 62 12 C62 -30 16 -34 0 -54Z")
    leaf = "M0 58 C26 28 62 30 80 44 C62 68 26 76 0 58Z"
    place = f"translate({x} {y - 4}) scale({r / 104:.3f})"
    return (_rim(x, y, r) + f'<g transform="{place}"><path d="{leaf}" fill="#5f8f3c"/>'
            f'<path d="{leaf}" fill="#4b7a2f" transform="scale(-1 1)"/><path d="{fruit}" fill="url(#peach)"/>'
            + line("M0 -54 C-14 -10 -14 26 -2 52", "#c93b50", 3) + "</g>")


def cloud(x: float, y: float, scale: float, colour: str, width: float = 4, flip: int = 1) -> str:
    """A cloud of good omen: curls over a tail of two lines."""
    curls = ("M-150 30 H96 C140 30 150 -28 108 -32 C100 -32 92 -28 88 -22 "
             "M108 -32 C104 -84 30 -92 18 -44 C12 -14 52 -6 58 -32 C60 -46 44 -50 38 -42 "
             "M20 -52 C2 -84 -54 -72 -52 -34 C-50 -8 -16 -8 -14 -28 C-14 -40 -26 -42 -30 -36 "
             "M-52 -34 C-80 -44 -96 -20 -84 -2 C-78 8 -66 4 -66 -4 "
             "M-120 48 H40 C62 48 62 66 44 66 H-20")
    return line(curls, colour, width, f"translate({x} {y}) scale({flip * scale} {scale})")


def waves(wide: int, top: int, bottom: int, colour: str, r: int = 60) -> str:
    """Rows of scales as the sea has them on old robes: of each ring only what the rows before it leave to be seen."""
    path = []
    for row, y in enumerate(range(top + r, bottom + r, r // 2)):
        for x in range(-r if row % 2 else 0, wide + r + 1, 2 * r):
            for ring in (r, r * .7, r * .42):
                reach = _seen(ring, r)
                dx, dy = ring * math.sin(reach), ring * math.cos(reach)
                path.append(f"M{x - dx:.1f} {y - dy:.1f}A{ring:.1f} {ring:.1f} 0 0 1 {x + dx:.1f} {y - dy:.1f}")
    return line("".join(path), colour, 2.6)


def _seen(ring: float, r: int) -> float:
    """How far to each side, from the top, a ring is not hidden by the scale of the next row."""
    angles = (step / 100 for step in range(1, 158))
    return next((angle for angle in angles
                 if math.hypot(r - ring * math.sin(angle), r / 2 + ring * math.cos(angle)) < r), math.pi / 2)


def lantern(x: float, length: float, scale: float) -> str:
    """A lantern that hangs from the upper edge."""
    ribs = "M-22 -46 C-40 -20 -40 20 -22 46 M22 -46 C40 -20 40 20 22 46 M0 -46 V46"
    tassel = "M0 56 V74 M-8 74 V118 M0 74 V126 M8 74 V118"
    return (line(f"M{x} 0 V{length - 56 * scale:.1f}", GOLD, 3)
            + f'<g transform="translate({x} {length}) scale({scale})"><ellipse rx="62" ry="48" fill="#e8342f"/>'
            + line(ribs, "#f59a52", 3) + '<ellipse rx="62" ry="48" fill="none" stroke="#f0b050" stroke-width="3"/>'
            '<rect x="-26" y="-58" width="52" height="12" rx="3" fill="url(#gold)"/>'
            '<rect x="-26" y="46" width="52" height="12" rx="3" fill="url(#gold)"/>' + line(tassel, GOLD, 4) + "</g>")


def blossom(x: float, y: float, r: float, petal: str, heart: str, turn: int = 0) -> str:
    """A plum blossom of five petals."""
    petals = "".join(disc(r * .62 * math.sin(angle), -r * .62 * math.cos(angle), r * .5, petal)
                     for angle in (math.tau * number / 5 for number in range(5)))
    threads = line("".join(f"M0 0L{r * .5 * math.sin(a):.1f} {-r * .5 * math.cos(a):.1f}"
                           for a in (math.tau * number / 5 for number in range(5))), heart, r * .07)
    return f'<g transform="translate({x} {y}) rotate({turn})">{petals}{threads}{disc(0, 0, r * .16, heart)}</g>'


def butterfly(x: float, y: float, scale: float, turn: int) -> str:
    """A butterfly; two of them are two lovers."""
    wings = ("M0 -4 C-14 -44 -62 -58 -66 -30 C-69 -8 -36 6 0 4 Z M0 4 C-30 6 -48 22 -38 40 C-28 54 -6 34 0 10 Z")
    veins = "M-8 -6 C-24 -26 -40 -34 -52 -32 M-8 8 C-18 14 -28 22 -30 32"
    half = f'<path d="{wings}" fill="#e2574c" stroke="{GOLD}" stroke-width="3"/>' + line(veins, GOLD, 2)
    body = line("M0 -10 V26 M0 -10 C-4 -24 -10 -32 -18 -36 M0 -10 C4 -24 10 -32 18 -36", GOLD, 4)
    return (f'<g transform="translate({x} {y}) rotate({turn}) scale({scale})">{half}'
            f'<g transform="scale(-1 1)">{half}</g>{body}</g>')
