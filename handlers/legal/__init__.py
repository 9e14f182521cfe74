"""The agreements: loaded once at start, checked, and laid out for a person to read in the chat."""
from __future__ import annotations

from handlers.legal.changes import Changes, Clause, Paragraph, Piece, changes
from handlers.legal.documents import (
    GATES,
    LANGUAGES,
    ORDER,
    REASONS,
    Document,
    Entry,
    LegalError,
    LegalText,
    Library,
    Names,
    Section,
    Wording,
    label,
    units,
)
from handlers.legal.loading import Shared, load, load_all
from handlers.legal.pages import PAGE_UNITS, PAGES_MOST, contents, packed, pages
from handlers.legal.rich import rich

__all__ = ["GATES", "LANGUAGES", "ORDER", "PAGES_MOST", "PAGE_UNITS", "REASONS", "Changes", "Clause", "Document",
           "Entry", "LegalError", "LegalText", "Library", "Names", "Paragraph", "Piece", "Section", "Shared",
           "Wording", "changes", "contents", "label", "load", "load_all", "packed", "pages", "rich", "units"]
