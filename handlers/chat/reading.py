"""Reading a document in the chat: as one rich message where Telegram shows those, else in pages.

Guards: what is shown is the stored text of exactly the version that a button names; a document can be read by
anybody, whether or not they have joined, and turning pages changes nothing.
"""
from __future__ import annotations

from contextlib import suppress
from typing import Final

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramNotFound
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, InputRichMessage, Message

from handlers.chat.saying import rewrite, toast, write
from handlers.ground import accepts
from handlers.keyboards import LABEL_MOST, Close, Read, button, keyboard, pressed_message
from handlers.legal import Document, LegalText, Library, contents, pages, rich
from handlers.texts import Speaker, _
from wallet import refusals

OPEN: Final = -1
"""The page that opens a document in a message of its own."""
RICH: Final = -2
"""The page that turns the message at hand into the whole document."""
CONTENTS: Final = 0

_NAMES: Final = {"en": "English", "zh_CN": "中文"}


def read_button(speaker: Speaker, document: Document) -> InlineKeyboardButton:
    """The way to a document's text."""
    title = document.texts[speaker.language].title
    return button(speaker, _("📖 {title}", title=title), page_of(document, speaker.language, OPEN))


def page_of(document: Document, language: str, page: int) -> Read:
    """What a button to a page carries."""
    return Read(document=document.name, version=document.version, language=language, page=page)


async def open_document(bot: Bot, chat: int, document: Document, speaker: Speaker, language: str = "") -> None:
    """Show a document in a new message."""
    language = language or speaker.language
    text = document.texts[language]
    content = _whole(text)
    if content is not None:
        with suppress(TelegramBadRequest, TelegramNotFound):  # A server that knows no rich messages yet.
            await bot.send_rich_message(chat, content, reply_markup=_whole_markup(document, language, speaker))
            return
    await write(bot, chat, *_page(document, language, 1, speaker))


async def turn(press: CallbackQuery, callback_data: Read, library: Library, speaker: Speaker, bot: Bot) -> None:
    """A button to a document, a page of it, its contents or its other language."""
    message = pressed_message(press)
    document = library.find(callback_data.document, callback_data.version)
    language, page = callback_data.language, callback_data.page
    if document is None or language not in document.texts:
        raise refusals.ButtonStale
    if page > len(pages(document.texts[language])) or page < RICH:
        raise refusals.ButtonStale
    await toast(press)
    if page == OPEN:
        await open_document(bot, message.chat.id, document, speaker, language)
    elif page != RICH or not await _became_whole(message, document, language, speaker):
        html, markup = _page(document, language, max(page, CONTENTS) if page != RICH else 1, speaker)
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


def _whole_markup(document: Document, language: str, speaker: Speaker) -> InlineKeyboardMarkup:
    other = _other(document, language, RICH)
    return keyboard([other, button(speaker, _("In pages"), page_of(document, language, 1))],
                    [button(speaker, _("Close"), Close())])


async def _became_whole(message: Message, document: Document, language: str, speaker: Speaker) -> bool:
    """Turn a message into the whole document; False where that is not possible."""
    content = _whole(document.texts[language])
    if content is None or message.bot is None:
        return False
    try:
        await message.bot.edit_message_text(chat_id=message.chat.id, message_id=message.message_id,
                                            rich_message=content,
                                            reply_markup=_whole_markup(document, language, speaker))
    except (TelegramBadRequest, TelegramNotFound):
        return False
    return True


def _page(document: Document, language: str, page: int, speaker: Speaker) -> tuple[str, InlineKeyboardMarkup]:
    """A page, or the contents, with the ways on from there."""
    text = document.texts[language]
    if page == CONTENTS:
        html = speaker.say(_("<b>{title}</b>", title=text.title))
        return html, keyboard(*_chapters(document, language), [_other(document, language, CONTENTS)],
                              [button(speaker, _("Close"), Close())])
    count = len(pages(text))
    around = []
    if page > 1:
        around.append(_plain("‹", page_of(document, language, page - 1)))
    around.append(_plain(f"{page}/{count}", page_of(document, language, CONTENTS)))
    if page < count:
        around.append(_plain("›", page_of(document, language, page + 1)))
    return pages(text)[page - 1], keyboard(
        around, [button(speaker, _("Contents"), page_of(document, language, CONTENTS)),
                 _other(document, language, 1)], [button(speaker, _("Close"), Close())])


def _chapters(document: Document, language: str) -> list[list[InlineKeyboardButton]]:
    """A button for each chapter, to the page on which it begins."""
    text = document.texts[language]
    where = {entry.anchor: entry.page for entry in contents(text)}
    return [[_plain(text.label(section), page_of(document, language, where[section.anchor]))]
            for section in text.sections if section.is_chapter]


def _other(document: Document, language: str, page: int) -> InlineKeyboardButton:
    """The same in the other language, by its own name."""
    other = next(name for name in document.texts if name != language)
    return _plain(_NAMES[other], page_of(document, other, page))


def _plain(label: str, data: Read) -> InlineKeyboardButton:
    """A label that is in its document's language, not in the reader's."""
    return InlineKeyboardButton(text=label[:LABEL_MOST], callback_data=data.pack())


def make_router() -> Router:
    """Reading and closing."""
    router = Router(name="reading")
    router.callback_query.register(turn, Read.filter(), flags=accepts(joined=False))
    router.callback_query.register(close, Close.filter(), flags=accepts(joined=False))
    return router
