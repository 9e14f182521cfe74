"""What is said about penalties by everybody who speaks of them: what they are called, the clause that one rests on, and
the way to read it.

Guards: whatever may be in force has its words; the reason is shown as the clause of the agreement that was in force
when it was decided.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from aiogram.types import InlineKeyboardButton

from handlers.keyboards import Read, button
from handlers.legal import Document, Library, contents
from handlers.legal.documents import Entry
from handlers.texts import Fact, Html, Moment, Speaker, Text, _
from wallet.penalties import sort_of
from wallet.rows import WARNING
from wallet.standing import BANNED, FROZEN, SORTS
from wallet.views import PenaltyView

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


# ---------------------------------------------------------------------------------------------- what they are called
IN_FORCE: Final[Mapping[str, Text]] = {
    BANNED: _("⛔ banned"), FROZEN: _("❄️ frozen"), "sending": _("🚫 may not send"),
    "receiving": _("🚫 may not receive"), "envelopes": _("🚫 may not use red envelopes")}
"""What is in force against somebody, in a few words."""
assert set(IN_FORCE) == set(SORTS)
ASKS: Final[Mapping[str, Callable[[Fact], Text]]] = {
    WARNING: lambda name: _("⚠️ Warn {name}?", name=name),
    BANNED: lambda name: _("⛔ Ban {name}?", name=name),
    FROZEN: lambda name: _("❄️ Freeze {name}?", name=name),
    "sending": lambda name: _("🚫 Stop {name} from sending?", name=name),
    "receiving": lambda name: _("🚫 Stop {name} from receiving?", name=name),
    "envelopes": lambda name: _("🚫 Stop {name} from using red envelopes?", name=name)}
"""What an operator is asked before it is decided."""
DECIDED: Final[Mapping[str, Callable[[Fact], Text]]] = {
    WARNING: lambda name: _("⚠️ {name} was warned.", name=name),
    BANNED: lambda name: _("⛔ {name} is banned.", name=name),
    FROZEN: lambda name: _("❄️ {name} is frozen.", name=name),
    "sending": lambda name: _("🚫 {name} can't send any more.", name=name),
    "receiving": lambda name: _("🚫 {name} can't receive any more.", name=name),
    "envelopes": lambda name: _("🚫 {name} can't use red envelopes any more.", name=name)}
"""What is said of it when it is decided, to operators and in a group."""
ASKS_TO_LIFT: Final[Mapping[str, Callable[[Fact], Text]]] = {
    BANNED: lambda name: _("Lift the ban of {name}?", name=name),
    FROZEN: lambda name: _("Lift the freeze of {name}?", name=name),
    "sending": lambda name: _("Let {name} send again?", name=name),
    "receiving": lambda name: _("Let {name} receive again?", name=name),
    "envelopes": lambda name: _("Let {name} use red envelopes again?", name=name)}
LIFTED: Final[Mapping[str, Callable[[Fact], Text]]] = {
    BANNED: lambda name: _("✅ {name} is banned no more, and was told.", name=name),
    FROZEN: lambda name: _("✅ {name} is frozen no more, and was told.", name=name),
    "sending": lambda name: _("✅ {name} can send again, and was told.", name=name),
    "receiving": lambda name: _("✅ {name} can receive again, and was told.", name=name),
    "envelopes": lambda name: _("✅ {name} can use red envelopes again, and was told.", name=name)}
LIFTED_THERE: Final[Mapping[str, Callable[[Fact], Text]]] = {
    BANNED: lambda name: _("✅ {name} is banned no more.", name=name),
    FROZEN: lambda name: _("✅ {name} is frozen no more.", name=name),
    "sending": lambda name: _("✅ {name} can send again.", name=name),
    "receiving": lambda name: _("✅ {name} can receive again.", name=name),
    "envelopes": lambda name: _("✅ {name} can use red envelopes again.", name=name)}
"""What a group reads that had read of the penalty."""
assert set(ASKS) == set(DECIDED) == {WARNING, *SORTS}
assert set(ASKS_TO_LIFT) == set(LIFTED) == set(LIFTED_THERE) == set(SORTS)


def stands(view: PenaltyView, library: Library, speaker: Speaker) -> Text:
    """A penalty in force, on one line, as operators see it."""
    what = IN_FORCE[sort_of(view.kind, view.direction)]
    called = clause_called(agreement_at(library, view.at), view.reason, speaker)
    if view.until:
        return _("{what} until {until}: {clause}", what=what, until=Moment.of_microseconds(view.until), clause=called)
    return _("{what}, with no end of its own: {clause}", what=what, clause=called)


def lasts(until: int) -> Text:
    """For how long it is in force."""
    if until:
        return _("Until {moment}.", moment=Moment.of_microseconds(until))
    return _("For ever, or until it is lifted.")
