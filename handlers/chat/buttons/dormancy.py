"""Under the warning that a wallet goes to sleep."""
from __future__ import annotations

from typing import ClassVar

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardMarkup

from handlers.chat.buttons.ways import balance
from handlers.keyboards import Renamed, button, keyboard
from handlers.texts import Speaker, _


class StayButton(Renamed, prefix="st"):
    """Says that one still uses one's wallet: whoever presses speaks for themselves alone."""

    FORMER: ClassVar[str] = "sa"


def still_used(speaker: Speaker) -> InlineKeyboardMarkup:
    """The one press that begins the count anew."""
    return keyboard([button(speaker, _("I still use it"), StayButton(), ButtonStyle.SUCCESS)], [balance(speaker)])
