"""The buttons under the list of whom one blocks."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from handlers.keyboards import button, keyboard
from handlers.texts import Fact, Speaker, _
from wallet.views import Party


class UnblockButton(CallbackData, prefix="ub"):
    """Takes back that `owner` (a Telegram id) blocks a member."""

    owner: int
    blocked: Annotated[int, Field(gt=0, lt=2**53)]


def unblock_list(speaker: Speaker, owner: int, blocked: Sequence[tuple[Party, Fact]]) -> InlineKeyboardMarkup:
    """One for each, in the order of the list."""
    return keyboard(*(
        [button(speaker, _("Unblock {name}", name=name), UnblockButton(owner=owner, blocked=party.member))]
        for party, name in blocked))
