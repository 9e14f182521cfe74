"""What is said about penalties by everybody who speaks of them: the clause that one rests on, and the way to read it.

Guards: the reason is shown as the clause of the agreement that was in force when it was decided.
"""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from aiogram.types import InlineKeyboardButton

from handlers.keyboards import Read, button
from handlers.legal import Document, Library, contents
from handlers.legal.documents import Entry
from handlers.texts import Html, Speaker, _

DOCUMENT: Final = "user-agreement"
"""Whose clauses the reasons are."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def agreement_at(library: Library, at: int) -> Document:
    """The agreement that was in force at a moment, in microseconds."""
    return library.in_force(_EPOCH + timedelta(microseconds=at))[DOCUMENT]


def clause(document: Document, reason: str, language: str) -> Entry:
    """The clause that a reason is, and the page on which it stands."""
    return next(entry for entry in contents(document.texts[language]) if entry.anchor == f"reason-{reason}")


def clause_called(document: Document, reason: str, speaker: Speaker) -> Html:
    """How people call it: by its number and its heading."""
    entry = clause(document, reason, speaker.language)
    return Html(escape(f"{entry.number} {entry.heading}"))


def clause_button(document: Document, reason: str, speaker: Speaker) -> InlineKeyboardButton:
    """The way to its words."""
    page = clause(document, reason, speaker.language).page
    return button(speaker, _("📖 Read the clause"),
                  Read(document=document.name, version=document.version, language=speaker.language, page=page))
