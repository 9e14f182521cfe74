"""Buttons that lead operators to a member."""
from __future__ import annotations

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from handlers.chat.buttons.proposals import ProposalAct, ProposalButton
from handlers.chat.buttons.tickets import DeskAct, DeskButton
from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _
from wallet import ids
from wallet.views import MattersView


class UserButton(CallbackData, prefix="ou"):
    """Shows somebody's card. `presser` is the operator who asked, or 0 where all operators were told of somebody."""

    person: Annotated[int, Field(gt=0, lt=2**53)]
    presser: int


class HeldButton(CallbackData, prefix="oi"):
    """Shows the payments that rules hold back; for operators whose role may decide about them."""


def to_matters(speaker: Speaker, matters: MattersView) -> list[list[InlineKeyboardButton]]:
    """Under a member's card: each ticket and proposal that it names, and the payments that are held back."""
    desk = [button(speaker, _("🗂 {code}", code=ids.code(number)), DeskButton(act=DeskAct.SHOW, ticket=number))
            for number in (*matters.tickets.numbers, *matters.reports.numbers)]
    signed = [button(speaker, _("🔏 {code}", code=ids.code(number)),
                     ProposalButton(act=ProposalAct.SHOW, proposal=number)) for number in matters.proposals.numbers]
    held = [button(speaker, _("🔎 Held back"), HeldButton())] if matters.paying.count + matters.receiving.count else []
    return [desk[:3], desk[3:], held, signed]


def to_member(speaker: Speaker, person: int) -> InlineKeyboardMarkup:
    """Under what operators are told of somebody."""
    return keyboard([button(speaker, _("👤 Member"), UserButton(person=person, presser=0))])
