"""An agreement as a rich message, where headings, lists and references are Telegram's own.

Guards: the same clauses in the same words as the pages.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from handlers.legal.documents import WORDS, LegalText, Section, units

_RICH_UNITS, _RICH_BLOCKS = 32_000, 480
"""Telegram allows 32,768 characters and 500 blocks in one rich message."""


@lru_cache(maxsize=64)
def rich(text: LegalText) -> tuple[str, ...]:
    """The text as HTML for `sendRichMessage`, normally one message; send it with `skip_entity_detection`.

    References and the table of contents are links inside the message. A text too long for one message continues in
    another, broken between clauses, each with the contents of its own.
    """
    messages: list[list[Section]] = [[]]
    size = blocks = 0
    for section in text.sections:
        # A chapter's line in the contents comes on top; an item of a list counts as two blocks.
        more = units(_rich_section(text, section)) + (units(_line(text, section)) if section.is_chapter else 0)
        more_blocks = 5 + sum(2 if block.kind == "li" else 1 for block in section.blocks)
        if messages[-1] and (size + more > _RICH_UNITS - 4000 or blocks + more_blocks > _RICH_BLOCKS):
            messages.append([])
            size = blocks = 0
        messages[-1].append(section)
        size += more
        blocks += more_blocks
    rendered = tuple(_rich_message(text, sections) for sections in messages)
    assert all(units(message) <= _RICH_UNITS for message in rendered)
    return rendered


def _rich_message(text: LegalText, sections: Sequence[Section]) -> str:
    lines = "".join(_line(text, section) for section in sections if section.is_chapter)
    body = "".join(_rich_section(text, section) for section in sections)
    here = {section.anchor for section in sections}
    return (
        f"<h1>{escape(text.title)}</h1><p><i>{escape(text.dates)}</i></p>"
        f"<blockquote>{escape(text.summary)}</blockquote>"
        f"<details><summary>{WORDS[text.language].contents}</summary><ul>{lines}</ul></details>"
        f"{_without_links_elsewhere(body, here)}<footer>{escape(text.dates)} · SHA-256 {text.sha256}</footer>"
    )


def _line(text: LegalText, chapter: Section) -> str:
    """Where the contents lead to a chapter."""
    return f'<li><a href="#{chapter.anchor}">{escape(text.label(chapter))}</a></li>'


def _without_links_elsewhere(html: str, here: set[str]) -> str:
    """A link works only inside its own message."""

    def keep(match: re.Match[str]) -> str:
        return match[0] if match[1] in here else match[2]

    return re.sub(r'<a href="#([a-z-]+)">(.*?)</a>', keep, html)


def _rich_section(text: LegalText, section: Section) -> str:
    level = "h2" if section.is_chapter else "h3"
    return f'<a name="{section.anchor}"></a><{level}>{escape(text.label(section))}</{level}>{section.html}'
