"""What Telegram shows of the bot by itself: the commands behind "/", and what the bot can do, before Start is pressed.

Guards: what is listed comes from the table of commands and works for whom it is listed; what somebody wrote about
their bot stays.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiogram import Bot
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeUnion,
)

from handlers.commands import menu
from handlers.texts import Language, Lines, Speaker, _

TELEGRAMS: Final[Mapping[Language, str]] = {"en": "", "zh_CN": "zh"}
"""Telegram's codes for our languages; the one without a code is for everybody else."""


SCOPES: Final[tuple[tuple[BotCommandScopeUnion, bool, bool], ...]] = (
    (BotCommandScopeAllPrivateChats(), True, False),
    (BotCommandScopeAllGroupChats(), False, False),
    (BotCommandScopeAllChatAdministrators(), False, True),
)
"""Telegram's kinds of menus: whether one is for private chats, and whether for a group's administrators. Whoever is one
sees that instead of the group's."""


def description(*, play_money: bool) -> Lines:
    """What somebody reads before they press Start, with the bot's name above it."""
    first = _("I let people in a group chat send each other money. Write /send @bob 20 lunch, or reply to somebody "
              "with /send 20, and both of you get a receipt.")
    worth = _("All amounts here are play money: they are worth nothing outside of it.")
    return Lines((first, *([worth] if play_money else [])), gap="\n\n")


async def introduce(bot: Bot, speakers: Mapping[Language, Speaker], *, play_money: bool) -> None:
    """Tell Telegram both."""
    await _set_commands(bot, speakers, play_money=play_money)
    await _describe(bot, speakers, play_money=play_money)


async def _set_commands(bot: Bot, speakers: Mapping[Language, Speaker], *, play_money: bool) -> None:
    for language, speaker in speakers.items():
        for scope, private, administrator in SCOPES:
            listed = menu(private=private, administrator=administrator, play_money=play_money)
            commands = [BotCommand(command=verb, description=speaker.plain(said)) for verb, said in listed]
            await bot.set_my_commands(commands, scope=scope, language_code=TELEGRAMS[language] or None)


async def _describe(bot: Bot, speakers: Mapping[Language, Speaker], *, play_money: bool) -> None:
    """Say what the bot can do, unless somebody said it with @BotFather already."""
    codes = {language: TELEGRAMS[language] or None for language in speakers}
    # All are read before one is written: Telegram may show one that it has to everybody.
    wanting = [language for language, code in codes.items()
               if not (await bot.get_my_description(language_code=code)).description]
    for language in wanting:
        said = speakers[language].plain(description(play_money=play_money))
        await bot.set_my_description(said, language_code=codes[language])
