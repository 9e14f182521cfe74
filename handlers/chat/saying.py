"""How the chat is spoken to: answers, changes in place, and what only one person in a group sees.

Guards: a message that cannot be changed any more is said anew instead of being lost, and what is personal is never
said to a whole group: whoever cannot be shown it alone gets a way to the private chat, without the words.
"""
from __future__ import annotations

from contextlib import suppress
from typing import Final
from weakref import WeakKeyDictionary

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    CallbackQuery,
    EphemeralMessageParameters,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyMarkupUnion,
    ReplyParameters,
)

from handlers.ground import Config
from handlers.keyboards import to_private
from handlers.texts import Fact, Speaker, _

NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
TOAST_MOST: Final = 200
"""Telegram's bound for the answer to a button."""


async def answer(message: Message, speaker: Speaker, said: Fact, markup: ReplyMarkupUnion | None = None) -> Message:
    """Say something where a message stands, in its topic."""
    return await message.answer(speaker.say(said), parse_mode=ParseMode.HTML, reply_markup=markup,
                                link_preview_options=NO_PREVIEW)


async def write(bot: Bot, chat: int, html: str, markup: InlineKeyboardMarkup | None = None) -> Message:
    """Say something in a private chat."""
    return await bot.send_message(chat, html, parse_mode=ParseMode.HTML, reply_markup=markup,
                                  link_preview_options=NO_PREVIEW)


async def rewrite(bot: Bot, chat: int, message_id: int, html: str, markup: InlineKeyboardMarkup | None = None) -> None:
    """Change what stands in a message of ours; say it anew where that is not possible any more."""
    try:
        await bot.edit_message_text(html, chat_id=chat, message_id=message_id, parse_mode=ParseMode.HTML,
                                    reply_markup=markup, link_preview_options=NO_PREVIEW)
    except TelegramBadRequest as refused:
        if "not modified" not in refused.message:
            await write(bot, chat, html, markup)


async def change(message: Message, speaker: Speaker, said: Fact, markup: InlineKeyboardMarkup | None = None) -> None:
    """The same for a message at hand, such as the one under which a button was pressed."""
    bot = message.bot
    assert bot is not None
    if message.ephemeral_message_id is not None:
        # Only its receiver ever sees it, and an edit that fails leaves them what they have read.
        with suppress(TelegramBadRequest):
            await bot.edit_ephemeral_message_text(
                chat_id=message.chat.id, receiver_user_id=_receiver(message),
                ephemeral_message_id=message.ephemeral_message_id, text=speaker.say(said), parse_mode=ParseMode.HTML,
                reply_markup=markup)
        return
    await rewrite(bot, message.chat.id, message.message_id, speaker.say(said), markup)


def _receiver(message: Message) -> int:
    """Who alone sees an ephemeral message of ours."""
    receiver = message.receiver_user
    assert receiver is not None
    return receiver.id


async def whisper(message: Message, person: int, speaker: Speaker, said: Fact, group_speaker: Speaker, config: Config,
                  *, markup: InlineKeyboardMarkup | None = None, payload: str = "hello",
                  press: CallbackQuery | None = None) -> None:
    """Say something that is one person's own business: plainly in private; in a group so that only they see it, or
    where that is not possible as a way to the private chat, which then opens with the payload."""
    if message.chat.type == "private":
        await answer(message, speaker, said, markup)
        return
    bot = message.bot
    assert bot is not None
    markup = markup or to_private(speaker, config, payload)
    alone = EphemeralMessageParameters(receiver_user_id=person, callback_query_id=press.id if press else None)
    try:
        if _keeps_secrets.get(bot.session):
            await _point(message, speaker.say(said), markup, alone)
            return
        if bot.session not in _keeps_secrets:
            shown = await _point(message, speaker.say(_POINTER), to_private(speaker, config, payload), alone)
            _keeps_secrets[bot.session] = shown.ephemeral_message_id is not None
            if _keeps_secrets[bot.session]:
                await change(shown, speaker, said, markup)
            return
    except (TelegramBadRequest, TelegramForbiddenError):
        pass  # Not an administrator there, or a press of long ago.
    await _point(message, group_speaker.say(_POINTER), to_private(group_speaker, config, payload), None)


_POINTER: Final = _("Please continue in our private chat.")
_keeps_secrets: Final[WeakKeyDictionary[BaseSession, bool]] = WeakKeyDictionary()
"""Whether the server behind a session knows ephemeral messages. One that does not would show them to everybody, so
the first words that we try it with are harmless."""


async def _point(message: Message, html: str, markup: InlineKeyboardMarkup, alone: EphemeralMessageParameters | None
                 ) -> Message:
    """Answer a message in a group, to everybody or to one person alone."""
    bot = message.bot
    assert bot is not None
    return await bot.send_message(
        message.chat.id, html, message_thread_id=message.message_thread_id if message.is_topic_message else None,
        parse_mode=ParseMode.HTML, reply_markup=markup, link_preview_options=NO_PREVIEW,
        ephemeral_message_parameters=alone, reply_parameters=None if alone else ReplyParameters(
            message_id=message.message_id, allow_sending_without_reply=True))


async def toast(press: CallbackQuery, words: str = "", *, alert: bool = False) -> None:
    """Answer a button. One that was pressed too long ago needs no answer any more."""
    with suppress(TelegramAPIError):
        await press.answer(words[:TOAST_MOST] or None, show_alert=alert)
