"""Under what is written to the operators, for whoever asks and for whoever answers."""
from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from handlers.chat.buttons.numbers import Number
from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _


class AskButton(CallbackData, prefix="ta"):
    """Begins a ticket about something, such as an appeal against the penalty that is its subject."""

    category: Annotated[str, Field(max_length=10)]
    subject: Number = 0


class TicketAct(StrEnum):
    """What its member may do with a ticket."""

    SHOW = "s"
    WRITE = "w"
    PICTURES = "p"
    LEAVE = "l"


class TicketButton(CallbackData, prefix="tk"):
    """For the member of a ticket; the wallet checks whose it is."""

    act: TicketAct
    ticket: Number
    number: Number = 0
    """Which message, for its pictures."""


class DeskAct(StrEnum):
    """What operators do with one."""

    SHOW = "s"
    TAKE = "t"
    WRITE = "w"
    CLOSE = "c"
    SOLVED = "1"
    DONE = "2"
    SILENT = "3"
    LAST_WORDS = "l"
    PICTURES = "p"
    QUEUE = "q"


class DeskButton(CallbackData, prefix="td"):
    """For operators; the wallet checks who may."""

    act: DeskAct
    ticket: Number
    page: Annotated[int, Field(ge=0, le=250)] = 0


def answered(speaker: Speaker, ticket: int, number: int, *, pictures: bool, closed: bool) -> InlineKeyboardMarkup:
    """Under an answer of the operators."""
    go_on = _("It isn't solved: write again") if closed else _("✍️ Write back")
    files = [button(speaker, _("📎 Pictures"), TicketButton(act=TicketAct.PICTURES, ticket=ticket, number=number))]
    return keyboard([button(speaker, go_on, TicketButton(act=TicketAct.WRITE, ticket=ticket))],
                    files if pictures else [])


def to_desk(speaker: Speaker, ticket: int) -> InlineKeyboardMarkup:
    """Under what operators are told of a ticket."""
    return keyboard([button(speaker, _("🗂 Read it"), DeskButton(act=DeskAct.SHOW, ticket=ticket))])
