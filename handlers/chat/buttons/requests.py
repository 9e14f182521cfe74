"""Under requests for money."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.chat.buttons.numbers import Number
from handlers.ground import Config
from handlers.keyboards import LABEL_MOST, button, copies, deep_link, keyboard
from handlers.texts import Fact, Money, Speaker, _
from wallet import ids


class RequestAct(StrEnum):
    """What one does with a request for money."""

    PAY = "p"
    DECLINE = "d"
    TAKE_BACK = "t"
    TAKE_FROM_LIST = "l"
    """Taken back in a list, which stays a list."""


class RequestButton(CallbackData, prefix="rq"):
    """Pays a request, declines it or takes it back; the wallet checks who may."""

    act: RequestAct
    request: Number


class AskedBefore(CallbackData, prefix="rp"):
    """Names somebody who was paid before, as the one to be asked."""

    member: Number


def request_payload(request: int) -> str:
    """What stands behind /start in a link to a request for money."""
    return f"req_{ids.code(request)}"


def answering(speaker: Speaker, request: int, amount: int) -> InlineKeyboardMarkup:
    """For whoever is asked: pay, or decline."""
    return keyboard(_answering(speaker, request, amount))


def request_card(speaker: Speaker, request: int, amount: int) -> InlineKeyboardMarkup:
    """The same, and take back for whoever asked."""
    return keyboard(_answering(speaker, request, amount), [_take_request_back(speaker, request)])


def own_request(speaker: Speaker, config: Config, request: int) -> InlineKeyboardMarkup:
    """For whoever asked, in private: take back, and the link to hand on where the bot may not write."""
    return keyboard([_take_request_back(speaker, request),
                     copies(speaker, _("Copy the link"), deep_link(config, request_payload(request)))])


def requests_to_take_back(speaker: Speaker, found: Sequence[tuple[int, int, Fact]]) -> InlineKeyboardMarkup:
    """A button for each (request, amount, name of the one who is asked)."""
    return keyboard(*([button(speaker, _("Take back {amount} ({name})", amount=Money(amount), name=name),
                              RequestButton(act=RequestAct.TAKE_FROM_LIST, request=request))]
                      for request, amount, name in found))


def whom_to_ask(speaker: Speaker, people: Sequence[tuple[int, Fact]]) -> InlineKeyboardMarkup:
    """Whom one paid lately, two in a row."""
    named = [InlineKeyboardButton(text=speaker.plain(name)[:LABEL_MOST],
                                  callback_data=AskedBefore(member=number).pack()) for number, name in people]
    return keyboard(*(named[start:start + 2] for start in range(0, len(named), 2)))


def _answering(speaker: Speaker, request: int, amount: int) -> list[InlineKeyboardButton]:
    yes, no = (RequestButton(act=act, request=request) for act in (RequestAct.PAY, RequestAct.DECLINE))
    return [button(speaker, _("Pay {amount}", amount=Money(amount)), yes, ButtonStyle.SUCCESS),
            button(speaker, _("Decline"), no)]


def _take_request_back(speaker: Speaker, request: int) -> InlineKeyboardButton:
    return button(speaker, _("Take back"), RequestButton(act=RequestAct.TAKE_BACK, request=request))
