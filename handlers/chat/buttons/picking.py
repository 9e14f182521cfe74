"""Telegram's own pickers, of people and of groups, under the input field."""
from __future__ import annotations

from typing import Final

from aiogram.types import KeyboardButton, KeyboardButtonRequestChat, KeyboardButtonRequestUsers, ReplyKeyboardMarkup

from handlers.texts import Speaker, _

PICK_REQUEST: Final = 1
"""Names Telegram's user picker in what it answers."""
CHAT_REQUEST: Final = 2
"""The same for its chat picker."""
MOST_PICKED: Final = 10
"""Telegram's picker gives ten people at most."""


def pick_person(speaker: Speaker) -> ReplyKeyboardMarkup:
    """Telegram's own user picker."""
    users = KeyboardButtonRequestUsers(request_id=PICK_REQUEST, user_is_bot=False, max_quantity=MOST_PICKED,
                                       request_name=True, request_username=True)
    label = speaker.plain(_("👤 Pick somebody"))
    return ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text=label, request_users=users)]], resize_keyboard=True,
                               one_time_keyboard=True)


def pick_group(speaker: Speaker) -> ReplyKeyboardMarkup:
    """Telegram's own chat picker."""
    asked = KeyboardButtonRequestChat(request_id=CHAT_REQUEST, chat_is_channel=False, bot_is_member=True,
                                      request_title=True)
    label = speaker.plain(_("👥 Pick a group"))
    return ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text=label, request_chat=asked)]], resize_keyboard=True,
                               one_time_keyboard=True)
