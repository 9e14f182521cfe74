"""How words are set: they fit, they lose nothing that could be drawn, and their lines end where a reader would."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.pictures.printing import MAIN, OTHERS
from handlers.pictures.type import SANS, SERIF, serif, small

SIZES = ((100, 1), (90, 2), (60, 4), (40, 5))
ROOM = 600


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_every_line_fits(text: str) -> None:
    clean = serif().clean(text)
    size, lines = serif().set(clean, SIZES, ROOM)
    assert len(lines) <= dict(SIZES)[size]
    assert all(serif().width(line, size) <= ROOM for line in lines)


@given(st.text(alphabet="ab 好年，！“”W", max_size=60))
@settings(max_examples=300, deadline=None)
def test_nothing_is_lost_where_there_is_room(text: str) -> None:
    clean = serif().clean(text)
    _size, lines = serif().set(clean, ((40, 5),), ROOM)
    if len(lines) < 5:
        assert "".join(lines).replace(" ", "") == clean.replace(" ", "")


@pytest.mark.parametrize(("text", "clean"), [
    ("恭喜发财 🎉🎉", "恭喜发财"), ("👨‍👩‍👧", ""), ("Zażółć", "Zazóć"[:2] + "zóc"), ("a\u202eb\u2066c", "abc"),
    ("新年\n\n快乐", "新年 快乐"), ("\ud800", ""), ("\x00", ""), ("囍 韓梅梅", "囍 韓梅梅"), ("مرحبا", ""),
    ("ｆｕｌｌ", "ｆｕｌｌ"), ("ﬁne", "fine"), ("</text>", "</text>")])
def test_what_we_have_no_sign_for_is_left_out(text: str, clean: str) -> None:
    assert serif().clean(text) == clean


@pytest.mark.parametrize(("text", "lines"), [
    ("恭喜发财，大吉大利", ["恭喜发财，", "大吉大利"]),
    ("祝 Bob 和 Alice 新婚快乐 百年好合！", ["祝 Bob 和", "Alice 新婚快乐", "百年好合！"]),
    ("Good luck and good fortune!", ["Good luck and", "good fortune!"]),
    ("万事如意", ["万事如意"]), ("", [""])])
def test_lines_end_where_a_reader_would_end_them(text: str, lines: list[str]) -> None:
    assert serif().set(text, ((92, 2), (70, 3)), ROOM)[1] == lines


def test_what_has_no_room_is_cut_with_a_mark() -> None:
    assert serif().set("好" * 500, SIZES, ROOM)[1][-1].endswith("好…")
    size, name = serif().on_line("好" * 500, (30, 20), 100)
    assert (size, name) == (20, "好好好好…")


def test_the_small_type_has_a_sign_for_all_that_the_bold_one_has() -> None:
    assert set(serif().widths) <= set(small().widths)


def test_all_types_are_there_with_their_licence() -> None:
    types = [path for path in SERIF.parent.iterdir() if path.suffix in {".otf", ".ttf"}]
    assert {SERIF, SANS} < set(types)
    assert {path.name for path in types} == {SERIF.name, MAIN, *OTHERS}
    assert sum(path.stat().st_size for path in types) < 8_000_000
    licence = (SERIF.parent / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in licence
    assert [path.name for path in types if path.name not in licence] == []
