"""The buttons that lead from one page to another and stand under many."""
from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from handlers.chat.buttons.numbers import Number
from handlers.ground import Config
from handlers.keyboards import Open, button, deep_link, keyboard, link
from handlers.texts import Speaker, _


class ReceiptButton(CallbackData, prefix="mr"):
    """Opens a receipt, for whoever had a side in it."""

    transfer: Number


class StatementButton(CallbackData, prefix="mm"):
    """Opens the statement of a month."""

    month: Annotated[int, Field(ge=0, le=999_912)]
    """Year × 100 + month; 0 for this one."""


def receipt(speaker: Speaker, transfer: int) -> InlineKeyboardButton:
    """The receipt of one movement."""
    return button(speaker, _("Receipt"), ReceiptButton(transfer=transfer))


@lru_cache(maxsize=16)
def balance(speaker: Speaker) -> InlineKeyboardButton:
    """Under nearly everything and always the same, and making a button is slow."""
    return button(speaker, _("💰 Balance"), Open(what="balance"))


def on_its_way(speaker: Speaker) -> InlineKeyboardButton:
    """What one sent and nobody has taken yet."""
    return button(speaker, _("⏳ On its way"), Open(what="waiting"))


def offered_to_me(speaker: Speaker) -> InlineKeyboardButton:
    """What waits for one's own word."""
    return button(speaker, _("📥 Waiting for you"), Open(what="offered"))


def asked_of_me(speaker: Speaker) -> InlineKeyboardButton:
    """What one is asked for, and asks for."""
    return button(speaker, _("📨 Requests"), Open(what="request"))


def statement(speaker: Speaker, month: int = 0) -> InlineKeyboardButton:
    """The statement of a month, of this one by default."""
    return button(speaker, _("📊 Statement"), StatementButton(month=month))


def to_balance(speaker: Speaker) -> InlineKeyboardMarkup:
    """The way to the balance."""
    return keyboard([balance(speaker)])


def to_history(speaker: Speaker, *, offered: bool = False, asked: bool = False) -> InlineKeyboardMarkup:
    """The way to the history, to what waits for one's own word, and to what one is asked for."""
    return keyboard([offered_to_me(speaker)] if offered else [], [asked_of_me(speaker)] if asked else [],
                    [button(speaker, _("🧾 History"), Open(what="history"))])


def open_wallet(speaker: Speaker, config: Config, payload: str) -> InlineKeyboardMarkup:
    """The way to join."""
    return keyboard([link(speaker, _("Open a wallet"), deep_link(config, payload))])
