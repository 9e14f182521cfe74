"""Buttons that lead operators to a member."""
from __future__ import annotations

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from handlers.chat.buttons.applications import HitAct, HitButton
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
    """Under a member's card: each ticket and proposal that it names, the payments that are held back,
    and each name that may stand on the screening list."""
    desk = [button(speaker, _("🗂 {code}", code=ids.code(number)), DeskButton(act=DeskAct.SHOW, ticket=number))
            for number in (*matters.tickets.numbers, *matters.reports.numbers)]
    signed = [button(speaker, _("🔏 {code}", code=ids.code(number)),
                     ProposalButton(act=ProposalAct.SHOW, proposal=number)) for number in matters.proposals.numbers]
    held = [button(speaker, _("🔎 Held back"), HeldButton())] if matters.paying.count + matters.receiving.count else []
    listed = [button(speaker, _("🔎 {code}", code=ids.code(number)), HitButton(act=HitAct.SHOW, hit=number))
              for number in matters.hits.numbers]
    return [desk[:3], desk[3:], held, signed, listed]


def to_member(speaker: Speaker, person: int) -> InlineKeyboardMarkup:
    """Under what operators are told of somebody."""
    return keyboard([button(speaker, _("👤 Member"), UserButton(person=person, presser=0))])


def to_hit(speaker: Speaker, hit: int, person: int) -> InlineKeyboardMarkup:
    """Under what operators are told of one."""
    return keyboard([button(speaker, _("🔎 Look at it"), HitButton(act=HitAct.SHOW, hit=hit)),
                     button(speaker, _("👤 Member"), UserButton(person=person, presser=0))])
