"""Buttons that lead operators to a member."""
from __future__ import annotations

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _


class UserButton(CallbackData, prefix="ou"):
    """Shows somebody's card. `presser` is the operator who asked, or 0 where all operators were told of somebody."""

    person: Annotated[int, Field(gt=0, lt=2**53)]
    presser: int


def to_member(speaker: Speaker, person: int) -> InlineKeyboardMarkup:
    """Under what operators are told of somebody."""
    return keyboard([button(speaker, _("👤 Member"), UserButton(person=person, presser=0))])
