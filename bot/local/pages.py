"""The files of the chat's page, as browsers are given them: packed once, and asked for again each time.

Guards: nothing is served but files that lie in the page's own folders, and never an older version than the one on
disk.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

PAGE = Path(__file__).parent / "page"
FOLDERS = ("css", "js", "img", "fonts")
WORTH_PACKING = 600  # Below that, packing saves no packet on the way.
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file as it was when it was last read."""

    stamp: tuple[int, int]
    tag: str
    plain: bytes
    packed: bytes | None


class PageFiles:
    """Reads the page's files and keeps them in memory until they change."""

    def __init__(self) -> None:
        self._kept: dict[Path, _Kept] = {}

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/", self._index)
        app.router.add_get(f"/{{folder:{'|'.join(FOLDERS)}}}/{{name:[A-Za-z0-9_-][A-Za-z0-9._-]*}}", self._asset)

    async def _index(self, request: web.Request) -> web.StreamResponse:
        index = PAGE / "index.html"
        if not index.is_file():
            return web.Response(text="The chat page is not installed; the Bot API and /local/ are.", status=404)
        return self._answer(request, index)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        path = PAGE / request.match_info["folder"] / request.match_info["name"]
        if not path.is_file():
            raise web.HTTPNotFound
        return self._answer(request, path)

    def _answer(self, request: web.Request, path: Path) -> web.Response:
        kept = self._read(path)
        headers = {"ETag": kept.tag, "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == kept.tag:
            return web.Response(status=304, headers=headers)
        body = kept.plain
        if kept.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = kept.packed, "gzip"
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        charset = "utf-8" if path.suffix in _TYPES else None
        return web.Response(body=body, headers=headers, content_type=kind, charset=charset)

    def _read(self, path: Path) -> _Kept:
        now = path.stat()
        stamp, kept = (now.st_mtime_ns, now.st_size), self._kept.get(path)
        if kept is None or kept.stamp != stamp:
            plain = path.read_bytes()
            packed = gzip.compress(plain, mtime=0) if path.suffix in _TYPES and len(plain) > WORTH_PACKING else None
            kept = _Kept(stamp, f'"{hashlib.sha256(plain).hexdigest()[:20]}"', plain, packed)
            self._kept[path] = kept
        return kept
