"""How a refusal is said: under a button as an alert, in private as an answer, in a group to one person alone.

Guards: whatever a handler refuses is told to whoever asked, in their language and to nobody else, and every no that a
person can do something about brings the way to do it.
"""
from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import refusals as said_of
from handlers.chat.agreements import show_needed
from handlers.chat.saying import reply, toast, whisper
from handlers.ground import NOBODY, Config
from handlers.keyboards import Open, button, deep_link, keyboard, link, to_private
from handlers.texts import Speaker, _
from wallet import refusals
from wallet.refusals import Refusal
from wallet.views import MemberView

STOPPED: Final = (refusals.AccountBanned, refusals.AccountFrozen, refusals.DirectionRestricted)
"""What nobody can mend alone: the help says how to reach us."""
IN_PRIVATE: Final = (refusals.PrivateOnly, refusals.PinNotSet)
"""What is to be done in the private chat."""


async def answer_refusal(event: Message | CallbackQuery, refusal: Refusal, data: Mapping[str, Any]) -> None:
    """Tell whoever caused `event` that it was refused. `data` is what handlers are given."""
    if isinstance(event, CallbackQuery):
        await _answer_press(event, refusal, data)
    else:
        await _answer_message(event, refusal, data)


async def _answer_press(press: CallbackQuery, refusal: Refusal, data: Mapping[str, Any]) -> None:
    speaker: Speaker = data["speaker"]
    message = press.message
    if isinstance(refusal, refusals.AgreementsNeeded) and isinstance(message, Message):
        await toast(press)
        await _show_needed(refusal, message, press, data)
        return
    if isinstance(refusal, refusals.NotAMember) and isinstance(message, Message) and message.chat.type != "private":
        # Opens the private chat; where that is refused, the words tell the same.
        with suppress(TelegramBadRequest):
            await press.answer(url=deep_link(data["config"], "hello"))
            return
    if isinstance(message, Message) and (data.get("resumed") or data["answered"](press.id)):
        # The press was answered before, and Telegram shows only the first answer: a message reaches them.
        await whisper(message, press.from_user.id, speaker, said_of.sentence(refusal), data["group_speaker"],
                      data["config"])
        return
    await toast(press, _cut(speaker.plain(said_of.sentence(refusal))), alert=True)


def _cut(words: str) -> str:
    """Sentences fit into an alert; only a name can make one too long."""
    return words if len(words) <= said_of.ALERT_MOST else words[:said_of.ALERT_MOST - 1] + "…"


async def _answer_message(message: Message, refusal: Refusal, data: Mapping[str, Any]) -> None:
    speaker: Speaker = data["speaker"]
    group_speaker: Speaker = data["group_speaker"]
    config: Config = data["config"]
    person = message.from_user
    if person is None or person.id in NOBODY or message.sender_chat is not None:
        # Nobody can be told alone, and the sentence about it holds nothing personal.
        await reply(message, group_speaker, said_of.sentence(refusal))
    elif isinstance(refusal, refusals.AgreementsNeeded):
        await _show_needed(refusal, message, message, data)
    else:
        await whisper(message, person.id, speaker, said_of.sentence(refusal), group_speaker, config,
                      markup=_way_on(refusal, message, speaker, config), payload=_payload(refusal))


async def _show_needed(refusal: refusals.AgreementsNeeded, message: Message, event: Message | CallbackQuery,
                       data: Mapping[str, Any]) -> None:
    person = event.from_user
    assert person is not None
    member: MemberView | None = data.get("member")
    await show_needed(refusal.documents, message, person=person.id, dialogs=data["dialogs"], library=data["library"],
                      speaker=data["speaker"], group_speaker=data["group_speaker"], config=data["config"],
                      now=data["now"], event=event, accepted=member.accepted if member else "")


def _way_on(refusal: Refusal, message: Message, speaker: Speaker, config: Config) -> InlineKeyboardMarkup | None:
    """A button for what to do next, where there is one thing to do."""
    if isinstance(refusal, refusals.NotAMember):
        return keyboard([link(speaker, _("Open a wallet"), deep_link(config, "hello"))])
    if isinstance(refusal, refusals.NotEnough):
        in_private = button(speaker, _("➕ Top up"), Open(what="topup"))
        return keyboard([in_private if message.chat.type == "private" else
                         button(speaker, _("💰 Balance"), Open(what="balance"))])
    if isinstance(refusal, IN_PRIVATE) and message.chat.type != "private":
        return to_private(speaker, config)
    if isinstance(refusal, STOPPED) and message.chat.type == "private":
        return keyboard([button(speaker, _("❓ Help"), Open(what="help"))])
    return None


def _payload(refusal: Refusal) -> str:
    """What the private chat opens with, for whoever cannot be told in the group."""
    if isinstance(refusal, STOPPED):
        return "help_now"
    return "balance_now" if isinstance(refusal, refusals.NotEnough) else "hello"
