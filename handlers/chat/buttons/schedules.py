"""Under payments that come again."""
from __future__ import annotations

from collections.abc import Sequence

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from handlers.chat.buttons.numbers import Number
from handlers.keyboards import Open, button, keyboard
from handlers.texts import Fact, Money, Speaker, _


class ScheduleButton(CallbackData, prefix="sx"):
    """Stops a payment that comes again; the wallet checks whose it is."""

    schedule: Number


class AgainButton(CallbackData, prefix="sa"):
    """Sets up again what came again and was stopped; the wallet checks whose it is, and the PIN is asked."""

    schedule: Number


def stop_list(speaker: Speaker, found: Sequence[tuple[int, int, Fact]]) -> InlineKeyboardMarkup:
    """A button for each (payment that comes again, amount, name of the receiver)."""
    return keyboard(*([button(speaker, _("Stop {amount} ({name})", amount=Money(amount), name=name),
                              ScheduleButton(schedule=schedule))] for schedule, amount, name in found))


def to_schedules(speaker: Speaker, stop: int = 0) -> InlineKeyboardMarkup:
    """The list of them, and the way to stop the one that is spoken of."""
    return keyboard([button(speaker, _("Stop it"), ScheduleButton(schedule=stop))] if stop else [],
                    [button(speaker, _("📅 Recurring payments"), Open(what="schedules"))])


def plan_again(speaker: Speaker, schedule: int) -> InlineKeyboardMarkup:
    """The list of them, and the way to set up again the one that was stopped, where there is one."""
    again = button(speaker, _("🔁 Set it up again"), AgainButton(schedule=schedule), ButtonStyle.PRIMARY)
    return keyboard([again] if schedule else [], *to_schedules(speaker).inline_keyboard)
