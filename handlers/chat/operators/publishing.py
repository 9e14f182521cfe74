"""`/publish`: the versions of the agreements that wait in the files, and publishing them.

Guards: who publishes sees what it changes in both languages, its kind, its day and its fingerprints, and can read all
of it. A button carries those fingerprints, so what is signed is what was seen.
"""
from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from html import escape
from typing import Final

from aiogram import Bot, F, Router
from aiogram.enums import ButtonStyle
from aiogram.exceptions import TelegramForbiddenError
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers.asking import answers
from handlers.chat.cards import Cards
from handlers.chat.comparing import show_changes
from handlers.chat.operators.signing import propose_as
from handlers.chat.reading import open_document, opened
from handlers.chat.saying import answer, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, press_key
from handlers.keyboards import button, hangs_there, keyboard, pressed_message
from handlers.legal import LANGUAGES, Document, Library
from handlers.texts import Code, Day, Fact, Html, Lines, Speaker, Text, _
from wallet import refusals
from wallet.books import Policy
from wallet.publishing import PublishDeed
from wallet.views import MemberView

MOST_LISTED: Final = 6
"""So many versions are shown together; each in a message of its own."""
READ, COMPARE, PUBLISH = "r", "c", "p"
_DIGITS: Final = 8
"""So much of a fingerprint stands in a button, of 64 bytes at most."""


class PublishButton(CallbackData, prefix="pb"):
    """Under a version that waits."""

    act: str
    document: str
    version: str
    sha: str
    """How the fingerprint of its English text begins."""


def make_router() -> Router:
    """`/publish`."""
    router = Router(name="publishing")
    answers(router, Verb.PUBLISH, publish)
    press = router.callback_query.register
    press(read, PublishButton.filter(F.act.in_({READ, COMPARE})), flags=declared(Verb.PUBLISH))
    press(confirm, PublishButton.filter(F.act == PUBLISH), flags=declared(Verb.PUBLISH))
    return router


async def publish(message: Message, library: Library, speaker: Speaker) -> None:
    """`/publish`: what waits, each with its ways on."""
    if not library.waiting:
        await answer(message, speaker, _("📜 Every version in the files is published. A new one is a file of its own "
                                         "under {folder}, in both languages, with a new date.",
                                         folder=Code("locales/legal")))
        return
    for document in library.waiting[:MOST_LISTED]:
        await answer(message, speaker, _card(document), _ways(document, library, speaker))


def _card(document: Document) -> Fact:
    """What an operator has to know before it is published, in both languages."""
    lines: list[Fact] = [Lines((
        _("📜 <b>Not published yet</b>"),
        Lines(tuple(Html(f"<b>{escape(document.texts[one].title)}</b>") for one in LANGUAGES)),
        _("Version {version}, in force from {day}", version=document.version, day=Day(document.effective)),
        _kind(document)))]
    for language in LANGUAGES:
        text = document.texts[language]
        lines.append(Lines((Html(f"<blockquote>{escape(text.changes)}</blockquote>"),
                            _("SHA-256: {code}", code=Code(text.sha256)))))
    return Lines(tuple(lines), gap="\n\n")


def _kind(document: Document) -> Text:
    if document.kind == "minor":
        return _("Minor: everybody is told, and accepts it by going on. One operator publishes it.")
    return _("Significant: everybody is told at least {n} day ahead; from its day on, whoever has not accepted it can "
             "receive money but send none. Two operators publish it.",
             "Significant: everybody is told at least {n} days ahead; from its day on, whoever has not accepted it can "
             "receive money but send none. Two operators publish it.", n=document.notice_days)


def _ways(document: Document, library: Library, speaker: Speaker) -> InlineKeyboardMarkup:
    def to(act: str) -> PublishButton:
        return PublishButton(act=act, document=document.name, version=document.version, sha=_sha(document))

    reading = [button(speaker, _("📖 Read it"), to(READ))]
    if library.before(document) is not None:
        reading.append(button(speaker, _("🔍 What changed"), to(COMPARE)))
    return keyboard(reading, [button(speaker, _("📣 Publish it"), to(PUBLISH), ButtonStyle.DANGER)])


def _sha(document: Document) -> str:
    return document.texts["en"].sha256[:_DIGITS]


async def read(press: CallbackQuery, callback_data: PublishButton, library: Library, speaker: Speaker, bot: Bot,
               member: MemberView | None) -> None:
    """All of its text, or all that it changes, in the operator's language and private chat."""
    document = _meant(press, callback_data, library)
    before, reader = library.before(document), press.from_user.id
    with suppress(TelegramForbiddenError):  # Whoever has blocked us reads nothing.
        if callback_data.act == READ or before is None:
            await open_document(bot, reader, opened(document, library, member, speaker))
        else:
            await show_changes(bot, reader, before, document, speaker)
    in_private = pressed_message(press).chat.id == reader
    await toast(press, "" if in_private else speaker.plain(_("Please continue in our private chat.")))


async def confirm(press: CallbackQuery, callback_data: PublishButton, library: Library, policy: Policy, cards: Cards,
                  dialogs: Dialogs, speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    """Ask for the PIN. Refuses what `PublishDeed` refuses."""
    document = _meant(press, callback_data, library)
    waiting = next((one for one in policy.terms.waiting
                    if (one.name, one.version) == (document.name, document.version)), None)
    if waiting is None:
        raise refusals.VersionNotWaiting
    await propose_as(pressed_message(press), press.from_user, press_key(press, "publish"), PublishDeed.of(waiting),
                     cards, dialogs, speaker, member, now)
    await toast(press)


def _meant(press: CallbackQuery, data: PublishButton, library: Library) -> Document:
    """Whatever waits and a button names. Refuses `ButtonStale` and `VersionNotWaiting`."""
    if not hangs_there(press):
        raise refusals.ButtonStale
    for document in library.waiting:
        if (document.name, document.version, _sha(document)) == (data.document, data.version, data.sha):
            return document
    raise refusals.VersionNotWaiting
