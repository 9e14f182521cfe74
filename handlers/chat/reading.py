"""Reading a document in the chat: as one rich message where Telegram shows those, else in pages.

Guards: what is shown is the stored text of exactly the version that a button names; a document can be read by
anybody, whether or not they have joined, and turning pages changes nothing.
"""
from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import Final

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramNotFound
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, InputRichMessage, Message

from handlers.chat.saying import rewrite, toast, write
from handlers.ground import Operators, accepts
from handlers.keyboards import LABEL_MOST, Close, Compare, Read, button, copies, keyboard, pressed_message
from handlers.legal import Document, LegalText, Library, contents, pages, rich
from handlers.texts import Day, Speaker, _
from wallet import refusals
from wallet.agreements import versions
from wallet.views import MemberView

OPEN: Final = -1
"""The page that opens a document in a message of its own."""
RICH: Final = -2
"""The page that turns the message at hand into the whole document."""
CONTENTS: Final = 0

_NAMES: Final = {"en": "English", "zh_CN": "中文"}


def make_router() -> Router:
    """Reading and closing."""
    router = Router(name="reading")
    router.callback_query.register(turn, Read.filter(), flags=accepts(joined=False))
    router.callback_query.register(close, Close.filter(), flags=accepts(joined=False))
    return router


@dataclass(frozen=True, slots=True)
class Opened:
    """A document before a reader's eyes, in a language that need not be theirs."""

    document: Document
    before: Document | None
    """What it is compared with, if anything."""
    language: str
    speaker: Speaker
    """The reader's, for the buttons."""

    @property
    def text(self) -> LegalText:
        """What there is to read."""
        return self.document.texts[self.language]

    def to(self, page: int) -> Read:
        """What a button to a page carries."""
        return page_of(self.document, self.language, page)


def opened(document: Document, library: Library, member: MemberView | None, speaker: Speaker, language: str = ""
           ) -> Opened:
    """A document as somebody opens it."""
    before = compared_with(document, library, member.accepted if member else "")
    return Opened(document, before, language or speaker.language, speaker)


def compared_with(document: Document, library: Library, accepted: str) -> Document | None:
    """What a version is compared with for somebody: the one that they accepted, or else the one before."""
    version = versions(accepted).get(document.name, "")
    before = library.find(document.name, version) if version < document.version else None
    return before or library.before(document)


def read_button(speaker: Speaker, document: Document) -> InlineKeyboardButton:
    """The way to a document's text."""
    title = document.texts[speaker.language].title
    return button(speaker, _("📖 {title}", title=title), page_of(document, speaker.language, OPEN))


def coming_button(speaker: Speaker, document: Document) -> InlineKeyboardButton:
    """The way to the text of a version that is not in force yet."""
    title = document.texts[speaker.language].title
    return button(speaker, _("📖 From {day}: {title}", day=Day(document.effective), title=title),
                  page_of(document, speaker.language, OPEN))


def compare_button(speaker: Speaker, before: Document, document: Document, language: str = "") -> InlineKeyboardButton:
    """The way to what a version changed."""
    return button(speaker, _("🔍 What changed"), Compare(
        document=document.name, since=before.version, version=document.version, language=language or speaker.language,
        page=OPEN))


def page_of(document: Document, language: str, page: int) -> Read:
    """What a button to a page carries."""
    return Read(document=document.name, version=document.version, language=language, page=page)


async def open_document(bot: Bot, chat: int, reading: Opened) -> None:
    """Show a document in a new message."""
    content = _whole(reading.text)
    if content is not None:
        with suppress(TelegramBadRequest, TelegramNotFound):  # A server that knows no rich messages yet.
            await bot.send_rich_message(chat, content, reply_markup=_whole_markup(reading))
            return
    await write(bot, chat, *_page(reading, 1))


async def turn(press: CallbackQuery, callback_data: Read, library: Library, speaker: Speaker, bot: Bot,
               member: MemberView | None, operators: Operators) -> None:
    """A button to a document, a page of it, its contents or its other language. Only operators read what is not
    published yet."""
    message = pressed_message(press)
    is_operator = bool(await operators.role(press.from_user.id))
    document = library.find(callback_data.document, callback_data.version, waiting=is_operator)
    language, page = callback_data.language, callback_data.page
    if document is None or language not in document.texts:
        raise refusals.ButtonStale
    if page > len(pages(document.texts[language])) or page < RICH:
        raise refusals.ButtonStale
    await toast(press)
    reading = opened(document, library, member, speaker, language)
    if page == OPEN:
        await open_document(bot, message.chat.id, reading)
    elif page != RICH or not await _became_whole(message, reading):
        html, markup = _page(reading, max(page, CONTENTS) if page != RICH else 1)
        await rewrite(bot, message.chat.id, message.message_id, html, markup)


async def close(press: CallbackQuery) -> None:
    """Take a message away that was only there to be read."""
    message = pressed_message(press)
    await toast(press)
    with suppress(TelegramAPIError):  # After 48 hours a bot can't delete it any more; the person can.
        await message.delete()


# --------------------------------------------------------------------------------------------- what is shown
def _whole(text: LegalText) -> InputRichMessage | None:
    """A document as one rich message, if it fits into one."""
    parts = rich(text)
    return InputRichMessage(html=parts[0], skip_entity_detection=True) if len(parts) == 1 else None


def _whole_markup(reading: Opened) -> InlineKeyboardMarkup:
    speaker = reading.speaker
    return keyboard([_other(reading, RICH), button(speaker, _("In pages"), reading.to(1))], [_fingerprint(reading)],
                    _ways_on(reading))


async def _became_whole(message: Message, reading: Opened) -> bool:
    """Turn a message into the whole document; False where that is not possible."""
    content = _whole(reading.text)
    if content is None or message.bot is None:
        return False
    try:
        await message.bot.edit_message_text(chat_id=message.chat.id, message_id=message.message_id,
                                            rich_message=content, reply_markup=_whole_markup(reading))
    except (TelegramBadRequest, TelegramNotFound):
        return False
    return True


def _page(reading: Opened, page: int) -> tuple[str, InlineKeyboardMarkup]:
    """A page, or the contents, with the ways on from there."""
    text, speaker = reading.text, reading.speaker
    if page == CONTENTS:
        html = f"<b>{escape(text.title)}</b>\n<i>{escape(text.dates)}</i>\nSHA-256: <code>{text.sha256}</code>"
        return html, keyboard(*_chapters(reading), [_other(reading, CONTENTS), _fingerprint(reading)],
                              _ways_on(reading))
    count = len(pages(text))
    around = []
    if page > 1:
        around.append(plain_button("‹", reading.to(page - 1)))
    around.append(plain_button(f"{page}/{count}", reading.to(CONTENTS)))
    if page < count:
        around.append(plain_button("›", reading.to(page + 1)))
    return pages(text)[page - 1], keyboard(
        around, [button(speaker, _("Contents"), reading.to(CONTENTS)), _other(reading, 1)], _ways_on(reading))


def _fingerprint(reading: Opened) -> InlineKeyboardButton:
    """What the text at hand is checked against; all of it, for whoever can't mark it in the message."""
    return copies(reading.speaker, _("Copy SHA-256"), reading.text.sha256)


def _ways_on(reading: Opened) -> list[InlineKeyboardButton]:
    """What changed, where there is something to compare with; and away."""
    ways = [button(reading.speaker, _("Close"), Close())]
    if reading.before is not None:
        ways.insert(0, compare_button(reading.speaker, reading.before, reading.document, reading.language))
    return ways


def _chapters(reading: Opened) -> list[list[InlineKeyboardButton]]:
    """A button for each chapter, to the page on which it begins."""
    text = reading.text
    where = {entry.anchor: entry.page for entry in contents(text)}
    return [[plain_button(text.label(section), reading.to(where[section.anchor]))]
            for section in text.sections if section.is_chapter]


def _other(reading: Opened, page: int) -> InlineKeyboardButton:
    """The same in the other language, by its own name."""
    other = next(name for name in reading.document.texts if name != reading.language)
    return plain_button(named(other), page_of(reading.document, other, page))


def named(language: str) -> str:
    """A language by its own name."""
    return _NAMES[language]


def plain_button(label: str, data: CallbackData) -> InlineKeyboardButton:
    """A label that is in its document's language, not in the reader's."""
    return InlineKeyboardButton(text=label[:LABEL_MOST], callback_data=data.pack())
