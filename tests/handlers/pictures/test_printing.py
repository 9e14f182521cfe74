"""A statement on paper: everything that it is told stands on it, in its place, whoever wrote it and however long."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from handlers.pictures.easel import PAGES, Easel
from handlers.pictures.paper import Movement, Paper, Part, packed, unpacked
from handlers.pictures.printer import Printer
from handlers.pictures.printing import BOX, EDGE, HIGH, WIDE, Align, Colour, Press
from handlers.pictures.type import SANS

NOTES = ("", "lunch", "午饭很好吃 🍜🎉", "שלום, תודה רבה", "مرحبا شكرا 50", "謝謝你的晚餐", "김철수 생일 축하해",
         "ข้าวผัด", "Ünïcödé Ελληνικά Кириллица", "a" * 100, "很" * 100, "<b>&amp;{0.__class__}</b>", "(\\) Tj ET",
         "很，" * 50)


def movement(number: int = 1, note: str = "lunch", name: str = "Bob") -> Movement:
    return Movement(f"2026-12-{number % 28 + 1:02} 12:00", "Sent", name, note, f"CODE-{number}", "-¥1.00", False,
                    f"¥{number:,}.00")


def paper(movements: Sequence[Movement] = ()) -> Paper:
    return Paper(
        "en", 1_796_097_600, "ikmPay", "Statement", "December 2026", [("Member", "A***")], ("Opening balance", "¥0.00"),
        ("Closing balance", "¥7.00"), ("In", "+¥9.00"), ("Out", "-¥2.00"), [Part("Topped up", "+¥9.00", 1000)],
        [Part("Sent", "-¥2.00", 222)], "Every movement", [], ["Time", "Kind", "With", "Receipt", "Amount", "Balance"],
        ("Balance before", "¥0.00"), movements, "5 movements", "play money", "Page {x} of {y}")


class Watched(Press):
    """Keeps what it sets, with the page and the place."""

    def __init__(self, told: Paper) -> None:
        super().__init__(told, SANS.parent)
        self.set: list[tuple[int, float, float, float, str]] = []

    def _text(self, text: str, x: float, y: float, room: float, size: float, colour: Colour = (0, 0, 0),
              align: Align = "L") -> None:
        super()._text(text, x, y, room, size, colour, align)
        self.set.append((self._pdf.page_no(), x, y, room, self._set(text, size)))


def words(told: Paper) -> str:
    """Everything that is printed, without the places where lines break."""
    watched = Watched(told)
    watched.printed()
    return re.sub(r"\s", "", "".join(text for *_place, text in watched.set))


def test_a_paper_goes_to_the_process_and_arrives_as_it_was() -> None:
    told = paper([movement(number, note) for number, note in enumerate(NOTES)])
    assert packed(unpacked(packed(told))) == packed(told)
    assert unpacked(packed(told)).movements == told.movements


@pytest.mark.parametrize("note", [note for note in NOTES if note])
def test_what_somebody_wrote_is_printed_to_the_last_sign(note: str) -> None:
    assert re.sub(r"\s", "", note) in words(paper([movement(note=note, name=note[:64])]))
    assert BOX not in words(paper([movement(note=note)]))


def test_a_sign_without_a_type_leaves_a_box_and_marks_that_nobody_sees_leave_nothing() -> None:
    assert f"ab{BOX}c" in words(paper([movement(note="a\u202eb\ufe0f\U0001e900\u2069c")]))


@pytest.mark.parametrize("count", [0, 1, 20, 21, 22, 23, 24, 25, 26, 27, 60, 200])
def test_every_movement_stands_once_in_its_order_and_every_page_says_which_it_is(count: int) -> None:
    watched = Watched(paper([movement(number, NOTES[number % len(NOTES)]) for number in range(count)]))
    printed = watched.printed()
    pages = max(page for page, *_place in watched.set)
    assert [text for *_place, text in watched.set if text.startswith("CODE-")] == [f"CODE-{n}" for n in range(count)]
    assert [text for *_place, text in watched.set if text.startswith("Page ")] == [
        f"Page {page} of {pages}" for page in range(1, pages + 1)]
    assert printed.startswith(b"%PDF-")
    assert f"/Count {pages}\n".encode() in printed


@pytest.mark.parametrize("count", [0, 24, 60])
def test_nothing_leaves_its_page_and_no_row_runs_into_the_foot(count: int) -> None:
    told = paper([movement(number, NOTES[number % len(NOTES)], "Eve" * 21) for number in range(count)])
    watched = Watched(replace(told, remarks=["a remark that needs two lines " * 5] * 2,
                              came_parts=[Part("a kind", "+¥1.00", 9)] * 11))
    watched.printed()
    foot = HIGH - 11.5
    for _page, x, y, room, text in watched.set:
        assert EDGE <= x < x + room <= WIDE - EDGE + 0.01, text
        assert y == foot or y + 4 <= foot - 2.5, text


def test_the_same_paper_becomes_the_same_bytes() -> None:
    told = paper([movement(number, note) for number, note in enumerate(NOTES)])
    first = Press(told, SANS.parent).printed()
    assert Press(told, SANS.parent).printed() == first
    assert Press(replace(told, made_at=told.made_at + 60), SANS.parent).printed() != first
    assert b"(D:20261201040000Z" in first


def test_only_the_signs_that_are_used_go_along() -> None:
    assert len(Press(paper([movement()]), SANS.parent).printed()) < 30_000
    full = [movement(number, NOTES[number % len(NOTES)]) for number in range(1000)]
    assert len(Press(paper(full), SANS.parent).printed()) < 400_000


async def test_the_process_prints_one_after_the_other() -> None:
    easel = Easel(PAGES)
    try:
        first, second = [await Printer(easel).printed(paper([movement(note=note)])) for note in ("lunch", "午饭 🍜")]
    finally:
        await easel.close()
    assert first == Press(paper([movement(note="lunch")]), SANS.parent).printed()
    assert second.startswith(b"%PDF-")
