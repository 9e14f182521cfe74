"""One-time codes in the chat: an operator takes them up in the settings, by a picture for their app and a first code.

Guards: the secret is shown once, in private, to whoever has just proven the PIN; the message with it is deleted as soon
as the first code was typed or the keypad is left, and without that code the secret is worth nothing.
"""
from __future__ import annotations

import asyncio
import secrets
from base64 import b32encode
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote

import segno
from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from handlers.chat.keypad import CODE, Purpose
from handlers.chat.pin import act, ask_pin, open_pad
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, Operators, press_key
from handlers.keyboards import Open, button, keyboard, pressed_message
from handlers.texts import Code, Lines, Speaker, _
from wallet import refusals
from wallet.codes import EnrolCodes, StopCodes
from wallet.engine import Engine
from wallet.operators import Act, may
from wallet.protocols import Reads
from wallet.vault import Vault
from wallet.views import MemberView

ENROL: Final = "enrol_codes"
FIRST: Final = "first_code"
STOP: Final = "stop_codes"
SECRET: Final = 20
"""Bytes, as long as the digest (RFC 4226)."""


def make_router() -> Router:
    """The screen of the settings and its buttons."""
    router = Router(name="codes")
    settings = declared(Verb.SETTINGS)
    press = router.callback_query.register
    press(open_codes, Open.filter(F.what == "codes"), flags=settings)
    press(begin, Open.filter(F.what == ENROL), flags=settings)
    press(begin_to_stop, Open.filter(F.what == STOP), flags=settings)
    return router


async def open_codes(press: CallbackQuery, operators: Operators, reads: Reads, speaker: Speaker, member: MemberView
                     ) -> None:
    """Whether there are any, and the way to them."""
    await _only_signers(press, operators)
    kept = await reads.one_time_codes(member.id)
    is_on = kept is not None and kept.since > 0
    await toast(press)
    said = Lines((
        _("📱 One-time codes: on") if is_on else _("📱 One-time codes: off"),
        _("An authenticator app shows a new code of six digits every half a minute. Whatever "
          "you sign as an operator you may then sign with such a code instead of your PIN, on the same "
          "keys.")), gap="\n\n")
    rows = [[button(speaker, _("🔄 With another app") if is_on else _("➕ Take them up"), Open(what=ENROL))]]
    if is_on:
        rows.append([button(speaker, _("✖️ No more codes"), Open(what=STOP))])
    await answer(pressed_message(press), speaker, said, keyboard(*rows))


async def _only_signers(press: CallbackQuery, operators: Operators) -> None:
    role = await operators.role(press.from_user.id)
    if not role or not may(role, Act.SIGN):
        raise refusals.ButtonStale


async def begin(press: CallbackQuery, bot: Bot, operators: Operators, dialogs: Dialogs, reads: Reads, speaker: Speaker,
                member: MemberView, now: Callable[[], datetime], **others: Any) -> None:
    """The PIN first."""
    await _only_signers(press, operators)
    await toast(press)
    await ask_pin({"act": ENROL}, _("📱 You take up one-time codes."), others, member=member, bot=bot, dialogs=dialogs,
                  speaker=speaker, reads=reads, now=now)


@act(ENROL)
async def show_secret(press: CallbackQuery, message: Message, pin_version: int, bot: Bot, engine: Engine,
                      dialogs: Dialogs, reads: Reads, vault: Vault, speaker: Speaker, member: MemberView,
                      config: Config) -> None:
    """The PIN was right: the picture for the app, and the keypad for its first code."""
    phone = await reads.sealed_phone(member.id)
    if phone is None:
        raise refusals.ButtonStale
    secret = b32encode(secrets.token_bytes(SECRET)).decode()
    await engine.run(EnrolCodes(key=press_key(press, "enrol"), member=member.id, pin_version=pin_version,
                                sealed=vault.seal_for(phone[1], secret)))
    await change(message, speaker, _("📱 Scan this picture with the app, or type the secret into it. I delete both as "
                                     "soon as you have typed the first code."))
    picture = await asyncio.to_thread(_drawn, address_of(config.brand, member.nickname, secret))
    shown = await message.answer_photo(BufferedInputFile(picture, "code.png"), protect_content=True,
                                       caption=speaker.say(_("The secret: {secret}", secret=Code(secret))))
    await open_pad(CODE, {"act": FIRST, "picture": shown.message_id}, None, member=member, bot=bot, dialogs=dialogs,
                   speaker=speaker)


def address_of(brand: str, name: str, secret: str) -> str:
    """What the picture says to the app."""
    return f"otpauth://totp/{quote(brand)}:{quote(name)}?secret={secret}&issuer={quote(brand)}"


def _drawn(address: str) -> bytes:
    into = BytesIO()
    segno.make(address, error="m", micro=False).save(into, kind="png", scale=8, border=4)
    return into.getvalue()


async def _hide(purpose: Purpose, bot: Bot, member: MemberView) -> None:
    """Take the picture and the secret out of the chat."""
    picture = purpose["picture"]
    assert isinstance(picture, int)
    with suppress(TelegramAPIError):
        await bot.delete_message(member.telegram_id, picture)


@act(FIRST, cancelled=_hide)
async def taken_up(message: Message, purpose: Purpose, bot: Bot, speaker: Speaker, member: MemberView) -> None:
    """The first code was right."""
    await _hide(purpose, bot, member)
    await change(message, speaker, _("✅ One-time codes are on. Whatever you sign you may now sign with a code of the "
                                     "app, too. Each works once."))


async def begin_to_stop(press: CallbackQuery, bot: Bot, dialogs: Dialogs, reads: Reads, speaker: Speaker,
                        member: MemberView, now: Callable[[], datetime], **others: Any) -> None:
    """No more codes: the PIN first."""
    await toast(press)
    await ask_pin({"act": STOP}, _("📱 You want no one-time codes any more."), others, member=member, bot=bot,
                  dialogs=dialogs, speaker=speaker, reads=reads, now=now)


@act(STOP)
async def stopped(press: CallbackQuery, message: Message, pin_version: int, engine: Engine, speaker: Speaker,
                  member: MemberView) -> None:
    """The PIN was right."""
    await engine.run(StopCodes(key=press_key(press, "stop"), member=member.id, pin_version=pin_version))
    await change(message, speaker, _("📱 One-time codes are off. You sign with your PIN."))
