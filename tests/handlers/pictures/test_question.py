"""The picture of a question: its signs can be read, no two pictures are alike, and it is drawn in time."""
from __future__ import annotations

import struct
from xml.etree import ElementTree

from handlers.pictures.easel import Easel
from handlers.pictures.question import HIGH, WIDE, laid_out
from handlers.pictures.type import serif, small
from wallet.questions import SIGNS

SVG = "{http://www.w3.org/2000/svg}"


def test_the_signs_stand_in_order_and_inside_each_picture_with_its_own_noise() -> None:
    pictures = {laid_out("AC34") for _ in range(30)}
    assert len(pictures) == 30
    for picture in pictures:
        root = ElementTree.fromstring(picture)  # noqa: S314 - our own
        assert [one.text for one in root.iter(f"{SVG}text")] == list("AC34")
        places = [tuple(map(float, one.get("transform", "")[10:].partition(")")[0].split()))
                  for one in root.iter(f"{SVG}g") if one.find(f"{SVG}text") is not None]
        assert all(40 < x < WIDE - 40 and 60 < y < HIGH - 60 for x, y in places)
        assert places == sorted(places)


def test_our_type_has_every_sign() -> None:
    assert all(sign in serif().widths and sign in small().widths for sign in SIGNS)


async def test_it_becomes_a_picture() -> None:
    easel = Easel()
    try:
        drawn = await easel.draw(laid_out("WMX7"))
    finally:
        await easel.close()
    assert struct.unpack(">LL", drawn[16:24]) == (WIDE, HIGH)
