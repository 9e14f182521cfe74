"""Under money that waits for somebody."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.chat.buttons.numbers import Number
from handlers.chat.buttons.ways import balance
from handlers.keyboards import button, keyboard
from handlers.texts import Fact, Money, Speaker, _
from wallet import ids
from wallet.rows import TO_ACCEPT, TO_ARRIVE, TO_CHECK, TO_THAW


class HoldAct(StrEnum):
    """What one does with money that waits."""

    CLAIM = "c"
    """Or accept it, where it waits for a member's word."""
    DECLINE = "d"
    TAKE_BACK = "t"
    TAKE_FROM_LIST = "l"
    """Taken back in a list, which stays a list."""


class HoldButton(CallbackData, prefix="mw"):
    """Claims waiting money, declines it or takes it back; the wallet checks who may."""

    act: HoldAct
    hold: Number


def claim_payload(hold: int) -> str:
    """What stands behind /start in a link to waiting money."""
    return f"claim_{ids.code(hold)}"


def taking(speaker: Speaker, hold: int, purpose: str) -> InlineKeyboardMarkup:
    """For the one it waits for: claim; or accept and decline. What arrives by itself needs none of them."""
    return keyboard(_taking(speaker, hold, purpose) or [balance(speaker)])


def waiting_card(speaker: Speaker, hold: int, purpose: str) -> InlineKeyboardMarkup:
    """The same, and take back for the one who sent it, unless operators look at it."""
    return keyboard([*_taking(speaker, hold, purpose), *([take_back(speaker, hold)] if purpose != TO_CHECK else [])])


def take_back(speaker: Speaker, hold: int) -> InlineKeyboardButton:
    """For whoever sent it."""
    return button(speaker, _("Take back"), HoldButton(act=HoldAct.TAKE_BACK, hold=hold))


def take_back_list(speaker: Speaker, holds: Sequence[tuple[int, int, Fact]]) -> InlineKeyboardMarkup:
    """A button for each (hold, amount, name of the one it waits for)."""
    return keyboard(*([button(speaker, _("Take back {amount} ({name})", amount=Money(amount), name=name),
                              HoldButton(act=HoldAct.TAKE_FROM_LIST, hold=hold))] for hold, amount, name in holds))


def _taking(speaker: Speaker, hold: int, purpose: str) -> list[InlineKeyboardButton]:
    yes, no = HoldButton(act=HoldAct.CLAIM, hold=hold), HoldButton(act=HoldAct.DECLINE, hold=hold)
    if purpose in (TO_ARRIVE, TO_THAW, TO_CHECK):
        return []
    if purpose == TO_ACCEPT:
        return [button(speaker, _("Accept"), yes, ButtonStyle.SUCCESS), button(speaker, _("Decline"), no)]
    return [button(speaker, _("Claim"), yes, ButtonStyle.SUCCESS)]
