"""In the wizard, which asks step by step whom and how much to pay."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.chat.buttons.numbers import Number
from handlers.keyboards import LABEL_MOST, button, keyboard
from handlers.texts import Fact, Speaker, _


class PickButton(CallbackData, prefix="mp"):
    """Names somebody who was paid before, in the wizard."""

    member: Number


class WizardAct(StrEnum):
    """What else one can do in the wizard."""

    SKIP = "s"
    CANCEL = "x"


class WizardButton(CallbackData, prefix="ms"):
    """Goes on without a note, or leaves."""

    act: WizardAct


def recent(speaker: Speaker, people: Sequence[tuple[int, Fact]]) -> InlineKeyboardMarkup:
    """Whom one paid lately, two in a row."""
    buttons = [InlineKeyboardButton(text=speaker.plain(name)[:LABEL_MOST],
                                    callback_data=PickButton(member=number).pack())
               for number, name in people]
    return keyboard(*(buttons[start:start + 2] for start in range(0, len(buttons), 2)), [_leave(speaker)])


def skip_note(speaker: Speaker) -> InlineKeyboardMarkup:
    """Go on without a note, or leave."""
    return keyboard([button(speaker, _("No note"), WizardButton(act=WizardAct.SKIP), ButtonStyle.PRIMARY),
                     _leave(speaker)])


def _leave(speaker: Speaker) -> InlineKeyboardButton:
    return button(speaker, _("Cancel"), WizardButton(act=WizardAct.CANCEL))
