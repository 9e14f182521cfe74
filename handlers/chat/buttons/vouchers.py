"""Under vouchers."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from handlers.chat.buttons.numbers import Number
from handlers.keyboards import Open, button, copies, keyboard, link
from handlers.texts import Money, Speaker, Text, _


class VoucherLink(CallbackData, prefix="vl"):
    """Redeems a voucher: what its link says. Whoever reads the card may."""

    voucher: Number
    link: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{22}$")]


class VoucherAct(StrEnum):
    """What one does with a voucher of one's own."""

    SHOW = "s"
    TAKE_BACK = "t"
    TAKE_FROM_LIST = "l"
    """Taken back in a list, which stays a list."""


class VoucherButton(CallbackData, prefix="vo"):
    """Shows a voucher again or takes it back; whose it is the wallet checks."""

    act: VoucherAct
    voucher: Number


class VoucherChoice(StrEnum):
    """What one chooses by a button while a voucher is made step by step."""

    GO_ON = "y"
    """With what the button says."""
    CANCEL = "x"


class VoucherStepButton(CallbackData, prefix="vs"):
    """An answer to a step of that."""

    step: Annotated[str, Field(pattern="^(amount|uses|password|only)$")]
    choice: VoucherChoice


def voucher_step(speaker: Speaker, step: str, choice: Text | None = None) -> InlineKeyboardMarkup:
    """What a step can be answered with besides typing, and the way to leave."""
    shown = [] if choice is None else [
        button(speaker, choice, VoucherStepButton(step=step, choice=VoucherChoice.GO_ON), ButtonStyle.PRIMARY)]
    return keyboard([*shown, button(speaker, _("Cancel"), VoucherStepButton(step=step, choice=VoucherChoice.CANCEL))])


def redeem_voucher(speaker: Speaker, voucher: int, link: str) -> InlineKeyboardMarkup:
    """Under a voucher's card in a group."""
    return keyboard([button(speaker, _("🎟 Redeem"), VoucherLink(voucher=voucher, link=link), ButtonStyle.SUCCESS),
                     _take_voucher_back(speaker, voucher)])


def own_voucher(speaker: Speaker, voucher: int, url: str, words: str) -> InlineKeyboardMarkup:
    """Under one's own card of a voucher: its link for the clipboard and for any chat, and the way back."""
    share = f"https://t.me/share/url?{urlencode({'url': url, 'text': words})}"
    return keyboard([copies(speaker, _("Copy the link"), url), link(speaker, _("Share"), share)],
                    [_take_voucher_back(speaker, voucher)])


def show_voucher(speaker: Speaker, voucher: int) -> InlineKeyboardMarkup:
    """The way to one's own card of a voucher."""
    return keyboard([button(speaker, _("🎟 Show the voucher"), VoucherButton(act=VoucherAct.SHOW, voucher=voucher))])


def own_vouchers(speaker: Speaker, open_ones: Sequence[tuple[int, int, int]]) -> InlineKeyboardMarkup:
    """For each (its place in the list, the voucher, what is left in it) its card and the way back; and a new one."""
    rows = [[button(speaker, _("{n}. Show", n=place), VoucherButton(act=VoucherAct.SHOW, voucher=voucher)),
             button(speaker, _("Take back {amount}", amount=Money(left)),
                    VoucherButton(act=VoucherAct.TAKE_FROM_LIST, voucher=voucher))]
            for place, voucher, left in open_ones]
    return keyboard(*rows, [button(speaker, _("➕ New voucher"), Open(what="voucher"), ButtonStyle.PRIMARY)])


def _take_voucher_back(speaker: Speaker, voucher: int) -> InlineKeyboardButton:
    return button(speaker, _("Take back"), VoucherButton(act=VoucherAct.TAKE_BACK, voucher=voucher))
