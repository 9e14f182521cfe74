"""Under what is handed in for operators to look at, for whoever hands it in and for those who look."""
from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from handlers.chat.buttons.numbers import Number
from handlers.keyboards import Open, Renamed, button, keyboard
from handlers.texts import Speaker, _


class PaperAct(StrEnum):
    """What its member does with an application."""

    BEGIN = "b"
    ASK = "a"
    HAND_IN = "h"
    WITHDRAW = "w"
    COMPANY = "c"


class PaperButton(Renamed, prefix="pp"):
    """For the member of an application; the wallet checks whose it is."""

    FORMER: ClassVar[str] = "ap"

    act: PaperAct
    application: Number = 0
    name: Annotated[str, Field(max_length=12)] = ""
    """Which picture to ask for."""


class ReviewAct(StrEnum):
    """What operators do with one."""

    QUEUE = "q"
    SHOW = "s"
    TAKE = "t"
    LEAVE = "l"
    PAPERS = "p"
    APPROVE = "a"
    SURE = "y"
    REJECT = "r"
    BECAUSE = "w"
    NEXT = "n"


class ReviewButton(CallbackData, prefix="ar"):
    """For operators; the wallet checks who may."""

    act: ReviewAct
    application: Number = 0
    reason: Annotated[str, Field(max_length=12)] = ""


class HitAct(StrEnum):
    """What operators do about a name that may stand on the screening list."""

    SHOW = "s"
    NAMES = "n"
    CLEAR = "c"
    CLEARED = "d"
    CONFIRM = "f"
    CONFIRMED = "g"


class HitButton(CallbackData, prefix="ah"):
    """For operators; the wallet checks who may."""

    act: HitAct
    hit: Number = 0
    reason: Annotated[str, Field(max_length=12)] = ""
    """Why, of the last two."""


def to_review(speaker: Speaker, application: int) -> InlineKeyboardMarkup:
    """Under what operators are told of one."""
    return keyboard([button(speaker, _("🪪 Look at it"), ReviewButton(act=ReviewAct.SHOW, application=application))])


def after_review(speaker: Speaker) -> InlineKeyboardMarkup:
    """Under what its member hears."""
    return keyboard([button(speaker, _("🪪 Verify who you are"), Open(what="verify"))])
