"""Under payments that a rule held back, for operators."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.chat.buttons.members import UserButton
from handlers.chat.buttons.numbers import Number
from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _
from wallet import ids


class CheckAct(StrEnum):
    """What operators do with one."""

    LIST = "l"
    SHOW = "s"
    RELEASE = "r"
    SEND_BACK = "b"
    LEAVE = "x"


class CheckButton(CallbackData, prefix="oh"):
    """For operators; the wallet checks who may, and whose money it is."""

    act: CheckAct
    transfer: Number = 0


def to_checks(speaker: Speaker, transfers: Sequence[int]) -> InlineKeyboardMarkup:
    """Under the list of them."""
    each = [button(speaker, _("🔎 {code}", code=ids.code(one)), CheckButton(act=CheckAct.SHOW, transfer=one))
            for one in transfers]
    return keyboard(*(each[start:start + 3] for start in range(0, len(each), 3)))


def under_check(speaker: Speaker, transfer: int, payer: int, receiver: int, *, listed: bool) -> InlineKeyboardMarkup:
    """Under one that waits; `payer` and `receiver` are Telegram ids, and `listed` says that it came from the list."""
    def one(act: CheckAct) -> CheckButton:
        return CheckButton(act=act, transfer=transfer)

    return keyboard(
        [button(speaker, _("✅ Let it go on"), one(CheckAct.RELEASE), ButtonStyle.SUCCESS),
         button(speaker, _("↩️ Send it back"), one(CheckAct.SEND_BACK), ButtonStyle.DANGER)],
        both_sides(speaker, payer, receiver),
        [button(speaker, _("🔎 All that is held back"), one(CheckAct.LIST))] if listed else [])


def both_sides(speaker: Speaker, payer: int, receiver: int) -> list[InlineKeyboardButton]:
    """Lead to whose money it is and to whom it is for, by their Telegram ids."""
    return [button(speaker, _("👤 Payer"), UserButton(person=payer, presser=0)),
            button(speaker, _("👤 Receiver"), UserButton(person=receiver, presser=0))]


def under_reason(speaker: Speaker, transfer: int) -> InlineKeyboardMarkup:
    """Under the question why."""
    return keyboard([button(speaker, _("Cancel"), CheckButton(act=CheckAct.LEAVE, transfer=transfer))])
