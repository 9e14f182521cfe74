"""Under what waits for its owner's word: a debit, and a payment that may be given back."""
from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _

Token = Annotated[str, Field(min_length=16, max_length=32)]
"""Names a question; nobody guesses one."""


class DraftAct(StrEnum):
    """What the owner of a draft says."""

    CONFIRM = "y"
    CANCEL = "n"


class DraftButton(CallbackData, prefix="md"):
    """Authorises or cancels a draft; the token is the draft's and works once."""

    act: DraftAct
    token: Token


class GivebackWord(CallbackData, prefix="my"):
    """Gives it back, or not; the token is the question's and works once."""

    act: DraftAct
    token: Token


def ask_confirm(speaker: Speaker, token: str) -> InlineKeyboardMarkup:
    """Confirm and Cancel for a draft."""
    yes, no = DraftButton(act=DraftAct.CONFIRM, token=token), DraftButton(act=DraftAct.CANCEL, token=token)
    return keyboard([button(speaker, _("Confirm"), yes, ButtonStyle.SUCCESS),
                     button(speaker, _("Cancel"), no, ButtonStyle.DANGER)])


def ask_giveback(speaker: Speaker, token: str) -> InlineKeyboardMarkup:
    """Yes and no to giving something back."""
    yes, no = GivebackWord(act=DraftAct.CONFIRM, token=token), GivebackWord(act=DraftAct.CANCEL, token=token)
    return keyboard([button(speaker, _("↩️ Give it back"), yes, ButtonStyle.SUCCESS),
                     button(speaker, _("Cancel"), no, ButtonStyle.DANGER)])
