"""About minors and whoever answers for them."""
from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlencode

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from handlers.family import SHARED
from handlers.keyboards import Open, button, copies, keyboard, link
from handlers.texts import Fact, Money, Speaker, _
from wallet.commands import LARGEST
from wallet.family import SEAL

AN_AMOUNT: Final = -1
THE_CHOICES: Final = -2


class GuardWord(CallbackData, prefix="gw"):
    """Says whether one answers for the minor whose link it is."""

    yes: bool
    ward: Annotated[int, Field(gt=0, le=LARGEST)]
    until: Annotated[int, Field(gt=0, lt=10**11)]
    seal: Annotated[str, Field(pattern=f"^[0-9a-f]{{{SEAL}}}$")]


class WardAct(StrEnum):
    """What a guardian may do besides limiting."""

    SHOW = "0"
    STOP = "1"
    ALLOW = "2"
    ASK_LEAVE = "3"
    LEAVE = "4"


class WardButton(CallbackData, prefix="wb"):
    """Does it; the wallet checks whose ward it is."""

    act: WardAct
    ward: Annotated[int, Field(gt=0, le=LARGEST)]


class WardCap(CallbackData, prefix="wc"):
    """Limits a ward's payment, day or month, in minor units; 0 is none, -1 asks for an amount and -2 shows what there
    is to choose."""

    ward: Annotated[int, Field(gt=0, le=LARGEST)]
    what: Annotated[str, Field(pattern="^(payment|day|month)$")]
    limit: Annotated[int, Field(ge=-2, le=LARGEST)]


class OtherGuardian(CallbackData, prefix="og"):
    """Says that one wants somebody else to answer for oneself; `sure` when asked again."""

    sure: bool


def family(speaker: Speaker) -> InlineKeyboardMarkup:
    """The way to /family."""
    return keyboard([button(speaker, _("👪 Family"), Open(what="family"))])


def go_on_joining(speaker: Speaker) -> InlineKeyboardMarkup:
    """The way on for whoever has a guardian now."""
    return keyboard([button(speaker, _("Go on"), Open(what="join"), ButtonStyle.SUCCESS)])


def pass_on(speaker: Speaker, url: str) -> list[InlineKeyboardButton]:
    """A minor's link, for the clipboard and for any chat."""
    share = f"https://t.me/share/url?{urlencode({'url': url, 'text': speaker.plain(SHARED)})}"
    return [copies(speaker, _("Copy the link"), url), link(speaker, _("Share"), share)]


def answer_minor(speaker: Speaker, ward: int, until: int, seal: str) -> InlineKeyboardMarkup:
    """Under the question whether one answers for a minor."""
    return keyboard([button(speaker, _("I answer for them"), GuardWord(yes=True, ward=ward, until=until, seal=seal),
                            ButtonStyle.SUCCESS)],
                    [button(speaker, _("No"), GuardWord(yes=False, ward=ward, until=until, seal=seal))])


def about_ward(speaker: Speaker, ward: int, *, stopped: bool) -> InlineKeyboardMarkup:
    """Under a ward's card."""
    def act(label: Fact, what: WardAct, style: ButtonStyle | None = None) -> InlineKeyboardButton:
        return button(speaker, label, WardButton(act=what, ward=ward), style)

    return keyboard(
        [button(speaker, _("Limit a payment"), WardCap(ward=ward, what="payment", limit=THE_CHOICES)),
         button(speaker, _("Limit a day"), WardCap(ward=ward, what="day", limit=THE_CHOICES)),
         button(speaker, _("Limit a month"), WardCap(ward=ward, what="month", limit=THE_CHOICES))],
        [act(_("✅ Allow payments"), WardAct.ALLOW, ButtonStyle.SUCCESS) if stopped else
         act(_("🛑 Stop payments"), WardAct.STOP, ButtonStyle.DANGER)],
        [act(_("Answer for them no longer"), WardAct.ASK_LEAVE)])


def caps(speaker: Speaker, ward: int, what: str, choices: list[int], now: int) -> InlineKeyboardMarkup:
    """What a payment, a day or a month may be limited to; the present one is ticked."""
    rows = [[button(speaker, _("✓ {amount}", amount=Money(choice)) if choice == now else Money(choice),
                    WardCap(ward=ward, what=what, limit=choice)) for choice in choices[place:place + 2]]
            for place in range(0, len(choices), 2)]
    none = [button(speaker, _("No limit"), WardCap(ward=ward, what=what, limit=0))] if now else []
    return keyboard(*rows, [button(speaker, _("Another amount"), WardCap(ward=ward, what=what, limit=AN_AMOUNT)),
                            *none])


def leave_ward(speaker: Speaker, ward: int) -> InlineKeyboardMarkup:
    """Whether one is sure."""
    return keyboard([button(speaker, _("Yes, end it"), WardButton(act=WardAct.LEAVE, ward=ward), ButtonStyle.DANGER)],
                    [button(speaker, _("No, keep it"), WardButton(act=WardAct.SHOW, ward=ward))])


def other_guardian(speaker: Speaker, *, sure: bool) -> InlineKeyboardMarkup:
    """Under what a minor sees of their guardian, and then whether they are sure."""
    if not sure:
        return keyboard([button(speaker, _("Ask somebody else"), OtherGuardian(sure=False))])
    return keyboard([button(speaker, _("Yes, end it"), OtherGuardian(sure=True), ButtonStyle.DANGER)],
                    [button(speaker, _("No, keep it"), Open(what="family"))])
