"""Pictures from outside, opened by a process that is made for each of them.

Guards: that process ends with its picture, knows nothing, may write nothing and has bounds on its memory and time; one
runs at a time, and only so many pictures wait for their turn.
"""
from __future__ import annotations

import asyncio
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

OPENING: Final = """
import io, os, resource, sys, warnings
os.nice(10)
for what, most in ((resource.RLIMIT_AS, 1 << 30), (resource.RLIMIT_CPU, 10), (resource.RLIMIT_FSIZE, 0),
                   (resource.RLIMIT_CORE, 0)):
    resource.setrlimit(what, (most, most))
from PIL import Image
warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = 40_000_000
picture = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("JPEG", "PNG", "WEBP"))
def whole(mode, most):
    global picture
    picture.draft(mode, most)
    picture.thumbnail(most)
    if picture.mode in ("RGBA", "LA", "P", "PA"):
        shown = picture.convert("RGBA")
        picture = Image.new("RGBA", shown.size, "white")
        picture.alpha_composite(shown)
    return picture.convert(mode)
"""
"""What every such process begins with: its bounds, and the picture, which `whole` makes small and without gaps."""


class NotRead(Exception):
    """The picture could not be looked at."""


class Aside:
    """Looks at one picture after the other."""

    def __init__(self) -> None:
        """Nothing runs until a picture comes."""
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def look(self, program: str, picture: bytes, *arguments: str) -> bytes:
        """What a program, which goes on after `OPENING`, says of a picture. Raises `NotRead`."""
        if len(picture) > MOST_BYTES or self._waiting >= MOST_WAITING:
            raise NotRead
        self._waiting += 1
        try:
            async with self._turn:
                return await _look(program, picture, arguments)
        finally:
            self._waiting -= 1


async def _look(program: str, picture: bytes, arguments: tuple[str, ...]) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", OPENING + program, *arguments, env={}, stdin=asyncio.subprocess.PIPE,
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
    return said
