"""Under the warning that a wallet goes to sleep."""
from __future__ import annotations

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from handlers.chat.buttons.ways import balance
from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _


class StayButton(CallbackData, prefix="sa"):
    """Says that one still uses one's wallet: whoever presses speaks for themselves alone."""


def still_used(speaker: Speaker) -> InlineKeyboardMarkup:
    """The one press that begins the count anew."""
    return keyboard([button(speaker, _("I still use it"), StayButton(), ButtonStyle.SUCCESS)], [balance(speaker)])
