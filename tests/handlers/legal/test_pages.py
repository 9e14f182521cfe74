"""Read in the chat, a text keeps Telegram's limits, all of it is there and nothing else."""
from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from handlers import legal
from handlers.legal import LegalText, Names
from tests.handlers.legal.shelf import RICH_TAGS, TEXTS, each_text, loaded, read, squeezed, written

HOSTILE = (
    "<b>&",
    "**x** [y](#z)",
    "{operator}",
    "{0.__class__}",
    "小付",
    "</b><a href='x'>",
    "\U0001f9e7" * 20,
    "<" * 40,
)


@each_text
@pytest.mark.parametrize("limit", [3000, 3800, 4096])
def test_pages_keep_the_limit_and_say_every_word(text: LegalText, limit: int) -> None:
    check_pages(text, limit)


def check_pages(text: LegalText, limit: int) -> None:
    pages = legal.pages(text, limit)
    said = ""
    for page in pages:
        reader = read(page)
        assert legal.units(page) <= limit
        assert legal.units("".join(reader.text)) <= 4096
        said += squeezed("".join(reader.text))
    position = 0
    for section in text.sections:
        for words in (text.label(section), *(block.text for block in section.blocks)):
            position = said.index(squeezed(words), position)


@each_text
def test_contents_lead_to_the_page_on_which_a_clause_begins(text: LegalText) -> None:
    pages, entries = legal.pages(text), legal.contents(text)
    assert [entry.anchor for entry in entries] == [section.anchor for section in text.sections]
    for entry, section in zip(entries, text.sections, strict=True):
        assert text.label(section) in unescape(pages[entry.page - 1])


@each_text
def test_long_clauses_with_a_lead_are_folded(text: LegalText) -> None:
    folded = "".join(legal.pages(text)).count("<blockquote expandable>")
    assert folded <= len(text.sections) // 4, "most clauses are read without unfolding"


def test_a_clause_longer_than_a_page_goes_on_on_the_next(tmp_path: Path) -> None:
    paragraphs = "\n\n".join(f"Paragraph {n}, {'which goes on ' * 90}" for n in range(12))
    body = f"## 1 Long {{#long}}\n\n{paragraphs}\n"
    text = written(tmp_path, body, body.replace("Paragraph", "段落")).documents[0].texts["en"]
    check_pages(text, 3000)
    pages = legal.pages(text, 3000)
    assert len(pages) > 4
    assert all("1. Long</b> (continued)" in page for page in pages[1:])


def test_a_chapter_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    for text in TEXTS:
        for page in legal.pages(text, 3000):
            assert not page.endswith("</b>")


@each_text
def test_the_rich_message_keeps_telegrams_rules(text: LegalText) -> None:
    messages = legal.rich(text)
    assert len(messages) == 1
    check_rich(text, messages)


def check_rich(text: LegalText, messages: tuple[str, ...]) -> None:
    said = ""
    for message in messages:
        reader = read(message, RICH_TAGS)
        assert len(message) <= 32_768
        assert reader.blocks <= 500
        assert len(set(reader.names)) == len(reader.names)
        assert set(reader.links) <= set(reader.names)
        assert text.sha256 in message
        said += squeezed("".join(reader.text))
    for section in text.sections:
        for words in (text.label(section), *(block.text for block in section.blocks)):
            assert squeezed(words) in said


def test_a_text_too_long_for_one_rich_message_continues_in_another(tmp_path: Path) -> None:
    body = "".join(
        f"## {n} Clause {{#clause-{letters(n)}}}\n\n{'Words and words. ' * 40}See [clause 1](#clause-a).\n\n"
        for n in range(1, 91)
    )
    text = written(tmp_path, body, body).documents[0].texts["en"]
    messages = legal.rich(text)
    assert len(messages) > 1
    check_rich(text, messages)


def letters(number: int) -> str:
    return "abcdefghij"[number % 10 - 1] * (number // 10 + 1)


@pytest.mark.parametrize("brand", HOSTILE)
def test_a_hostile_brand_is_escaped_and_stays_what_it_is(brand: str) -> None:
    library = loaded(Names(brand=brand, currency="EUR", operator=brand, court=brand, contact=brand))
    for document in library.documents:
        for text in document.texts.values():
            assert brand in text.title
            check_pages(text, 3800)
            check_rich(text, legal.rich(text))
            assert text.title in "".join(read(legal.pages(text)[0]).text)
