"""New versions of what somebody has accepted: how they are told, and which of them can be accepted already.

Guards: a significant version is announced with what it changes and what follows if it is not accepted; and however many
versions there are, what is said about them fits into one message.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardMarkup

from handlers.chat.reading import compare_button, read_button
from handlers.ground import microseconds
from handlers.keyboards import Open, button, keyboard
from handlers.legal import Document, Library, units
from handlers.texts import Day, Fact, Html, Lines, Speaker, _
from wallet.agreements import Accept, Terms, versions

NEWS: Final = "news"
"""Stands for a gate where somebody accepts new versions before anything asks for them."""
MOST_TOLD: Final = Accept.MOST
"""So many versions are told of and accepted together; the list of agreements has all of them."""
_WORDS_MOST: Final = 2400
"""For so many units it is told what the versions change; after that the buttons tell."""


def renewed(terms: Terms, library: Library, accepted: str, now: datetime) -> tuple[Document, ...]:
    """The new versions that somebody can accept now: those to come, and those that are waited for."""
    moment = microseconds(now)
    known = versions(accepted)
    found = [library.find(one.name, one.version) for one in terms.news(accepted, moment)
             if terms.may_accept(one, accepted, moment)
             and (one.effective > moment or terms.significant_since(accepted, one, moment))]
    assert all(document is None or document.name in known for document in found)
    return tuple(document for document in found if document is not None)[:MOST_TOLD]


def changed(documents: Sequence[Document], speaker: Speaker, *, room: int = _WORDS_MOST) -> list[Fact]:
    """New versions: what each is, from when on, and what it changes. What several change alike is said once."""
    alike: dict[str, list[Fact]] = {}
    for document in documents:
        text = document.texts[speaker.language]
        alike.setdefault(text.changes, []).append(
            _("<b>{title}</b>\nVersion {version}, in force from {day}", title=Html(escape(text.title)),
              version=document.version, day=Day(document.effective)))
    told: list[Fact] = []
    for words, lines in alike.items():
        room -= units(escape(words))
        if words and room > 0:
            # As summaries, they are ours and bounded where they are loaded.
            lines.append(Html(f"<blockquote>{escape(words)}</blockquote>"))
        told.append(Lines(tuple(lines)))
    return told


def _units_of(documents: Sequence[Document], speaker: Speaker) -> int:
    return sum(units(escape(words)) for words in {one.texts[speaker.language].changes for one in documents})


def announcement(significant: Sequence[Document], minor: Sequence[Document], speaker: Speaker) -> Lines:
    """What somebody is told of new versions, once."""
    told: list[Fact] = []
    room = _WORDS_MOST
    for documents, before, after in (
        (significant, _("📣 <b>Important: what you agreed to is changing</b>"),
         _("From that day on, money still reaches you, but you can send none until you have accepted the new version. "
           "You can read and accept it now.") if _have_one_day(significant) else
         _("From each of those days on, money still reaches you, but you can send none until you have accepted the "
           "version that is then in force. You can read them now.")),
        (minor, _("📄 <b>A small change in what you agreed to</b>"),
         _("You need not do anything: if you go on using {brand} after that day, you accept it.")
         if _have_one_day(minor) else
         _("You need not do anything: if you go on using {brand} after those days, you accept them.")),
    ):
        if documents:
            told += [before, *changed(documents[:MOST_TOLD], speaker, room=room), after]
            room -= _units_of(documents[:MOST_TOLD], speaker)
    return Lines(tuple(told), gap="\n\n")


def _have_one_day(documents: Sequence[Document]) -> bool:
    return len({document.effective for document in documents[:MOST_TOLD]}) <= 1


def ways_on(significant: Sequence[Document], minor: Sequence[Document], library: Library, speaker: Speaker
            ) -> InlineKeyboardMarkup:
    """To what each version changes, and to accepting what has to be accepted."""
    rows = []
    for document in [*significant, *minor][:MOST_TOLD]:
        before = library.before(document)
        rows.append([read_button(speaker, document),
                     *([compare_button(speaker, before, document)] if before is not None else [])])
    if significant:
        rows.append([button(speaker, _("Read and accept"), Open(what=NEWS), ButtonStyle.SUCCESS)])
    return keyboard(*rows)
