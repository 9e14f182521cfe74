"""Reads the codes in pictures that people send.

Guards: a picture from outside is opened by a process of its own that ends with it, knows nothing, may write nothing and
has bounds on its time and memory; what comes back are a few short texts, which prove nothing by themselves.
"""
from __future__ import annotations

import asyncio
import json
import sys
from typing import Final

import structlog

log = structlog.get_logger(__name__)

MOST_BYTES: Final = 10_000_000
"""No larger picture is looked at."""
PATIENCE: Final = 15.0
"""Seconds after which a picture is given up."""
MOST_WAITING: Final = 20
"""So many pictures wait for their turn; whoever comes then is asked to try again."""
MOST_FOUND: Final = 8
LONGEST: Final = 300
"""So many codes of a picture are told, cut to so many signs; ours are shorter."""

_PROGRAM: Final = """
import io, json, os, resource, sys, warnings
os.nice(10)
for what, most in ((resource.RLIMIT_AS, 1 << 30), (resource.RLIMIT_CPU, 10), (resource.RLIMIT_FSIZE, 0),
                   (resource.RLIMIT_CORE, 0)):
    resource.setrlimit(what, (most, most))
import zxingcpp
from PIL import Image
warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = 40_000_000
picture = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("JPEG", "PNG", "WEBP"))
picture.draft("L", (2000, 2000))
picture.thumbnail((2000, 2000))
if picture.mode in ("RGBA", "LA", "P", "PA"):
    shown = picture.convert("RGBA")
    picture = Image.new("RGBA", shown.size, "white")
    picture.alpha_composite(shown)
found = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
json.dump([one.text[:int(sys.argv[2])] for one in found[:int(sys.argv[1])]], sys.stdout)
"""


class NotRead(Exception):
    """The picture could not be looked at."""


class Scanner:
    """Looks at one picture after the other."""

    def __init__(self) -> None:
        """Nothing runs until a picture comes."""
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def read(self, picture: bytes) -> tuple[str, ...]:
        """What the codes in a picture say; none where there is no code. Raises `NotRead`."""
        if len(picture) > MOST_BYTES or self._waiting >= MOST_WAITING:
            raise NotRead
        self._waiting += 1
        try:
            async with self._turn:
                return await _read(picture)
        finally:
            self._waiting -= 1


async def _read(picture: bytes) -> tuple[str, ...]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", _PROGRAM, str(MOST_FOUND), str(LONGEST), env={}, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(PATIENCE):
            said, _errors = await process.communicate(picture)
    except TimeoutError:
        raise NotRead from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.info("picture_not_read", returncode=process.returncode)
        raise NotRead
    return tuple(json.loads(said))
