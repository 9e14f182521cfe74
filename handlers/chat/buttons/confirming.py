"""Under what waits for its owner's word: a debit, with when it arrives, and a payment that may be given back."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum, StrEnum
from typing import Annotated

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from handlers.keyboards import button, keyboard
from handlers.texts import Speaker, _

Token = Annotated[str, Field(min_length=16, max_length=32)]
"""Names a question; nobody guesses one."""


class DraftAct(StrEnum):
    """What the owner of a draft says."""

    CONFIRM = "y"
    CANCEL = "n"


class DraftButton(CallbackData, prefix="md"):
    """Authorises or cancels a draft; the token is the draft's and works once."""

    act: DraftAct
    token: Token


class Arrival(IntEnum):
    """When a payment may arrive, in hours."""

    AT_ONCE = 0
    SOON = 2
    LATER = 24


class ArrivalButton(CallbackData, prefix="ma"):
    """Chooses when a payment that is asked about arrives; the token is its draft's."""

    delay: Arrival
    token: Token


class UsualArrival(CallbackData, prefix="mu"):
    """Chooses when what one sends arrives where one says nothing of it."""

    delay: Arrival


class GivebackWord(CallbackData, prefix="my"):
    """Gives it back, or not; the token is the question's and works once."""

    act: DraftAct
    token: Token


def ask_confirm(speaker: Speaker, token: str, *choices: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Confirm and Cancel for a draft, below rows of what can be chosen before."""
    yes, no = DraftButton(act=DraftAct.CONFIRM, token=token), DraftButton(act=DraftAct.CANCEL, token=token)
    return keyboard(*choices, [button(speaker, _("Confirm"), yes, ButtonStyle.SUCCESS),
                               button(speaker, _("Cancel"), no, ButtonStyle.DANGER)])


def arrivals(speaker: Speaker, token: str, chosen: int) -> list[InlineKeyboardButton]:
    """When a payment may arrive, what is chosen ticked."""
    return _arrivals(speaker, lambda delay: ArrivalButton(delay=delay, token=token), chosen)


def usual_arrivals(speaker: Speaker, chosen: int) -> InlineKeyboardMarkup:
    """The same for whatever one will send."""
    return keyboard(_arrivals(speaker, lambda delay: UsualArrival(delay=delay), chosen))


def _arrivals(speaker: Speaker, carry: Callable[[Arrival], CallbackData], chosen: int) -> list[InlineKeyboardButton]:
    offered = ((Arrival.AT_ONCE, _("At once")), (Arrival.SOON, _("In 2 hours")), (Arrival.LATER, _("In 24 hours")))
    return [InlineKeyboardButton(
        text=("✓ " if delay == chosen else "") + speaker.plain(label), callback_data=carry(delay).pack(),
        style=ButtonStyle.PRIMARY if delay == chosen else None) for delay, label in offered]


def ask_giveback(speaker: Speaker, token: str) -> InlineKeyboardMarkup:
    """Yes and no to giving something back."""
    yes, no = GivebackWord(act=DraftAct.CONFIRM, token=token), GivebackWord(act=DraftAct.CANCEL, token=token)
    return keyboard([button(speaker, _("↩️ Give it back"), yes, ButtonStyle.SUCCESS),
                     button(speaker, _("Cancel"), no, ButtonStyle.DANGER)])
