"""What changed in an agreement, as pages: what is new, what went, what reads differently, clause by clause.

Guards: every difference stands on a page, in the language of the text and whole; no page is longer than a message.
"""
from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Final

from aiogram import Bot
from aiogram.types import CallbackQuery, InlineKeyboardMarkup

from handlers.chat.reading import CONTENTS, OPEN, named, page_of, plain_button
from handlers.chat.saying import rewrite, toast, write
from handlers.ground import Operators
from handlers.keyboards import Close, Compare, button, keyboard, pressed_message
from handlers.legal import (
    PAGE_UNITS,
    PAGES_MOST,
    Changes,
    Clause,
    Document,
    LegalText,
    Library,
    Paragraph,
    Piece,
    changes,
    packed,
    units,
)
from handlers.legal import label as label_of
from handlers.texts import Fact, Html, Language, Lines, Listed, Speaker, Text, _
from wallet import refusals

_MARKS: Final = {"kept": ("", ""), "gone": ("<s>", "</s>"), "new": ("<u>", "</u>")}
_TOGETHER: Final = 40
"""So many renumbered clauses stand in one list."""


async def compare(press: CallbackQuery, callback_data: Compare, library: Library, speaker: Speaker,
                  speakers: Mapping[Language, Speaker], bot: Bot, operators: Operators) -> None:
    """A button to what changed, to a page of it, or to the same in the other language."""
    message, is_operator = pressed_message(press), bool(await operators.role(press.from_user.id))
    old = library.find(callback_data.document, callback_data.since, waiting=is_operator)
    new = library.find(callback_data.document, callback_data.version, waiting=is_operator)
    if old is None or new is None or old.version >= new.version or callback_data.language not in new.texts:
        raise refusals.ButtonStale
    own = speakers["zh_CN" if callback_data.language == "zh_CN" else "en"]
    # Comparing two long texts for the first time takes a moment, in which others go on.
    sheets = await asyncio.to_thread(told, old.texts[own.language], new.texts[own.language], own)
    if not OPEN <= callback_data.page <= len(sheets) or callback_data.page == CONTENTS:
        raise refusals.ButtonStale
    await toast(press)
    page = max(1, callback_data.page)
    markup = _around(old, new, own.language, page, len(sheets), speaker)
    if callback_data.page == OPEN:
        await write(bot, message.chat.id, sheets[0], markup)
    else:
        await rewrite(bot, message.chat.id, message.message_id, sheets[page - 1], markup)


async def show_changes(bot: Bot, chat: int, old: Document, new: Document, speaker: Speaker) -> None:
    """The first page of what changed, in a new message and the reader's language."""
    sheets = await asyncio.to_thread(told, old.texts[speaker.language], new.texts[speaker.language], speaker)
    await write(bot, chat, sheets[0], _around(old, new, speaker.language, 1, len(sheets), speaker))


def _around(old: Document, new: Document, language: Language, page: int, count: int, speaker: Speaker
            ) -> InlineKeyboardMarkup:
    def to(number: int, tongue: str = language) -> Compare:
        return Compare(document=new.name, since=old.version, version=new.version, language=tongue, page=number)

    turns = [plain_button("‹", to(page - 1))] if page > 1 else []
    turns += [plain_button(f"{page}/{count}", to(1))] if count > 1 else []
    turns += [plain_button("›", to(page + 1))] if page < count else []
    other = next(name for name in new.texts if name != language)
    return keyboard(turns, [button(speaker, _("The whole text"), page_of(new, language, OPEN)),
                            button(speaker, _("As it was before"), page_of(old, language, OPEN))],
                    [plain_button(named(other), to(1, other)), button(speaker, _("Close"), Close())])


# ------------------------------------------------------------------------------------------------ the pages
@lru_cache(maxsize=64)
def told(old: LegalText, new: LegalText, speaker: Speaker) -> tuple[str, ...]:
    """What changed, as messages in Telegram's HTML. `speaker` has the language of both texts."""
    found = changes(old, new)
    room = PAGE_UNITS - units(_head(old, new, PAGES_MOST, PAGES_MOST, speaker))
    sheets = packed(_parts(new, found, room, speaker), room, lambda part: part)
    return tuple(_head(old, new, number, len(sheets), speaker) + "\n\n".join(sheet)
                 for number, sheet in enumerate(sheets, 1))


def _head(old: LegalText, new: LegalText, page: int, count: int, speaker: Speaker) -> str:
    said = _("<b>{title}: what changed</b>\n<i>Before: {old}\nAfter: {new}</i>", title=_bare(new.title),
             old=_bare(old.dates), new=_bare(new.dates))
    return speaker.say(said) + (f"\n{page}/{count}\n\n" if count > 1 else "\n\n")


def _parts(new: LegalText, found: Changes, room: int, speaker: Speaker) -> Iterator[str]:
    """What must stay on one page each."""
    if new.changes:
        yield f"<blockquote>{escape(new.changes)}</blockquote>"
    if not found:
        yield speaker.say(_("The words are the same; only the version and its dates are others."))
        return
    if any(piece.kind == "new" for piece in _marked_pieces(found)):
        yield speaker.say(_("<u>Underlined</u> is new, <s>struck through</s> is gone."))
    for label, pieces in ((_("✏️ The title"), found.title), (_("✏️ The summary"), found.summary)):
        if pieces:
            said = speaker.say(label)
            yield from _under(said, said, [Paragraph("changed", False, pieces)], room)
    for clause in found.clauses:
        shown = label_of(new.language, clause.number, clause.heading)
        yield from _under(speaker.say(_heading(clause, shown)),
                          speaker.say(_("<b>{clause}</b> (continued)", clause=_bare(shown))), _said(clause), room)
    for start in range(0, len(found.renumbered), _TOGETHER):
        pairs = found.renumbered[start:start + _TOGETHER]
        yield speaker.say(_("🔢 Nothing changed but the number: {clauses}", clauses=Listed(tuple(
            f"{before} → {now}" for before, now in pairs))))


def _marked_pieces(found: Changes) -> Iterator[Piece]:
    yield from (*found.title, *found.summary)
    for clause in found.clauses:
        for paragraph in _said(clause):
            yield from paragraph.pieces


def _said(clause: Clause) -> Sequence[Paragraph]:
    """The paragraphs that are told. Nothing has to be marked in a clause that is new as a whole."""
    if clause.kind != "added":
        return clause.paragraphs
    return [Paragraph(paragraph.kind, paragraph.is_item, tuple(Piece("kept", piece.text) for piece in paragraph.pieces))
            for paragraph in clause.paragraphs]


def _under(heading: str, again: str, paragraphs: Sequence[Paragraph], room: int) -> Iterator[str]:
    """Paragraphs in as many pieces as the room demands; a heading stands above each."""
    body: list[str] = []
    left = room - max(units(heading), units(again)) - 3
    for paragraph in _set(paragraphs, left):
        if body and units("\n".join([*body, paragraph])) > left:
            yield "\n".join([heading, *body])
            heading, body = again, []
        body.append(paragraph)
    yield "\n".join([heading, *body])


def _heading(clause: Clause, label: str) -> Fact:
    """What happened to a clause as a whole."""
    shown = _bare(label)
    if clause.kind == "added":
        return _("➕ New: <b>{clause}</b>", clause=shown)
    if clause.kind == "removed":
        return _("➖ Gone: <b>{clause}</b>", clause=shown)
    said: list[Text] = [_("↕️ Moved: <b>{clause}</b>", clause=shown) if clause.moved else
                        _("✏️ Changed: <b>{clause}</b>", clause=shown)]
    if clause.heading != clause.was_heading:
        said.append(_("It was {number} <s>{heading}</s>", number=clause.was_number, heading=_bare(clause.was_heading)))
    elif clause.number != clause.was_number:
        said.append(_("It was {number}", number=clause.was_number))
    return Lines(tuple(said))


def _bare(words: str) -> Html:
    """Words of an agreement, which are ours and bounded, and must not be cut."""
    return Html(escape(words))


def _set(paragraphs: Sequence[Paragraph], room: int) -> Iterator[str]:
    for paragraph in paragraphs:
        whole = _point(paragraph, paragraph.pieces)
        if units(whole) <= room:
            yield whole
            continue
        # Both its texts in one are too long for a page: first what it was, then what it is.
        yield _point(paragraph, [piece for piece in paragraph.pieces if piece.kind != "new"])
        yield _point(paragraph, [piece for piece in paragraph.pieces if piece.kind != "gone"])


def _point(paragraph: Paragraph, pieces: Iterable[Piece]) -> str:
    return ("• " if paragraph.is_item else "") + _marked(pieces)


def _marked(pieces: Iterable[Piece]) -> str:
    return "".join(_MARKS[piece.kind][0] + escape(piece.text) + _MARKS[piece.kind][1] for piece in pieces)
