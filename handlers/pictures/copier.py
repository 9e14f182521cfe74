"""Copies pictures of documents: what is kept of them is drawn anew.

Guards: nothing of the file that somebody sent is kept, neither what it says about where and with what it was taken nor
what hides behind the picture; the copy is a JPEG of bounded size, on which a document can be read.
"""
from __future__ import annotations

from typing import Final

from handlers.pictures.aside import Aside, NotRead

LARGEST: Final = 1_000_000
"""Bytes of a copy."""
LONGEST_SIDE: Final = 1_800
SHORTEST_SIDE: Final = 300
"""Pixels: on less nobody can read anything."""

_PROGRAM: Final = """
turn = picture.getexif().get(0x0112)
made = whole("RGB", (int(sys.argv[1]), int(sys.argv[1])))
T = Image.Transpose
ways = {2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE, 6: T.ROTATE_270, 7: T.TRANSVERSE,
        8: T.ROTATE_90}
if turn in ways:
    made = made.transpose(ways[turn])
if min(made.size) < int(sys.argv[2]):
    sys.exit(3)
clean = Image.new("RGB", made.size)
clean.paste(made)
for quality in (85, 70, 50, 30):
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=quality, optimize=True)
    if out.tell() <= int(sys.argv[3]):
        break
sys.stdout.buffer.write(out.getvalue())
"""


class Copier:
    """Copies one picture after the other."""

    def __init__(self, aside: Aside) -> None:
        self._aside = aside

    async def copy(self, picture: bytes) -> bytes:
        """A picture drawn anew. Raises `NotRead`."""
        copy = await self._aside.look(_PROGRAM, picture, str(LONGEST_SIDE), str(SHORTEST_SIDE), str(LARGEST))
        if not 0 < len(copy) <= LARGEST:
            raise NotRead
        return copy
