"""The agreements: loaded once at start, checked, and laid out for a person to read in the chat."""
from __future__ import annotations

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
    units,
)
from handlers.legal.loading import load, load_all
from handlers.legal.pages import contents, pages
from handlers.legal.rich import rich

__all__ = ["GATES", "LANGUAGES", "ORDER", "REASONS", "Document", "Entry", "LegalError", "LegalText", "Library", "Names",
           "Section", "Wording", "contents", "load", "load_all", "pages", "rich", "units"]
