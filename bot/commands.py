"""What Telegram shows of the bot by itself: the commands behind "/", and what the bot can do, before Start is pressed.

Guards: what is listed works today and in the chat where it is listed; what somebody wrote about their bot stays.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiogram import Bot
from aiogram.types import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from handlers.texts import Language, Lines, Speaker, Text, _

TELEGRAMS: Final[Mapping[Language, str]] = {"en": "", "zh_CN": "zh"}
"""Telegram's codes for our languages; the one without a code is for everybody else."""


def menu(*, private: bool, play_money: bool) -> tuple[tuple[str, Text], ...]:
    """The commands of a kind of chat, what is used most first."""
    shared = (
        ("send", _("Send money: @bob 20 lunch")),
        ("balance", _("What you have")),
        ("history", _("What came and went")),
        ("statement", _("A month on one picture, and as a table")),
        ("receipt", _("One payment in full, by its code")),
        ("giveback", _("Give back what you received, by its code")),
    )
    if not private:
        return (*shared, ("language", _("The language of this group")), ("help", _("How it works")))
    return (
        *shared,
        *((("topup", _("Add play money")),) if play_money else ()),
        ("settings", _("Your settings")),
        ("nickname", _("See or change your nickname")),
        ("pin", _("Set or change your payment PIN")),
        ("language", _("Choose your language")),
        ("agreement", _("Read the agreements")),
        ("cancel", _("Leave what we are in the middle of")),
        ("help", _("How it works")),
    )


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
        for scope, private in ((BotCommandScopeAllPrivateChats(), True), (BotCommandScopeAllGroupChats(), False)):
            commands = [BotCommand(command=name, description=speaker.plain(text))
                        for name, text in menu(private=private, play_money=play_money)]
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
