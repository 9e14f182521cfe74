"""How the chat is spoken to: answers, changes in place, and what only one person in a group sees.

Guards: a message that cannot be changed any more is said anew instead of being lost, and what is personal is never
said to a whole group: whoever cannot be shown it alone reads it in the private chat, and the group only that they do.
"""
from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from html import escape
from typing import Final
from weakref import WeakKeyDictionary

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    EphemeralMessageParameters,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardRemove,
    ReplyMarkupUnion,
    ReplyParameters,
)

from handlers.ground import Config
from handlers.keyboards import to_private
from handlers.texts import Fact, Speaker, _

NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
TOAST_MOST: Final = 200
"""Telegram's bound for the answer to a button."""


_passing: ContextVar[bool] = ContextVar("passing", default=False)


@contextmanager
def passing() -> Iterator[None]:
    """What is said meanwhile in a group nobody needs later: it may be cleared away there."""
    before = _passing.set(True)
    try:
        yield
    finally:
        _passing.reset(before)


def is_passing() -> bool:
    """Whether what is being said nobody needs later."""
    return _passing.get()


async def answer(message: Message, speaker: Speaker, said: Fact, markup: ReplyMarkupUnion | None = None) -> Message:
    """Say something where a message stands, in its topic. What has no buttons nobody needs later."""
    with passing() if markup is None else nullcontext():
        return await _answer(message, speaker, said, markup)


async def _answer(message: Message, speaker: Speaker, said: Fact, markup: ReplyMarkupUnion | None) -> Message:
    return await message.answer(speaker.say(said), parse_mode=ParseMode.HTML, reply_markup=markup,
                                link_preview_options=NO_PREVIEW)


async def reply(message: Message, speaker: Speaker, said: Fact) -> None:
    """Answer a message so that everybody there reads it."""
    await _point(message, speaker.say(said), None, None)


async def write(bot: Bot, chat: int, html: str, markup: InlineKeyboardMarkup | None = None) -> Message:
    """Say something in a chat, below what stands there."""
    return await bot.send_message(chat, html, parse_mode=ParseMode.HTML, reply_markup=markup,
                                  link_preview_options=NO_PREVIEW)


async def rewrite(bot: Bot, chat: int, message_id: int, html: str, markup: InlineKeyboardMarkup | None = None) -> None:
    """Change what stands in a message of ours; say it anew where that is not possible any more, and where a group went
    that has become another chat."""
    try:
        await bot.edit_message_text(html, chat_id=chat, message_id=message_id, parse_mode=ParseMode.HTML,
                                    reply_markup=markup, link_preview_options=NO_PREVIEW)
    except TelegramBadRequest as refused:
        if "not modified" not in refused.message:
            await write(bot, chat, html, markup)
    except TelegramMigrateToChat as moved:
        await write(bot, moved.migrate_to_chat_id, html, markup)


async def change_card(bot: Bot, chat: int, message_id: int, html: str, markup: InlineKeyboardMarkup | None = None, *,
                      pictured: bool) -> None:
    """Change the words of a card; `pictured` is whether they seem to stand under a picture. Raises what Telegram
    refuses."""
    for caption in (pictured, not pictured):
        try:
            if caption:
                await bot.edit_message_caption(chat_id=chat, message_id=message_id, caption=html,
                                               parse_mode=ParseMode.HTML, reply_markup=markup)
            else:
                await bot.edit_message_text(html, chat_id=chat, message_id=message_id, parse_mode=ParseMode.HTML,
                                            reply_markup=markup, link_preview_options=NO_PREVIEW)
        except TelegramBadRequest as refused:
            seemed = "there is no caption" if caption else "there is no text"
            if caption is not pictured or seemed not in refused.message:
                raise
        else:
            return


async def change(message: Message, speaker: Speaker, said: Fact, markup: InlineKeyboardMarkup | None = None) -> None:
    """The same for a message at hand, such as the one under which a button was pressed."""
    bot = message.bot
    assert bot is not None
    if message.ephemeral_message_id is not None:
        # Only its receiver ever sees it, and an edit that fails leaves them what they have read.
        with suppress(TelegramBadRequest):
            await _change_alone(bot, message, message.ephemeral_message_id, speaker.say(said), markup)
        return
    if message.photo:
        with suppress(TelegramBadRequest):
            await change_card(bot, message.chat.id, message.message_id, speaker.say(said), markup, pictured=True)
            return
    await rewrite(bot, message.chat.id, message.message_id, speaker.say(said), markup)


async def _change_alone(bot: Bot, message: Message, number: int, html: str, markup: InlineKeyboardMarkup | None
                        ) -> None:
    """The same for one that one person alone sees, by its own number; under a picture only the words change."""
    chat, person = message.chat.id, _receiver(message)
    if message.photo:
        await bot.edit_ephemeral_message_caption(
            chat_id=chat, receiver_user_id=person, ephemeral_message_id=number, caption=html, parse_mode=ParseMode.HTML,
            reply_markup=markup)
    else:
        await bot.edit_ephemeral_message_text(
            chat_id=chat, receiver_user_id=person, ephemeral_message_id=number, text=html, parse_mode=ParseMode.HTML,
            reply_markup=markup)


async def answered(press: CallbackQuery) -> None:
    """A question of several was answered by a button: its message keeps the answer, and nothing that can be pressed."""
    message = press.message
    if not isinstance(message, Message) or message.reply_markup is None or not message.text:
        return
    chosen = next((one.text for row in message.reply_markup.inline_keyboard for one in row
                   if one.callback_data == press.data), None)
    if chosen is not None:
        with suppress(TelegramAPIError):  # The next question stands below either way.
            await message.edit_text(f"{message.html_text}\n<b>{escape(chosen)}</b>", parse_mode=ParseMode.HTML,
                                    link_preview_options=NO_PREVIEW)


async def closed(message: Message, asked: int) -> None:
    """A question of several was answered by what somebody wrote, which stands below it: the message that asked, where
    there was one with buttons, keeps nothing that can be pressed."""
    if asked and message.bot is not None:
        with suppress(TelegramAPIError):
            await message.bot.edit_message_reply_markup(chat_id=message.chat.id, message_id=asked)


async def left(message: Message, speaker: Speaker, said: Fact, *, picker: bool) -> None:
    """Something asked step by step was left by its button: said in its place, or, where a picker stands under the
    field, below, so that the picker goes as well."""
    if not picker:
        await change(message, speaker, said)
        return
    await closed(message, message.message_id)
    await answer(message, speaker, said, ReplyKeyboardRemove())


def _receiver(message: Message) -> int:
    """Who alone sees an ephemeral message of ours."""
    receiver = message.receiver_user
    assert receiver is not None
    return receiver.id


async def whisper(message: Message, person: int, speaker: Speaker, said: Fact, group_speaker: Speaker, config: Config,
                  *, markup: InlineKeyboardMarkup | None = None, payload: str = "hello",
                  press: CallbackQuery | None = None) -> None:
    """Say something that is one person's own business: plainly in private; in a group so that only they see it, where
    that is not possible in the private chat, and where we may not write there either as a way to it, which then opens
    with the payload. Words without buttons of their own that come with a payload only send people there."""
    if message.chat.type == "private":
        await answer(message, speaker, said, markup)
        return
    bot = message.bot
    assert bot is not None
    shown = await _alone(message, person, speaker, said, group_speaker, config, markup, payload, press)
    if shown is True:
        return
    written = (markup is not None or payload == "hello") and await _written(bot, person, speaker.say(said), markup)
    if shown is None:
        words, way = (_TOLD, to_private(group_speaker, config, "")) if written else (
            _POINTER, to_private(group_speaker, config, payload))
        await _point(message, group_speaker.say(words), way, None)


async def show_alone(message: Message, person: int, speaker: Speaker, picture: bytes, said: Fact,
                     group_speaker: Speaker, config: Config, *, markup: InlineKeyboardMarkup,
                     press: CallbackQuery | None) -> bool:
    """The same with a picture above the words; whether it could be shown. Where that is not possible in a group, they
    are told that it is in the private chat."""
    bot, file = message.bot, BufferedInputFile(picture, "picture.png")
    assert bot is not None
    html = speaker.say(said)
    if message.chat.type != "private" and await _shown_alone(message, person, file, html, markup, press):
        return True
    try:
        await bot.send_photo(person, file, caption=html, parse_mode=ParseMode.HTML, reply_markup=markup)
    except TelegramAPIError:
        return False
    if message.chat.type != "private":
        await whisper(message, person, speaker, _TOLD, group_speaker, config, payload="balance_now", press=press)
    return True


async def _shown_alone(message: Message, person: int, file: BufferedInputFile, html: str, markup: InlineKeyboardMarkup,
                       press: CallbackQuery | None) -> bool:
    """Show it in the group to one person alone, where the server is known to be able to do that."""
    bot = message.bot
    assert bot is not None
    server = _servers.setdefault(bot.session, _Server())
    if not server.keeps_secrets or (press is None and server.refuses(message.chat.id)):
        return False
    alone = EphemeralMessageParameters(receiver_user_id=person, callback_query_id=press.id if press else None)
    try:
        await bot.send_photo(
            message.chat.id, file, caption=html, parse_mode=ParseMode.HTML, reply_markup=markup,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            ephemeral_message_parameters=alone)
    except (TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat):
        server.refused(message.chat.id)
        return False
    return True


async def aside(message: Message, person: int, speaker: Speaker, said: Fact, group_speaker: Speaker, config: Config, *,
                publicly: Fact) -> None:
    """Answer somebody in a group so that only they see it; where that is not possible, everybody reads less."""
    if await _alone(message, person, speaker, said, group_speaker, config, None, "hello", None) is None:
        await reply(message, group_speaker, publicly)


async def _alone(message: Message, person: int, speaker: Speaker, said: Fact, group_speaker: Speaker, config: Config,
                 markup: InlineKeyboardMarkup | None, payload: str, press: CallbackQuery | None) -> bool | None:
    """Say it in the group to one person alone. None when that is refused there; False when the server showed
    everybody that there is something to say, but not what."""
    assert message.bot is not None
    server = _servers.setdefault(message.bot.session, _Server())
    if server.keeps_secrets is False or (press is None and server.refuses(message.chat.id)):
        return None
    alone = EphemeralMessageParameters(receiver_user_id=person, callback_query_id=press.id if press else None)
    if markup is None and payload != "hello":  # With nothing to go on with, the words are all.
        markup = to_private(speaker, config, payload)
    try:
        if server.keeps_secrets:
            await _point(message, speaker.say(said), markup, alone)
            return True
        way = to_private(group_speaker, config, payload)
        shown = await _point(message, group_speaker.say(_POINTER), way, alone)
    except (TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat):
        server.refused(message.chat.id)
        return None  # Not an administrator there, a press of long ago, or a server that knows nothing of it.
    server.keeps_secrets = shown.ephemeral_message_id is not None
    if server.keeps_secrets:
        await change(shown, speaker, said, markup)
    return server.keeps_secrets


async def _written(bot: Bot, person: int, html: str, markup: InlineKeyboardMarkup | None) -> bool:
    """Write to somebody in private, if we may."""
    try:
        await write(bot, person, html, markup)
    except (TelegramBadRequest, TelegramForbiddenError):
        return False
    return True


_POINTER: Final = _("Please continue in our private chat.")
_TOLD: Final = _("I have answered you in our private chat.")
REFUSED_FOR: Final = 600.0
"""Seconds for which a group that refused an ephemeral message is not asked for another one."""
MOST_REFUSING: Final = 1_000
"""How many such groups are remembered; the oldest are forgotten first, and then merely asked too early."""


@dataclass(slots=True)
class _Server:
    """What is known of the server behind a session."""

    keeps_secrets: bool | None = None
    """Whether it knows ephemeral messages. One that does not would show them to everybody, so the first words that
    we try it with are harmless."""
    groups: dict[int, float] = field(default_factory=dict)
    """When a group last refused one."""

    def refuses(self, chat: int) -> bool:
        """Whether a group need not be asked."""
        return time.monotonic() - self.groups.get(chat, -REFUSED_FOR) < REFUSED_FOR

    def refused(self, chat: int) -> None:
        """Remember it."""
        self.groups.pop(chat, None)
        self.groups[chat] = time.monotonic()
        if len(self.groups) > MOST_REFUSING:
            del self.groups[next(iter(self.groups))]


_servers: Final[WeakKeyDictionary[BaseSession, _Server]] = WeakKeyDictionary()


async def _point(message: Message, html: str, markup: InlineKeyboardMarkup | None,
                 alone: EphemeralMessageParameters | None) -> Message:
    """Answer a message in a group, to everybody (and be it where the group went) or to one person alone."""
    bot = message.bot
    assert bot is not None
    with nullcontext() if alone else passing():
        return await _pointed(bot, message, html, markup, alone)


async def _pointed(bot: Bot, message: Message, html: str, markup: InlineKeyboardMarkup | None,
                   alone: EphemeralMessageParameters | None) -> Message:
    try:
        return await bot.send_message(
            message.chat.id, html, message_thread_id=message.message_thread_id if message.is_topic_message else None,
            parse_mode=ParseMode.HTML, reply_markup=markup, link_preview_options=NO_PREVIEW,
            ephemeral_message_parameters=alone, reply_parameters=None if alone else ReplyParameters(
                message_id=message.message_id, allow_sending_without_reply=True))
    except TelegramMigrateToChat as moved:
        if alone is not None:
            raise
        return await write(bot, moved.migrate_to_chat_id, html, markup)


async def toast(press: CallbackQuery, words: str = "", *, alert: bool = False) -> None:
    """Answer a button. One that was pressed too long ago needs no answer any more."""
    with suppress(TelegramAPIError):
        await press.answer(words[:TOAST_MOST] or None, show_alert=alert)
