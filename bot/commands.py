"""The menu of commands that Telegram shows behind "/", in every language and for each kind of chat.

Guards: what is listed works today and in the chat where it is listed.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiogram import Bot
from aiogram.types import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from handlers.texts import Language, Speaker, Text, _

TELEGRAMS: Final[Mapping[Language, str]] = {"en": "", "zh_CN": "zh"}
"""Telegram's codes for our languages; the one without a code is for everybody else."""


def menu(*, private: bool, play_money: bool) -> tuple[tuple[str, Text], ...]:
    """The commands of a kind of chat, what is used most first."""
    shared = (
        ("send", _("Send money: @bob 20 lunch")),
        ("balance", _("What you have")),
        ("history", _("What came and went")),
        ("receipt", _("One payment in full, by its code")),
    )
    if not private:
        return (*shared, ("language", _("The language of this group")), ("help", _("How it works")))
    return (
        *shared,
        *((("topup", _("Add play money")),) if play_money else ()),
        ("settings", _("Your settings")),
        ("pin", _("Set or change your payment PIN")),
        ("language", _("Choose your language")),
        ("agreement", _("Read the agreements")),
        ("cancel", _("Leave what we are in the middle of")),
        ("help", _("How it works")),
    )


async def set_commands(bot: Bot, speakers: Mapping[Language, Speaker], *, play_money: bool) -> None:
    """Tell Telegram."""
    for language, speaker in speakers.items():
        for scope, private in ((BotCommandScopeAllPrivateChats(), True), (BotCommandScopeAllGroupChats(), False)):
            commands = [BotCommand(command=name, description=speaker.plain(text))
                        for name, text in menu(private=private, play_money=play_money)]
            await bot.set_my_commands(commands, scope=scope, language_code=TELEGRAMS[language] or None)
