"""Under splits, and while one is set up step by step."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from handlers.chat.buttons.numbers import Number
from handlers.ground import Config
from handlers.keyboards import LABEL_MOST, button, copies, deep_link, keyboard
from handlers.texts import Fact, Speaker, Text, _
from wallet import ids


class SplitAct(StrEnum):
    """What one does with a split."""

    PAY = "p"
    REMIND = "r"
    CLOSE = "c"
    SHOW = "s"
    """Looks at one of one's own again."""


class SplitButton(CallbackData, prefix="sp"):
    """Pays a share of a split, or goes on with one's own; the wallet checks who may, and where."""

    act: SplitAct
    split: Number


class SplitChoice(StrEnum):
    """What one chooses by a button while a bill is split step by step."""

    EQUAL = "equal"
    OWN = "own"
    PLACES = "places"
    ENOUGH = "enough"
    """Nobody else is named."""
    WITH_ME = "me"
    THEY_ALONE = "they"
    SKIP = "skip"
    HERE = "here"
    """The card stays in the private chat."""
    DONE = "done"
    CANCEL = "cancel"


class SplitStepButton(CallbackData, prefix="ss"):
    """An answer to a step of that."""

    step: Annotated[str, Field(pattern="^(way|people|me|note|group|word)$")]
    choice: SplitChoice


class ShareOf(CallbackData, prefix="so"):
    """Names somebody who was paid before, as one of those who pay a share."""

    member: Number


def split_payload(split: int) -> str:
    """What stands behind /start in a link to a split."""
    return f"split_{ids.code(split)}"


def under_split(speaker: Speaker, split: int) -> InlineKeyboardMarkup:
    """Under the card of an open split in its group."""
    return keyboard([_pay_share(speaker, split)], _own_split(speaker, split))


def pay_share(speaker: Speaker, split: int) -> InlineKeyboardMarkup:
    """For somebody who is asked for a share."""
    return keyboard([_pay_share(speaker, split)])


def own_split(speaker: Speaker, config: Config, split: int) -> InlineKeyboardMarkup:
    """For whoever collects, in private."""
    return keyboard(_own_split(speaker, split),
                    [copies(speaker, _("Copy the link"), deep_link(config, split_payload(split)))])


def own_splits(speaker: Speaker, lines: Sequence[tuple[int, Fact]]) -> InlineKeyboardMarkup:
    """The open splits of one's own."""
    return keyboard(*([button(speaker, line, SplitButton(act=SplitAct.SHOW, split=split))] for split, line in lines))


def split_step(speaker: Speaker, step: str, choices: Sequence[tuple[SplitChoice, Text]],
               people: Sequence[tuple[int, Fact]] = ()) -> InlineKeyboardMarkup:
    """What a step of a split can be answered with, each in a row; above that whom one paid lately, two in a row; and
    the way to leave."""
    named = [InlineKeyboardButton(text=speaker.plain(name)[:LABEL_MOST], callback_data=ShareOf(member=number).pack())
             for number, name in people]
    styles = {SplitChoice.DONE: ButtonStyle.SUCCESS, SplitChoice.ENOUGH: ButtonStyle.PRIMARY,
              SplitChoice.SKIP: ButtonStyle.PRIMARY}
    shown = [[button(speaker, label, SplitStepButton(step=step, choice=choice), styles.get(choice))]
             for choice, label in choices]
    leave = button(speaker, _("Cancel"), SplitStepButton(step=step, choice=SplitChoice.CANCEL))
    return keyboard(*(named[start:start + 2] for start in range(0, len(named), 2)), *shown, [leave])


def _pay_share(speaker: Speaker, split: int) -> InlineKeyboardButton:
    return button(speaker, _("💰 Pay my share"), SplitButton(act=SplitAct.PAY, split=split), ButtonStyle.SUCCESS)


def _own_split(speaker: Speaker, split: int) -> list[InlineKeyboardButton]:
    return [button(speaker, _("⏰ Remind"), SplitButton(act=SplitAct.REMIND, split=split)),
            button(speaker, _("⏹ Close"), SplitButton(act=SplitAct.CLOSE, split=split))]
