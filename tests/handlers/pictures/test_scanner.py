"""Reading codes: our own pictures in any state that a telephone leaves them in, and files that mean harm."""

from __future__ import annotations

import io
import zlib
from collections.abc import AsyncIterator
from xml.etree import ElementTree

import pytest
import segno
from PIL import Image

from handlers.pictures import aside, codes
from handlers.pictures import scanner as scanners
from handlers.pictures.aside import Aside, NotRead
from handlers.pictures.codes import CodePicture
from handlers.pictures.easel import Easel
from handlers.pictures.scanner import Scanner

LINK = "https://t.me/ikmpay_bot?start=to_23456789A0123abcd_3uw_" + "zu63ubfNzQ"
HOSTILE = "</text><image href=\"x\"/>&'"


def picture(link: str = LINK, text: str = "午饭 lunch", amount: str = "¥50.00") -> CodePicture:
    return CodePicture(link, text, text, amount, text, text)


@pytest.fixture
async def drawn() -> AsyncIterator[bytes]:
    easel = Easel()
    yield await easel.draw(codes.laid_out(picture()))
    await easel.close()


def saved(image: Image.Image, form: str = "PNG", **how: int) -> bytes:
    into = io.BytesIO()
    image.save(into, form, **how)
    return into.getvalue()


async def test_our_own_picture_is_read(drawn: bytes) -> None:
    assert await Scanner(Aside()).read(drawn) == (LINK,)


@pytest.mark.parametrize("turned", [0, 8, 90, 180])
async def test_a_photo_of_it_is_read(drawn: bytes, turned: int) -> None:
    photo = Image.open(io.BytesIO(drawn)).convert("RGB").rotate(turned, expand=True, fillcolor="grey")
    small = photo.resize((photo.width * 2 // 3, photo.height * 2 // 3))
    assert await Scanner(Aside()).read(saved(small, "JPEG", quality=50)) == (LINK,)


async def test_every_code_of_a_picture_is_told_up_to_a_number() -> None:
    sheet = Image.new("L", (2000, 400), "white")
    for number in range(12):
        into = io.BytesIO()
        segno.make(f"code {number}", micro=False).save(into, kind="png", scale=4, border=4)
        into.seek(0)
        sheet.paste(Image.open(into), (number % 10 * 190, number // 10 * 200))
    found = await Scanner(Aside()).read(saved(sheet))
    assert len(found) == scanners.MOST_FOUND
    assert set(found) < {f"code {number}" for number in range(12)}


async def test_a_picture_without_a_code_has_none() -> None:
    assert await Scanner(Aside()).read(saved(Image.new("RGBA", (50, 50)))) == ()


def bomb() -> bytes:
    """A picture of 100,000 × 100,000 that is a few bytes long."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    size = (100_000).to_bytes(4, "big")
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size * 2 + b"\x08\0\0\0\0")
            + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b""))


@pytest.mark.parametrize("file", [
    b"", b"no picture", b"<svg/>", b"\x89PNG\r\n\x1a\n" + b"\xff" * 100, b"\xff\xd8\xff\xe0" + b"\0" * 999, bomb(),
    saved(Image.new("L", (9, 9)), "GIF"), saved(Image.new("L", (500, 500)))[:-200], b"x" * (aside.MOST_BYTES + 1)])
async def test_a_file_that_means_harm_does_none(file: bytes) -> None:
    with pytest.raises(NotRead):
        await Scanner(Aside()).read(file)


async def test_a_picture_that_takes_too_long_is_given_up(drawn: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "PATIENCE", 0.001)
    with pytest.raises(NotRead):
        await Scanner(Aside()).read(drawn)


@pytest.mark.parametrize("text", [HOSTILE, "好" * 100, "W" * 100, ""])
def test_what_somebody_wrote_is_text(text: str) -> None:
    root = ElementTree.fromstring(codes.laid_out(picture(text=text)))  # noqa: S314 - our own
    assert {element.tag.partition("}")[2] for element in root.iter()} == {"svg", "rect", "path", "text"}


@pytest.mark.parametrize("length", [20, 40, 64])
def test_squares_are_whole_points_inside_the_paper(length: int) -> None:
    link = "https://t.me/ikmpay_bot?start=" + "a" * length
    squares = segno.make(link, error="m", micro=False).matrix
    point = codes.SQUARES // len(squares)
    assert point >= 8
    assert f"h{7 * point}v{point}" in codes.laid_out(picture(link))
