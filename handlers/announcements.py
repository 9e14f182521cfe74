"""How announcements read: the same words when an operator is shown them and when they arrive.

Guards: what an operator wrote is text and never markup, so a link in it is the address that everybody sees; the
headings around it are in the reader's language, and say who speaks.
"""
from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Final

from handlers.texts import MAX_FACT, Fact, Language, Lines, Text, _
from handlers.tickets import storable
from wallet import refusals
from wallet.announcements import INCIDENT, LONGEST, NAMED, NEWS, PARTS
from wallet.text import can_be_seen, on_one_line
from wallet.views import AnnouncementView

_HAN: Final = re.compile("[\u3400-\u9fff]")
_PARTED: Final = re.compile(r"\n[ \t]*\n")
_HEADINGS: Final = (_("<b>What happened</b>"), _("<b>What it means for you</b>"), _("<b>What to do now</b>"))
assert len(_HEADINGS) == PARTS[INCIDENT]


def told(view: AnnouncementView, language: Language) -> Fact:
    """What somebody reads in this language, or in the other one where it is said in that alone."""
    return as_told(view.kind, (view.chinese if language == "zh_CN" else view.english) or view.english or view.chinese,
                   named=view.audience == NAMED)


def as_told(kind: str, parts: Sequence[str], *, named: bool) -> Fact:
    """An announcement in full."""
    if kind == NEWS:
        return Lines((_("📣 <b>An announcement from {brand}</b>"), _written(parts[0])), gap="\n\n")
    said = [Lines((heading, _written(part))) for heading, part in zip(_HEADINGS, parts, strict=True)]
    head: Text = _("🛡 <b>A security incident that concerns you</b>") if named else _("🛡 <b>A security incident</b>")
    return Lines((head, *said, _("Questions? Write to us: /support")), gap="\n\n")


def _written(text: str) -> Lines:
    """What was written, with its lines as they were."""
    lines = [piece for line in text.split("\n") for piece in textwrap.wrap(line, MAX_FACT - 1) or [""]]
    return Lines(tuple(lines))


def language_in(text: str) -> Language:
    """The language in which something is written: Chinese signs tell."""
    return "zh_CN" if _HAN.search(text) else "en"


def parts_in(kind: str, typed: str) -> tuple[str, ...]:
    """The parts of what an operator typed: of an incident its paragraphs, or its lines where nothing else parts it;
    nothing where it has not got as many as it must. Refuses `WordsTooLong` and `WordsMissing`."""
    text = "\n".join(line.rstrip() for line in storable(typed).splitlines()).strip()
    if len(text) > LONGEST:
        raise refusals.WordsTooLong(LONGEST)
    if not can_be_seen(on_one_line(text)):
        raise refusals.WordsMissing
    if kind == NEWS:
        return (text,)
    for parts in (_PARTED.split(text), text.split("\n")):
        found = tuple(part.strip() for part in parts if can_be_seen(on_one_line(part)))
        if len(found) == PARTS[kind]:
            return found
    return ()
