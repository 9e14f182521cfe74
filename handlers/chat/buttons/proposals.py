"""Under what operators propose."""
from __future__ import annotations

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from handlers.chat.buttons.numbers import Number
from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _


class ProposalAct(StrEnum):
    """What operators may do with a proposal."""

    SHOW = "s"
    APPROVE = "a"
    REJECT = "r"


class ProposalButton(CallbackData, prefix="op"):
    """For operators; the wallet checks who may."""

    act: ProposalAct
    proposal: Number


def under_proposal(speaker: Speaker, proposal: int) -> InlineKeyboardMarkup:
    """Under a proposal that is open."""
    return keyboard([button(speaker, _("✅ Approve"), ProposalButton(act=ProposalAct.APPROVE, proposal=proposal)),
                     button(speaker, _("✖️ Reject"), ProposalButton(act=ProposalAct.REJECT, proposal=proposal))])
