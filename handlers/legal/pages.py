"""An agreement as messages: pages in Telegram's HTML with a table of contents.

Guards: no page is longer than a message may be, no tag is cut, and no layout leaves out or adds a word of a clause.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from types import MappingProxyType
from typing import TypeVar

from handlers.legal.documents import WORDS, Block, Entry, LegalText, Section, units

PAGE_UNITS = 3800
"""A comfortable page. Telegram's own limit is 4,096 UTF-16 units, which we hold for the raw HTML too."""
_PAGE_LEAST, _PAGE_MOST, PAGES_MOST = 3000, 4096, 99
_LINK_TAG = re.compile(r"</?a(?: [^>]*)?>")


def pages(text: LegalText, limit: int = PAGE_UNITS) -> tuple[str, ...]:
    """The text as messages in Telegram's HTML, each at most `limit` units long even before its tags are taken off."""
    return _layout(text, limit).pages


def contents(text: LegalText, limit: int = PAGE_UNITS) -> tuple[Entry, ...]:
    """The clauses with the page on which each begins, for the same `limit` as the pages."""
    where = _layout(text, limit).where
    return tuple(Entry(s.anchor, s.number, s.heading, where[s.anchor]) for s in text.sections)


@dataclass(frozen=True, slots=True)
class _Layout:
    pages: tuple[str, ...]
    where: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Part:
    """What must stay on one page: a clause or, where one is longer than a page, a run of its paragraphs."""

    anchors: tuple[str, ...]
    html: str


@lru_cache(maxsize=64)
def _layout(text: LegalText, limit: int) -> _Layout:
    assert _PAGE_LEAST <= limit <= _PAGE_MOST, limit
    room = limit - units(_page_head(text, PAGES_MOST, PAGES_MOST))
    sheets = packed(_parts(text, room), room, lambda part: part.html)
    where: dict[str, int] = {}
    rendered: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        where.update((anchor, number) for part in sheet for anchor in part.anchors)
        rendered.append(_page_head(text, number, len(sheets)) + "\n\n".join(part.html for part in sheet))
    assert all(units(page) <= limit for page in rendered)
    return _Layout(tuple(rendered), MappingProxyType(where))


P = TypeVar("P")


def packed(parts: Iterable[P], room: int, html: Callable[[P], str]) -> list[list[P]]:
    """What must stay together, put on as few pages as it takes in its order; a gap of two line ends goes between."""
    sheets: list[list[P]] = [[]]
    used = 0
    for part in parts:
        size = units(html(part)) + 2
        if sheets[-1] and used + size > room:
            sheets.append([])
            used = 0
        sheets[-1].append(part)
        used += size
    assert len(sheets) <= PAGES_MOST, "a file of bounded length has a bounded number of pages"
    return sheets


def _page_head(text: LegalText, number: int, count: int) -> str:
    return f"<b>{escape(text.title)}</b>\n<i>{escape(text.dates)} · {number}/{count}</i>\n\n"


def _parts(text: LegalText, room: int) -> Iterator[_Part]:
    yield _Part((), f"<blockquote>{escape(text.summary)}</blockquote>")
    words = WORDS[text.language]
    carried: list[Section] = []
    for section in text.sections:
        if not section.blocks:
            # The heading of a chapter never stands alone at the foot of a page.
            carried.append(section)
            continue
        above = [*carried, section]
        heading = "\n".join(f"<b>{escape(text.label(s))}</b>" for s in above) + "\n"
        anchors = tuple(s.anchor for s in above)
        again = f"<b>{escape(text.label(section))}</b> ({words.continued})\n"
        for body in _bodies(section.blocks, room - max(units(heading), units(again)) - 2, words.fold):
            yield _Part(anchors, heading + body)
            heading, anchors = again, ()
        carried = []


def _bodies(blocks: Sequence[Block], room: int, fold: int) -> Iterator[str]:
    """Sets the paragraphs of a clause, in as many pieces as the room demands, never cutting inside one."""
    piece: list[Block] = []
    for block in blocks:
        if piece and units(_body([*piece, block], fold)) > room:
            yield _body(piece, fold)
            piece = []
        piece.append(block)
    yield _body(piece, fold)


def _body(blocks: Sequence[Block], fold: int) -> str:
    first, rest = blocks[0], blocks[1:]
    if rest and first.kind == "p" and sum(units(block.text) for block in blocks) > fold:
        return f"{_classic([first])}\n<blockquote expandable>{_classic(rest)}</blockquote>"
    return _classic(blocks)


def _classic(blocks: Sequence[Block]) -> str:
    """Paragraphs apart, items close together. Messages have no anchors, so references lose their link."""
    lines: list[str] = []
    for before, block in zip((None, *blocks), blocks, strict=False):
        if before is not None:
            lines.append("\n" if before.kind == block.kind == "li" else "\n\n")
        lines.append(("• " if block.kind == "li" else "") + _LINK_TAG.sub("", block.html))
    return "".join(lines)
