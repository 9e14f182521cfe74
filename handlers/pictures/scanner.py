"""Reads the codes in pictures that people send.

Guards: what comes back of a picture from outside are a few short texts, which prove nothing by themselves.
"""
from __future__ import annotations

import json
from typing import Final

from handlers.pictures.aside import Aside

MOST_FOUND: Final = 8
LONGEST: Final = 300
"""So many codes of a picture are told, cut to so many signs; ours are shorter."""

_PROGRAM: Final = """
import json
import zxingcpp
found = zxingcpp.read_barcodes(whole("L", (2000, 2000)), formats=zxingcpp.BarcodeFormat.QRCode)
json.dump([one.text[:int(sys.argv[2])] for one in found[:int(sys.argv[1])]], sys.stdout)
"""


class Scanner:
    """Looks at one picture after the other."""

    def __init__(self, aside: Aside) -> None:
        self._aside = aside

    async def read(self, picture: bytes) -> tuple[str, ...]:
        """What the codes in a picture say; none where there is no code. Raises `NotRead`."""
        return tuple(json.loads(await self._aside.look(_PROGRAM, picture, str(MOST_FOUND), str(LONGEST))))
