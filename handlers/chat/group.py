"""A group's own settings, for those who administer it: by now the language in which the bot speaks there.

Guards: whoever asks and whoever presses is one of its administrators at that moment, which Telegram is asked; a named
one's buttons are theirs alone.
"""
from __future__ import annotations

from collections.abc import Mapping

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, ChatMemberAdministrator, InlineKeyboardMarkup, Message

from handlers.asking import answers
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Groups
from handlers.keyboards import GroupSpeaks, language_in, languages, only_for, pressed_message
from handlers.texts import Language, Lines, Speaker, Text, _


def make_router() -> Router:
    """`/group`, `/language` in a group, and their buttons."""
    router = Router(name="group")
    answers(router, Verb.GROUP, show_group)
    answers(router, Verb.LANGUAGE, show_languages, private=False)
    router.callback_query.register(choose_language, GroupSpeaks.filter(), flags=declared(Verb.GROUP))
    return router


async def show_group(message: Message, bot: Bot, groups: Groups, group_speaker: Speaker) -> None:
    """`/group`, `群设置`."""
    said = Lines((_("⚙️ <b>Settings of this group</b>"),
                  _("Language: {language}", language="中文" if group_speaker.language == "zh_CN" else "English"),
                  await _hearing(bot, message.chat.id),
                  _("Only its administrators can change them.")))
    await answer(message, group_speaker, said, await _choices(message, groups))


async def _hearing(bot: Bot, chat: int) -> Text:
    """Whether people are heard here who don't type commands; it is no setting of ours, but people look for it here."""
    try:
        hears_all = ((await bot.me()).can_read_all_group_messages
                     or isinstance(await bot.get_chat_member(chat, bot.id), ChatMemberAdministrator))
    except TelegramAPIError:
        return _("Plain words such as <code>转账 @bob 20</code>: I can't tell just now whether I hear them here")
    if hears_all:
        return _("Plain words such as <code>转账 @bob 20</code>: I hear them here")
    return _("Plain words such as <code>转账 @bob 20</code>: I don't hear them here. Make me an administrator, or "
             "switch my privacy mode off, if you want me to.")


async def show_languages(message: Message, groups: Groups, group_speaker: Speaker) -> None:
    """`/language` in a group goes straight to it."""
    await answer(message, group_speaker, _("Which language shall I speak in this group?"),
                 await _choices(message, groups))


async def _choices(message: Message, groups: Groups) -> InlineKeyboardMarkup:
    """Both languages, for whoever asked. Nobody knows who writes in the group's name: then for any administrator."""
    person = message.from_user
    presser = person.id if person is not None and message.sender_chat is None else 0
    return languages(await groups.language(message.chat.id), group=True, presser=presser)


async def choose_language(press: CallbackQuery, callback_data: GroupSpeaks, groups: Groups,
                          speakers: Mapping[Language, Speaker]) -> None:
    """The press of an administrator."""
    if callback_data.presser:
        only_for(press, callback_data.presser)
    message, language = pressed_message(press), language_in(callback_data.language)
    await groups.set_language(message.chat.id, language)
    await toast(press)
    await change(message, speakers[language], _("✅ From now on I speak English in this group."))
