"""Whether somebody is in a group, as Telegram tells the bot.

Guards: a group is taken for one that somebody may speak in by what Telegram says, never by the message that names it;
and unknown means no.
"""
from __future__ import annotations

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import ChatMemberBanned, ChatMemberLeft, ChatMemberRestricted


async def is_in(bot: Bot, group: int, person: int) -> bool:
    """Whether both are there: of a group in which the bot is not it is told nothing."""
    try:
        found = await bot.get_chat_member(group, person)
    except TelegramAPIError:
        return False
    if isinstance(found, ChatMemberRestricted):
        return found.is_member
    return not isinstance(found, ChatMemberLeft | ChatMemberBanned)
