"""What changed between two versions of an agreement: clause by clause, paragraph by paragraph, word by word.

Guards: whoever reads the changes learns of every word that differs. A clause is the same one when its anchor is,
however it is numbered and wherever it stands; a reference that only follows the number of its clause is no change.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from handlers.legal.documents import Block, LegalText, Section

ALIKE = 0.5
"""Paragraphs that share less than this of their words are told as one that went and one that came."""
_ISLAND = 4
"""Fewer letters than this between two changes are told with them: nobody reads words in shreds."""

_OWN_REFERENCE = re.compile(r'(<a href="#[a-z-]+">)(.*?)(</a>)')
_MARKUP = re.compile(r"</?(?:b|code)>")
_WORD = re.compile(r"[A-Za-z0-9_/@’'.:-]*[A-Za-z0-9_/@’']|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: Literal["kept", "gone", "new"]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or item that is not as it was. A changed one is told in pieces, which make up both its texts."""

    kind: Literal["added", "removed", "changed"]
    is_item: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of which something differs. `number` and `heading` are the new ones, or those that it had."""

    kind: Literal["added", "removed", "changed"]
    number: str
    heading: str
    was_number: str
    was_heading: str
    moved: bool
    """Whether it stands somewhere else among the clauses that stayed, and was not merely pushed by others."""
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs between two versions, apart from the line that tells version and dates."""

    title: tuple[Piece, ...]
    """In pieces, or empty when it is the same."""
    summary: tuple[Piece, ...]
    clauses: tuple[Clause, ...]
    """In the order of the new text; what was removed stands where it stood."""
    renumbered: tuple[tuple[str, str], ...]
    """(number before, number now) of the clauses that have nothing but another number."""

    def __bool__(self) -> bool:
        return bool(self.title or self.summary or self.clauses or self.renumbered)


@lru_cache(maxsize=64)
def changes(before: LegalText, after: LegalText) -> Changes:
    """What is not in `after` as it was in `before`; both in one language."""
    assert before.language == after.language
    old = {section.anchor: section for section in before.sections}
    new = {section.anchor: section for section in after.sections}
    stayed = _in_order([anchor for anchor in old if anchor in new], [anchor for anchor in new if anchor in old])
    clauses: list[Clause] = []
    renumbered: list[tuple[str, str]] = []
    for anchor in _both_orders(list(old), list(new), stayed):
        if anchor not in old:
            clauses.append(_whole("added", new[anchor]))
        elif anchor not in new:
            clauses.append(_whole("removed", old[anchor]))
        elif clause := _compared(old[anchor], new[anchor], moved=anchor not in stayed):
            clauses.append(clause)
        elif old[anchor].number != new[anchor].number:
            renumbered.append((old[anchor].number, new[anchor].number))
    return Changes(_differing(before.title, after.title), _differing(before.summary, after.summary), tuple(clauses),
                   tuple(renumbered))


# -------------------------------------------------------------------------------------------------- clauses
def _in_order(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """The clauses that still stand in the same order among each other."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return frozenset(anchor for block in blocks for anchor in old[block.a:block.a + block.size])


def _both_orders(old: Sequence[str], new: Sequence[str], stayed: frozenset[str]) -> Iterator[str]:
    """Every clause once: the new order, with each removed clause behind the one that it stood behind."""
    known = frozenset(new)
    position = 0
    for anchor in new:
        if anchor in stayed:
            here = old.index(anchor)
            yield from (gone for gone in old[position:here] if gone not in known)
            position = here
        yield anchor
    yield from (gone for gone in old[position:] if gone not in known)


def _whole(kind: Literal["added", "removed"], section: Section) -> Clause:
    paragraphs = tuple(_all_of(kind, block) for block in section.blocks)
    return Clause(kind, section.number, section.heading, section.number, section.heading, False, paragraphs)


def _all_of(kind: Literal["added", "removed"], block: Block) -> Paragraph:
    return Paragraph(kind, block.kind == "li", (Piece("new" if kind == "added" else "gone", block.text),))


def _compared(old: Section, new: Section, *, moved: bool) -> Clause | None:
    paragraphs = tuple(_paragraphs(old.blocks, new.blocks))
    if not paragraphs and not moved and old.heading == new.heading:
        return None
    return Clause("changed", new.number, new.heading, old.number, old.heading, moved, paragraphs)


# ----------------------------------------------------------------------------------------------- paragraphs
def _paragraphs(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Paragraph]:
    steps = SequenceMatcher(None, [*map(_said, old)], [*map(_said, new)], autojunk=False).get_opcodes()
    for step, old_start, old_end, new_start, new_end in steps:
        if step != "equal":
            yield from _replaced(old[old_start:old_end], new[new_start:new_end])


def _said(block: Block) -> tuple[str, str]:
    """What makes two paragraphs the same: their words, and which clauses they refer to but not by which numbers."""
    words = _MARKUP.sub("", block.html)
    return block.kind, _OWN_REFERENCE.sub(lambda link: link[1] + re.sub(r"\d", "", link[2]) + link[3], words)


def _replaced(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Paragraph]:
    """Tells paragraphs in their order, those that are alike as changed ones."""
    left = list(old)
    for block in new:
        place = next((n for n, other in enumerate(left) if _alike(other, block)), None)
        if place is None:
            yield _all_of("added", block)
            continue
        yield from (_all_of("removed", gone) for gone in left[:place])
        if pieces := _differing(left[place].text, block.text):
            yield Paragraph("changed", block.kind == "li", pieces)
        del left[:place + 1]
    yield from (_all_of("removed", gone) for gone in left)


def _alike(old: Block, new: Block) -> bool:
    if old.kind != new.kind:
        return False
    words = SequenceMatcher(None, _WORD.findall(old.text), _WORD.findall(new.text), autojunk=False)
    return words.quick_ratio() >= ALIKE and words.ratio() >= ALIKE  # The first is a bound, and much cheaper.


# ---------------------------------------------------------------------------------------------------- words
def _differing(old: str, new: str) -> tuple[Piece, ...]:
    return () if old == new else _pieces(old, new)


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Both texts in one: what went stands before what came in its place."""
    olds, news = _WORD.findall(old), _WORD.findall(new)
    gone = came = ""
    said: list[Piece] = []
    steps = SequenceMatcher(None, olds, news, autojunk=False).get_opcodes()
    for number, (step, old_start, old_end, new_start, new_end) in enumerate(steps):
        before, after = "".join(olds[old_start:old_end]), "".join(news[new_start:new_end])
        is_island = 0 < number < len(steps) - 1 and len(before.strip()) < _ISLAND
        if step != "equal" or is_island:
            gone += before
            came += after
            continue
        said += _told(gone, came)
        said.append(Piece("kept", before))
        gone = came = ""
    return (*said, *_told(gone, came))


def _told(gone: str, came: str) -> Iterator[Piece]:
    if gone:
        yield Piece("gone", gone)
    if came:
        yield Piece("new", came)
