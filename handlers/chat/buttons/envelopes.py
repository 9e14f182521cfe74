"""Under red envelopes, and while one is filled step by step."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from handlers.chat.buttons.numbers import MOST_PAGES, Number
from handlers.chat.buttons.ways import receipt
from handlers.ground import Config
from handlers.keyboards import Open, button, deep_link, keyboard, link
from handlers.texts import Speaker, Text, _
from wallet import ids
from wallet.barriers import NOTHING


class EnvelopeButton(CallbackData, prefix="eo"):
    """Opens a share; the wallet checks who may, and where."""

    envelope: Number


class AnswerButton(CallbackData, prefix="eq"):
    """Answers the question that somebody was asked before a share opens; the wallet knows whom it asked what."""

    envelope: Number
    answer: Annotated[int, Field(ge=NOTHING, lt=100)]
    """Its place among those that were offered; `NOTHING` to be asked in words."""
    proof: Annotated[str, Field(min_length=16, max_length=16)]


class EnvelopesButton(CallbackData, prefix="el"):
    """A page of somebody's envelopes of a year."""

    owner: Number
    year: Annotated[int, Field(ge=0, le=9_999)]
    sent: bool
    page: Annotated[int, Field(ge=0, le=MOST_PAGES)]


class StoryButton(CallbackData, prefix="es"):
    """Tells of one envelope, to whoever sent it or has a share of it; the transfer is theirs."""

    transfer: Number


class RedChoice(StrEnum):
    """What one chooses by a button while filling an envelope step by step. Covers are called as their themes."""

    LUCKY = "lucky"
    EQUAL = "equal"
    ONE = "one"
    WORD = "word"
    CLASSIC = "classic"
    NEW_YEAR = "new_year"
    BIRTHDAY = "birthday"
    WEDDING = "wedding"
    SKIP = "skip"
    CANCEL = "cancel"


class RedButton(CallbackData, prefix="rw"):
    """An answer to a step of that."""

    step: Annotated[str, Field(pattern="^(kind|greeting|cover)$")]
    choice: RedChoice


def share_payload(envelope: int) -> str:
    """What stands behind /start for somebody for whom a share is kept."""
    return f"share_{ids.code(envelope)}"


def open_kept(speaker: Speaker, config: Config, envelope: int) -> InlineKeyboardMarkup:
    """For whoever comes back for it."""
    return keyboard([link(speaker, _("🧧 Open"), deep_link(config, share_payload(envelope)))])


def open_envelope(speaker: Speaker, envelope: int) -> InlineKeyboardMarkup:
    """Under an envelope's card."""
    return keyboard([button(speaker, _("🧧 Open"), EnvelopeButton(envelope=envelope), ButtonStyle.DANGER)])


def answers(envelope: int, offered: Sequence[object], proof: str) -> InlineKeyboardMarkup:
    """Under a question: what may be the answer."""
    return keyboard(_offered(envelope, offered, proof))


def answers_to_picture(speaker: Speaker, envelope: int, offered: Sequence[str], proof: str) -> InlineKeyboardMarkup:
    """The same under one that is drawn, three in a row, and the way to one in words."""
    shown = _offered(envelope, offered, proof)
    in_words = AnswerButton(envelope=envelope, answer=NOTHING, proof=proof)
    return keyboard(*(shown[start:start + 3] for start in range(0, len(shown), 3)),
                    [button(speaker, _("Ask me in words"), in_words)])


def _offered(envelope: int, offered: Sequence[object], proof: str) -> list[InlineKeyboardButton]:
    return [InlineKeyboardButton(text=str(one), callback_data=AnswerButton(
        envelope=envelope, answer=place, proof=proof).pack()) for place, one in enumerate(offered)]


def my_envelopes(speaker: Speaker, transfers: Sequence[int], here: EnvelopesButton, *, more: bool,
                 years: Sequence[int]) -> InlineKeyboardMarkup:
    """Under a page of one's envelopes: a number for each line's story, the two sides (the chosen one ticked), the
    pages, and the years that there are beside this one."""
    def way(label: str, **other: int) -> InlineKeyboardButton:
        return InlineKeyboardButton(text=label, callback_data=here.model_copy(update=other).pack())

    numbers = [InlineKeyboardButton(text=str(number), callback_data=StoryButton(transfer=transfer).pack())
               for number, transfer in enumerate(transfers, 1)]
    sides = [way(("✓ " if here.sent is sent else "") + speaker.plain(label), sent=sent, page=0)
             for sent, label in ((True, _("I sent")), (False, _("I opened")))]
    turns = [way("‹", page=here.page - 1)] if here.page else []
    if more and here.page < MOST_PAGES:
        turns.append(way("›", page=here.page + 1))
    beside = [way(f"‹ {year}" if year < here.year else f"{year} ›", year=year, page=0) for year in years]
    return keyboard(numbers, sides, turns, beside)


def under_story(speaker: Speaker, transfer: int) -> InlineKeyboardMarkup:
    """Under an envelope's story: one's own part in it, and the way back."""
    return keyboard([receipt(speaker, transfer), button(speaker, _("🧧 My red envelopes"), Open(what="envelopes"))])


def red_kinds(speaker: Speaker) -> InlineKeyboardMarkup:
    """The kinds of red envelopes."""
    return _choices(speaker, "kind", ((RedChoice.LUCKY, _("🎲 Lucky shares")), (RedChoice.EQUAL, _("⚖️ Equal shares")),
                                      (RedChoice.ONE, _("👤 For one person")), (RedChoice.WORD, _("🔑 By a word"))))


def red_greeting(speaker: Speaker) -> InlineKeyboardMarkup:
    """Go on without a greeting, or leave."""
    return _choices(speaker, "greeting", ((RedChoice.SKIP, _("No greeting")),))


def red_covers(speaker: Speaker) -> InlineKeyboardMarkup:
    """What the picture above a card is for."""
    return _choices(speaker, "cover", ((RedChoice.CLASSIC, _("🧧 Classic")), (RedChoice.NEW_YEAR, _("🏮 New Year")),
                                       (RedChoice.BIRTHDAY, _("🎂 Birthday")), (RedChoice.WEDDING, _("💍 Wedding"))))


def _choices(speaker: Speaker, step: str, choices: Sequence[tuple[RedChoice, Text]]) -> InlineKeyboardMarkup:
    """Two in a row, and the way to leave."""
    shown = [button(speaker, label, RedButton(step=step, choice=choice)) for choice, label in choices]
    leave = button(speaker, _("Cancel"), RedButton(step=step, choice=RedChoice.CANCEL))
    return keyboard(*(shown[start:start + 2] for start in range(0, len(shown), 2)), [leave])
