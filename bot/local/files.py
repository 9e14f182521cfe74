"""Files of the local chat: what bots and people upload, and what is read back by file_id.

Guards: a file_id is made here and looked up here, so no request can name a path; sizes are bounded, and the oldest
files go when there are too many.
"""

import hashlib
import mimetypes
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import bad_request
from .shapes import Json

MAX_FILE = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_ALL = 512 * 1024 * 1024
# What a browser shows or plays without running anything.
SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/webm"}
SHOWN |= {"audio/mpeg", "audio/mp4", "audio/ogg", "audio/x-wav", "audio/webm"}


@dataclass(frozen=True, slots=True)
class File:
    """One stored file. `file_unique_id` is made of its content, `file_id` also of how it was sent: as what kind, under
    which name, with which type."""

    file_id: str
    file_unique_id: str
    kind: str
    name: str
    mime_type: str
    size: int
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        suffix = Path(self.name).suffix if Path(self.name).suffix.isascii() else ""
        return f"{self.kind}s/{self.file_id}{suffix[:12]}"


class Files:
    """All files, on disk under `folder` or in memory without one."""

    def __init__(self, folder: Path | None, keep: Callable[[str, object, object], None]) -> None:
        self._folder, self._keep = folder, keep
        self._files: dict[str, File] = {}
        self._bytes: dict[str, bytes] = {}
        self._total = 0

    def load(self, kept: Json) -> None:
        self._remember(File(**kept))

    def add(self, kind: str, name: str, content: bytes, mime_type: str | None = None) -> File:
        if len(content) > (MAX_PHOTO if kind == "photo" else MAX_FILE):
            raise bad_request("file is too big")
        if not content:
            raise bad_request("file must be non-empty")
        width = height = 0
        if kind == "photo":
            width, height, mime_type = _image(content)
        mime_type = (mime_type or mimetypes.guess_type(name)[0] or "application/octet-stream")[:100]
        name = Path(name.replace("\\", "/")).name[:120] or "file"
        unique = _digest(content)[:24]
        file_id = f"{kind}-{unique}-{_digest(f'{name}/{mime_type}'.encode('utf-8', 'replace'))[:12]}"
        file = File(file_id, unique, kind, name, mime_type, len(content), width, height)
        if file.file_id not in self._files:
            self._store(file, content)
            self._remember(file)
            self._keep("file", file.file_id, asdict(file))
            self._make_room()
        return self._files[file.file_id]

    def _store(self, file: File, content: bytes) -> None:
        if self._folder is None:
            self._bytes[file.file_id] = content
        else:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / file.file_id).write_bytes(content)

    def _remember(self, file: File) -> None:
        self._files[file.file_id] = file
        self._total += file.size

    def _make_room(self) -> None:
        while self._total > MAX_ALL and len(self._files) > 1:
            oldest = next(iter(self._files))
            self._total -= self._files.pop(oldest).size
            self._bytes.pop(oldest, None)
            self._keep("file", oldest, None)
            if self._folder is not None:
                (self._folder / oldest).unlink(missing_ok=True)

    def get(self, file_id: str) -> File | None:
        return self._files.get(file_id)

    def at(self, path: str) -> File | None:
        """The file behind the path that getFile gave."""
        return next((file for file in self._files.values() if file.path == path), None)

    def read(self, file: File) -> bytes:
        if self._folder is None:
            return self._bytes[file.file_id]
        return (self._folder / file.file_id).read_bytes()


def shown(file: File, kind: str) -> Json:
    """A file as the content of a message."""
    base: Json = {"file_id": file.file_id, "file_unique_id": file.file_unique_id}
    if kind == "photo":
        return {"photo": [{**base, "width": file.width, "height": file.height, "file_size": file.size}]}
    described: Json = {**base, "file_name": file.name, "mime_type": file.mime_type, "file_size": file.size}
    if kind in ("video", "animation"):
        described |= {"width": file.width or 640, "height": file.height or 360, "duration": 0}
    elif kind in ("audio", "voice", "voice_note"):
        described |= {"duration": 0}
    if kind in ("voice", "voice_note"):
        described.pop("file_name")
    content: Json = {kind: described}
    if kind == "animation":
        content["document"] = {
            name: described[name] for name in ("file_id", "file_unique_id", "file_name", "mime_type", "file_size")
        }
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _image(content: bytes) -> tuple[int, int, str]:
    """Width, height and type of a picture, read from its first bytes; what is no picture is refused."""
    size = _png(content) or _gif(content) or _jpeg(content) or _webp(content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height, mime_type = size
    if width + height > 10_000 or not 1 / 20 <= width / max(height, 1) <= 20:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height, mime_type


def _png(content: bytes) -> tuple[int, int, str] | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        return None
    return (*struct.unpack(">II", content[16:24]), "image/png")


def _gif(content: bytes) -> tuple[int, int, str] | None:
    if content[:6] not in (b"GIF87a", b"GIF89a") or len(content) < 10:
        return None
    return (*struct.unpack("<HH", content[6:10]), "image/gif")


def _jpeg(content: bytes) -> tuple[int, int, str] | None:
    if not content.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 < len(content):  # Each segment moves the position by at least two bytes.
        marker, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        if content[at] != 0xFF:
            return None
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height, "image/jpeg"
        at += 2 + max(length, 2)
    return None


def _webp(content: bytes) -> tuple[int, int, str] | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    if content[12:16] == b"VP8X":
        width = 1 + int.from_bytes(content[24:27], "little")
        return width, 1 + int.from_bytes(content[27:30], "little"), "image/webp"
    if content[12:16] == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), "image/webp"
    return (*(side & 0x3FFF for side in struct.unpack("<HH", content[26:30])), "image/webp")
