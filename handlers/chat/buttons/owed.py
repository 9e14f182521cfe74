"""The button under what is told when the service closes.

Guards: whoever presses it gets what is owed to them, and nothing about anybody else.
"""
from __future__ import annotations

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from handlers.chat.buttons.ways import balance
from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _


class OwedButton(CallbackData, prefix="ow"):
    """Asks for a new statement."""


def state_owed(speaker: Speaker) -> InlineKeyboardMarkup:
    """The way to the file."""
    return keyboard([button(speaker, _("📄 Signed statement"), OwedButton())], [balance(speaker)])
