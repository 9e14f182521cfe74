"""Under what is told of a forgotten PIN, and of a wallet that somebody asks for from another account."""
from __future__ import annotations

from typing import ClassVar

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.keyboards import Renamed, button, keyboard
from handlers.texts import Speaker, _


class ResetButton(CallbackData, prefix="pr"):
    """Stops the wait, or chooses another PIN once it is over; the wallet looks whose it is."""

    stop: bool


def under_reset(speaker: Speaker, *, ready: bool) -> InlineKeyboardMarkup:
    """Stop, and the way on once there is one."""
    return keyboard([button(speaker, _("🔑 Choose another PIN"), ResetButton(stop=False))] if ready else [],
                    [button(speaker, _("🛑 Stop"), ResetButton(stop=True))])


class MoveButton(CallbackData, prefix="mv"):
    """The old account's no, or an operator's. The wallet looks whose it is."""

    member: int
    """The wallet, for operators; 0 for one's own."""


def under_move(speaker: Speaker) -> InlineKeyboardMarkup:
    """The old account's no."""
    return keyboard([button(speaker, _("🛑 No, it stays mine"), MoveButton(member=0), ButtonStyle.DANGER)])


class ProvenButton(Renamed, prefix="pv"):
    """An operator's yes: whoever asked for a wallet proved that it is theirs."""

    FORMER: ClassVar[str] = "mp"

    member: int
    person: int


def under_waiting_move(speaker: Speaker, member: int, person: int) -> InlineKeyboardMarkup:
    """The operators'."""
    return keyboard(deciding_move(speaker, member, person))


def deciding_move(speaker: Speaker, member: int, person: int) -> list[InlineKeyboardButton]:
    """Yes and no, as a row."""
    return [button(speaker, _("✅ They proved it"), ProvenButton(member=member, person=person)),
            button(speaker, _("✖️ Reject"), MoveButton(member=member))]
