"""Under the wallet's own pages: the balance, the history, statements, receipts and topping up; and under payments."""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from handlers.chat.buttons.numbers import Number
from handlers.chat.buttons.waiting import claim_payload, take_back
from handlers.chat.buttons.ways import (
    ReceiptButton,
    StatementButton,
    asked_of_me,
    balance,
    offered_to_me,
    on_its_way,
    receipt,
    statement,
)
from handlers.ground import Config
from handlers.keyboards import Open, button, copies, deep_link, keyboard
from handlers.texts import Money, Month, Speaker, Text, _
from wallet import ids
from wallet.rows import TO_CHECK, TO_CLAIM


class HistoryButton(CallbackData, prefix="mh"):
    """A page of somebody's history."""

    owner: Number
    month: Annotated[int, Field(ge=0, le=999_912)]
    """Year × 100 + month; 0 for everything."""
    direction: Annotated[str, Field(pattern="^(in|out|all)$")]
    before: Number
    """Turn to what is numbered below this, 0 for the newest."""
    after: Number
    """Turn back to what is numbered above this, 0 for not."""


class Form(StrEnum):
    """In which form one keeps a statement; also how its file's name ends."""

    DOCUMENT = "pdf"
    TABLE = "csv"


class StatementFile(CallbackData, prefix="mf"):
    """Sends the statement of a month as a file, in the private chat."""

    form: Form
    month: Annotated[int, Field(ge=1, le=999_912)]


class GivebackButton(CallbackData, prefix="mg"):
    """Asks whether a payment shall be given back, for whoever received it."""

    transfer: Number


class TopUpButton(CallbackData, prefix="mt"):
    """Adds play money, in the private chat."""

    amount: Number


def after_sending(speaker: Speaker, config: Config, transfers: Sequence[int], holds: Sequence[int],
                  purposes: Sequence[str]) -> InlineKeyboardMarkup:
    """Under a payer's receipt: for one payment its receipt, and what can be done while it waits; for several the way
    to those that wait."""
    if len(transfers) > 1:
        return keyboard([on_its_way(speaker)] if any(holds) else [], [balance(speaker)])
    waiting: list[InlineKeyboardButton] = []
    if holds[0] and purposes[0] != TO_CHECK:
        waiting = [take_back(speaker, holds[0])]
    if purposes[0] == TO_CLAIM:
        waiting.insert(0, copies(speaker, _("Copy claim link"), deep_link(config, claim_payload(holds[0]))))
    return keyboard(waiting, [receipt(speaker, transfers[0]), balance(speaker)])


def after_payment(speaker: Speaker, transfer: int, hold: int = 0) -> InlineKeyboardMarkup:
    """Under a notice about one payment."""
    return keyboard([receipt(speaker, transfer), balance(speaker)], [take_back(speaker, hold)] if hold else [])


def wallet_pages(speaker: Speaker, *, waits: bool, offered: bool) -> InlineKeyboardMarkup:
    """Everything that one can do with money; `waits` when payments of one's own are on their way, `offered` when
    somebody's wait for one's own word."""
    return keyboard(
        [button(speaker, _("💸 Send money"), Open(what="send")), button(speaker, _("➕ Top up"), Open(what="topup"))],
        [button(speaker, _("🧾 History"), Open(what="history")), statement(speaker)],
        [button(speaker, _("📲 Get paid"), Open(what="collect")), asked_of_me(speaker)],
        [button(speaker, _("⚙️ Settings"), Open(what="settings"))],
        [offered_to_me(speaker)] if offered else [],
        [on_its_way(speaker)] if waits else [])


def history(speaker: Speaker, transfers: Sequence[int], filters: Sequence[tuple[Text, HistoryButton, bool]],
            turns: Sequence[tuple[str, HistoryButton]], month: int) -> InlineKeyboardMarkup:
    """Under a page of history: a number for each line's receipt, the filters (the chosen one ticked), the pages, and
    the month as a statement."""
    numbers = [InlineKeyboardButton(text=str(number), callback_data=ReceiptButton(transfer=transfer).pack())
               for number, transfer in enumerate(transfers, 1)]
    chosen = [InlineKeyboardButton(text=("✓ " if is_chosen else "") + speaker.plain(label), callback_data=data.pack())
              for label, data, is_chosen in filters]
    return keyboard(numbers, chosen, [InlineKeyboardButton(text=sign, callback_data=data.pack())
                                      for sign, data in turns], [statement(speaker, month)])


def under_statement(speaker: Speaker, year: int, month: int, *, first: tuple[int, int], this: tuple[int, int],
                    files: bool) -> InlineKeyboardMarkup:
    """The forms in which it can be kept where there is something in it; the months beside it, from the first of a
    wallet to the present one; and the movements one by one."""
    months = [divmod(year * 12 + month - 1 + step, 12) for step in (-1, 1)]
    kept = [(_("📄 PDF"), Form.DOCUMENT), (_("📑 Table (CSV)"), Form.TABLE)] if files else []
    turns = [(sign, year, month + 1) for sign, (year, month) in zip("‹›", months, strict=True)
             if first <= (year, month + 1) <= this]
    return keyboard(
        [button(speaker, label, StatementFile(form=form, month=year * 100 + month)) for label, form in kept],
        [button(speaker, _("‹ {month}", month=Month(year, month)) if sign == "‹" else
                _("{month} ›", month=Month(year, month)), StatementButton(month=year * 100 + month))
         for sign, year, month in turns],
        [button(speaker, _("🧾 History"), Open(what="history"))])


def under_receipt(speaker: Speaker, transfer: int, *, give_back: bool) -> InlineKeyboardMarkup:
    """Its code for the clipboard, the way back, and the way to give back what one received."""
    return keyboard([copies(speaker, _("Copy code"), ids.code(transfer)),
                     button(speaker, _("🧾 History"), Open(what="history"))],
                    [button(speaker, _("↩️ Give it back"), GivebackButton(transfer=transfer))] if give_back else [])


def payment_of(button: InlineKeyboardButton) -> int:
    """The payment for which a button of ours stands, 0 for none."""
    if button.copy_text is not None:
        return ids.from_code(button.copy_text.text) or 0
    for kind in (ReceiptButton, GivebackButton):
        with suppress(TypeError, ValueError):
            return kind.unpack(button.callback_data or "").transfer
    return 0


def receipts(speaker: Speaker, lines: Sequence[tuple[int, Text]]) -> InlineKeyboardMarkup:
    """Movements whose receipt one may want."""
    return keyboard(*([button(speaker, label, ReceiptButton(transfer=transfer))] for transfer, label in lines))


def givebacks(speaker: Speaker, lines: Sequence[tuple[int, Text]]) -> InlineKeyboardMarkup:
    """Payments that one may want to give back."""
    return keyboard(*([button(speaker, label, GivebackButton(transfer=transfer))] for transfer, label in lines))


def top_up_choices(speaker: Speaker, amounts: Sequence[int]) -> InlineKeyboardMarkup:
    """A few amounts of play money."""
    return keyboard([InlineKeyboardButton(text=speaker.plain(Money(amount)),
                                          callback_data=TopUpButton(amount=amount).pack()) for amount in amounts])
