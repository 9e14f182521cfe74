"""Buttons: what they carry, and how they are built.

Guards: a button carries ids only, within Telegram's 64 bytes; who may press it is checked against who presses. A
forged button can at most ask for what its presser could ask for anyway: buttons that authorise money carry a one-use
token, which lives in the wallet and not here.
"""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Final, Self

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import (
    CallbackQuery,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)

from handlers.ground import Config
from handlers.texts import LANGUAGES, Fact, Language, Speaker, Text, _
from wallet import refusals

LABEL_MOST: Final = 64
"""A longer label only makes a button that nobody can read."""


# --------------------------------------------------------------------------------------- what buttons carry
class Renamed(CallbackData, prefix="-"):
    """One that once shared its prefix with another class. What hangs in chats still says the former one, and is
    understood; the two classes must differ in what they carry."""

    FORMER: ClassVar[str] = ""

    @classmethod
    def unpack(cls, value: str) -> Self:
        """Read what was pressed, by either prefix. Raises what `CallbackData.unpack` raises."""
        head, separator, rest = value.partition(cls.__separator__)
        return super().unpack(f"{cls.__prefix__}{separator}{rest}" if head == cls.FORMER else value)


class Open(CallbackData, prefix="o"):
    """Go to a screen, in private: "balance", "history", "topup", "help", "settings", "agreements", "language" …
    Whoever owns the screen answers it: `@router.callback_query(Open.filter(F.what == "balance"))`."""

    what: str


class Speak(CallbackData, prefix="l"):
    """Choose one's own language."""

    language: str


class GroupSpeaks(CallbackData, prefix="g"):
    """Choose a group's language. `presser` is 0 for any of its administrators."""

    language: str
    presser: int


class Read(CallbackData, prefix="r"):
    """Read a document. Page -1 is the rich message, 0 the contents, others count from 1."""

    document: str
    version: str
    language: str
    page: int


class Compare(CallbackData, prefix="v"):
    """Read what changed since an older version. Page -1 is a new message, others count from 1."""

    document: str
    since: str
    version: str
    language: str
    page: int


class Agree(CallbackData, prefix="a"):
    """Accept what a gate asks for. `shown` is the digest of the documents on the screen above the button."""

    gate: str
    shown: str
    presser: int


class Age(StrEnum):
    """What somebody says about being 18."""

    SLIP = "0"
    """That they chose the wrong button, about which they are asked a second time."""
    UNDER = "1"
    OVER = "2"


class Minor(CallbackData, prefix="u"):
    """Say that one is under 18, or take it back."""

    said: Age


class Pad(CallbackData, prefix="k"):
    """A key of the PIN keypad. Which one it is only the dialog knows."""

    token: str


class NoPinLimit(CallbackData, prefix="n"):
    """Choose the no-PIN limit, in minor units; -1 asks for an amount."""

    limit: int


class ConfirmIncoming(CallbackData, prefix="i"):
    """Have what comes in wait for one's word, or not."""

    on: bool


class OwnLimit(CallbackData, prefix="lw"):
    """Choose a limit of one's own, "payment" or "day", in minor units; 0 is none, -1 asks for an amount and -2 shows
    what there is to choose."""

    what: str
    limit: int


class NicknameWord(CallbackData, prefix="c"):
    """Take the nickname that is asked about, or keep the old one; the token is the question's and works once."""

    sure: bool
    token: str


class Close(CallbackData, prefix="x"):
    """Take the message away."""


# -------------------------------------------------------------------------------------------- building them
def button(speaker: Speaker, label: Fact, data: CallbackData, style: ButtonStyle | None = None
           ) -> InlineKeyboardButton:
    """A button that comes back to us."""
    return InlineKeyboardButton(text=speaker.plain(label)[:LABEL_MOST], callback_data=data.pack(), style=style)


def link(speaker: Speaker, label: Text, url: str) -> InlineKeyboardButton:
    """A button that opens an address."""
    return InlineKeyboardButton(text=speaker.plain(label)[:LABEL_MOST], url=url)


def copies(speaker: Speaker, label: Text, text: str) -> InlineKeyboardButton:
    """A button that copies a text, of which Telegram takes 256 characters."""
    return InlineKeyboardButton(text=speaker.plain(label)[:LABEL_MOST], copy_text=CopyTextButton(text=text[:256]))


def keyboard(*rows: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """An inline keyboard; empty rows are left out."""
    return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in rows if row])


def deep_link(config: Config, payload: str) -> str:
    """The address that opens the private chat and says `/start payload` there."""
    assert 0 < len(payload) <= 64
    return f"https://t.me/{config.username}?start={payload}"


def to_private(speaker: Speaker, config: Config, payload: str = "hello") -> InlineKeyboardMarkup:
    """The one button that a group gets for whatever is personal; without a payload it only opens the chat."""
    url = deep_link(config, payload) if payload else f"https://t.me/{config.username}"
    return keyboard([link(speaker, _("Open the private chat"), url)])


def main_buttons(speaker: Speaker) -> InlineKeyboardMarkup:
    """What somebody with a wallet wants first."""
    return keyboard(
        [button(speaker, _("💰 Balance"), Open(what="balance")),
         button(speaker, _("➕ Top up"), Open(what="topup"))],
        [button(speaker, _("🧾 History"), Open(what="history")),
         button(speaker, _("⚙️ Settings"), Open(what="settings"))],
        [button(speaker, _("❓ Help"), Open(what="help"))],
    )


def languages(chosen: str = "", *, group: bool = False, presser: int = 0) -> InlineKeyboardMarkup:
    """Both languages, each by its own name whatever is spoken now; the chosen one is ticked."""
    def one(language: str, name: str) -> InlineKeyboardButton:
        data = GroupSpeaks(language=language, presser=presser) if group else Speak(language=language)
        return InlineKeyboardButton(text=f"✓ {name}" if language == chosen else name, callback_data=data.pack())

    return keyboard([one("zh_CN", "简体中文"), one("en", "English")])


def language_in(named: str) -> Language:
    """The language that a button names: one of ours; anything else was forged, or comes from another release."""
    for language in LANGUAGES:
        if language == named:
            return language
    raise refusals.ButtonStale


def share_contact(speaker: Speaker) -> ReplyKeyboardMarkup:
    """Telegram's own button for sharing one's phone number."""
    label = speaker.plain(_("📱 Share my phone number"))
    return ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text=label, request_contact=True)]], resize_keyboard=True,
                               one_time_keyboard=True)


# ------------------------------------------------------------------------------------------- who may press
def only_for(press: CallbackQuery, person: int) -> None:
    """Whoever else presses is refused with `NotYours`, which they see as an alert."""
    if press.from_user.id != person:
        raise refusals.NotYours


def hangs_there(press: CallbackQuery) -> bool:
    """Whether the button that was pressed hangs on the message that it was pressed under. Anybody can forge what a
    press carries, and must not have a message changed in which others read something else."""
    message = pressed_message(press)
    return message.chat.type == "private" or carries(message, press.data)


def carries(message: Message, data: str | None) -> bool:
    """Whether one of a message's buttons says this."""
    markup = message.reply_markup
    return markup is not None and any(one.callback_data == data for row in markup.inline_keyboard for one in row)


def message_of_ones_own(press: CallbackQuery) -> Message:
    """The message under which a button was pressed, if nobody but its presser reads it."""
    message = pressed_message(press)
    if message.chat.type != "private" and message.ephemeral_message_id is None:
        raise refusals.ButtonStale
    return message


def card_of(press: CallbackQuery) -> str:
    """What Telegram calls the card, sent through us, under which a button was pressed."""
    if not press.inline_message_id:
        raise refusals.ButtonStale
    return press.inline_message_id


def pressed_message(press: CallbackQuery) -> Message:
    """The message under which a button was pressed. One that Telegram no longer shows us is stale."""
    if not isinstance(press.message, Message):
        raise refusals.ButtonStale
    return press.message
