"""Under what is told of a forgotten PIN."""
from __future__ import annotations

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _


class ResetButton(CallbackData, prefix="pr"):
    """Stops the wait, or chooses another PIN once it is over; the wallet looks whose it is."""

    stop: bool


def under_reset(speaker: Speaker, *, ready: bool) -> InlineKeyboardMarkup:
    """Stop, and the way on once there is one."""
    return keyboard([button(speaker, _("🔑 Choose another PIN"), ResetButton(stop=False))] if ready else [],
                    [button(speaker, _("🛑 Stop"), ResetButton(stop=True))])
