"""The buttons under what was decided about somebody: to announce it in a group, or to say where that was done that it
is lifted.

Guards: a button is for the operator who decided, or whose signature did.
"""
from __future__ import annotations

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from handlers.chat.buttons.numbers import Number
from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _
from wallet.commands import Outcome
from wallet.penalties import Lifted, Penalised


class AnnounceButton(CallbackData, prefix="pq"):
    """Announces what was decided in a group. `presser` is who decided."""

    penalty: Number
    presser: int


class LiftedButton(CallbackData, prefix="pl"):
    """Says that it is lifted in the groups in which it was announced. `presser` is who lifted it."""

    penalty: Number
    presser: int


def ways_to_say(done: Outcome, operator: int, speaker: Speaker) -> InlineKeyboardMarkup | None:
    """What may be said of it in groups, if it is a penalty or the end of one."""
    if isinstance(done, Penalised):
        return keyboard([button(speaker, _("📣 Announce in a group"), AnnounceButton(
            penalty=done.penalty, presser=operator))])
    if isinstance(done, Lifted):
        return keyboard([button(speaker, _("📣 Say so where it was announced"), LiftedButton(
            penalty=done.penalty, presser=operator))])
    return None
